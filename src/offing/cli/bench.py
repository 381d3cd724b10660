"""``offing bench``: the figures of docs/accuracy.md, each with its protocol."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from offing.cli.output import Format, emit, note, print_json
from offing.errors import OffingError

if TYPE_CHECKING:
    from offing.bench.model import BenchOptions, BenchResult

BENCHMARKS = {
    "startup": "how long offing --help takes",
    "demo": "the embedded example: time and memory",
    "looks": "a year of looks at fifty ports, from catalogue answers to the ledger and the gaps: time",
    "cfar": "radar detectors side by side on generated clutter: speed, recall, false alarms",
    "scan": "one pass over a generated Sentinel-1-sized file against only reading it",
    "optical-tile": "a generated Sentinel-2 tile from files to detections against only reading it",
    "ssdd": "radar vessels against labels (needs sar-ssdd-train)",
    "s2-ports": "vessels in ports in Sentinel-2 against labels (needs s2-ports)",
    "naval": "ships, bows and lengths in sub-metre pictures against labels (needs optical-naval)",
    "ship-chips": "lengths in Sentinel-1 against AIS (needs s1-ship-chips)",
    "false-alarms": "azimuth ambiguities that are named, and ships taken for one, on generated scenes",
    "quay": "ships at the quay in simulated radar, with other looks of the port beside and without",
    "velocity": "speeds by band delays on generated Sentinel-2 ships (real ships: s2-ports)",
    "detectability": "what the detectors find of simulated landing ships",
    "radar-seen": "what radar shows of a ship, by length, pixel size, wind and berth (real ships: s1-ship-chips)",
    "usability": "clouds, haze and shadows told at the berth, simulated over real clear ports (needs s2-ports)",
    "lengths": "lengths, beams and axes in optical pictures, simulated ones and labelled (s2-ports, naval)",
    "optical-seen": "what optical pictures show of a ship, by length, pixel, berth and cloud (real: s2-ports, naval)",
    "identify": "classes of simulated ships by size and layout, Ropucha or Alligator (real: layouts on naval)",
    "reference": "simulated photographs from abeam: steps, classes told apart, and against pictures from above",
    "ais": "which detection is which ship that sends, on simulated tracks with gaps (real: s1-ship-chips, ais)",
    "same-ship": "likelihood ratios for one ship in two simulated pictures, sisters and others beside",
    "judgement": "verdicts on a thousand elements from up to a hundred thousand looks: time, memory, exponent",
    "rates": "chances that a rate changed, and its intervals, on series whose truth is known",
    "calibration": "verdicts on 5,120 simulated claims whose truth is known (a quarter hour; --quick for a taste)",
}
"""Name → what it measures; module ``offing.bench.<name>`` with underscores."""


def bench(
    name: str, /, *, data: Path | None = None, quick: bool = False, seed: int = 0, format: Format = "table"
) -> None:
    """Measure, and print the figures with their protocol, split and n.

    Example: offing bench s2-ports --data labelled

    Parameters
    ----------
    name
        A benchmark, or all: startup, demo, looks, cfar, scan, optical-tile, ssdd, s2-ports, naval, ship-chips,
        false-alarms, quay, velocity, detectability, radar-seen, lengths, optical-seen, usability, identify,
        reference, ais, same-ship, judgement, rates, calibration.
    data
        Folder with the labelled sets.
    quick
        A smaller n, to try the benchmark itself.
    seed
        Where generated data starts.
    """
    from offing.bench.model import BenchOptions

    names = list(BENCHMARKS) if name == "all" else [name]
    unknown = [n for n in names if n not in BENCHMARKS]
    if unknown:
        raise OffingError(f"there is no benchmark {name!r}", fix=f"choose one of: all, {', '.join(BENCHMARKS)}")
    options = BenchOptions(data=data, quick=quick, seed=seed)
    results = [r for n in names if (r := _measure(n, options, skip=name == "all"))]
    if format == "json":
        print_json({"benchmarks": results})
        return
    rows = [
        {"benchmark": r.name, "figure": figure, "value": value, "n": r.n, "split": r.split, "protocol": r.protocol}
        for r in results
        for figure, value in r.figures.items()
    ]
    columns = ("benchmark", "figure", "value", "n") if format == "table" else tuple(rows[0]) if rows else ()
    emit(rows, columns, format, "benchmarks")
    if format == "table":
        for result in results:
            note(f"{result.name}: {result.protocol}; split: {result.split}")


def _measure(name: str, options: BenchOptions, *, skip: bool) -> BenchResult | None:
    """One benchmark; with ``skip`` one that lacks its labelled set is passed over, and said."""
    module = import_module(f"offing.bench.{name.replace('-', '_')}")
    note(f"{name}: {BENCHMARKS[name]} …")
    try:
        result: BenchResult = module.run(options)
    except OffingError as error:
        if not skip:
            raise
        note(f"{name}: left out: {error}")
        return None
    return result
