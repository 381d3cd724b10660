"""The commands by name, and how errors become one line and an exit code.

Exit 0: done. 1: the data is at fault, one line ``error: …`` on stderr. 2: wrong usage.
"""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Sequence
from typing import TextIO

from cyclopts import App, CycloptsError

from offing import __version__
from offing.cli.messages import say
from offing.errors import OffingError, OffingWarning

COMMANDS = {
    "demo": ("offing.cli.demo:demo", "build, run and report the embedded example"),
    "new": ("offing.cli.case:new", "a case folder with a commented case.yaml"),
    "claims": ("offing.cli.case:claims", "claims and their elements"),
    "sites": ("offing.cli.sites:sites", "a sheet for each site: berths, towns, ports, ways by sea, calls, sensors"),
    "check": ("offing.cli.case:check", "verify every hash and the ledger's chain"),
    "scenes": ("offing.cli.scenes:app", "pictures into a case"),
    "detect": ("offing.cli.detect:detect", "vessels in pictures, no case needed"),
    "identify": ("offing.cli.identify:identify", "what detections may be, by size, layout and what a person saw"),
    "reference": ("offing.cli.reference:reference", "what a photograph from abeam says along the deck"),
    "same-ship": ("offing.cli.same_ship:same_ship", "how far two detections speak for one ship"),
    "ais": ("offing.cli.ais:ais", "which detection is which ship that sent her position"),
    "classes": ("offing.cli.classes:classes", "the class library, each value with its source"),
    "observations": ("offing.cli.observations:app", "an analyst's own table of looks and sightings"),
    "looks": ("offing.cli.looks:looks", "every look, also the empty and unusable ones"),
    "gaps": ("offing.cli.gaps:gaps", "when nothing could have been seen, and the next passes"),
    "power": ("offing.cli.power:power", "how likely the looks would have shown a call"),
    "rates": ("offing.cli.rates:rates", "how often ships called, or aircraft flew, and whether that changed"),
    "passes": ("offing.cli.passes:passes", "when which satellite could see a place"),
    "next": ("offing.cli.next_look:next_looks", "what to look at next, and what it would tell"),
    "run": ("offing.cli.run:run", "bring a case up to date"),
    "voyages": ("offing.cli.voyages:voyages", "which port calls one ship may have made in turn"),
    "calls": ("offing.cli.calls:calls", "port calls with their bounds, and whether a ship was there"),
    "verdicts": ("offing.cli.verdicts:verdicts", "a verdict for each element of each claim"),
    "hypotheses": ("offing.cli.hypotheses:hypotheses", "explanations that compete, and what tells them apart"),
    "watch": ("offing.cli.watch:watch", "new pictures and what they change, once or again and again"),
    "report": ("offing.cli.report:report", "one HTML file that needs no network"),
    "export": ("offing.cli.report:export", "GeoPackage, GeoJSON, CSV or KMZ"),
    "simulate": ("offing.cli.simulate:app", "pictures whose truth is known"),
    "bench": ("offing.cli.bench:bench", "the figures of docs/accuracy.md"),
    "doctor": ("offing.cli.doctor:doctor", "what is installed"),
}
"""Command → (``module:function``, imported when it is called; what it does)."""


def build(*, listing: bool = False) -> App:
    """The application, with no command loaded yet; ``listing`` gives each its line, in place of its own help."""
    app = App(
        name="offing",
        help="Verifies reported ship movements from satellite imagery.",
        version=f"offing {__version__}",
        help_format="plaintext",
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    for name, (target, summary) in COMMANDS.items():
        app.command(target, name=name, **({"help": summary} if listing else {}))
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point: runs one command and exits with its code."""
    warnings.simplefilter("always", OffingWarning)
    warnings.showwarning = _show_warning
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="surrogateescape")  # a path that is no UTF-8 is printed as its own bytes
    try:
        words = sys.argv[1:] if arguments is None else arguments
        code = build(listing=not words or words[0] in ("--help", "-h"))(words, exit_on_error=False, print_error=False)
        sys.stdout.flush()
        sys.exit(code if isinstance(code, int) else 0)
    except SystemExit as end:
        # rich, which prints tables and help, ends with 1 when its reader went away.
        if isinstance(end.__context__, BrokenPipeError):
            _nobody_reads()
        raise
    except OffingError as error:
        _fail(str(error), 1)
    except CycloptsError as error:
        _fail(" ".join(str(error).split()), 2)
    except KeyboardInterrupt:
        _fail("interrupted; what was finished is kept, run it again to go on", 1)
    except BrokenPipeError:
        _nobody_reads()
    except OSError as error:
        from offing.case.files import explain

        _fail(str(explain(error, error.filename)), 1)
    except UnicodeEncodeError as error:
        _fail(f"{error.object[:200]!r} is not UTF-8 or cannot be printed here; rename it", 1)
    except MemoryError:
        _fail("not enough memory for this input; give a smaller picture or part of it", 1)


def _nobody_reads() -> None:
    """The reader of a pipe went away (``| head``): it has what it wanted."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)


def _fail(line: str, code: int) -> None:
    say("error", line)
    sys.exit(code)


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """One line a warning; a library's own warnings are for developers, not for users."""
    if issubclass(category, OffingWarning):
        say("warning", str(message))
