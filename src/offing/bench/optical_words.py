"""The result of ``offing bench optical-seen`` in words: for the terminal, and as tables for docs/accuracy.md."""

from __future__ import annotations

from offing.bench.seen_curve import cell_said, held_out_figures, held_out_line, in_table, lengths_of
from offing.looks.optical_seen import FalseAlarms, LengthSpread, OpticalSeen, RealSeen
from offing.looks.seen import SeenCell


def figures(kept: OpticalSeen) -> dict[str, float | str]:
    """Name → figure."""
    found: dict[str, float | str] = {f"{cell.gsd_m:g} m, {_which(cell)}": cell_said(cell) for cell in kept.cells}
    found |= held_out_figures(kept.held_out)
    found |= {f"{alarms.gsd_m:g} m, false alarms": _alarms_said(alarms) for alarms in kept.false_alarms}
    found |= {f"{s.gsd_m:g} m, measured over true length": _spread_said(s) for s in kept.lengths}
    if not kept.real:
        found["real ships"] = "not compared: no labelled set"
    for real in kept.real:
        name = _short_name(real)
        found |= {f"{name}, {_which(cell)}": cell_said(cell) for cell in real.cells}
        found[f"{name}, false alarms"] = _alarms_said(real.false_alarms)
        if real.lengths:
            found[f"{name}, measured over labelled length"] = _spread_said(real.lengths)
    return found


def table(kept: OpticalSeen) -> list[str]:
    """The lines of the tables in docs/accuracy.md, as Markdown."""
    gsds = sorted({c.gsd_m for c in kept.cells})
    lines = [f"{kept.found} of {kept.n} ships found; {kept.origin}.", ""]
    lines += [f"| simulated ships | {' | '.join(f'{g:g} m' for g in gsds)} |", "|---" * (len(gsds) + 1) + "|"]
    rows: dict[str, dict[float, SeenCell]] = {}
    for cell in sorted(kept.cells, key=lambda c: (c.at_quay or False, c.cloud_edge or False, c.length_m.low)):
        rows.setdefault(_which(cell), {})[cell.gsd_m] = cell
    lines += [f"| {name} | {' | '.join(in_table(row.get(g)) for g in gsds)} |" for name, row in rows.items()]
    alarms = {a.gsd_m: _alarms_said(a) for a in kept.false_alarms}
    lines += [f"| false alarms | {' | '.join(alarms.get(g, '–') for g in gsds)} |"]
    spreads = {s.gsd_m: _spread_said(s) for s in kept.lengths}
    lines += [f"| measured over true length | {' | '.join(spreads.get(g, '–') for g in gsds)} |"]
    lines += ["", held_out_line(kept.held_out)]
    return lines + [line for real in kept.real for line in _real_table(real)]


def _real_table(real: RealSeen) -> list[str]:
    title = _short_name(real)
    lines = ["", f"| {title} | found | its regression says |", "|---|---|---|"]
    lines += [f"| {_which(c)} | {in_table(c)} | {c.said:.3f} |" for c in real.cells]
    said = [f"{real.found} of {real.n}; {real.origin}", f"false alarms: {_alarms_said(real.false_alarms)}"]
    if real.lengths:
        said.append(f"measured over labelled length: {_spread_said(real.lengths)}")
    return [*lines, "", "; ".join(said) + "."]


def _short_name(real: RealSeen) -> str:
    how = "held out" if real.held_out else "in-sample"
    return f"real, {how}, {real.origin.split(' (')[0]}"


def _which(cell: SeenCell) -> str:
    where = "at the quay" if cell.at_quay else "open water"
    edge = {True: ", near a cloud's edge", False: ", no cloud near", None: ""}[cell.cloud_edge]
    return f"{lengths_of(cell)}, {where}{edge}"


def _alarms_said(alarms: FalseAlarms) -> str:
    each, span = alarms.false / alarms.pictures, alarms.a_picture
    return (
        f"{alarms.false} in {alarms.pictures} pictures, {alarms.km2:.0f} km²: {each:.2f} [{span.low:.2f}, "
        f"{span.high:.2f}] a picture"
    )


def _spread_said(spread: LengthSpread) -> str:
    if not spread.n:
        return "too few found"
    low, middle, high = spread.ratios[0], spread.ratios[4], spread.ratios[8]
    return f"{middle:.2f} [{low:.2f}, {high:.2f}] (10–50–90 %, {spread.n} ships), said ± {spread.said_sd:.2f}"
