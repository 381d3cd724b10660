"""``offing run``: brings a case up to date."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Self

from offing.cli.output import note

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from offing.case.pipeline import RunSummary


def run(case: Path, /, *, workers: int | None = None) -> None:
    """Bring everything in a case up to date; steps whose inputs have not changed are skipped.

    Example: offing run dunai-2024 --workers 2

    Parameters
    ----------
    case
        The case folder.
    workers
        Pictures worked on at the same time; as many as there are processors when left out.
    """
    from offing.case.case import Case
    from offing.case.clock import system_clock
    from offing.case.pipeline import run_case
    from offing.errors import OffingError

    if workers is not None and not 1 <= workers <= 1024:
        raise OffingError(f"--workers {workers} is no number of workers", fix="give 1 to 1024, or leave it out")
    with Case.open(case) as opened, progress() as shown:
        summary = run_case(opened, shown, system_clock, workers=workers)
    note(in_words(summary))


def in_words(summary: RunSummary) -> str:
    """``7 steps done, 12 unchanged; 8 looks, 5 sightings, 9 verdicts``."""
    return (
        f"{summary.done} steps done, {summary.unchanged} unchanged; {summary.looks} looks, "
        f"{summary.sightings} sightings, {summary.verdicts} verdicts"
    )


def progress() -> TerminalProgress | QuietProgress:
    """A bar on a terminal, quiet lines elsewhere."""
    return TerminalProgress() if sys.stderr.isatty() else QuietProgress()


class QuietProgress:
    """One line a finished step."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        return

    def begin(self, total: int) -> None:
        """Nothing to show before the first step."""

    def finished(self, step: str, *, unchanged: bool) -> None:
        """Say what was done; what was unchanged is not worth a line."""
        if not unchanged:
            note(f"done: {step}")


class TerminalProgress:
    """A bar that moves with each step."""

    _bar: RichProgress
    _task: TaskID

    def __enter__(self) -> Self:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        what = TextColumn("{task.description}", markup=False)
        self._bar = Progress(
            BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), what, console=Console(stderr=True), transient=True
        )
        self._task = self._bar.add_task("", total=None)
        self._bar.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._bar.stop()

    def begin(self, total: int) -> None:
        """Set the length of the bar."""
        self._bar.update(self._task, total=total)

    def finished(self, step: str, *, unchanged: bool) -> None:
        """Move the bar by one step."""
        self._bar.update(self._task, advance=1, description=f"{step} (unchanged)" if unchanged else step)
