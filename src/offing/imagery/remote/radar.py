"""A Sentinel-1 GRD product of which only a site's window is here: its annotation whole, its measurements with holes.

The measurements are files of their full size that hold the header and the blocks of the window, each where it lies in
the original; everything else in them is nothing and takes no room. So the product is opened, calibrated and placed by
the same code as a downloaded one, and only the window may be looked at.

What the files of an item are called follows Planetary Computer (``schema-product-vv``, ``schema-calibration-vv``,
``schema-noise-vv``, ``safe-manifest``), as Earth Search does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from msgspec.structs import replace

from offing.errors import PictureError
from offing.imagery.bands import POLARISATIONS
from offing.imagery.catalogue.model import Asset, CatalogueItem
from offing.imagery.model import Box
from offing.imagery.reading import open_picture
from offing.imagery.remote.content import Content
from offing.imagery.remote.parallel import in_parallel
from offing.imagery.remote.tiff import open_remote
from offing.imagery.remote.windows import Places, numbers_sha256, window_of
from offing.imagery.safe import MANIFEST, XML_BYTES_MAX
from offing.imagery.sentinel1.border import FIXED_SINCE

_VERSION = re.compile(rb'name="Sentinel-1 IPF"[^>]*?version="0*(\d{1,3})\.(\d{1,3})"')
_FIX = "look for the picture in another catalogue (planetary-computer), or add the downloaded product"
_KINDS = (
    ("product", "annotation/{}.xml"),
    ("calibration", "annotation/calibration/calibration-{}.xml"),
    ("noise", "annotation/calibration/noise-{}.xml"),
)

_RFI = re.compile(r"/annotation/rfi/rfi-(?=[^/]+\.xml$)")
"""Planetary Computer names the file on radio interference as the annotation (an item quoted in issue 89 of
bopen/xarray-sentinel); the annotation lies one folder up, without the prefix.
"""

Open = Callable[[Asset], Content]
"""An asset, opened for reading."""


def is_radar_product(item: CatalogueItem) -> bool:
    """Whether an item is a Sentinel-1 product in the radar's own geometry, with its annotation."""
    return (item.platform or "").startswith("sentinel-1") and any(a.key.startswith("schema-") for a in item.assets)


def files_of(item: CatalogueItem) -> dict[str, Asset]:
    """Path in the product → asset: manifest, annotation, calibration, noise, measurements.

    Raises PictureError where one that is needed is not listed.
    """
    keys = {a.key.lower().replace("_", "-"): a for a in item.assets}
    found: dict[str, Asset] = {}
    for name, asset in ((MANIFEST, keys.get("safe-manifest") or keys.get("manifest")), *_by_band(item, keys)):
        if asset is not None:
            found[name] = asset
        elif "/noise-" not in name:
            raise PictureError(f"does not list its file {name}", where=item.id, fix=_FIX)
    return found


def _by_band(item: CatalogueItem, keys: dict[str, Asset]) -> list[tuple[str, Asset | None]]:
    found: list[tuple[str, Asset | None]] = []
    for asset in item.assets:
        if asset.band in POLARISATIONS:
            stem = f"s1-{asset.band.lower()}"
            for kind, path in _KINDS:
                side = keys.get(f"schema-{kind}-{asset.band.lower()}")
                found.append((path.format(stem), side and replace(side, href=_RFI.sub("/annotation/", side.href))))
            found.append((f"measurement/{stem}.tiff", asset))
    return found


def read_product(
    item: CatalogueItem, places: Places, root: Path, opened: Open, workers: int
) -> tuple[dict[str, Content], list[str]]:
    """Make the product in the folder ``root``: (what was read by path, digests of the window's numbers).

    Raises NetworkError, PictureError and GeometryError.
    """
    files = files_of(item)
    for folder in ("annotation/calibration", "measurement"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    contents = dict(zip(files, in_parallel([lambda a=a: opened(a) for a in files.values()], workers), strict=True))  # type: ignore[misc]
    in_parallel([lambda n=n, c=c: _begin(root / n, c) for n, c in contents.items()], workers)  # type: ignore[misc]
    _check_version((root / MANIFEST).read_bytes(), item.id)
    measured = {n: c for n, c in contents.items() if n.startswith("measurement/")}
    with open_picture([root]) as picture:
        shown = window_of(picture.pixel, picture.width, picture.height, places, item.id)
        box = picture.stored_window(shown)
    digests = in_parallel([lambda n=n, c=c: _fill(root / n, c, box) for n, c in measured.items()], workers)  # type: ignore[misc]
    return contents, digests


def _begin(path: Path, content: Content) -> None:
    """A side file whole; of a measurement what GDAL wants to open it."""
    if path.suffix == ".tiff":
        with open_remote(content):
            content.write_held(path)
        return
    if content.size > XML_BYTES_MAX:
        raise PictureError(f"is an XML file of {content.size / 1e6:.0f} MB", where=content.name, fix=_FIX)
    path.write_bytes(content.read(0, content.size))


def _fill(path: Path, content: Content, box: Box) -> str:
    """The blocks of the window into the measurement; the digest of its numbers."""
    from rasterio.windows import Window

    with open_remote(content) as remote:
        remote.fetch_blocks(box, (1,))
        with remote.guarded():
            numbers = remote.dataset.read(1, window=Window(box.col0, box.row0, box.width, box.height))
        content.write_held(path)
    return numbers_sha256(PurePosixPath(path.name).stem, box, numbers)


def _check_version(manifest: bytes, where: str) -> None:
    """Raises PictureError for a processor that left a dark border, which only the whole picture shows."""
    found = _VERSION.search(manifest)
    if found is None or (int(found[1]), int(found[2])) < FIXED_SINCE:
        raise PictureError(
            "was made before 2018, or does not say by which processor: its dark border can only be told from all of it",
            where=where,
            fix="download the product whole and add it with offing scenes add",
        )
