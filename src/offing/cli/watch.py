"""``offing watch``: what is new in a case, once or again and again."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from offing.cli.messages import say
from offing.cli.output import Format, note
from offing.errors import OffingError

if TYPE_CHECKING:
    from offing.case.case import Case
    from offing.case.told import Message
    from offing.case.watching import Channel, Watch
    from offing.imagery.catalogue.catalogues import Keys
    from offing.network import Network

FEED = Path("report") / "watch.atom"
"""In the case folder, unless told otherwise."""
_UNITS = {"min": 60.0, "h": 3600.0, "d": 86400.0}
_SHORTEST_S, _LONGEST_S = 300.0, 366 * 86400.0


def watch(
    case: Path,
    /,
    *,
    every: str | None = None,
    once: Annotated[bool, Parameter(negative=())] = False,
    fetch: Annotated[bool, Parameter(negative=())] = False,
    feed: Path | None = None,
    webhook: Annotated[str | None, Parameter(env_var="OFFING_WEBHOOK", show_default=False)] = None,
    catalog: Annotated[list[str] | None, Parameter(negative=())] = None,
    look_back: str = "10d",
    workers: int | None = None,
    format: Format = "table",
) -> int:
    """Ask the catalogues for new pictures, run the case, and say what changed; nothing where nothing did.

    One round, or with --every round after round until Ctrl-C. Each change is told once: on stdout, in an Atom feed, in
    the ledger, and to a webhook. Without network it goes on with what it has, and asks again in the next round.

    Example: offing watch dunai-2024 --every 6h --feed /srv/www/dunai.atom

    Parameters
    ----------
    case
        The case folder.
    every
        Interval of a loop: 30min, 6h, 1d; one round where it is left out.
    once
        One round, whatever --every says: the form for cron.
    fetch
        Fetch what the catalogues list, as offing scenes fetch does.
    feed
        The Atom file; CASE/report/watch.atom where it is left out.
    webhook
        Address that gets each message as JSON; it may be private, and only its host is ever shown.
    catalog
        Built-in name or address of a catalogue, in place of those of case.yaml; may be given again.
    look_back
        How long an archive may still get pictures of a day: so much is asked for again each time.
    workers
        Pictures worked on at the same time; as many as there are processors when left out.
    format
        table: sentences; json: a document a line; csv: a row a change.
    """
    from offing.exchange.atom import AtomFeed
    from offing.network import open_network

    interval = None if every is None else seconds(every, "--every", _SHORTEST_S)
    atom = AtomFeed(case / FEED if feed is None else feed)
    with open_network() as network:
        made = _watch(case, network, atom, webhook, catalog or (), look_back, workers, format, fetch=fetch)
        atom.check()
        with _held(made):
            if interval is None or once:
                return _one_round(made)
            return _rounds(made, interval)


def seconds(text: str, option: str, least: float = 0.0) -> float:
    """``30min``, ``6h``, ``1.5d`` in seconds. Raises OffingError."""
    found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?) ?(min|h|d)", text.strip())
    value = float(found[1]) * _UNITS[found[2]] if found else -1.0
    if not least <= value <= _LONGEST_S:
        shortest = f", at least {least / 60:g}min" if least else ""
        raise OffingError(f"{option} {text[:40]!r} is no length of time", fix=f"write 30min, 6h or 1d{shortest}")
    return value


def _watch(
    root: Path,
    network: Network,
    atom: Channel,
    webhook: str | None,
    catalogs: Sequence[str],
    look_back: str,
    workers: int | None,
    output: Format,
    *,
    fetch: bool,
) -> Watch:
    from datetime import timedelta

    from offing.case.case import Case
    from offing.case.clock import system_clock
    from offing.case.searching import RememberingCatalogues
    from offing.case.watching import Watch
    from offing.cli.run import QuietProgress
    from offing.exchange.webhook import Webhook
    from offing.imagery.catalogue.catalogues import keys_of

    if workers is not None and not 1 <= workers <= 1024:
        raise OffingError(f"--workers {workers} is no number of workers", fix="give 1 to 1024, or leave it out")
    back = timedelta(seconds=seconds(look_back, "--look-back"))
    Case.open(root)
    keys = keys_of(os.environ)
    hooks = [] if webhook is None else [Webhook(network, webhook)]
    return Watch(
        root,
        catalogues=RememberingCatalogues(network, system_clock, keys),
        channels=(atom, Printed(output), *hooks),
        progress=QuietProgress() if sys.stderr.isatty() else Silent(),
        clock=system_clock,
        names=tuple(catalogs),
        fetch=(lambda case: _fetched(case, network, keys)) if fetch else None,
        look_back=back,
        workers=workers,
    )


def _fetched(case: Case, network: Network, keys: Keys) -> list[str]:
    """What could not be fetched, and why."""
    from offing.case.clock import system_clock
    from offing.case.fetching import fetch
    from offing.imagery.remote.cache import PartCache, default_folder

    done = fetch(case, network, system_clock, keys=keys, cache=PartCache(default_folder()))
    return [f"{one.item.id}: {one.problem}" for one in done if one.problem]


@contextlib.contextmanager
def _held(made: Watch) -> Iterator[None]:
    lock = made.lock()
    lock.take()
    try:
        yield
    finally:
        lock.release()


def _one_round(made: Watch) -> int:
    """Exit code: 1 where catalogues were asked and none answered."""
    from offing.case.watch_loop import Report

    outcome = made.round()
    Report(Stderr()).say(outcome)
    return 1 if outcome.deaf else 0


def _rounds(made: Watch, interval: float) -> int:
    """Until Ctrl-C or SIGTERM, which end it well: whatever was in hand is done again by the next watch."""
    from offing.case.watch_loop import watch_on

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        watch_on(made.round, interval, time.sleep, Stderr())
    except KeyboardInterrupt:
        note("the watch has ended; what it found is kept")
    return 0


class Silent:
    """Where nobody looks on, the steps of a run are not news."""

    def begin(self, total: int) -> None:
        """Nothing."""

    def finished(self, step: str, *, unchanged: bool) -> None:
        """Nothing."""


class Stderr:
    """What is said of rounds, beside the news."""

    def problem(self, text: str) -> None:
        """A line ``warning: …``."""
        say("warning", text)

    def note(self, text: str) -> None:
        """A line."""
        note(text)


class Printed:
    """A channel that prints; a message that was cut off by a crash is printed again."""

    name = "stdout"

    def __init__(self, output: Format) -> None:
        self._output = output
        self._begun = False

    def tell(self, message: Message) -> None:
        """Print the message, and see that it is out."""
        import msgspec

        from offing.exchange.webhook import document
        from offing.timespan import iso

        if self._output == "json":
            sys.stdout.write(msgspec.json.encode(document(message)).decode() + "\n")
        elif self._output == "csv":
            self._rows(message)
        else:
            title = "".join(c for c in " ".join(message.case.split()) if c.isprintable())
            count = "1 change" if len(message.changes) == 1 else f"{len(message.changes)} changes"
            lines = [f"{iso(message.time)} {title}: {count}", *(f"- {change.text}" for change in message.changes)]
            sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        self._begun = True

    def _rows(self, message: Message) -> None:
        """A row a change, with one line of names on top of all of them."""
        import csv

        from offing.exchange.text import spreadsheet_safe
        from offing.timespan import iso

        writer = csv.writer(sys.stdout, lineterminator="\n")
        if not self._begun:
            writer.writerow(("message", "time", "kind", "subject", "before", "after", "simulated", "text"))
        for change in message.changes:
            cells = (
                message.id,
                iso(message.time),
                change.kind,
                change.subject,
                change.before or "",
                change.after or "",
            )
            writer.writerow([spreadsheet_safe(c) for c in (*cells, str(change.simulated), change.text)])
