"""A case folder, opened: what the analyst wrote, what was found, and the record of both."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from offing.case import kept
from offing.case.berths import read_berths
from offing.case.casefile import CASE_FILE, load_text, new_case_text, read_case_text
from offing.case.definition import CaseDefinition
from offing.case.files import explain, replacing
from offing.case.ledger import Ledger
from offing.case.model import ImportOutcome, KeptFile
from offing.case.store import Store
from offing.errors import CaseError, OffingError
from offing.imagery.model import Scene
from offing.looks.model import Look
from offing.sites import Berth, Site
from offing.vessels.classes import ClassLibrary

STORE_FILE = "case.gpkg"
LEDGER_FILE = "ledger.jsonl"
FOLDERS = (kept.SOURCES, kept.SCENES, kept.REPORT)


class Case:
    """One case folder. Open for reading; what writes goes inside ``with case.writing():``."""

    def __init__(self, root: Path, definition: CaseDefinition, library: ClassLibrary) -> None:
        self.root = root
        self.definition = definition
        self.library = library
        self.ledger = Ledger(root / LEDGER_FILE)
        self.store = Store(root / STORE_FILE, self.ledger)

    @classmethod
    def open(cls, root: Path) -> Case:
        """The case in the folder ``root``. Raises CaseFileError, CaseError; nothing is written."""
        root = Path(root)
        path = root / CASE_FILE
        if not path.exists():
            found = "no case.yaml in it" if root.is_dir() else "there is no such folder"
            raise CaseError(found, where=str(root), fix="name a case folder; offing new DIR makes one")
        definition, library = read_case_text(load_text(path).removeprefix("\ufeff"), str(path))
        return cls(root, definition, library)

    @classmethod
    def create(cls, root: Path, title: str) -> Case:
        """A new case in ``root``, which must not exist or be empty. Raises CaseError and leaves nothing behind."""
        root = Path(root)
        text = new_case_text(title)
        made = not root.exists()
        try:
            if not made and (not root.is_dir() or any(root.iterdir())):
                raise CaseError("it is there already and not empty", where=str(root), fix="name a new folder")
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise explain(error, root) from error
        try:
            _lay_out(root, text)
        except BaseException as error:
            _clear(root, made=made)
            if isinstance(error, OSError):
                raise explain(error, root) from error
            raise
        return cls.open(root)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[Store]:
        """Hold the case for writing; may be entered again inside itself. Raises as ``Store.hold`` does."""
        with self.store.hold() as store:
            yield store

    def site(self, site_id: str) -> Site:
        """The site of that id. Raises CaseError."""
        for site in self.definition.sites:
            if site.id == site_id:
                return site
        raise CaseError(f"{site_id!r} is no site", where=str(self.root / CASE_FILE), fix="add it under sites")

    def inside(self, path: str) -> Path:
        """A file of the case by its path as written in case.yaml. Raises CaseError when it leads out of the folder."""
        found = self.root / path
        if not found.resolve().is_relative_to(self.root.resolve()):
            raise CaseError("leads out of the case folder", where=str(found), fix="copy the file into it")
        return found

    def berths(self, site_id: str) -> tuple[Berth, ...]:
        """The berths drawn for a site, none where it has no ``area``. Raises GeometryError, CaseError."""
        site = self.site(site_id)
        if site.area is None:
            return ()
        return read_berths(self.inside(site.area), site)

    def keep(self, path: Path, *, at: datetime) -> KeptFile:
        """An evidentiary copy of ``path`` in ``sources/``, named by its SHA-256, with its line in the ledger.

        A file whose bytes are kept already is left as it is. Needs ``writing``.
        """
        with self._kept(Path(path)) as (file, new):
            if new or not self._in_ledger(file):
                self.store.record("kept", {"files": [_entry(file)]}, at=at)
        return file

    def add_scene(
        self, scene: Scene, files: Sequence[Path], *, at: datetime, read: Mapping[str, Any] | None = None
    ) -> bool:
        """Add a scene whose clip and STAC item are ``files`` in the case folder; see ``Store.add_scene``."""
        described = [kept.describe(self.root, Path(file)) for file in files]
        return self.store.add_scene(scene, described, at=at, read=read)

    def import_looks(self, path: Path, looks: Sequence[Look], *, at: datetime) -> ImportOutcome:
        """Keep the observations table ``path`` and the looks that were read from it. Needs ``writing``."""
        with self._kept(Path(path)) as (file, _):
            return self.store.add_import(
                name=kept.printable(Path(path).name), kept=file, looks=looks, sites=self.definition.sites, at=at
            )

    @contextlib.contextmanager
    def _kept(self, path: Path) -> Iterator[tuple[KeptFile, bool]]:
        """A copy in ``sources/`` that goes again when what it was made for fails."""
        self.store.require_hold()
        file, new = kept.copy(self.root, path)
        try:
            yield file, new
        except BaseException:
            if new and not self._in_ledger(file):
                (self.root / file.path).unlink(missing_ok=True)
            raise

    def _in_ledger(self, file: KeptFile) -> bool:
        with contextlib.suppress(OffingError):  # a damaged ledger: nothing is taken away then
            return any(
                entry.get("path") == file.path
                for line in self.ledger.lines()
                for entry in line.payload.get("files", ())
            )
        return True


def _entry(file: KeptFile) -> dict[str, object]:
    return {"path": file.path, "sha256": file.sha256, "bytes": file.bytes, "name": file.name}


def _lay_out(root: Path, text: str) -> None:
    for name in FOLDERS:
        (root / name).mkdir()
    store = Store(root / STORE_FILE, Ledger(root / LEDGER_FILE))
    with store.hold():
        store.prepare()
    # case.yaml comes last: a folder without it is no case.
    with replacing(root / CASE_FILE) as out:
        out.write(text.encode("utf-8"))


def _clear(root: Path, *, made: bool) -> None:
    """Take away what ``_lay_out`` made in a folder that was empty or new."""
    if made:
        shutil.rmtree(root, ignore_errors=True)
        return
    for name in FOLDERS:
        shutil.rmtree(root / name, ignore_errors=True)
    for file in (".lock", STORE_FILE, f"{STORE_FILE}-wal", f"{STORE_FILE}-shm", LEDGER_FILE, CASE_FILE):
        with contextlib.suppress(OSError):
            (root / file).unlink()
