"""Results appear whole or not at all: written beside, then renamed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from offing.case.files import destination, explain, replacing, sync_folder


def write_atomically(path: Path, content: bytes) -> Path:
    """Write ``content`` to ``path`` and return it; the folder is made when there is none. Raises CaseError."""
    make_folder(path.parent)
    with replacing(path) as out:
        out.write(content)
    return path


def fill_atomically(path: Path, fill: Callable[[Path], None]) -> Path:
    """Let ``fill`` write a file beside ``path``, then put it in its place. Raises CaseError."""
    make_folder(path.parent)
    try:
        target = destination(path)
        beside = target.with_name(f".{target.name[:40]}.{secrets.token_hex(6)}.part")
        try:
            fill(beside)
            beside.replace(target)
            sync_folder(target.parent)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise explain(error, path) from error
    return path


def make_folder(folder: Path) -> None:
    """Make a folder with its parents. Raises CaseError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explain(error, folder) from error
