"""``offing scenes fetch``: from what catalogues list to pictures in the case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from offing.cli.output import Format, emit, note
from offing.errors import OffingError
from offing.timespan import iso

if TYPE_CHECKING:
    from offing.case.fetching import Fetched

_COLUMNS = ("site", "time", "item", "state", "megabytes", "requests", "scene", "problem")


def fetch(
    case: Path,
    /,
    *,
    site: str | None = None,
    catalog: str | None = None,
    item: Annotated[list[str] | None, Parameter(negative=())] = None,
    max_cloud: float | None = None,
    most: int | None = None,
    max_mb: float = 200.0,
    dry_run: Annotated[bool, Parameter(negative=())] = False,
    format: Format = "table",
) -> None:
    """Fetch what offing scenes search has found: of each acquisition the site's window alone, as a scene.

    Example: offing scenes fetch CASE --site dunai --max-cloud 60

    Only the blocks of the bands that are looked at are read, by ranges of bytes, never whole files; what was read is
    kept in a cache (OFFING_CACHE names its folder). What is in the case already is not fetched again, so the command
    can be repeated. Pictures that have to be ordered (Planet) are left to their provider.

    Parameters
    ----------
    case
        The case folder.
    site
        Only for this site.
    catalog
        Only what this catalogue lists.
    item
        Only this item (its id); may be given several times.
    max_cloud
        Largest cloud cover of the whole scene by the catalogue, percent. It says little of one harbour.
    most
        How many items at most, the earliest first.
    max_mb
        Megabytes that one item may take.
    dry_run
        Say what would be fetched, and fetch nothing.
    """
    import os

    from offing.case.case import Case
    from offing.case.clock import system_clock
    from offing.case.fetching import FetchRequest
    from offing.case.fetching import fetch as fetch_items
    from offing.imagery.catalogue.catalogues import keys_of
    from offing.imagery.remote.cache import PartCache, default_folder
    from offing.imagery.remote.model import Limits
    from offing.network import open_network

    if not 0.0 < max_mb <= 100_000.0:
        raise OffingError(f"--max-mb {max_mb:g} makes no sense", fix="write megabytes, more than 0")
    request = FetchRequest(
        site=site,
        catalogue=catalog,
        items=tuple(item or ()),
        max_cloud=None if max_cloud is None else max_cloud / 100.0,
        most=most,
        limits=Limits(most_bytes=round(max_mb * 1e6)),
        dry_run=dry_run,
    )
    with Case.open(case) as opened, open_network() as network:
        done = fetch_items(
            opened, network, system_clock, request,
            keys=keys_of(os.environ), cache=PartCache(default_folder()), said=_say,
        )  # fmt: skip
    emit([_row(one) for one in done], _COLUMNS, format, "fetched")
    failed = sum(one.state == "failed" for one in done)
    if failed:
        raise OffingError(
            f"{failed} of {len(done)} items could not be fetched; the others are in the case",
            where=str(case),
            fix="run it again to try these once more",
        )


def _say(one: Fetched) -> None:
    if one.state == "failed":
        note(f"{one.item.item}: {one.problem}")
    for text in one.notes:
        note(f"{one.item.item}: {text}")


def _row(one: Fetched) -> dict[str, Any]:
    return {
        "site": one.site,
        "time": iso(one.item.time),
        "item": one.item.item,
        "id": one.item.id,
        "state": one.state,
        "megabytes": round(one.spent.bytes / 1e6, 3),
        "requests": one.spent.requests,
        "cached_megabytes": round(one.spent.cached_bytes / 1e6, 3),
        "scene": one.scene,
        "notes": list(one.notes),
        "problem": one.problem,
    }
