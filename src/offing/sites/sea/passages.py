"""Canals and straits that land data of a kilometre cannot show. Natural straits wider than that need no entry.

Their courses were drawn by hand to a kilometre or two and have not been checked against a chart, as ``source`` says.
"""

from __future__ import annotations

from offing.sites.sea.model import Passage

_DRAWN = "drawn by hand to a kilometre or two (unverified)"


def _passage(name: str, *points: tuple[float, float], canal: bool = True) -> Passage:
    return Passage(id=name.lower().replace(" ", "-"), name=name, points=points, source=_DRAWN, canal=canal)


PASSAGES: tuple[Passage, ...] = (
    _passage("Suez Canal", (32.37, 31.33), (32.31, 30.80), (32.31, 30.58), (32.40, 30.30), (32.58, 29.98),
             (32.57, 29.86)),
    _passage("Panama Canal", (-79.92, 9.40), (-79.92, 9.22), (-79.70, 9.11), (-79.58, 8.98), (-79.52, 8.86)),
    _passage("Kiel Canal", (9.05, 53.88), (9.14, 53.90), (9.33, 54.15), (9.65, 54.31), (10.15, 54.37), (10.19, 54.40)),
    _passage("Corinth Canal", (22.94, 37.96), (23.02, 37.90)),
    _passage("Cape Cod Canal", (-70.65, 41.71), (-70.61, 41.745), (-70.50, 41.775), (-70.45, 41.79)),
    _passage("Chesapeake and Delaware Canal", (-75.95, 39.48), (-75.81, 39.53), (-75.57, 39.56)),
    _passage("Bosporus", (29.15, 41.25), (29.06, 41.12), (29.05, 41.07), (28.98, 40.99), canal=False),
    _passage("Dardanelles", (26.80, 40.45), (26.68, 40.39), (26.39, 40.19), (26.15, 40.02), canal=False),
    _passage("Kanmon Strait", (131.09, 33.97), (130.97, 33.955), (130.92, 33.93), (130.85, 33.96), canal=False),
    _passage("Strait of Messina", (15.66, 38.29), (15.63, 38.20), (15.60, 38.05), canal=False),
    _passage("Strait of Kerch", (36.65, 45.45), (36.55, 45.30), (36.48, 45.10), canal=False),
)  # fmt: skip
