"""What is told of the sky at the berth, without a mask: simulated skies over real clear pictures of ports.

Protocol: over each port skies of known optical depth are laid (``offing.simulation.skies``), and the detector of
``offing.imagery.sky`` judges every cell and the usable fraction of the berths, which are the labelled ships' boxes
with 60 m around them. True: hidden from optical depth 3 on, thin from 0.7 on, shaded where half of the direct light is
gone or more; hidden counts 0, thin and shaded one half. The limits of the detector were set on four ports and the
figures are of four others; one port lies under real haze and smoke and is told apart by itself. Nobody has labelled
real clouds over these ports: figures over skies are simulated.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from offing.bench.datasets import LabelledPicture, s2_ports
from offing.bench.model import BenchOptions, BenchResult, split_hash
from offing.imagery.sky import Sky, Sun, sky_by_pixels
from offing.records import Record
from offing.simulation.skies import SkyKind, SkyTruth, sky_over, under_sky

SET_ON = frozenset({"athens", "genoa", "hedland", "klang"})
"""Ports on which the limits were set."""
HAZY = frozenset({"cartagena"})
"""Ports whose picture shows real haze, smoke and small clouds, as anybody can see who looks at it."""
SKIES: tuple[tuple[SkyKind, float], ...] = (
    ("none", 0.0), ("cumulus", 8.0), ("cumulus", 20.0), ("stratus", 20.0), ("thin", 1.0), ("thin", 2.0), ("haze", 1.0),
    ("haze", 2.0),
)  # fmt: skip
"""Kinds with their greatest optical depth."""
_AROUND_M = 60.0
_WEIGHTS = (1.0, 0.5, 0.5, 0.0)
"""Of what is clear, thin, shaded and hidden."""
Floats = NDArray[np.float32]


class Told(Record, frozen=True, eq=False):
    """One port under one sky."""

    port: str
    sky: str
    table: NDArray[np.int64]
    """(true, told) cells: clear, thin, shaded, hidden."""
    true_usable: NDArray[np.float64]
    """(berths,) fraction, 0–1."""
    told_usable: NDArray[np.float64]
    """(berths,) fraction, 0–1."""


def run(options: BenchOptions) -> BenchResult:
    """Every sky over every port that was kept; when quick, two ports."""
    ports = s2_ports(options.folder("s2-ports"))
    kept = [p for p in ports if p.name not in SET_ON | HAZY]
    kept = sorted(kept, key=lambda p: p.width * p.height)[:2] if options.quick else kept
    told = [t for port in kept for t in skies_over(port, options.seed)]
    figures = _figures(told)
    for port in () if options.quick else (p for p in ports if p.name in HAZY):
        (real,) = skies_over(port, options.seed, (("none", 0.0),))
        shares = real.table.sum(axis=0) / real.table.sum()
        figures[f"{port.name}, real haze: told clear / thin / shaded / hidden"] = " / ".join(f"{s:.2f}" for s in shares)
    return BenchResult(
        name="usability",
        protocol="simulated skies over real clear ports, limits set on other ports; cells: clear, thin (optical depth "
        "0.7 to 3), shaded, hidden (3 and more); usable: thin and shaded count half; berths: labelled ships and 60 m "
        "around them; no real cloud is labelled",
        n=sum(len(p.boxes) for p in kept),
        split=f"held out by port: {', '.join(sorted(p.name for p in kept))}, sha256 {split_hash(p.name for p in kept)}",
        figures=figures,
    )


def skies_over(port: LabelledPicture, seed: int, skies: Iterable[tuple[SkyKind, float]] = SKIES) -> list[Told]:
    """What is told of a port under each sky."""
    from offing.imagery.reading import open_picture

    with open_picture(port.paths) as picture:
        bands, values = picture.bands, picture.read()
        assert picture.gsd_m is not None
        cell_m = math.sqrt(picture.gsd_m[0] * picture.gsd_m[1])
    berths = berth_cells(port, cell_m, values.shape[1:])
    found = []
    for number, (kind, depth) in enumerate(skies):
        rng = np.random.default_rng([seed, number, len(port.name), port.width])
        sun = Sun(elevation_deg=float(rng.uniform(30, 65)), azimuth_deg=float(rng.uniform(80, 180)))
        truth = sky_over(kind, depth, seed * 1000 + number, values.shape[1:], cell_m, _thrown(sun, rng))
        told = sky_by_pixels(bands, under_sky(values, bands, truth, kind, cell_m), cell_m, sun, reflectance=True)
        found.append(compared(port.name, f"{kind} {depth:g}" if depth else kind, truth, told, berths))
    return found


def berth_cells(port: LabelledPicture, cell_m: float, shape: tuple[int, ...]) -> list[tuple[slice, slice]]:
    """The ships' boxes with a margin, within the picture."""
    reach = _AROUND_M / cell_m
    grown = np.clip(port.boxes + np.array([-reach, -reach, reach, reach]), 0, [shape[1], shape[0]] * 2).astype(int)
    return [(slice(r0, max(r1, r0 + 1)), slice(c0, max(c1, c0 + 1))) for c0, r0, c1, r1 in grown.tolist()]


def compared(port: str, sky: str, truth: SkyTruth, told: Sky, berths: Sequence[tuple[slice, slice]]) -> Told:
    """Cells against cells, and the usable fraction of each berth."""
    true_kind, told_kind = (_kinds(s.thin, s.shadow, s.cloud) for s in (truth, told))
    table = np.bincount((true_kind * 4 + told_kind).ravel(), minlength=16).reshape(4, 4)
    weights = np.array(_WEIGHTS)
    true_usable, told_usable = (np.array([weights[k[b]].mean() for b in berths]) for k in (true_kind, told_kind))
    return Told(port=port, sky=sky, table=table, true_usable=true_usable, told_usable=told_usable)


def _kinds(thin: NDArray[np.bool_], shadow: NDArray[np.bool_], cloud: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.where(cloud, 3, np.where(thin, 1, np.where(shadow, 2, 0)))


def _thrown(sun: Sun, rng: np.random.Generator) -> tuple[float, float]:
    """(cols, rows) metres from a cloud to its shadow, for a base of 500 to 2,000 m."""
    reach = float(rng.uniform(500.0, 2000.0)) / math.tan(math.radians(sun.elevation_deg))
    away = math.radians(sun.azimuth_deg + 180.0)
    return reach * math.sin(away), -reach * math.cos(away)


def _figures(told: Sequence[Told]) -> dict[str, float | str]:
    made: dict[str, float | str] = {}
    for sky in dict.fromkeys(t.sky for t in told):
        own = [t for t in told if t.sky == sky]
        made |= _of(f"simulated, {sky}" if sky != "none" else "real clear ports", own)
    for port in dict.fromkeys(t.port for t in told):
        made |= _of(f"{port}, all skies", [t for t in told if t.port == port])
    clear = [t for t in told if t.sky == "none"]
    for t in clear:
        shares = t.table.sum(axis=0) / t.table.sum()
        made[f"{t.port}, no sky: told thin / shaded / hidden, %"] = " / ".join(f"{100 * s:.2f}" for s in shares[1:])
    return made


def _of(what: str, told: Sequence[Told]) -> dict[str, float | str]:
    table = sum((t.table for t in told), np.zeros((4, 4), np.int64))
    errors = np.concatenate([t.told_usable - t.true_usable for t in told])
    made: dict[str, float | str] = {
        f"{what}: cells right": round(float(np.trace(table) / table.sum()), 3),
        f"{what}: usable at the berths, bias": round(float(errors.mean()), 3),
        f"{what}: usable at the berths, mean error": round(float(np.abs(errors).mean()), 3),
    }
    if table[3].sum():
        made[f"{what}: hidden cells told clear"] = round(float(table[3, 0] / table[3].sum()), 3)
    if table[0].sum():
        made[f"{what}: clear cells told hidden"] = round(float(table[0, 3] / table[0].sum()), 4)
    return made
