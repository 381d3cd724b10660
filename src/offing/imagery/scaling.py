"""From stored numbers to physical values: by metadata where there is any, else inferred, and said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from offing.imagery.model import BandScale, Quantity, SensorKind
from offing.imagery.planet import is_radiance
from offing.imagery.source import SourceFile

Values = Mapping[str, NDArray[np.float32]]
"""Sampled finite numbers as stored, by band name."""

OFFSET_DN = 900.0
"""Sentinel-2 products since 2022-01-25 add 1000: then even the darkest pixels of every band lie near or above it."""
_END_SHARE = 0.003
"""Least part of every band at either end of the range after a stretch for display (usual: 1–2 % each)."""
_STRETCHED = "16 bits stretched for display: grey values, not reflectance"
_BASELINE = re.compile(r"_N(\d{4})_")


def scale_of(
    sensor: SensorKind, platform: str | None, sources: Sequence[SourceFile], values: Values
) -> tuple[BandScale, tuple[str, ...]]:
    """(scale, notes) for the picture. ``sources`` are its files, the first one leading."""
    first = sources[0]
    kept = _kept(first)
    if kept is not None:
        return kept, ()
    declared = (first.scales[0], first.offsets[0])
    has_metadata = declared != (1.0, 0.0)
    if sensor == "sar":
        return _radar(first, values, declared if has_metadata else None)
    if has_metadata:
        scaled = {name: v * declared[0] + declared[1] for name, v in values.items()}
        quantity: Quantity = "reflectance" if _top(scaled) <= 3.0 else "digital-number"
        return BandScale(scale=declared[0], offset=declared[1], quantity=quantity, basis="metadata"), ()
    scale = _sentinel2(sources, values) if platform == "sentinel-2" else _optical(first, platform, values)
    return scale, (f"scale {scale.basis}",)


def _kept(source: SourceFile) -> BandScale | None:
    """The scale that offing itself wrote into a clip."""
    tags = source.tags
    quantity = tags.get("OFFING_QUANTITY", "")
    if quantity not in get_args(Quantity):
        return None
    try:
        scale, offset = float(tags["OFFING_SCALE"]), float(tags["OFFING_OFFSET"])
    except (KeyError, ValueError):
        return None
    if not (np.isfinite(scale) and np.isfinite(offset) and scale != 0.0):
        return None
    basis = tags.get("OFFING_SCALE_BASIS", "metadata")
    return BandScale(scale=scale, offset=offset, quantity=quantity, basis=basis)  # type: ignore[arg-type]


def _radar(
    source: SourceFile, values: Values, declared: tuple[float, float] | None
) -> tuple[BandScale, tuple[str, ...]]:
    """dB, linear power or amplitude, by what the numbers can be."""
    factor, shift = declared or (1.0, 0.0)
    if source.dtype == "uint8" and declared is None:
        scale = BandScale(scale=1 / 255, offset=0.0, quantity="amplitude", basis="inferred: 8-bit radar picture")
        return scale, ("grey values are taken as amplitude, their calibration is unknown",)
    numbers = np.concatenate(list(values.values())) * factor + shift
    said = " ".join([*(d or "" for d in source.descriptions), source.path.stem]).lower()
    middle, low = float(np.median(numbers)), float(np.quantile(numbers, 0.01))
    quantity: Quantity
    if float(np.mean(numbers < 0)) > 0.5 or low < -3.0:
        quantity, why = "sigma0-db", f"the middle value is {middle:.3g}: dB"
    elif "amplitude" in said:
        quantity, why = "amplitude", "its name says amplitude"
    elif any(word in said for word in ("intensity", "linear", "sigma0", "gamma0", "beta0")) and middle < 100.0:
        quantity, why = "sigma0-linear", "its name says power"
    elif source.integer and declared is None:
        quantity, why = "amplitude", "whole numbers, none negative: uncalibrated amplitude"
    elif middle < 5.0:
        quantity, why = "sigma0-linear", f"the middle value is {middle:.3g}: linear power"
    else:
        quantity, why = "amplitude", f"the middle value is {middle:.3g}: uncalibrated amplitude"
    basis = f"inferred: {why}" if declared is None else f"metadata; quantity inferred: {why}"
    return BandScale(scale=factor, offset=shift, quantity=quantity, basis=basis), (f"radar values {basis}",)


def _sentinel2(sources: Sequence[SourceFile], values: Values) -> BandScale:
    """Reflectance of a Sentinel-2 product: DN/10000, with or without the offset of 1000, or a 16-bit export."""
    if sources[0].dtype == "uint8":
        return BandScale(scale=1 / 255, offset=0.0, quantity="digital-number", basis="inferred: 8-bit rendering")
    top = _top(values)
    if not sources[0].integer and top <= 3.0:
        return _already_reflectance(values)
    if top > 20_000.0:
        if _stretched(values):
            return BandScale(scale=1 / 65535, offset=0.0, quantity="digital-number", basis=f"inferred: {_STRETCHED}")
        why = f"inferred: numbers reach {top:.0f}, beyond any reflectance in 1/10000: DN/65535"
        return BandScale(scale=1 / 65535, offset=0.0, quantity="reflectance", basis=why)
    name, dark = min(((n, _darkest(v)) for n, v in values.items()), key=lambda pair: pair[1])
    baseline = _baseline(sources[0].path)
    if dark >= OFFSET_DN:
        why = f"inferred: the darkest pixels are {dark:.0f} ({name}), so the offset of 1000 is in: DN/10000 - 0.1"
        return BandScale(scale=1e-4, offset=-0.1, quantity="reflectance", basis=why)
    why = f"inferred: the darkest pixels are {dark:.0f} ({name}), so no offset is in: DN/10000"
    if baseline is not None and baseline >= 400:
        why += f", although baseline {baseline:04d} in its name would add one"
    return BandScale(scale=1e-4, offset=0.0, quantity="reflectance", basis=why)


def _already_reflectance(values: Values) -> BandScale:
    """DN/10000 as decimal numbers, from which the offset may still have to be taken."""
    name, dark = min(((n, _darkest(v)) for n, v in values.items()), key=lambda pair: pair[1])
    if dark < OFFSET_DN * 1e-4:
        return _floating(values)
    why = f"inferred: the darkest pixels are {dark:.3f} ({name}), so the offset of 0.1 is in: numbers - 0.1"
    return BandScale(scale=1.0, offset=-0.1, quantity="reflectance", basis=why)


def _stretched(values: Values) -> bool:
    """Whether 16-bit numbers were spread for display: every band runs into both ends of the range, or they are 8-bit
    grey values times 257. Nodata, which is 0 in all bands at once, does not count.
    """
    bands = list(values.values())
    if all(float(np.mean(v % 257 == 0)) > 0.99 for v in bands):
        return True
    if len({v.size for v in bands}) != 1:
        return False
    numbers = np.stack(bands)
    numbers = numbers[:, (numbers > 0).any(axis=0)]
    ends = (numbers == 0, numbers >= 65535)
    return numbers.size > 0 and all(float(end.mean(axis=1).min()) > _END_SHARE for end in ends)


def _darkest(values: NDArray[np.float32]) -> float:
    """The 0.1 % point of the numbers above 0 (0 is nodata in Sentinel-2 products that carry the offset)."""
    positive = values[values > 0]
    return float(np.quantile(positive, 0.001)) if positive.size else 0.0


def _baseline(path: Path) -> int | None:
    for part in (path.name, *(p.name for p in list(path.absolute().parents)[:6])):
        if match := _BASELINE.search(part):
            return int(match[1])
    return None


def _optical(source: SourceFile, platform: str | None, values: Values) -> BandScale:
    """0–1 from other optical pictures: by bit depth, or as reflectance where the numbers look like it."""
    if not source.integer:
        return _floating(values)
    if source.palette is not None or source.bits or source.dtype in {"uint8", "int8"}:
        bits = 8 if source.palette is not None else source.bits or 8
        full = float(2**bits - 1)
        return BandScale(
            scale=1 / full, offset=0.0, quantity="digital-number", basis=f"inferred: {bits}-bit grey values"
        )
    top = _top(values)
    if platform == "planetscope" and top <= 20_000.0 and not is_radiance(source.path):
        return BandScale(scale=1e-4, offset=0.0, quantity="reflectance", basis="inferred: PlanetScope DN/10000")
    if is_radiance(source.path):
        why = f"numbers reach {top:.0f}: radiance by its name, not reflectance (its _metadata.xml is not beside it)"
        return BandScale(scale=1 / max(top, 1.0), offset=0.0, quantity="digital-number", basis=f"inferred: {why}")
    for full, what in ((2047.0, "11-bit"), (4095.0, "12-bit"), (16383.0, "14-bit or 1/10000")):
        if top <= full:
            why = f"inferred: numbers reach {top:.0f} ({what}): grey values, not reflectance"
            divisor = 10_000.0 if full > 10_000.0 else full
            return BandScale(scale=1 / divisor, offset=0.0, quantity="digital-number", basis=why)
    full = 65535.0 if source.dtype == "uint16" or top > 32767.0 else 32767.0
    full = max(full, top)
    one = len(values) == 1  # a single band runs into the ends of its range where it is glint or shadow too
    why = _STRETCHED if not one and _stretched(values) else f"numbers reach {top:.0f}: grey values, not reflectance"
    return BandScale(scale=1 / full, offset=0.0, quantity="digital-number", basis=f"inferred: {why}")


def _floating(values: Values) -> BandScale:
    top = _top(values)
    if top <= 3.0:
        return BandScale(scale=1.0, offset=0.0, quantity="reflectance", basis="inferred: numbers lie in 0–1")
    full = next((f for f in (255.0, 10_000.0, 65535.0) if top <= 1.2 * f), top)
    quantity: Quantity = "reflectance" if full == 10_000.0 else "digital-number"
    return BandScale(scale=1 / full, offset=0.0, quantity=quantity, basis=f"inferred: numbers reach {top:.0f}")


def _top(values: Values) -> float:
    return max((float(np.quantile(v, 0.999)) for v in values.values() if v.size), default=1.0)
