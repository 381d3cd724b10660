"""The files of a Sentinel product (SAFE), in a folder or in a ZIP archive, which is read without unpacking it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Literal

from offing.errors import PictureError
from offing.imagery.archive import members, read_member
from offing.records import Record

MANIFEST = "manifest.safe"
XML_BYTES_MAX = 32 << 20
"""Largest XML file that is read; those of real products have 0.1–4 MB."""
_FILES_MAX = 5_000
_NAME = re.compile(r"^S(?:1[A-D]_[A-Z0-9]{2}|2[A-D]_MSI(?:L1C|L2A))_", re.I)
METADATA = r"MTD_MSIL(?:1C|2A)\.xml"
"""Pattern of the name of what states the scale of a Sentinel-2 product."""


class Package(Record, frozen=True):
    """A product's folder, on disk or within an archive."""

    root: Path
    """The folder that holds manifest.safe; within an archive the path goes on behind the archive's."""
    archive: Path | None
    """The ZIP archive; None: a plain folder."""
    files: tuple[str, ...]
    """Paths relative to the root with forward slashes, sorted."""

    @property
    def mission(self) -> Literal["sentinel-1", "sentinel-2"]:
        """Whose product it is."""
        return "sentinel-2" if _is_sentinel_2(self.root.name) or self.matching(METADATA) else "sentinel-1"

    def read(self, name: str) -> bytes:
        """The bytes of an XML file. Raises PictureError when it cannot be read or is larger than any of its kind."""
        path = self.root / name
        if self.archive is not None:
            return read_member(path, XML_BYTES_MAX)
        try:
            with path.open("rb") as stream:
                content = stream.read(XML_BYTES_MAX + 1)
        except OSError as error:
            raise PictureError(f"cannot be read ({error.strerror})", where=str(path), fix="check it") from error
        if len(content) > XML_BYTES_MAX:
            raise PictureError("is far larger than such a file is", where=str(path), fix="download the product again")
        return content

    def only(self, measurements: Sequence[str]) -> Package:
        """The same product with no other measurements than those, and their annotations."""
        stems = {PurePosixPath(name).stem.lower() for name in measurements}
        bulky = re.compile(r"(annotation|measurement)/[^/]+", re.I)
        kept = [n for n in self.files if not bulky.fullmatch(n) or PurePosixPath(n).stem.lower() in stems]
        return Package(root=self.root, archive=self.archive, files=tuple(kept))

    def matching(self, pattern: str) -> list[str]:
        """The files whose whole relative path matches, sorted."""
        return [name for name in self.files if re.fullmatch(pattern, name, re.I)]


def find_product(paths: Sequence[Path]) -> Package | None:
    """The product that the paths of one picture name; None: none.

    One path as for ``find_package``, or Sentinel-1 measurements where they lie in their product: then only those bands
    of it. Raises PictureError as ``find_package`` does.
    """
    if len(paths) == 1 and (found := find_package(paths[0])) is not None:
        return found
    folders = {path.absolute().parent for path in paths}
    if len(folders) != 1 or not paths:
        return None
    (folder,) = folders
    if folder.name.lower() != "measurement" or not (folder.parent / MANIFEST).is_file():
        return None
    package = _folder(folder.parent)
    return package.only([path.name for path in paths]) if package is not None else None


def products_within(folder: Path) -> tuple[Path, ...]:
    """The products that lie in a folder, unpacked or not, by name; none when it is one itself."""
    if not folder.is_dir() or _looks_like_one(folder):
        return ()
    inside = [p for p in folder.glob("S[12]*") if _NAME.match(p.name)]
    unpacked = {p.name for p in inside if p.is_dir() and _looks_like_one(p)}
    archives = {p.name for p in inside if p.suffix.lower() == ".zip" and _zipped(p)}
    archives = {n for n in archives if f"{Path(n).stem.removesuffix('.SAFE')}.SAFE" not in unpacked}
    return tuple(folder / name for name in sorted(unpacked | archives))


def find_package(path: Path) -> Package | None:
    """The product that a path names: its folder, its manifest or metadata, or a ZIP archive of it; None: none of them.

    Raises PictureError for a product that is not whole, and for an archive that cannot be trusted.
    """
    if (path.name == MANIFEST or re.fullmatch(METADATA, path.name)) and path.is_file():
        path = path.absolute().parent
    if path.is_dir():
        return _folder(path)
    return _archive(path) if _zipped(path) else None


def _zipped(path: Path) -> bool:
    if not path.is_file():  # a pipe would keep whoever opens it waiting
        return False
    try:
        with path.open("rb") as stream:
            return stream.read(4) == b"PK\x03\x04"
    except OSError:
        return False


def _folder(path: Path) -> Package | None:
    inside = [path, *sorted(p for p in path.glob("S[12]*.SAFE") if p.is_dir())]
    named = [p for p in inside if _looks_like_one(p)]
    if not named:
        return None
    if len(named) > 1:
        raise PictureError(f"holds {len(named)} Sentinel products", where=str(path), fix="name one of them")
    root = named[0]
    files = []
    for number, found in enumerate(root.rglob("*")):
        if number >= _FILES_MAX:
            raise PictureError(f"holds more than {_FILES_MAX} files", where=str(root), fix="name the product's folder")
        if found.is_file():
            files.append(found.relative_to(root).as_posix())
    return _whole(Package(root=root, archive=None, files=tuple(sorted(files))))


def _looks_like_one(folder: Path) -> bool:
    if _NAME.match(folder.name) and folder.suffix.lower() == ".safe":
        return True
    if (folder / "GRANULE").is_dir() and any(re.fullmatch(METADATA, p.name) for p in folder.glob("MTD_*.xml")):
        return True
    return (folder / MANIFEST).is_file() and (folder / "annotation").is_dir() and (folder / "measurement").is_dir()


def _archive(path: Path) -> Package | None:
    names = members(path)
    manifests = [n for n in names if _states_product(PurePosixPath(n).name) and len(PurePosixPath(n).parts) <= 2]
    roots = sorted({str(PurePosixPath(n).parent) for n in manifests})
    bare = any(n.startswith(("annotation/calibration/", "GRANULE/")) for n in names)
    roots = [r for r in roots if _NAME.match(r) or (r == "." and bare)]
    if not roots:
        tops = {PurePosixPath(n).parts[0] for n in names}
        roots = sorted(t for t in tops if _NAME.match(t) and t.upper().endswith(".SAFE"))
    if not roots:
        return None
    if len(roots) > 1:
        raise PictureError(f"holds {len(roots)} Sentinel products", where=str(path), fix="unpack it and name one")
    prefix = "" if roots[0] == "." else f"{roots[0]}/"
    files = tuple(sorted(n.removeprefix(prefix) for n in names if n.startswith(prefix)))
    return _whole(Package(root=path / prefix if prefix else path, archive=path, files=files))


def _is_sentinel_2(name: str) -> bool:
    return bool(re.match(r"S2[A-D]_MSIL", name, re.I))


def _states_product(name: str) -> bool:
    return name == MANIFEST or bool(re.fullmatch(METADATA, name))


def _whole(package: Package) -> Package:
    if package.mission == "sentinel-2":
        if not package.matching(METADATA):
            raise PictureError(
                "lacks its metadata (MTD_MSIL1C.xml or MTD_MSIL2A.xml)",
                where=str(package.root),
                fix="download the whole product again",
            )
    elif MANIFEST not in package.files:
        raise PictureError("lacks its manifest.safe", where=str(package.root), fix="download the whole product again")
    return package
