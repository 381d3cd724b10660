"""The command line: one file a group, loaded only when its command is called."""

from __future__ import annotations

from offing.cli.main import main

__all__ = ["main"]
