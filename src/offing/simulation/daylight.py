"""Ships as an optical picture shows them: hull, deck, what stands on it, shadows and wake."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing.simulation.canvas import Bands, Canvas, Colour, coarsened, swept
from offing.simulation.draws import Field, ground_field, smooth_field, stream
from offing.simulation.individuals import body_of, visit_of
from offing.simulation.model import PlacedShip
from offing.simulation.ships import hull, on_grid, outline
from offing.vessels.model import Part

_DECKS: dict[str, tuple[Colour, ...]] = {
    "naval": ((0.12, 0.13, 0.13, 0.15), (0.085, 0.095, 0.145, 0.17), (0.10, 0.12, 0.105, 0.13)),
    "merchant": ((0.075, 0.085, 0.17, 0.20), (0.08, 0.14, 0.085, 0.12), (0.15, 0.16, 0.17, 0.18)),
    "tug": ((0.08, 0.09, 0.12, 0.14), (0.10, 0.12, 0.10, 0.13)),
}
_HOUSES: dict[str, tuple[Colour, ...]] = {
    "naval": ((0.27, 0.28, 0.275, 0.285), (0.31, 0.32, 0.315, 0.32)),
    "merchant": ((0.52, 0.54, 0.54, 0.55), (0.46, 0.47, 0.45, 0.47)),
    "tug": ((0.50, 0.52, 0.52, 0.52), (0.16, 0.28, 0.45, 0.48)),
}
_HATCHES: dict[str, tuple[Colour, ...]] = {
    "naval": ((0.19, 0.20, 0.20, 0.21), (0.16, 0.17, 0.19, 0.21)),
    "merchant": ((0.30, 0.31, 0.31, 0.33), (0.12, 0.14, 0.27, 0.30), (0.14, 0.22, 0.16, 0.22), (0.28, 0.22, 0.14, 0.2)),
    "tug": ((0.2, 0.2, 0.2, 0.2),),
}
_BOXES: tuple[Colour, ...] = (
    (0.08, 0.10, 0.26, 0.30), (0.24, 0.16, 0.09, 0.14), (0.40, 0.42, 0.42, 0.44), (0.10, 0.20, 0.12, 0.18),
    (0.14, 0.24, 0.40, 0.42),
)  # fmt: skip
_HOLD: Colour = (0.035, 0.035, 0.04, 0.045)
_MARK: Colour = (0.40, 0.42, 0.42, 0.43)
_FOAM: Colour = (0.22, 0.23, 0.22, 0.19)


def draw_ship(picture: Bands, gsd_m: float, ship: PlacedShip, shadow: NDArray[np.float64]) -> None:
    """Paint one ship into ``picture`` (changed in place). ``shadow``: (east, north) metres for 1 m of height."""
    factor = int(np.clip(math.ceil(gsd_m / 0.6), 2, 24))
    box = _patch(picture, gsd_m, ship, shadow)
    if box is None:
        return
    row0, row1, col0, col1 = box
    rows, cols = picture.shape[:2]
    fine = np.repeat(np.repeat(picture[row0:row1, col0:col1], factor, axis=0), factor, axis=1)
    west, north = (col0 - 0.5 * cols) * gsd_m, (0.5 * rows - row0) * gsd_m
    canvas = Canvas(np.ascontiguousarray(fine), west, north, gsd_m / factor)
    _Painter(canvas, ship, shadow).paint()
    picture[row0:row1, col0:col1] = coarsened(canvas.bands, factor)


def _patch(
    picture: Bands, gsd_m: float, ship: PlacedShip, shadow: NDArray[np.float64]
) -> tuple[int, int, int, int] | None:
    """(row0, row1, col0, col1) of the pixels that the ship can touch; None when it lies outside the picture."""
    reach = 0.5 * ship.length_m + 26.0 * float(np.hypot(*shadow)) + 5.0 + _wake_m(ship)
    rows, cols = picture.shape[:2]
    col, row = ship.x_m / gsd_m + 0.5 * cols, 0.5 * rows - ship.y_m / gsd_m
    half = math.ceil(reach / gsd_m) + 1
    row0, row1 = max(0, int(row) - half), min(rows, int(row) + half)
    col0, col1 = max(0, int(col) - half), min(cols, int(col) + half)
    return (row0, row1, col0, col1) if row1 > row0 and col1 > col0 else None


def _wake_m(ship: PlacedShip) -> float:
    return 35.0 * ship.speed_kn if ship.speed_kn >= 3.0 else 0.0


class _Painter:
    """Paints one ship from the water up."""

    def __init__(self, canvas: Canvas, ship: PlacedShip, shadow: NDArray[np.float64]) -> None:
        self.canvas, self.ship, self.shadow = canvas, ship, shadow
        self.layout, self.visit = body_of(ship), visit_of(ship)
        self.rng = np.random.default_rng(ship.seed)
        self.own = self.rng if ship.identity is None else stream(ship.identity, "paint")
        wears = ship.identity if ship.livery is None else ship.livery
        self.owner = self.rng if wears is None else stream(wears, "owner")
        self.tint = self._own_tint()
        self.deck = self._pick(_DECKS)
        self.house = self._pick(_HOUSES)
        self.hatch = self._pick(_HATCHES)

    def paint(self) -> None:
        ship, parts = self.ship, sorted(self.layout.parts, key=lambda p: p.height_m)
        outer = on_grid(ship, hull(ship))
        self._wake()
        freeboard = self.layout.hull.freeboard_m + self.visit.draught_m
        over_water = [swept(outer, self.shadow * freeboard)]
        over_water += [swept(self._at(p), self.shadow * (freeboard + p.height_m)) for p in parts]
        self.canvas.shade(over_water)
        self.canvas.fill(outer, self.deck)
        self.canvas.line(outer, self._scaled(self.deck, 1.35), 0.7, closed=True)
        on_deck = self.canvas.mask([outer])
        self.canvas.shade([swept(self._at(p), self.shadow * p.height_m) for p in parts], on_deck)
        for part in parts:
            self._part(part)
        self._weather(on_deck)

    def _part(self, part: Part) -> None:
        corners = self._at(part)
        if part.kind == "crane":
            self._crane(part)
        elif part.kind == "hatch":
            self._hatch(part)
        elif part.kind in ("boxes", "helideck", "ramp", "well"):
            _DECK_KINDS[part.kind](self, part)
        elif part.kind == "house":
            # The higher a deckhouse, the more of it catches the light.
            self.canvas.fill(corners, self._scaled(self.house, 0.9 + 0.012 * part.height_m))
            self.canvas.line(corners[:2], self._scaled(self.house, 0.65), 0.8)
        else:
            dark = {"funnel": 0.35, "mast": 0.8, "gun": 0.7, "gear": 0.8}.get(part.kind, 1.0)
            self.canvas.fill(corners, self._scaled(self.house, dark))

    def _hatch(self, part: Part) -> None:
        corners = self._at(part)
        self.canvas.fill(corners, self._scaled(self.hatch, float(self.own.uniform(0.9, 1.1))))
        self.canvas.line(corners, self._scaled(self.hatch, 0.6), 0.5, closed=True)
        if self.visit.hatches_open and self.rng.random() < self.visit.hatches_open:
            self.canvas.fill(self._at(_inside(part, 0.85)), _HOLD)
        elif self.visit.deck_cargo and self.rng.random() < self.visit.deck_cargo:
            self._boxes(_inside(part, float(self.rng.uniform(0.4, 0.9))))

    def _boxes(self, part: Part) -> None:
        """Containers: each place has a colour of its own in every visit, or is empty."""
        along = max(1, round((part.end - part.start) * self.ship.length_m / 6.1))
        across = max(1, round(part.width * self.ship.beam_m / 2.5))
        for i in range(along):
            for j in range(across):
                if self.visit.boxes < 1.0 and self.rng.random() > self.visit.boxes:
                    continue
                colour = _BOXES[int(self.rng.integers(len(_BOXES)))]
                self.canvas.fill(self._at(_cell(part, (i, along), (j, across))), self._scaled(colour, self.visit.tone))

    def _helideck(self, part: Part) -> None:
        """A plain deck with a circle on it."""
        corners = self._at(part)
        self.canvas.fill(corners, self._scaled(self.deck, 0.85))
        size = (0.5 * (part.end - part.start) * self.ship.length_m, 0.5 * part.width * self.ship.beam_m)
        turn = np.linspace(0.0, 2.0 * math.pi, 24, endpoint=False)
        middle = np.array([(0.5 - 0.5 * (part.start + part.end)) * self.ship.length_m, part.across * self.ship.beam_m])
        ring = middle + 0.75 * min(size) * np.column_stack([np.cos(turn), np.sin(turn)])
        self.canvas.line(on_grid(self.ship, ring), _MARK, 0.6, closed=True)

    def _ramp(self, part: Part) -> None:
        self.canvas.fill(self._at(part), self._scaled(self.deck, 1.15))
        self.canvas.line(self._at(part), self._scaled(self.deck, 0.6), 0.6, closed=True)

    def _well(self, part: Part) -> None:
        """A dock open to the sky: its floor lies in the shade of its walls."""
        self.canvas.fill(self._at(part), self._scaled(self.deck, 0.5))
        self.canvas.line(self._at(part), self._scaled(self.deck, 1.2), 0.8, closed=True)

    def _crane(self, part: Part) -> None:
        """Two posts and their derricks, stowed along the ship or swung out."""
        yellow = (0.20, 0.30, 0.36, 0.38) if self.layout.palette == "merchant" else self._scaled(self.house, 1.05)
        self.canvas.fill(self._at(part), yellow)
        fore = part.start - 0.07
        for side in (-0.3, 0.3):
            if self.visit.crane_swing_deg > 0.0:
                self._swung(part, side * part.width, yellow)
                continue
            boom = Part(kind="gear", start=fore, end=part.start, width=0.05, height_m=1.0, across=side * part.width)
            self.canvas.fill(self._at(boom), self._scaled(yellow, 0.9))

    def _swung(self, part: Part, across: float, colour: Colour) -> None:
        """A derrick somewhere off the line ahead."""
        angle = math.radians(float(self.rng.normal(0.0, self.visit.crane_swing_deg)))
        foot = np.array([(0.5 - part.start) * self.ship.length_m, (part.across + across) * self.ship.beam_m])
        tip = foot + 0.07 * self.ship.length_m * np.array([math.cos(angle), math.sin(angle)])
        width = 0.05 * self.ship.beam_m
        self.canvas.line(on_grid(self.ship, np.stack([foot, tip])), self._scaled(colour, 0.9), width)

    def _wake(self) -> None:
        length = _wake_m(self.ship)
        if length <= 0.0:
            return
        before = self.canvas.bands.copy()
        stern, beam = -0.5 * self.ship.length_m, self.ship.beam_m
        steps = np.linspace(0.0, 1.0, 30)
        for near, far in pairwise(steps):
            half = 0.5 * beam * (0.8 + 1.5 * np.array([near, far, far, near])) * np.array([1, 1, -1, -1])
            along = stern - length * np.array([near, far, far, near])
            strip = on_grid(self.ship, np.column_stack([along, half]))
            self.canvas.fill(strip, _FOAM)
            changed = self.canvas.mask([strip]) == 1
            fade = np.float32(0.5 * (1.0 - near) ** 2.0)
            self.canvas.bands[changed] = fade * self.canvas.bands[changed] + (1 - fade) * before[changed]

    def _weather(self, on_deck: NDArray[np.uint8]) -> None:
        """Rust, gear and paint: the deck is never one colour."""
        stain = (
            smooth_field(self.rng, on_deck.shape, 3.0 / self.canvas.step_m) if self.own is self.rng else self._rust()
        )
        self.canvas.bands[on_deck == 1] *= np.exp(0.09 * stain)[on_deck == 1][:, None]

    def _rust(self) -> Field:
        """Stains that belong to the ship: the same in every scene."""
        rows, cols = self.canvas.bands.shape[:2]
        x = self.canvas.west_m + self.canvas.step_m * (np.arange(cols, dtype=np.float32)[None, :] + 0.5) - self.ship.x_m
        y = (
            self.canvas.north_m
            - self.canvas.step_m * (np.arange(rows, dtype=np.float32)[:, None] + 0.5)
            - self.ship.y_m
        )
        heading = math.radians(self.ship.heading_deg)
        ahead = x * math.sin(heading) + y * math.cos(heading)
        starboard = x * math.cos(heading) - y * math.sin(heading)
        return ground_field(self.own, np.asarray(ahead, np.float32), np.asarray(starboard, np.float32), 3.0)

    def _at(self, part: Part) -> NDArray[np.float64]:
        return on_grid(self.ship, outline(self.ship, part))

    def _pick(self, choices: dict[str, tuple[Colour, ...]]) -> Colour:
        among = choices[self.layout.palette]
        if self.ship.identity is None:
            return self._scaled(among[int(self.own.integers(len(among)))], float(self.own.uniform(0.88, 1.12)))
        faded = np.exp(self.own.normal(0.0, 0.05, 4))
        blue, green, red, nir = faded * np.array(among[self._painted(len(among))]) * self.tint
        return self._scaled((float(blue), float(green), float(red), float(nir)), self.visit.tone)

    def _painted(self, count: int) -> int:
        """Which paint: a navy paints the ships of a class alike; owners of merchant ships each have their own."""
        if self.layout.palette == "naval":
            return zlib.crc32(self.ship.vessel_class.encode()) % count
        return int(self.owner.integers(count))

    def _own_tint(self) -> NDArray[np.float64]:
        """How the owner's paints differ from the usual ones, by band."""
        sd = 0.0 if self.layout.palette == "naval" or self.ship.identity is None else 0.12
        return np.exp(self.owner.normal(0.0, 1.0, 4) * sd) if sd else np.ones(4)

    @staticmethod
    def _scaled(colour: Colour, factor: float) -> Colour:
        blue, green, red, nir = (c * factor for c in colour)
        return blue, green, red, nir


_DECK_KINDS: dict[str, Callable[[_Painter, Part], None]] = {
    "boxes": _Painter._boxes,
    "helideck": _Painter._helideck,
    "ramp": _Painter._ramp,
    "well": _Painter._well,
}


def _inside(part: Part, share: float) -> Part:
    """The middle of a part: ``share`` of its length and width."""
    middle, half = 0.5 * (part.start + part.end), 0.5 * share * (part.end - part.start)
    return msgspec.structs.replace(part, start=middle - half, end=middle + half, width=share * part.width)


def _cell(part: Part, along: tuple[int, int], across: tuple[int, int]) -> Part:
    """One place of a grid on a part: (index, count) along and across."""
    step, wide = (part.end - part.start) / along[1], part.width / across[1]
    start = part.start + along[0] * step
    middle = part.across + (across[0] + 0.5 - 0.5 * across[1]) * wide
    return msgspec.structs.replace(
        part,
        start=start,
        end=min(1.0, start + 0.93 * step),
        width=0.93 * wide,
        across=float(np.clip(middle, -0.5, 0.5)),
    )
