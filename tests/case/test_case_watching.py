"""A watch tells each change once, loses none, and leaves the case as it was where nothing changed."""

from __future__ import annotations

import shutil
import warnings
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from watch_fixtures import START, Archive, Clock, Heard, item, make_case, see, watch

from offing.case import told as memory
from offing.case.case import Case
from offing.case.check import check_case
from offing.case.told import MOST_OWED, STATE_FILE
from offing.case.watching import LEDGER_KIND, Watch
from offing.errors import CaseBusyError, CaseError, NetworkError, OffingError, OffingWarning
from offing.exchange.atom import AtomFeed, read_feed

NOW = START + timedelta(days=4)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def archive(clock: Clock) -> Archive:
    made = Archive(clock)
    made.holds = [item("a", START + timedelta(hours=1))]
    return made


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path / "case")


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case whose watch has told all there was, to be copied: making one costs many fsyncs."""
    made, clock = make_case(tmp_path_factory.mktemp("pattern") / "case"), Clock(NOW)
    archive = Archive(clock)
    archive.holds = [item("a", START + timedelta(hours=1))]
    watch(made, archive, clock, Heard()).round()
    return made.root


@pytest.fixture
def settled(pattern: Path, tmp_path: Path) -> Case:
    return Case.open(shutil.copytree(pattern, tmp_path / "settled"))


def ledger(case: Case) -> list[str]:
    return [line.kind for line in case.ledger.lines()]


def contents(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def test_the_first_round_tells_what_came_since_the_case_was_left(case, archive, clock) -> None:
    heard = Heard()
    outcome = watch(case, archive, clock, heard).round()
    assert outcome.news == heard.messages[0]
    assert heard.texts[-1] == "h: 1 item is newly listed by catalogues, 2024-10-14 (1 sentinel-2a)"
    assert {c.kind for c in heard.messages[0].changes} == {"verdict-added", "items-listed"}
    assert ledger(case).count(LEDGER_KIND) == 1
    assert check_case(case.root).problems == ()


def test_a_round_without_news_is_quiet_and_leaves_every_byte(settled, archive, clock) -> None:
    before, heard = contents(settled.root), Heard()
    for _ in range(3):
        clock.later(hours=6)
        outcome = watch(settled, archive, clock, heard).round()
        assert (outcome.news, outcome.silent, outcome.untold, outcome.deaf) == (None, (), (), False)
    assert heard.messages == []
    assert contents(settled.root) == before
    assert len(archive.asked) == 3, "one query a round: the invented harbour is asked for nowhere"


def test_a_verdict_that_changes_is_told_with_the_look(settled, archive, clock, tmp_path) -> None:
    see(settled, tmp_path, "k1")
    heard = Heard()
    watch(settled, archive, clock, heard).round()
    (text,) = [t for t in heard.texts if t.startswith("destination of c")]
    assert "not-observable → c" in text
    assert "new among its looks: look:k1 (h, planetscope, 2024-10-16 01:00 UTC)" in text
    assert "new look k1 (h, planetscope, 2024-10-16 01:00 UTC): clear, a ship seen" in heard.texts


def test_only_what_is_not_known_for_good_is_asked(case, archive, clock) -> None:
    look_back = timedelta(days=2)

    def spans() -> list[tuple[float, float]]:
        watch(case, archive, clock, look_back=look_back).round()
        asked = [
            ((q.span.start - START) / timedelta(days=1), (q.span.end - START) / timedelta(days=1))
            for q in archive.asked
        ]
        archive.asked.clear()
        return asked

    assert spans() == [(-5.0, 4.0)], "the window with the days before it, up to now"
    clock.later(hours=6)
    assert spans() == [(2.0, 4.25)], "from two days before the last answer that was kept"
    clock.later(days=30)
    assert spans() == [(2.0, 34.25)], "nothing of that came to be kept, so it is asked whole"
    assert spans() == [(32.25, 34.25)], "an answer that covered what was unknown for long is kept, also empty"


def test_items_that_come_late_are_found(settled, archive, clock) -> None:
    clock.later(days=3)
    archive.holds.append(item("late", START + timedelta(days=3)))
    heard = Heard()
    watch(settled, archive, clock, heard).round()
    assert heard.texts == ["h: 1 item is newly listed by catalogues, 2024-10-17 (1 sentinel-2a)"]


def test_an_item_whose_addresses_alone_changed_is_no_news(settled, archive, clock) -> None:
    before = contents(settled.root)
    archive.holds = [msgspec.structs.replace(archive.holds[0], href="https://k.example/signed?x=2")]
    assert watch(settled, archive, clock).round().news is None
    assert contents(settled.root) == before


def test_a_network_that_is_gone_loses_nothing_and_stops_nothing(settled, archive, clock, tmp_path) -> None:
    archive.holds.append(item("b", START + timedelta(days=3)))
    archive.fails = lambda query: True
    see(settled, tmp_path, "k1")
    heard = Heard()
    outcome = watch(settled, archive, clock, heard).round()
    assert outcome.deaf
    assert [f.who for f in outcome.silent] == ["k"]
    assert any(t.startswith("destination of c") for t in heard.texts), "what is in the case is told all the same"
    archive.fails = lambda query: False
    outcome = watch(settled, archive, clock, heard).round()
    assert not outcome.deaf
    assert heard.texts[-1] == "h: 1 item is newly listed by catalogues, 2024-10-17 (1 sentinel-2a)"


def test_an_answer_cut_short_keeps_its_items_and_is_asked_again(case, archive, clock) -> None:
    archive.stops = "no answer within 30 s"
    outcome = watch(case, archive, clock).round()
    assert (outcome.deaf, outcome.silent[0].why) == (True, "no answer within 30 s")
    assert [i.item for i in case.store.items("h")] == ["a"]
    archive.stops, first = None, archive.asked[-1]
    watch(case, archive, clock).round()
    assert archive.asked[-1].span == first.span


def test_one_site_that_fails_does_not_hide_the_others(case, archive, clock) -> None:
    text = (case.root / "case.yaml").read_text(encoding="utf-8")
    more = "".join(f"  - {{id: s{n}, name: S, role: port, position: [{n}, 40.0]}}\n" for n in range(9))
    (case.root / "case.yaml").write_text(text.replace("search:", more + "search:"), encoding="utf-8")
    archive.fails = lambda query: query.site == "h"
    outcome = watch(case, archive, clock).round()
    assert (outcome.deaf, len(outcome.silent), len(archive.asked)) == (False, 1, 10)
    archive.asked.clear()
    archive.fails = lambda query: True
    assert watch(case, archive, clock).round().deaf
    assert len(archive.asked) == 3, "a catalogue that is gone is left alone for the round"


def test_catalogues_by_name_stand_in_for_those_of_the_case(case, archive, clock) -> None:
    watch(case, archive, clock, names=("one", "two")).round()
    assert {q.catalogue for q in archive.asked} == {"one", "two"}


def test_what_is_fetched_is_judged_and_told_in_the_same_round(settled, archive, clock, tmp_path) -> None:
    heard = Heard()

    def brings(case: Case) -> tuple[str, ...]:
        see(case, tmp_path, "k1")
        return ("k/s2/a: it does not answer", "k/s2/b: it does not answer")

    outcome = watch(settled, archive, clock, heard, fetch=brings).round()
    assert any(t.startswith("destination of c") for t in heard.texts)
    assert outcome.warnings == tuple(f"not fetched: k/s2/{name}: it does not answer" for name in "ab")
    assert watch(settled, archive, clock, heard, fetch=brings).round().warnings == (), "said once"

    def gone(case: Case) -> tuple[str, ...]:
        raise NetworkError("the host is not found")

    outcome = watch(settled, archive, clock, heard, fetch=gone).round()
    assert (outcome.warnings, outcome.silent) == (("not fetched: the host is not found",), ())


# Killed in between


class KilledError(BaseException):
    """Stands for a power cut: nothing catches it."""


STEPS = ("asked", "run", "compared", "remembered", "fed", "fed and not yet remembered", "ledger")


def killed(moment: str, patch: pytest.MonkeyPatch, case: Case, feed: Path, archive: Archive) -> None:
    """Let the round end at that moment."""

    def dies(*_: object, **__: object) -> object:
        raise KilledError

    def after(owner: object, name: str) -> None:
        whole = getattr(owner, name)

        def both(*given: object, **named: object) -> object:
            whole(*given, **named)
            raise KilledError

        patch.setattr(owner, name, both)

    match moment:
        case "asked":
            patch.setattr("offing.case.watching.run_case", dies)
        case "run":
            patch.setattr("offing.case.watching.state_of", dies)
        case "compared":
            patch.setattr("offing.case.watching.memory.write", dies)
        case "remembered":
            after(memory, "write")
        case "fed":
            patch.setattr(AtomFeed, "tell", dies)
        case "fed and not yet remembered":
            after(AtomFeed, "tell")
        case "ledger":
            after(Watch, "_tell_one")


@pytest.mark.parametrize("moment", STEPS)
def test_killed_at_any_moment_everything_is_told_once(settled, archive, clock, tmp_path, moment) -> None:
    path = tmp_path / "feed.atom"
    see(settled, tmp_path, "k1")
    archive.holds.append(item("b", START + timedelta(days=3)))
    heard, feed = Heard(), AtomFeed(path)
    with pytest.MonkeyPatch.context() as patch:
        killed(moment, patch, settled, path, archive)
        with pytest.raises(KilledError):
            watch(settled, archive, clock, feed, heard).round()
    for _ in range(3):
        clock.later(hours=6)
        watch(settled, archive, clock, feed, heard).round()
    found = read_feed(path)
    assert found is not None
    lines = [line for entry in found.entries for line in entry.content.splitlines()]
    assert len([line for line in lines if line.startswith("destination of c")]) == 1
    assert lines.count("h: 1 item is newly listed by catalogues, 2024-10-17 (1 sentinel-2a)") == 1
    assert sorted(lines) == sorted(heard.texts)
    told = [k.payload["message"] for k in settled.ledger.lines() if k.kind == LEDGER_KIND]
    assert len(told) == len(set(told)) == 2, "of the first round and of this one"
    assert check_case(settled.root).problems == ()


# Channels


def test_a_channel_that_fails_is_owed_its_messages_in_their_order(settled, archive, clock, tmp_path) -> None:
    deaf, fine = Heard("webhook"), Heard("feed")
    deaf.fails = OffingError("it does not answer")
    see(settled, tmp_path, "k1")
    outcome = watch(settled, archive, clock, deaf, fine).round()
    assert [f.who for f in outcome.untold] == ["webhook"]
    see(settled, tmp_path, "k2", day=17)
    watch(settled, archive, clock, deaf, fine).round()
    assert watch(settled, archive, clock, fine).round().untold == (), "not asked to tell it, so not said"
    deaf.fails = None
    assert watch(settled, archive, clock, deaf, fine).round().news is None
    assert [m.id for m in deaf.messages] == [m.id for m in fine.messages]
    assert len(fine.messages) == 2
    told = memory.read(settled.root)
    assert told is not None
    assert told.owed == ()


def test_what_is_owed_does_not_grow_for_ever(settled, archive, clock, tmp_path) -> None:
    deaf = Heard("webhook")
    deaf.fails = OffingError("it does not answer")
    see(settled, tmp_path, "k1")
    watch(settled, archive, clock, deaf).round()
    told = memory.read(settled.root)
    assert told is not None
    memory.write(settled.root, msgspec.structs.replace(told, owed=told.owed * MOST_OWED))
    see(settled, tmp_path, "k2", day=17)
    with pytest.warns(OffingWarning, match="the oldest is given up"):
        watch(settled, archive, clock, deaf).round()
    told = memory.read(settled.root)
    assert told is not None
    assert len(told.owed) == MOST_OWED


def test_warnings_of_the_run_are_given_out_when_they_are_new(settled, archive, clock) -> None:
    path = settled.root / "case.yaml"
    text = path.read_text(encoding="utf-8")
    unmet = "recognition: [{scene: s-0, at: [134.0, 40.5], by: me, class: ropucha}]\n"
    path.write_text(text + unmet, encoding="utf-8")
    first = watch(settled, archive, clock).round()
    assert len(first.warnings) == 1
    assert watch(settled, archive, clock).round().warnings == ()
    path.write_text(text, encoding="utf-8")
    assert watch(settled, archive, clock).round().warnings == ()
    path.write_text(text + unmet, encoding="utf-8")
    assert watch(settled, archive, clock).round().warnings == first.warnings


# Two at once, and a memory that is damaged


def test_the_second_watch_says_that_the_case_is_held(settled, archive, clock, tmp_path) -> None:
    one, two = (watch(settled, archive, clock) for _ in range(2))
    one.lock().take()
    second = two.lock()
    with pytest.raises(CaseBusyError, match="another offing watch holds this case"):
        second.take()


def test_other_commands_work_while_a_watch_waits(settled, archive, clock, tmp_path) -> None:
    lock = watch(settled, archive, clock).lock()
    lock.take()
    see(settled, tmp_path, "k1")
    lock.release()
    with settled.writing(), pytest.raises(CaseBusyError, match="another offing command"):
        watch(settled, archive, clock).round()


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff", b"[]", b"{}", b"null", b"[" * 100_000, b'{"format": 2}', b'{"format": "1"}']
)
def test_a_memory_that_cannot_be_read_is_one_clear_error(settled, archive, clock, content) -> None:
    (settled.root / STATE_FILE).write_bytes(content)
    with pytest.raises(CaseError, match="cannot be read"):
        watch(settled, archive, clock).round()


def test_names_of_people_do_not_leave_the_case(case, archive, clock) -> None:
    path = case.root / "case.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("destination: h", "agent: Ivan Petrov, destination: h"), encoding="utf-8")
    heard = Heard()
    watch(case, archive, clock, heard).round()
    path.write_text(text.replace("destination: h", "agent: Ivan Sidorov, destination: h"), encoding="utf-8")
    watch(case, archive, clock, heard).round()
    assert "case.yaml has another agent of c" in heard.texts
    assert b"Ivan" not in msgspec.json.encode(heard.messages) + (case.root / STATE_FILE).read_bytes()


def test_no_warning_is_lost_where_warnings_are_errors(settled, archive, clock) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert watch(settled, archive, clock).round().news is None
