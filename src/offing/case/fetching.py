"""From what catalogues list to scenes of the case: the site's window alone is read, clipped, hashed and kept.

An item is fetched once; what was finished stays when the next one fails or the program is stopped, so the same
command goes on where it was.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec

from offing.case.case import Case
from offing.case.clock import Clock
from offing.case.fetch_choice import held, one_a_pass
from offing.case.files import explain
from offing.case.scenes import check_time, keep, workbench
from offing.errors import CaseError, OffingError, PictureError, did_you_mean
from offing.geo import circle
from offing.imagery.catalogue.catalogues import Keys, catalogue
from offing.imagery.catalogue.model import CatalogueItem
from offing.imagery.catalogue.signing import Signer
from offing.imagery.model import Scene
from offing.imagery.remote.cache import PartCache
from offing.imagery.remote.model import Limits, Spent
from offing.network import Network
from offing.records import Record
from offing.sites import Site

State = Literal["fetched", "held", "planned", "failed"]
"""Now a scene of the case; one already; would be fetched; could not be."""


class FetchRequest(Record, frozen=True):
    """Which items are fetched, and what that may cost."""

    site: str | None = None
    """Site id; None: every site."""
    catalogue: str | None = None
    """Built-in name or address; None: every catalogue that was searched."""
    items: tuple[str, ...] = ()
    """Ids, with or without their catalogue and collection; empty: one of each acquisition."""
    max_cloud: float | None = None
    """Largest clouded part of the whole scene, 0–1, where the catalogue says one; None: any."""
    most: int | None = None
    """How many items at most, the earliest first; None: all."""
    limits: Limits = Limits()
    """Of each item."""
    dry_run: bool = False
    """True: only say what would be fetched."""
    workers: int = 4
    """Bands that are read at a time."""

    def __post_init__(self) -> None:
        if self.max_cloud is not None and not 0.0 <= self.max_cloud <= 1.0:
            raise OffingError(f"a cloud cover of {self.max_cloud:.0%}", fix="write percent, from 0 to 100")
        if self.most is not None and self.most < 1:
            raise OffingError(f"at most {self.most} items", fix="write 1 or more")


class Fetched(Record, frozen=True):
    """What became of one item at one site."""

    item: CatalogueItem
    site: str
    state: State
    scene: str | None = None
    """Scene id, where there is one."""
    spent: Spent = Spent()
    notes: tuple[str, ...] = ()
    """What was odd."""
    problem: str | None = None
    """Why it could not be fetched."""


def fetch(
    case: Case,
    network: Network,
    clock: Clock,
    request: FetchRequest = FetchRequest(),  # noqa: B008 - frozen
    *,
    keys: Keys = Keys(),  # noqa: B008 - frozen
    cache: PartCache | None = None,
    said: Callable[[Fetched], None] = lambda _: None,
) -> tuple[Fetched, ...]:
    """Fetch the items that searches have kept; ``said`` hears of each as it is done.

    What one item lacks stops no other: its problem is in its ``Fetched``. Raises CaseError for an unknown site, item
    or catalogue, and for a case that cannot be written.
    """
    planned = _planned(case, request)
    _allow(case, network, request)
    signer = Signer(network, clock, keys)
    done: list[Fetched] = []
    scenes = list(case.store.scenes())
    for site, item in planned:
        scene = held(scenes, site, item, by_pass=not request.items)
        if scene is not None:
            one = Fetched(item=item, site=site.id, state="held", scene=scene.id)
        elif request.dry_run:
            one = Fetched(item=item, site=site.id, state="planned")
        else:
            one, made = _fetched(case, site, item, network, signer, clock, request, cache)
            scenes += made
        done.append(one)
        said(one)
    if cache is not None and not request.dry_run:
        cache.trim()
    return tuple(done)


def _planned(case: Case, request: FetchRequest) -> list[tuple[Site, CatalogueItem]]:
    """The items in question by site, then time."""
    sites = [case.site(request.site)] if request.site else list(case.definition.sites)
    source = catalogue(request.catalogue).name if request.catalogue else None
    found: list[tuple[Site, CatalogueItem]] = []
    for site in sites:
        items = [
            i for i in case.store.items(site.id) if source in (None, i.catalogue) and i.simulated == site.simulated
        ]
        if request.items:
            chosen = [i for i in items if {i.id, i.item} & set(request.items)]
        else:
            cloudy = 1.0 if request.max_cloud is None else request.max_cloud
            fitting = [i for i in items if i.cost == "free" and (i.cloud is None or i.cloud <= cloudy)]
            chosen = one_a_pass(fitting, site)
        found += [(site, item) for item in chosen]
    _check_named(case, request, [item for _, item in found])
    return found[: request.most]


def _check_named(case: Case, request: FetchRequest, found: Sequence[CatalogueItem]) -> None:
    """Raises CaseError for an item that was named and is not listed, and where nothing was ever searched."""
    names = {name for item in found for name in (item.id, item.item)}
    for name in request.items:
        if name not in names:
            known = [item.item for item in case.store.items(request.site)]
            fix = did_you_mean(name, known, "run offing scenes search, or name an item that it listed")
            raise CaseError(f"no search has listed {name[:200]!r}", where=str(case.root), fix=fix)
    if not found and not case.store.searches(request.site):
        raise CaseError("nothing was searched yet", where=str(case.root), fix=f"run: offing scenes search {case.root}")


def _fetched(
    case: Case,
    site: Site,
    item: CatalogueItem,
    network: Network,
    signer: Signer,
    clock: Clock,
    request: FetchRequest,
    cache: PartCache | None,
) -> tuple[Fetched, tuple[Scene, ...]]:
    """One item as a scene. CaseError comes through; what is wrong with the item is told."""
    from offing.imagery.remote.items import Access, read_item

    access = Access(network=network, sign=signer.signed, limits=request.limits, cache=cache, workers=request.workers)
    try:
        # What is read lies outside the case until it is a clip: a program that is killed while it reads leaves nothing.
        with tempfile.TemporaryDirectory(prefix="offing-") as away:
            read = read_item(item, places_of(case, site), Path(away) / _folder_name(item), access)
            with workbench(case.root) as bench:
                scene = _clip(case, site, item, read.folder, read.sha256, bench, clock)
                with case.writing():
                    if scene.id not in {known.id for known in case.store.scenes()}:
                        keep(case, scene, bench, clock(), _told(item, read.assets, read.spent))
    except CaseError:
        raise
    except OffingError as error:
        return Fetched(item=item, site=site.id, state="failed", problem=str(error)), ()
    except OSError as error:
        raise explain(error, error.filename) from error
    done = Fetched(item=item, site=site.id, state="fetched", scene=scene.id, spent=read.spent, notes=read.notes)
    return done, (scene,)


def _allow(case: Case, network: Network, request: FetchRequest) -> None:
    """Catalogues that the user named by their address may hand out files of their own host, also a private one."""
    named = [request.catalogue] if request.catalogue else []
    for source in map(catalogue, [*case.definition.search.catalogues, *named]):
        if not source.built_in:
            network.allow(source.url)


def places_of(case: Case, site: Site) -> list[tuple[float, float]]:
    """What a window has to hold: the site's circle with a margin, and its berths; (lon, lat)."""
    from offing.imagery.clipping import MARGIN_M

    berths = [point for berth in case.berths(site.id) for point in berth.ring]
    return [*circle(site.lonlat, site.radius_m + MARGIN_M), *berths]


def _folder_name(item: CatalogueItem) -> str:
    """The item's own name, as a folder can be called."""
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in item.item)[:120].lstrip(".") or "item"


def _clip(case: Case, site: Site, item: CatalogueItem, folder: Path, sha256: str, bench: Path, clock: Clock) -> Scene:
    from offing.imagery.clipping import clip_to
    from offing.imagery.reading import open_picture

    with open_picture([folder], sensor=item.sensor) as picture:
        check_time(picture, clock() + timedelta(days=1))
        if picture.simulated != site.simulated:
            what = "is simulated and the site is not" if picture.simulated else "is real and the site is simulated"
            raise PictureError(what, where=item.id, fix="keep simulated pictures at sites marked simulated: true")
        return clip_to(
            picture, site, case.berths(site.id), bench,
            sha256=sha256, credit=item.credit, licence=item.licence, item=item.id,
        )  # fmt: skip


def _told(item: CatalogueItem, assets: Sequence[Record], spent: Spent) -> dict[str, Any]:
    """Where the scene came from, for the ledger; no signature and no key is in it."""
    return {
        "item": item.id,
        "catalogue": item.catalogue,
        "href": item.href,
        "assets": [msgspec.to_builtins(asset) for asset in assets],
        "spent": msgspec.to_builtins(spent),
    }
