"""A simulated world as a case folder: case.yaml, the table of looks, and truth.json beside them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from msgspec import to_builtins

from offing.case.case import Case
from offing.case.casefile import CASE_FILE
from offing.case.clock import Clock
from offing.case.importing import import_observations
from offing.exchange.files import write_atomically
from offing.looks.model import Look, Observation
from offing.looks.observations import MANDATORY, OPTIONAL
from offing.simulation.world.making import OBSERVATIONS
from offing.simulation.world.model import SimulatedWorld, json_bytes
from offing.timespan import iso

TRUTH = "truth.json"

_HEAD = (
    "# SIMULATED by offing simulate world: no place, ship, source or picture in this case is real.\n"
    "# What is true in it stands in truth.json, which no run reads.\n"
)
_COLUMNS = (
    "look_id", "site", "time", "sensor", "status", "usable", "p_detect", "p_false", "seen", "vessel_class", "vessel",
    "length_m", "length_sd_m", "activity", "source", "note",
)  # fmt: skip


def write_world(world: SimulatedWorld, root: Path, clock: Clock) -> tuple[Path, ...]:
    """Make ``root`` a case of the world, its looks imported; the files written are returned.

    Raises CaseError when the folder holds something already or cannot be written.
    """
    Case.create(root, world.title)
    written = (root / CASE_FILE, root / OBSERVATIONS, root / TRUTH)
    for path, data in zip(
        written, (case_yaml(world), observations_csv(world.looks), json_bytes(world.truth)), strict=True
    ):
        write_atomically(path, data)
    with Case.open(root) as case:
        import_observations(case, root / OBSERVATIONS, clock)
    return written


def case_yaml(world: SimulatedWorld) -> bytes:
    """case.yaml: JSON values under YAML keys, a line an entry."""
    lines = [f"title: {json.dumps(world.title)}", f"summary: {json.dumps(world.summary)}"]
    for key in ("sources", "sites", "vessels", "claims"):
        records = getattr(world, key)
        if records:
            lines.append(f"{key}:")
            lines += [f"  - {json.dumps(_plain(to_builtins(r)), ensure_ascii=False)}" for r in records]
    return (_HEAD + "\n".join(lines) + "\n").encode()


def _plain(value: object) -> object:
    """Without keys that hold nothing."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if v is not None and v != () and v != []}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value


def observations_csv(looks: tuple[Look, ...]) -> bytes:
    """The table of looks, to the letter of its contract."""
    assert set(MANDATORY) | set(OPTIONAL) == set(_COLUMNS)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for look in looks:
        for row in look.observations:
            writer.writerow(_cells(look, row))
    return out.getvalue().encode()


def _cells(look: Look, row: Observation) -> list[str]:
    values = (
        look.id, look.site, iso(look.time), look.sensor, look.status, look.usable, look.p_detect, look.p_false,
        row.seen, row.vessel_class, row.vessel, row.length_m, row.length_sd_m, None, look.source, row.note,
    )  # fmt: skip
    return ["" if v is None else repr(v) if isinstance(v, float) else str(v) for v in values]
