"""``offing demo``: the embedded example from nothing to a report."""

from __future__ import annotations

import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from offing.cli.output import emit, note

if TYPE_CHECKING:
    from offing.case.case import Case
    from offing.simulation.demo import DemoContent


def demo(folder: Path = Path("offing-demo"), /) -> None:
    """Build the Dunai example in a folder, run it, print its verdicts and write its report. Works offline.

    The published observations are real; the pictures are simulated, belong to an invented harbour, and are marked so.

    Example: offing demo offing-demo

    Parameters
    ----------
    folder
        A new or empty folder, or one that this command made before.
    """
    from offing.case.clock import system_clock
    from offing.case.pipeline import judged_verdicts, run_case
    from offing.cli.run import in_words, progress
    from offing.cli.verdicts import COLUMNS, rows
    from offing.report.writing import write_report

    with tempfile.TemporaryDirectory(prefix="offing-simulated-") as pictures:
        note(f"building the example in {folder} …")
        case, content = _prepared(folder, Path(pictures))
        with case:
            _fill(case, content)
            with progress() as shown:
                summary = run_case(case, shown, system_clock)
            note(in_words(summary))
            emit(rows(judged_verdicts(case), case.store.claim_verdicts()), COLUMNS, "table", "verdicts")
            report = write_report(case, case.root / "report" / "index.html")
    name = shlex.quote(str(folder))
    note(f"\nThe report: {report}\nOpen it in a browser: {report.resolve().as_uri()}")
    note(f"Go on from here: edit {folder / 'case.yaml'}, then offing run {name} and offing report {name}")
    note(f"On a map: open {folder / 'case.gpkg'} in QGIS, or offing export {name} --as kmz for Google Earth")


def _prepared(folder: Path, pictures: Path) -> tuple[Case, DemoContent]:
    """The example's case, new or as it was built before, and its content. Raises CaseError for another folder."""
    from offing.case.case import Case
    from offing.errors import CaseError
    from offing.simulation.demo import build_demo, is_demo

    if (folder / "case.yaml").exists():
        if not is_demo(folder):
            raise CaseError(
                "it holds another case, or an edited copy of the example", where=str(folder), fix="name a new folder"
            )
    else:
        Case.create(folder, "Sealift to Dunai, autumn 2024")
    content = build_demo(folder, pictures)
    return Case.open(folder), content


def _fill(case: Case, content: DemoContent) -> None:
    """Import the published looks and the simulated pictures; what is there already is left alone."""
    from offing.case.clock import system_clock
    from offing.case.importing import import_observations
    from offing.case.scenes import SceneRequest, add_scenes

    import_observations(case, content.observations, system_clock)
    add_scenes(case, SceneRequest(files=tuple(p.path for p in content.pictures)), system_clock)
