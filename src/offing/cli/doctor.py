"""``offing doctor``: what is installed, and which versions."""

from __future__ import annotations

import platform
import sqlite3
from importlib.metadata import PackageNotFoundError, version

from offing import __version__
from offing.cli.output import Format, emit

_PACKAGES = (
    "numpy",
    "scipy",
    "rasterio",
    "opencv-python-headless",
    "onnxruntime",
    "shapely",
    "pyais",
    "pyproj",
    "msgspec",
    "pycocotools",
)


def doctor(*, format: Format = "table") -> None:
    """Say what is installed.

    Example: offing doctor --format json
    """
    rows = [
        {"component": "offing", "version": __version__},
        {"component": "python", "version": platform.python_version()},
        {"component": "sqlite", "version": sqlite3.sqlite_version},
        *({"component": name, "version": _version(name)} for name in _PACKAGES),
    ]
    emit(rows, ("component", "version"), format, "components")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
