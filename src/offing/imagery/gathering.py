"""Which files make up one picture: a file, the bands of one acquisition, or a folder of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from offing.errors import PictureError
from offing.imagery.bands import QUALITY_BANDS, band_in_file_name
from offing.imagery.safe import find_package, products_within
from offing.imagery.timing import day_in, time_in

_SUFFIXES = {".tif", ".tiff", ".jp2", ".j2k", ".png", ".jpg", ".jpeg"}
_FILES_MAX = 2000
_OLD_MASK = re.compile(r"(?:_DN)?[_-]udm(?:_clip)?$", re.I)
"""Planet's older mask of bits; udm2 replaced it, and speaks where both are there."""
_RESOLUTION = re.compile(r"(?<![0-9])(10|20|60)m(?![0-9A-Za-z])")


def gather(paths: Sequence[Path]) -> tuple[str, tuple[Path, ...]]:
    """(name, files) of the one picture that ``paths`` name; files sorted by name when they come from a folder.

    Raises PictureError for no path, a folder without pictures or with pictures of several acquisitions, several files
    that say they hold the same band, and several files of different days or times.
    """
    if not paths:
        raise PictureError("no picture was named", fix="name a file or a folder of band files")
    if len(paths) == 1 and paths[0].is_dir():
        return str(paths[0]), _in_folder(paths[0])
    folders = [p for p in paths if p.is_dir()]
    if folders:
        raise PictureError("is a folder among files", where=str(folders[0]), fix="name one folder, or files only")
    if len(paths) == 1:
        return str(paths[0]), (paths[0],)
    _check_one_acquisition(paths)
    parents = {p.parent for p in paths}
    return str(paths[0].parent if len(parents) == 1 else paths[0]), tuple(paths)


def pictures(paths: Sequence[Path]) -> tuple[tuple[Path, ...], ...]:
    """The pictures that ``paths`` hold, each as what ``open_picture`` takes, in the order of their first files.

    Band files of one acquisition (names alike but for B02, B03 … or VV, VH, in one folder) are one picture, and so is
    a Sentinel-1 product (its SAFE folder, or a ZIP archive of it); a folder of products
    is taken as each of them, another folder as its files. Raises
    PictureError for a folder without pictures.
    """
    groups: dict[object, list[Path]] = {}
    for path in dict.fromkeys(product for given in paths for product in products_within(given) or (given,)):
        if find_package(path) is not None:
            groups[path] = [path]
            continue
        files, root = [path], path.parent
        if path.is_dir():
            inside = _pictures(path, "*") or _pictures(path, "**/*")
            if not inside:
                raise PictureError("holds no GeoTIFF, JPEG 2000, PNG or JPEG", where=str(path), fix="name a picture")
            files, root = _finest_of_bands(inside), path
        for file in sorted(files, key=_is_quality):
            shared = (root, _key(file)) if band_in_file_name(file) else file
            beside = _owner(file, groups) if _is_quality(file) and shared not in groups else None
            if beside is None and path.is_dir() and _OLD_MASK.search(file.stem):
                continue  # it belongs to a picture that is not here
            groups.setdefault(shared if beside is None else beside, []).append(file)
    return tuple(tuple(dict.fromkeys(group)) for group in groups.values())


def _is_quality(path: Path) -> bool:
    return band_in_file_name(path) in QUALITY_BANDS


def _owner(quality: Path, groups: dict[object, list[Path]]) -> object | None:
    """The one picture that a quality mask belongs to by its name (``X_udm2.tif`` to ``X_AnalyticMS.tif``)."""
    band = band_in_file_name(quality) or ""
    before = re.split(rf"(?<![0-9A-Za-z]){band}", _OLD_MASK.sub("_udm", quality.stem), flags=re.I)[0]
    key = before.strip("_- .").lower() or _key(quality)
    found = [g for g, files in groups.items() if key and files[0].stem.lower().startswith(key)]
    return found[0] if len(found) == 1 else None


def _finest_of_bands(files: Sequence[Path]) -> list[Path]:
    """The files, of those that repeat a band at several resolutions only the finest."""
    finest = set(_finest([p for p in files if band_in_file_name(p)]))
    return [p for p in files if p in finest or not band_in_file_name(p)]


def _in_folder(folder: Path) -> tuple[Path, ...]:
    found = _pictures(folder, "*")
    if not found:
        found = _pictures(folder, "**/*")  # a .SAFE folder keeps its bands deep below
    if not found:
        raise PictureError(
            "holds no GeoTIFF, JPEG 2000, PNG or JPEG", where=str(folder), fix="name the picture's folder"
        )
    if len(found) == 1:
        return (found[0],)
    bands = [p for p in found if band_in_file_name(p)]
    others = [p for p in found if p not in bands]
    if bands and len(others) == 1 and all(_is_quality(p) for p in bands):
        return (*others, *bands)
    if not bands:
        raise PictureError(
            f"holds {len(found)} pictures that are not bands of one acquisition",
            where=str(folder),
            fix="name one of them, or give their names B02, B03 … or VV, VH",
        )
    chosen = _finest(bands)
    _check_one_acquisition(chosen)
    return tuple(chosen)


def _pictures(folder: Path, pattern: str) -> list[Path]:
    found = []
    try:
        for number, path in enumerate(folder.glob(pattern)):
            if number >= 20 * _FILES_MAX:
                break
            named = path.suffix.lower() in _SUFFIXES and not path.name.startswith(".")
            if named and path.is_file():
                found.append(path)
    except OSError as error:
        raise PictureError(
            f"cannot be listed ({error.strerror})", where=str(folder), fix="check its permissions"
        ) from error
    if len(found) > _FILES_MAX:
        raise PictureError(f"holds more than {_FILES_MAX} pictures", where=str(folder), fix="name the files of one")
    if any(band_in_file_name(path) == "UDM2" for path in found):
        found = [path for path in found if not _OLD_MASK.search(path.stem)]
    return sorted(found)


def _finest(files: Sequence[Path]) -> list[Path]:
    """One file a band and acquisition: the finest, where a product repeats bands at 10, 20 and 60 m."""
    best: dict[tuple[str, str], Path] = {}
    for path in files:
        key = (_key(path), str(band_in_file_name(path)))
        if key not in best or _pixel(path) < _pixel(best[key]):
            best[key] = path
    return sorted(best.values(), key=lambda p: p.name)


def _pixel(path: Path) -> int:
    match = _RESOLUTION.search(path.stem)
    return int(match[1]) if match else 0


def _key(path: Path) -> str:
    """The name without its band and resolution: what the bands of one acquisition share."""
    band = band_in_file_name(path) or ""
    stem = _RESOLUTION.sub("", path.stem)
    digits = re.sub(r"^B0?", "B0?", band) if re.fullmatch(r"B\d\d", band) else re.escape(band)
    return re.sub(rf"(?<![0-9A-Za-z])({digits})(?![0-9A-Za-z])", "", stem, flags=re.I).strip("_- .").lower()


def _check_one_acquisition(files: Sequence[Path]) -> None:
    bands: dict[str, Path] = {}
    for path in files:
        band = band_in_file_name(path)
        if band is None and all(_is_quality(other) for other in files if other != path):
            continue
        if band is None:
            raise PictureError(
                "does not say in its name which band it holds",
                where=str(path),
                fix="open pictures one at a time, or put B02, B03 … or VV, VH into the names",
            )
        if band in bands:
            raise PictureError(
                f"{path.name} and {bands[band].name} both hold band {band}",
                where=str(path.parent),
                fix="open the pictures of different acquisitions one at a time",
            )
        bands[band] = path
    moments = {time_in(p.name) or day_in(p.name) for p in files}
    if len(moments) > 1:
        raise PictureError(
            f"the files are of {len(moments)} different times by their names",
            where=str(files[0].parent),
            fix="give the bands of one acquisition",
        )
