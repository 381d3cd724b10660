"""A case to watch, a catalogue whose answers the test decides, and channels that remember what they were told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from offing.case.case import Case
from offing.case.told import Message
from offing.case.watching import Channel, Watch
from offing.errors import NetworkError, OffingError
from offing.imagery.catalogue.model import Answer, CatalogueItem, Found, Query
from offing.looks.observations import read_observations
from offing.sites import Site
from offing.timespan import TimeSpan

START = datetime(2024, 10, 14, tzinfo=UTC)
TEXT = """\
title: A harbour under watch
sources: [{id: s}]
claims:
  - {id: c, source: s, elements: {carrier: {classes: [ropucha]}, destination: h, window: 2024-10-14/2024-10-20}}
sites:
  - {id: h, name: Harbour, role: port, position: [134.0, 40.5], radius_m: 1200,
     baseline: [{classes: [ropucha], calls_per_30d: 0.3}, {classes: [any], calls_per_30d: 6}]}
  - {id: m, name: Model harbour, role: port, position: [130.0, 38.5], radius_m: 1200, simulated: true}
search: {catalogues: [k], baseline_days: 5, after_days: 3}
"""
HEADER = (
    "look_id,site,time,sensor,status,usable,p_detect,p_false,seen,vessel_class,vessel,length_m,length_sd_m,activity,"
    "source,note\n"
)
RING = ((133.5, 40.0), (134.5, 40.0), (134.5, 41.0), (133.5, 41.0), (133.5, 40.0))


class Quiet:
    def begin(self, total: int) -> None: ...

    def finished(self, step: str, *, unchanged: bool) -> None: ...


class Clock:
    """Stands still until the test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)


class Archive:
    """A catalogue behind the protocol: lists what it holds of the span asked for."""

    def __init__(self, clock: Clock) -> None:
        self.holds: list[CatalogueItem] = []
        self.asked: list[Query] = []
        self.fails: Callable[[Query], bool] = lambda query: False
        self.stops: str | None = None
        self._clock = clock

    def query(self, catalogue: str, collections: tuple[str, ...], site: Site, span: TimeSpan) -> Query:
        return Query(
            catalogue=catalogue, collections=("s2",), site=site.id, place=(*site.position, site.radius_m), span=span
        )

    def ask(self, query: Query) -> Found:
        self.asked.append(query)
        if self.fails(query):
            raise NetworkError("the host is not found", where="https://k.example/search")
        items = tuple(i for i in self.holds if i.time in query.span)
        answer = Answer(
            query=query, asked=self._clock(), url="https://k.example/search", matched=len(items), listed=len(items),
            complete=self.stops is None, stopped=self.stops,
        )  # fmt: skip
        return Found(answer=answer, items=items)


class Heard:
    """A channel that remembers, and fails when the test says so."""

    def __init__(self, name: str = "heard") -> None:
        self.name = name
        self.messages: list[Message] = []
        self.fails: BaseException | None = None

    def tell(self, message: Message) -> None:
        if self.fails is not None:
            raise self.fails
        self.messages.append(message)

    @property
    def texts(self) -> list[str]:
        return [change.text for message in self.messages for change in message.changes]


def item(name: str, time: datetime, **said: object) -> CatalogueItem:
    return CatalogueItem(
        **{  # type: ignore[arg-type]
            "id": f"k/s2/{name}", "catalogue": "k", "collection": "s2", "item": name, "time": time,
            "sensor": "multispectral", "platform": "sentinel-2a", "gsd_m": 10.0, "outline": (RING,), **said,
        }
    )  # fmt: skip


def make_case(root: Path) -> Case:
    made = Case.create(root, "x")
    (made.root / "case.yaml").write_text(TEXT, encoding="utf-8")
    return Case.open(made.root)


def see(case: Case, folder: Path, name: str, *, seen: str = "yes", day: int = 16, usable: float = 1.0) -> None:
    """An analyst's look comes into the case."""
    what = "ropucha" if seen == "yes" else ""
    rows = f"{name},h,2024-10-{day}T01:00Z,planetscope,clear,{usable},0.9,0.01,{seen},{what},,,,,s,\n"
    path = folder / f"{name}.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    definition = case.definition
    looks = read_observations(path, definition.sites, case.library, sources=("s",))
    with case.writing():
        case.import_looks(path, looks, at=START)


def watch(case: Case, archive: Archive, clock: Clock, *channels: Channel, **options: object) -> Watch:
    return Watch(case.root, catalogues=archive, channels=channels, progress=Quiet(), clock=clock, workers=1, **options)  # type: ignore[arg-type]


__all__ = ["START", "Archive", "Clock", "Heard", "OffingError", "item", "make_case", "see", "watch"]
