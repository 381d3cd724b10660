"""What a catalogue lists, read over one site: each band's window into a file that ``open_picture`` understands."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from offing.errors import PictureError
from offing.imagery.bands import POLARISATIONS, QUALITY_BANDS
from offing.imagery.catalogue.model import Asset, CatalogueItem
from offing.imagery.remote.cache import PartCache
from offing.imagery.remote.content import Content
from offing.imagery.remote.model import Limits, Purse, Spent
from offing.imagery.remote.parallel import in_parallel
from offing.imagery.remote.radar import files_of, is_radar_product, read_product
from offing.imagery.remote.tiff import open_remote
from offing.imagery.remote.windows import BandWindow, Places, read_window, write_window
from offing.imagery.scaling import OFFSET_DN
from offing.imagery.sentinel2 import WANTED
from offing.network import Network, shown
from offing.records import Record
from offing.timespan import iso

WORKERS = 4
"""Bands that are read at a time."""
_COLOURS = ("blue", "green", "red", "nir", "swir1")
_LANDSAT_NUMBERS = {"blue": 2, "green": 3, "red": 4, "nir": 5, "swir1": 6, "QA_PIXEL": "QA_PIXEL"}
_DARK = 0.001
"""Part of the pixels that is darker than what is taken as the darkest."""


class AssetRead(Record, frozen=True):
    """One file that was read in part."""

    key: str
    band: str | None
    href: str
    """Address without signature."""
    bytes: int
    """Size of the whole file."""
    etag: str | None
    """What the server calls its content."""


class ItemRead(Record, frozen=True):
    """The windows of an item, as files."""

    folder: Path
    """What ``open_picture`` takes."""
    sha256: str
    """Of the numbers of all windows."""
    assets: tuple[AssetRead, ...]
    spent: Spent
    notes: tuple[str, ...] = ()


class Access(Record, frozen=True):
    """How files are reached, and what that may cost."""

    network: Network
    sign: Callable[[str, str], str]
    """(address, catalogue) → the address as it can be read."""
    limits: Limits = Limits()
    cache: PartCache | None = None
    workers: int = WORKERS


def bands_wanted(item: CatalogueItem) -> tuple[Asset, ...]:
    """The assets that are read for a look. Raises PictureError where none can be."""
    if item.cost == "bought":
        raise PictureError(
            "has to be ordered", where=item.id, fix="order it from its provider and add it with offing scenes add"
        )
    known = {a.band: a for a in item.assets if a.band is not None}
    known.update(("QA_PIXEL", replace(a, band="QA_PIXEL")) for a in item.assets if a.key.lower() == "qa_pixel")
    if item.sensor == "sar":
        names: Sequence[str] = POLARISATIONS
    elif any(name.startswith("B0") for name in known):
        names = WANTED
    else:
        names = (*(_COLOURS if set(_COLOURS) & set(known) else ("pan",)), *QUALITY_BANDS)
    found = tuple(known[name] for name in names if name in known)
    if not any(a.band not in QUALITY_BANDS for a in found):
        raise PictureError("lists no band that is looked at", where=item.id, fix="leave this item out")
    for asset in found:
        if not asset.href.startswith(("http://", "https://")):
            raise PictureError(
                "lies in a store that wants keys", where=shown(asset.href), fix="search another catalogue for it"
            )
    return found


def read_item(item: CatalogueItem, places: Places, folder: Path, access: Access) -> ItemRead:
    """Read the windows around ``places`` into files in ``folder``, which is made.

    Raises NetworkError, PictureError and GeometryError; nothing of use is in ``folder`` then.
    """
    wanted = bands_wanted(item)
    if is_radar_product(item):
        return _read_radar(item, places, folder, access)
    purse = Purse(access.limits)
    addresses = [access.sign(asset.href, item.catalogue) for asset in wanted]  # one thread: tokens are shared

    def read(asset: Asset, url: str) -> tuple[BandWindow, AssetRead]:
        content = Content(access.network, url, purse, access.cache)
        with open_remote(content) as remote:
            window = read_window(remote, str(asset.band), places)
        return window, _asset_read(asset, content)

    found = in_parallel([lambda a=a, u=u: read(a, u) for a, u in zip(wanted, addresses, strict=True)], access.workers)  # type: ignore[misc]
    windows = [window for window, _ in found]
    if not any(np.any(w.valid) for w in windows if w.band not in QUALITY_BANDS):
        raise PictureError("holds nothing but nodata over the site", where=item.id, fix="leave this item out")
    scales, notes = _scales(wanted, windows)
    folder.mkdir(parents=True)
    _write(item, windows, scales, folder)
    return ItemRead(
        folder=folder,
        sha256=_together([w.sha256 for w in windows]),
        assets=tuple(read for _, read in found),
        spent=purse.spent,
        notes=notes,
    )


def _read_radar(item: CatalogueItem, places: Places, folder: Path, access: Access) -> ItemRead:
    """A product with its annotation, of which only the window is here."""
    purse = Purse(access.limits)
    files = files_of(item)
    signed = {a.href: access.sign(a.href, item.catalogue) for a in files.values()}

    def opened(asset: Asset) -> Content:
        return Content(access.network, signed[asset.href], purse, access.cache)

    contents, digests = read_product(item, places, folder, opened, access.workers)
    return ItemRead(
        folder=folder,
        sha256=_together(digests),
        assets=tuple(_asset_read(files[name], contents[name]) for name in files),
        spent=purse.spent,
    )


def _asset_read(asset: Asset, content: Content) -> AssetRead:
    return AssetRead(key=asset.key, band=asset.band, href=shown(asset.href), bytes=content.size, etag=content.etag)


def _together(digests: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()


def _scales(
    wanted: Sequence[Asset], windows: Sequence[BandWindow]
) -> tuple[list[tuple[float, float] | None], tuple[str, ...]]:
    """(scale, offset) of each window: by the catalogue, else by the file, else None; and what was odd.

    Catalogues are known to state Sentinel-2's offset for files from which it was taken already (Element 84, Earth
    Search issues 66 and 71). Numbers far below it show that; then nothing is stated, and the numbers decide.
    """
    found = [_scale(asset, window) for asset, window in zip(wanted, windows, strict=True)]
    for asset, window, scale in zip(wanted, windows, found, strict=True):
        if scale is None or not (asset.band or "").startswith("B") or scale[1] >= 0.0:
            continue
        added = -scale[1] / scale[0]
        data = window.valid
        darkest = float(np.quantile(data, _DARK)) if data.size else added
        if darkest < OFFSET_DN / 1000.0 * added:
            said = f"the catalogue says that {added:.0f} was added to {asset.band}"
            note = f"{said}, but its darkest pixels are {darkest:.0f}: the scale is taken from the numbers"
            return [None] * len(found), (note,)
    return found, ()


def _scale(asset: Asset, window: BandWindow) -> tuple[float, float] | None:
    if asset.scale is not None and window.band not in QUALITY_BANDS:
        return asset.scale, asset.offset or 0.0
    own = (window.scale, window.offset)
    return own if own != (1.0, 0.0) else None


def _write(
    item: CatalogueItem, windows: Sequence[BandWindow], scales: Sequence[tuple[float, float] | None], folder: Path
) -> None:
    """A file a band, named as ``open_picture`` expects it, or one of all bands where nothing names them in files."""
    tags = {"ACQUISITION_TIME": iso(item.time), "OFFING_ITEM": item.id}
    if item.platform:
        tags["PLATFORM"] = item.platform
    if item.simulated:
        tags["OFFING_SIMULATED"] = "yes"
    if all(w.band in {*WANTED, *POLARISATIONS, *QUALITY_BANDS} for w in windows):
        for window, scale in zip(windows, scales, strict=True):
            write_window(folder / f"window_{window.band}.tif", [window], [scale], tags)
    elif all(w.band in _LANDSAT_NUMBERS for w in windows) and "landsat" in (item.platform or ""):
        for window, scale in zip(windows, scales, strict=True):
            number = _LANDSAT_NUMBERS[window.band]
            name = f"LC08_{number if isinstance(number, str) else f'B{number}'}.tif"
            write_window(folder / name, [window], [scale], tags)
    else:
        lead = max(windows, key=lambda w: w.numbers.size if w.band not in QUALITY_BANDS else 0)
        together = [i for i, w in enumerate(windows) if _same_grid(w, lead) and w.band not in QUALITY_BANDS]
        write_window(folder / "window.tif", [windows[i] for i in together], [scales[i] for i in together], tags)


def _same_grid(one: BandWindow, other: BandWindow) -> bool:
    return (one.numbers.shape, one.numbers.dtype, one.crs_wkt) == (
        other.numbers.shape, other.numbers.dtype, other.crs_wkt
    ) and one.transform.almost_equals(other.transform)  # fmt: skip
