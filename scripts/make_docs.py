"""Writes docs/reference/command-line.md from the commands' own help, and the pictures of the report in docs/images."""

from __future__ import annotations

import io
import re
import shutil
import sys
import tempfile
from pathlib import Path

from cyclopts import App
from rich.console import Console

from offing.cli.main import COMMANDS, build, main

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "command-line.md"
HEAD = """# Command line

Made by `make docs` from the commands' own help. Results go to standard output, progress and warnings to standard
error. Exit 0: done; 1: the data is at fault, one line `error: …`; 2: wrong usage.
"""


def reference() -> str:
    """The page as text."""
    app = build()
    parts = [HEAD]
    for name in COMMANDS:
        parts += _sections(app[name], f"offing {name}")
    return "\n".join(parts)


def _sections(app: App, name: str) -> list[str]:
    inner = [n for n in app if not n.startswith("-")]
    text = [f"## {name}\n", "```", _help(app, name).strip(), "```\n"]
    for command in inner:
        text += _sections(app[command], f"{name} {command}")
    return text


def _help(app: App, name: str) -> str:
    """As the command prints it, but called by its own name rather than by what runs here."""
    out = io.StringIO()
    app.help_print([], console=Console(file=out, width=100, color_system=None, force_terminal=False))
    text = "\n".join(line.rstrip() for line in out.getvalue().splitlines())
    return re.sub(r"^Usage: .*?(?=( (\[|--|[A-Z]{2}).*)?$)", f"Usage: {name}", text, count=1, flags=re.MULTILINE)


def pictures() -> None:
    """Screenshots of the demo's report, in the system's Chromium."""
    from playwright.sync_api import sync_playwright

    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    if browser_path is None:
        print("no Chromium found: the pictures in docs/images were left as they are", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        case = Path(folder) / "demo"
        try:
            main(["demo", str(case)])
        except SystemExit as end:
            if end.code:
                raise
        browser = play.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
        page.goto((case / "report" / "index.html").as_uri())
        page.screenshot(path=ROOT / "docs" / "images" / "report.png")
        page.locator("#looks").screenshot(path=ROOT / "docs" / "images" / "looks.png")
        browser.close()


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
    pictures()
