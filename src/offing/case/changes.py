"""What is news between two states of a case. Pure: no files, no clock.

Numbers drift a little whenever anything is computed again. A likelihood ratio is news when it comes to lie on another
side of a threshold and is at least ``DRIFT`` times what it was; a smaller step is none, unless the word changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from offing.case.change_model import CaseState, Change, ChangeKind, ElementState, LookState, VerdictState
from offing.case.change_seen import item_changes, look_changes, scene_changes
from offing.case.change_words import change, count, number, where
from offing.judgement.model import Thresholds

DRIFT = 1.25
"""Factor by which a likelihood ratio may move without being news, even across a threshold."""
_NAMED = 3
"""New looks that are named in the sentence on a verdict."""


def changes(before: CaseState, after: CaseState, thresholds: Thresholds) -> tuple[Change, ...]:
    """What is news in ``after``: verdicts first, then claims, scenes, looks and items; none where nothing is."""
    return (
        *_verdict_changes(before, after, thresholds),
        *_element_changes(before.elements, after.elements),
        *scene_changes(before, after),
        *look_changes(before, after),
        *item_changes(before.items, after.items),
    )


def told_state(before: CaseState, after: CaseState, news: Sequence[Change]) -> CaseState:
    """The state to compare with next time: ``after``, with the verdicts that were not told as they were told last.

    A ratio that drifts by small steps is thus news as soon as the steps together are.
    """
    told = {n.subject for n in news if n.kind in ("verdict", "confidence")}
    old = {verdict.key: verdict for verdict in before.verdicts}
    verdicts = tuple(v if _subject(v) in told else old.get(v.key, v) for v in after.verdicts)
    return msgspec.structs.replace(after, verdicts=verdicts)


# Verdicts


def _verdict_changes(before: CaseState, after: CaseState, thresholds: Thresholds) -> Iterator[Change]:
    old, new = ({v.key: v for v in state.verdicts} for state in (before, after))
    looks = {f"look:{look.id}": look for look in after.looks}
    for key, verdict in new.items():
        if key not in old:
            yield _came(verdict)
            continue
        was = old[key]
        if _moved(was, verdict, thresholds):
            yield _verdict_change(was, verdict, looks)
        if was.confidence != verdict.confidence:
            text = f"confidence in {_name(verdict)}: {was.confidence} → {verdict.confidence}"
            yield _of_verdict("confidence", verdict, text, was.confidence, verdict.confidence)
    for key, verdict in old.items():
        if key not in new:
            yield _of_verdict("verdict-gone", verdict, f"{_name(verdict)}: judged no longer", verdict.verdict, None)


def _came(verdict: VerdictState) -> Change:
    ratio = "undeclared" if verdict.ratio is None else number(verdict.ratio)
    text = f"{_name(verdict)}: judged for the first time: {verdict.verdict} (likelihood ratio {ratio})"
    return _of_verdict("verdict-added", verdict, text, None, verdict.verdict)


def _moved(was: VerdictState, now: VerdictState, thresholds: Thresholds) -> bool:
    """Whether the verdict, its likelihood word or the side of a threshold is another."""
    if (was.verdict, was.word, was.simulated) != (now.verdict, now.word, now.simulated):
        return True
    if was.ratio is None or now.ratio is None:
        return was.ratio is not now.ratio
    return _crossed(was.ratio, now.ratio, thresholds) is not None


def _crossed(was: float, now: float, thresholds: Thresholds) -> float | None:
    """The threshold of likelihood ratios that lies between the two; None: there is none, or it is but drift."""
    low, high = sorted((was, now))
    if high < low * DRIFT:
        return None
    bounds = (thresholds.contradicted_lr, 1.0, thresholds.corroborated_lr)
    return next((bound for bound in bounds if low < bound <= high), None)


def _verdict_change(was: VerdictState, now: VerdictState, looks: dict[str, LookState]) -> Change:
    moved = f"{was.verdict} → {now.verdict}" if was.verdict != now.verdict else f"still {now.verdict}"
    parts = [_ratios(was.ratio, now.ratio)]
    if was.word != now.word:
        parts.append(f"likelihood: {was.word or 'no word'} → {now.word or 'no word'}")
    if was.simulated != now.simulated:
        parts.append("rests on simulated pictures now" if now.simulated else "rests on simulated pictures no longer")
    fresh = tuple(look for look in now.evidence if look not in was.evidence)
    gone = len([look for look in was.evidence if look not in now.evidence])
    text = f"{_name(now)}: {moved} ({'; '.join(parts)}){_by(fresh, looks)}"
    if gone:
        text += f"; {count(gone, 'look bears', 'looks bear')} on it no longer"
    if not fresh and not gone:
        text += "; no look came or went"
    return _of_verdict("verdict", now, text, was.verdict, now.verdict, fresh)


def _ratios(was: float | None, now: float | None) -> str:
    old, new = ("undeclared" if value is None else number(value) for value in (was, now))
    return f"likelihood ratio {old} → {new}" if old != new else f"likelihood ratio {new}"


def _by(fresh: Sequence[str], looks: dict[str, LookState]) -> str:
    """What is new among its looks; nothing is said of which of them made the difference."""
    if not fresh:
        return ""
    named = [f"{name} ({where(looks[name])})" if name in looks else name for name in fresh[:_NAMED]]
    more = [f"{len(fresh) - _NAMED} more"] if len(fresh) > _NAMED else []
    return f"; new among its looks: {', '.join([*named, *more])}"


def _of_verdict(
    kind: ChangeKind, verdict: VerdictState, text: str, before: str | None, after: str | None, new: tuple[str, ...] = ()
) -> Change:
    return change(kind, _subject(verdict), text, before=before, after=after, evidence=new, simulated=verdict.simulated)


def _name(verdict: VerdictState) -> str:
    return f"{verdict.element} of {verdict.claim}"


def _subject(verdict: VerdictState) -> str:
    return f"{verdict.claim}/{verdict.element}"


# Claims


def _element_changes(before: Sequence[ElementState], after: Sequence[ElementState]) -> Iterator[Change]:
    old, new = ({(e.claim, e.element): e for e in elements} for elements in (before, after))
    old_claims, new_claims = ({e.claim for e in elements} for elements in (before, after))
    for claim in sorted(new_claims - old_claims):
        yield change("claim-added", claim, f"case.yaml has a new claim: {claim}")
    for claim in sorted(old_claims - new_claims):
        yield change("claim-gone", claim, f"case.yaml no longer has the claim {claim}")
    for key in sorted(new.keys() | old.keys()):
        if key[0] in old_claims and key[0] in new_claims and old.get(key) != new.get(key):
            yield _element_change(old.get(key), new.get(key))


def _element_change(was: ElementState | None, now: ElementState | None) -> Change:
    either = now or was
    assert either is not None
    subject, name = f"{either.claim}/{either.element}", f"{either.element} of {either.claim}"
    if was is None:
        return change("element-added", subject, f"case.yaml has a new element: {name}{_value(now)}")
    if now is None:
        return change("element-gone", subject, f"case.yaml no longer has the element {name}")
    text = f"case.yaml has another {name}"
    if was.shown and now.shown and was.shown != now.shown:
        text += f": {was.shown} → {now.shown}"
    return change("element-changed", subject, text, before=was.shown, after=now.shown)


def _value(element: ElementState | None) -> str:
    return f" ({element.shown})" if element is not None and element.shown else ""
