"""A reference photograph, a class's layout and a picture from above on one axis, from bow to stern."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

from offing.records import Record
from offing.report.figures.svg import add, canvas, path, rendered
from offing.vessels.profile.model import Profile, Relief
from offing.vessels.reference.model import PartMatch, PhotoRelief, ReferenceComparison, Verdict

WIDTH = 760.0
_LEFT, _RIGHT, _TOP = 20.0, 20.0, 18.0
_HEAD, _GAP, _MARKS = 19.0, 14.0, 20.0
"""Heights of a row's heading, of the space below a row, and of its line of marks."""
_ROW_MOST, _ROW_LEAST, _PROFILE = 150.0, 56.0, 96.0
_BAND = 1.645
"""Standard deviations of the band around a brightness: 90 %."""
_SPREAD = 3.2
"""Brightness beyond so many robust standard deviations is drawn at the edge."""
_MARK_WORDS: dict[Verdict, str] = {
    "match": "match",
    "mismatch": "mismatch",
    "not visible": "not visible or does not tell",
}

STYLE = """
.reference-figure text { font-family: system-ui, "Liberation Sans", Arial, sans-serif; font-size: 11.5px;
  fill: var(--soft, #4c5866); }
.reference-figure .head { fill: var(--ink, #1b2530); font-weight: 600; font-size: 12.5px; }
.reference-figure .sim { fill: var(--sim, #5b2a86); font-weight: 700; }
.reference-figure .axis { stroke: var(--soft, #4c5866); fill: none; }
.reference-figure .grid { stroke: var(--rule, #d8dcdf); stroke-dasharray: 1.5 3; }
.reference-figure .shape { fill: var(--seen-wash, #d7e6f4); stroke: var(--seen, #14518a); stroke-width: 1.2;
  stroke-linejoin: round; }
.reference-figure .deck { fill: none; stroke: var(--ink, #1b2530); stroke-dasharray: 5 3; }
.reference-figure .hull { fill: var(--wash, #f3f4f1); stroke: var(--other, #4f5b66); }
.reference-figure .part { fill: var(--window, #f5edd6); stroke: var(--window-ink, #6d5310); }
.reference-figure .band { fill: var(--line, #c3c9ce); fill-opacity: 0.6; stroke: none; }
.reference-figure .bright { fill: none; stroke: var(--ink, #1b2530); stroke-width: 1.6; }
.reference-figure .span { stroke-width: 1.6; }
.reference-figure .m-match { fill: none; stroke: var(--seen, #14518a); stroke-width: 2; }
.reference-figure .m-mismatch { fill: none; stroke: var(--against, #a23b12); stroke-width: 2; }
.reference-figure .m-not-visible { fill: none; stroke: var(--blind, #6c7782); stroke-width: 1.3;
  stroke-dasharray: 2 2; }
"""
"""Of this figure alone; in a report the page's colours hold, and these where it stands by itself."""


class _Frame(Record, frozen=True):
    """Where things stand across the drawing."""

    width: float

    def x(self, fraction: float) -> float:
        """User units of a fraction of the length from the bow."""
        return _LEFT + fraction * (self.width - _LEFT - _RIGHT)

    @property
    def span(self) -> float:
        """User units of the whole length."""
        return self.width - _LEFT - _RIGHT


def reference_figure(
    photo: PhotoRelief,
    *,
    relief: Relief | None = None,
    profile: Profile | None = None,
    comparisons: Sequence[ReferenceComparison] = (),
    width: float = WIDTH,
    key: str = "reference",
    standalone: bool = False,
) -> str:
    """The figure as SVG: the photograph's silhouette, then what there is of the class's layout and the brightness seen
    from above, each with the marks of its comparison.

    ``key`` makes its ids unique in the page: letters, digits, hyphens. ``standalone`` puts STYLE into it, for a file of
    its own; in a report, whose page allows no other style than its own, STYLE belongs to the page's.
    """
    frame = _Frame(width=width)
    tall = max([0.02, *photo.above_water, *(_tops(relief) if relief else [])])
    row = min(max(tall * frame.span, _ROW_LEAST), _ROW_MOST)
    by_kind = {c.kind: c for c in comparisons}
    rows = [row, *([row] if relief else []), *([_PROFILE] if profile else [])]
    height = _TOP + sum(_HEAD + r + _MARKS + _GAP for r in rows) + 76.0
    root = canvas(width, height, _title(photo, relief, profile), _description(photo, comparisons), key)
    root.set("class", "reference-figure")
    if standalone:
        add(root, "style", STYLE)
    bottom = height - 70.0
    _axis(root, frame, _TOP + 4.0, bottom, photo.length_m)
    y = _photograph(root, frame, photo, _TOP, row, tall)
    if relief is not None:
        y = _class(root, frame, relief, by_kind.get("class"), y, row, tall)
    if profile is not None:
        y = _overhead(root, frame, profile, by_kind.get("overhead"), y)
    _legend(root, frame, height - 28.0)
    return rendered(root)


def _called(profile: Profile) -> str:
    """The picture's name without folders, its middle left out where it is long."""
    name = Path(profile.image).name
    return name if len(name) <= 32 else f"{name[:20]}…{name[-11:]}"


def _tops(relief: Relief) -> list[float]:
    """Heights of a class above the water, fractions of its length."""
    length = relief.length_m or 100.0
    return [((relief.freeboard_m or 0.0) + h) / length for h in relief.height_m]


def _title(photo: PhotoRelief, relief: Relief | None, profile: Profile | None) -> str:
    others = [f"class {relief.name}"] if relief else []
    others += [f"picture {_called(profile)}"] if profile else []
    return f"{photo.name} from bow to stern" + (f", beside {' and '.join(others)}" if others else "")


def _description(photo: PhotoRelief, comparisons: Sequence[ReferenceComparison]) -> str:
    said = [f"Silhouette of a {'simulated ' if photo.simulated else ''}{photo.origin} with {len(photo.parts)} steps."]
    for c in comparisons:
        counts = {v: sum(p.verdict == v for p in c.parts) for v in ("match", "mismatch", "not visible")}
        said.append(
            f"Against {c.against}: likelihood ratio {_ratio(c)}; "
            + ", ".join(f"{n} {v}" for v, n in counts.items())
            + "."
        )
    return " ".join(said)


def _axis(root: ET.Element, frame: _Frame, top: float, bottom: float, length_m: float | None) -> None:
    for i in range(11):
        x = frame.x(i / 10)
        add(root, "line", x1=x, x2=x, y1=top, y2=bottom, class_="grid")
        if i % 2 == 0:
            words = f"{i / 10:g}" if length_m is None else f"{i / 10:g} ({i / 10 * length_m:.0f} m)"
            if i in (0, 10):
                words = f"bow {words}" if i == 0 else f"{words} stern"
            anchor = "start" if i == 0 else "end" if i == 10 else "middle"
            add(root, "text", words, x=x, y=bottom + 13, text_anchor=anchor)
    add(root, "line", x1=frame.x(0), x2=frame.x(1), y1=bottom, y2=bottom, class_="axis")


def _heading(root: ET.Element, frame: _Frame, words: str, simulated: bool, y: float) -> None:
    line = add(root, "text", words, x=frame.x(0), y=y + 12, class_="head")
    if simulated:
        mark = add(line, "tspan", "  SIMULATED", class_="sim")
        mark.set("dx", "6")


def _photograph(root: ET.Element, frame: _Frame, photo: PhotoRelief, y: float, row: float, tall: float) -> float:
    bow = "" if photo.bow.basis == "given" else f", bow estimated (probability {photo.bow.probability:.2f})"
    _heading(root, frame, f"{photo.origin.capitalize()} {photo.name}{bow}", photo.simulated, y)
    base, scale = y + _HEAD + row, row / tall
    path(root, [(frame.x(f), base - z * scale) for f, z in photo.outline], closed=True, class_="shape")
    deck = [(frame.x(f), base - z * scale) for f, z in zip(photo.fractions, photo.deck, strict=True)]
    path(root, deck, class_="deck")
    for part in photo.parts:
        group = add(root, "g")
        add(
            group,
            "title",
            f"{part.kind or 'step'} {part.start:.3f} ({part.start_90.low:.3f}–{part.start_90.high:.3f}) to "
            f"{part.end:.3f} ({part.end_90.low:.3f}–{part.end_90.high:.3f})",
        )
        add(group, "line", x1=frame.x(part.start), x2=frame.x(part.end), y1=base + 6, y2=base + 6, class_="axis span")
        for end in (part.start_90, part.end_90):
            add(group, "line", x1=frame.x(end.low), x2=frame.x(end.high), y1=base + 10, y2=base + 10, class_="axis")
    return base + _MARKS + _GAP


def _class(
    root: ET.Element,
    frame: _Frame,
    relief: Relief,
    found: ReferenceComparison | None,
    y: float,
    row: float,
    tall: float,
) -> float:
    _heading(root, frame, f"Class {relief.name}, as the library draws it{_said(found)}", False, y)
    length = relief.length_m or 100.0
    base, scale = y + _HEAD + row, row / tall
    deck = (relief.freeboard_m or 0.0) / length * scale
    add(root, "rect", x=frame.x(0), y=base - deck, width=frame.span, height=max(deck, 1.0), class_="hull")
    for part in sorted(relief.parts, key=lambda p: p.height_m):
        high = part.height_m / length * scale
        at, wide = frame.x(part.start), (part.end - part.start) * frame.span
        box = add(root, "rect", x=at, y=base - deck - high, width=wide, height=max(high, 0.8), class_="part")
        add(box, "title", f"{part.kind} {part.start:.2f}–{part.end:.2f}, {part.height_m:g} m above the deck")
    _marks(root, frame, found.parts if found else (), base + 8)
    return base + _MARKS + _GAP


def _overhead(root: ET.Element, frame: _Frame, profile: Profile, found: ReferenceComparison | None, y: float) -> float:
    pixels = "" if profile.gsd_m is None else f", pixels of {profile.gsd_m:.1f} m"
    _heading(root, frame, f"From above: {_called(profile)}{pixels}{_said(found)}", profile.simulated, y)
    middle, unit = y + _HEAD + _PROFILE / 2, _PROFILE / (2 * _SPREAD)
    turned = profile.bow_probability < 0.5 or (found is not None and found.bow_as_taken < 0.5)
    read = list(zip(profile.fractions, profile.brightness, profile.usable, strict=True))
    if turned:
        read = [(f, v, u) for f, (_, v, u) in zip(profile.fractions, reversed(read), strict=True)]
    for run in _runs(read):
        low, high = ([(x, _held(v + s * _BAND * profile.noise)) for x, v in run] for s in (-1, 1))
        ring = [(frame.x(f), middle - v * unit) for f, v in [*low, *reversed(high)]]
        path(root, ring, closed=True, class_="band")
        path(root, [(frame.x(f), middle - _held(v) * unit) for f, v in run], class_="bright")
    add(root, "line", x1=frame.x(0), x2=frame.x(1), y1=middle + _PROFILE / 2, y2=middle + _PROFILE / 2, class_="axis")
    _marks(root, frame, found.parts if found else (), middle + _PROFILE / 2 + 8)
    return middle + _PROFILE / 2 + _MARKS + _GAP


def _runs(read: list[tuple[float, float, bool]]) -> list[list[tuple[float, float]]]:
    """Unbroken stretches of usable samples, two at least."""
    runs: list[list[tuple[float, float]]] = [[]]
    for f, v, usable in read:
        if usable:
            runs[-1].append((f, v))
        elif runs[-1]:
            runs.append([])
    return [r for r in runs if len(r) > 1]


def _held(value: float) -> float:
    return min(max(value, -_SPREAD), _SPREAD)


def _said(found: ReferenceComparison | None) -> str:
    if found is None:
        return ""
    return f": likelihood ratio {_ratio(found)}"


def _ratio(found: ReferenceComparison) -> str:
    return f"{found.ratio.value:.2g} ({found.ratio.low:.2g} to {found.ratio.high:.2g})"


def _marks(root: ET.Element, frame: _Frame, parts: Sequence[PartMatch], y: float) -> None:
    """A line over each part with its sign in the middle: tick, cross, or ring; one that would hide another lower."""
    taken: list[float] = []
    for part in sorted(parts, key=lambda p: (p.start, p.end, p.what)):
        middle = frame.x(0.5 * (part.start + part.end))
        low = y + (7.0 if any(abs(middle - t) < 11.0 for t in taken) else 0.0)
        taken = [*taken, middle] if low == y else taken
        group = add(root, "g")
        add(group, "title", f"{part.what}: {part.verdict}")
        add(group, "line", x1=frame.x(part.start), x2=frame.x(part.end), y1=y - 6, y2=y - 6,
            class_=f"m-{part.verdict.replace(' ', '-')}")  # fmt: skip
        _sign(group, part.verdict, middle, low)


def _sign(parent: ET.Element, verdict: Verdict, x: float, y: float) -> None:
    name = f"m-{verdict.replace(' ', '-')}"
    if verdict == "match":
        path(parent, [(x - 4, y), (x - 1, y + 3.5), (x + 4.5, y - 3.5)], class_=name)
    elif verdict == "mismatch":
        path(parent, [(x - 3.5, y - 3.5), (x + 3.5, y + 3.5)], class_=name)
        path(parent, [(x - 3.5, y + 3.5), (x + 3.5, y - 3.5)], class_=name)
    else:
        add(parent, "circle", cx=x, cy=y, r=3.5, class_=name)


def _legend(root: ET.Element, frame: _Frame, y: float) -> None:
    x = frame.x(0) + 5
    for verdict, words in _MARK_WORDS.items():
        _sign(root, verdict, x, y - 4)
        add(root, "text", words, x=x + 9, y=y)
        x += 34 + 6.2 * len(words)
    x = frame.x(0)
    y += 17
    add(root, "line", x1=x, x2=x + 22, y1=y - 4, y2=y - 4, class_="deck")
    words = "deck line; under the silhouette: its steps, with the 90 % intervals of where they begin and end"
    add(root, "text", words, x=x + 28, y=y)
