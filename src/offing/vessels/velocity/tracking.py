"""Finds where each band sees a ship, to a few hundredths of a pixel.

One outline (length, width, direction) is shared by all bands; each band has its own place, water and profile along the
hull. Profiles are drawn from a Gaussian process whose covariance between bands is learnt from the ship itself: where
two bands show one pattern, the pattern tells their shift; where a hull's colour differs, only its ends and sides do.
The scheme is penalised least squares by Gauss–Newton with the linear part projected out (Golub and Pereyra 1973,
Kaufman 1975), and a few rounds of expectation–maximisation for noise and covariance; gain and offset are free.
"""

from __future__ import annotations

import numpy as np

from offing.vessels.velocity.hull import SEGMENT, Profile
from offing.vessels.velocity.model import F64, Outline, Patch, Track

ROUNDS, STEPS = 5, 3
OUTLINE_SD = (1.5, 0.7, 0.1)
"""How far length and width (pixels) and direction (radians) may be from those of the box."""
PLACE_SD = 3.0
"""How far a band's place may be from the box' centre, pixels."""
ALIKE = 0.85
"""Correlation of the profiles of two bands before a ship is seen; ``BELIEF`` pieces of hull weigh as much."""
BELIEF = 6.0
FLAT, FLAT_STEPS = 0.02, 4
"""Share of the usual covariance of profiles with which the search begins, and steps it is kept."""
NEAR = 0.7
"""Pixels around the hull that count as the ship when noise is measured."""
_STEP = 1e-3


def track(patch: Patch, outline: Outline) -> Track:
    """The places of a ship in the bands of ``patch``, with their covariance."""
    return _Fit(patch, outline).run()


class _State:
    """Unknowns at one point: outline (3), places (bands × 2), and what follows from them linearly."""

    def __init__(self, shape: F64, places: F64) -> None:
        self.shape, self.places = shape, places
        self.cost = np.inf
        self.linear = self.rest = self.design = self.normal = np.empty(0)


class _Fit:
    def __init__(self, patch: Patch, outline: Outline) -> None:
        self.patch, self.start = patch, outline
        self.bands, self.n = patch.values.shape
        self.profile = Profile(outline.length)
        self.width = self.profile.size + 4
        dc, dr = patch.cols - outline.col, patch.rows - outline.row
        self.water = np.stack([np.ones(self.n), dc / 10, dr / 10], axis=1)
        middle = np.median(patch.values, axis=1, keepdims=True)
        off = np.abs(patch.values - middle)
        self.noise = np.maximum(1e-4, 1.4826 * np.median(off, axis=1))
        size = np.maximum(np.percentile(off, 97, axis=1), 5 * self.noise)
        self.usual = 0.25 * np.outer(size, size) * (ALIKE + (1 - ALIKE) * np.eye(self.bands))
        self.between = self.usual
        self.weight = np.ones((self.bands, self.n))
        self.first = np.array([outline.length, outline.width, outline.angle])
        self.precision = np.concatenate([1 / np.square(OUTLINE_SD), np.full(2 * self.bands, PLACE_SD**-2)])

    def run(self) -> Track:
        # Hulls of one colour first: a free profile fits nearly as well a piece of the hull further, and stays there.
        self.between = FLAT * self.usual
        state = self._solved(_State(self.first.copy(), np.zeros((self.bands, 2))))
        for _ in range(FLAT_STEPS):
            state, _, _ = self._better(state)
        self.between = self.usual
        state, information = self._solved(state), np.eye(3 + 2 * self.bands)
        for turn in range(ROUNDS):
            for _ in range(STEPS):
                state, information, moved = self._better(state)
                if moved < 2e-3:
                    break
            state = self._unstuck(state)
            if turn < ROUNDS - 1:
                self._learn(state)
                state = self._solved(state)
        return self._track(state, np.asarray(np.linalg.inv(information)[3:, 3:], np.float64))

    def _frame(self, shape: F64, place: F64) -> tuple[F64, F64]:
        start = self.start
        turned = Outline(col=start.col, row=start.row, length=shape[0], width=shape[1], angle=shape[2])
        ahead, starboard = turned.along_across(self.patch.cols, self.patch.rows)
        return ahead - place[0], starboard - place[1]

    def _shapes(self, band: int, shape: F64, place: F64) -> F64:
        return self.profile.shapes(*self._frame(shape, place), shape[0], shape[1], self.patch.blur[band])

    def _prior_rows(self) -> F64:
        """Rows that draw all bands' profiles to the Gaussian process; (bands · size, bands · width)."""
        size = self.profile.size
        root = np.kron(np.linalg.cholesky(np.linalg.inv(self.between)).T, np.linalg.cholesky(self.profile.precision).T)
        rows = np.zeros((self.bands * size, self.bands * self.width))
        for b in range(self.bands):
            rows[:, b * self.width + 1 : b * self.width + 1 + size] = root[:, b * size : (b + 1) * size]
        return rows

    def _solved(self, state: _State) -> _State:
        """``state`` with its linear part and cost."""
        seen = self.bands * self.n
        design = np.zeros((seen + self.bands * self.profile.size, self.bands * self.width))
        target = np.zeros(len(design))
        for b in range(self.bands):
            scale = np.sqrt(self.weight[b]) / self.noise[b]
            full = np.concatenate([self._shapes(b, state.shape, state.places[b]), self.water], axis=1)
            design[self._rows(b), b * self.width : (b + 1) * self.width] = full * scale[:, None]
            target[self._rows(b)] = self.patch.values[b] * scale
        design[seen:] = self._prior_rows()
        normal = design.T @ design
        normal[np.diag_indices_from(normal)] *= 1 + 1e-10
        normal[np.diag_indices_from(normal)] += 1e-9
        state.linear = np.linalg.solve(normal, design.T @ target)
        state.rest, state.design, state.normal = target - design @ state.linear, design, normal
        state.cost = float(np.sum(state.rest**2) + np.sum(self.precision * self._off(state) ** 2))
        return state

    def _off(self, state: _State) -> F64:
        return np.concatenate([state.shape - self.first, state.places.ravel()])

    def _rows(self, band: int) -> slice:
        return slice(band * self.n, (band + 1) * self.n)

    def _slopes(self, state: _State) -> F64:
        """Derivatives of all weighted pixels after outline and places, by small steps."""
        slopes = np.zeros((len(state.design), 3 + 2 * self.bands))
        for b in range(self.bands):
            bright = state.linear[b * self.width : (b + 1) * self.width - 3]
            scale = np.sqrt(self.weight[b]) / self.noise[b]
            here = self._shapes(b, state.shape, state.places[b]) @ bright
            for i in range(3):
                moved = self._shapes(b, state.shape + _STEP * np.eye(3)[i], state.places[b]) @ bright
                slopes[self._rows(b), i] = (moved - here) / _STEP * scale
            for i in range(2):
                moved = self._shapes(b, state.shape, state.places[b] + _STEP * np.eye(2)[i]) @ bright
                slopes[self._rows(b), 3 + 2 * b + i] = (moved - here) / _STEP * scale
        return slopes

    def _better(self, state: _State) -> tuple[_State, F64, float]:
        """(a state of less cost, information at the old one, largest shift of a place in pixels)."""
        slopes = self._slopes(state)
        free = slopes - state.design @ np.linalg.solve(state.normal, state.design.T @ slopes)
        information = free.T @ free + np.diag(self.precision)
        step = np.linalg.solve(information, slopes.T @ state.rest - self.precision * self._off(state))
        limit = np.concatenate([(1.0, 0.5, 0.05), np.full(2 * self.bands, 0.7)])
        step *= min(1.0, float(np.min(limit / np.maximum(np.abs(step), 1e-9))))
        for part in (1.0, 0.5, 0.25, 0.1):
            shape = state.shape + part * step[:3]
            shape[:2] = np.maximum(shape[:2], (2.0, 0.6))
            trial = self._solved(_State(shape, state.places + part * step[3:].reshape(-1, 2)))
            if trial.cost < state.cost:
                return trial, information, float(np.abs(part * step[3:]).max())
        return state, information, 0.0

    def _unstuck(self, state: _State) -> _State:
        """``state``, or one of less cost with a band a piece of the hull further: profiles fit nearly as well there."""
        for band in range(self.bands):
            for step in (-SEGMENT, SEGMENT):
                places = state.places.copy()
                places[band, 0] += step
                trial = self._solved(_State(state.shape, places))
                state = trial if trial.cost < state.cost else state
        return state

    def _learn(self, state: _State) -> None:
        """Noise, weights and the covariance between bands, from what is seen now."""
        size, inverse = self.profile.size, np.linalg.inv(state.normal)
        parts = [slice(b * self.width + 1, b * self.width + 1 + size) for b in range(self.bands)]
        seen = np.stack([state.linear[p] for p in parts])
        spread = seen @ self.profile.precision @ seen.T
        spread += [[np.sum(self.profile.precision * inverse[p, q]) for q in parts] for p in parts]
        self.between = (BELIEF * self.usual + spread) / (BELIEF + size)
        for b in range(self.bands):
            rest, near = self._left(state, b)
            water = max(1e-4, 1.4826 * float(np.median(np.abs(rest[~near]))))
            hull = max(water, float(np.sqrt(np.mean(rest[near] ** 2))))
            self.noise[b] = water
            # What the model cannot say of a hull counts as noise there; what is no water beside it weighs little.
            self.weight[b] = np.where(
                near, (water / hull) ** 2, np.minimum(1.0, 2.5 * water / np.maximum(np.abs(rest), 1e-9))
            )

    def _left(self, state: _State, band: int) -> tuple[F64, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
        """((n,) what the model leaves, (n,) whether that is at the hull)."""
        ahead, starboard = self._frame(state.shape, state.places[band])
        near = (np.abs(ahead) < state.shape[0] / 2 + NEAR) & (np.abs(starboard) < state.shape[1] / 2 + NEAR)
        scale = np.sqrt(self.weight[band]) / self.noise[band]
        return state.rest[self._rows(band)] / scale, near

    def _track(self, state: _State, covariance: F64) -> Track:
        contrast, misfit = np.zeros(self.bands), np.zeros(self.bands)
        for b in range(self.bands):
            rest, near = self._left(state, b)
            bright = state.linear[b * self.width : (b + 1) * self.width - 3]
            ship = np.sqrt(np.mean((self._shapes(b, state.shape, state.places[b]) @ bright)[near] ** 2))
            contrast[b] = ship / self.noise[b]
            misfit[b] = np.sqrt(np.mean(rest[near] ** 2)) / max(ship, 1e-9)
        length, width, angle = (float(v) for v in state.shape)
        outline = Outline(col=self.start.col, row=self.start.row, length=length, width=width, angle=angle)
        return Track(outline=outline, positions=state.places, covariance=covariance, contrast=contrast, misfit=misfit)
