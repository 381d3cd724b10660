"""An analysis of competing hypotheses in words: no likelihood, and never more than the items tell."""

from __future__ import annotations

from collections.abc import Sequence

from offing.judgement.competing_counts import MOST_JOINING, Tally
from offing.judgement.competing_result import HypothesisScore, JudgedItem, OriginCount, Pair, Relation


def outcome(scores: Sequence[HypothesisScore], pairs: Sequence[Pair], standing: Sequence[str]) -> str:
    """What the table comes to, in one to three sentences."""
    if len(standing) == len(scores):
        why = _all_equal(scores) or "no difference survives the loss of one item or origin, or of the weights."
        return f"Not separated: {listed(standing)}; {why}"
    parts = []
    if len(standing) == 1:
        parts.append(f"Least speaks against {standing[0]}.")
    elif standing:
        parts.append(f"Not separated: {listed(standing)}.")
    for score in scores:
        before = [p.less for p in pairs if p.relation == "separated" and score.id in (p.first, p.second)]
        less = [h for h in before if h is not None and h != score.id]
        if less:
            parts.append(f"More speaks against {score.id} than against {listed(less)}.")
    return " ".join(parts)


def _all_equal(scores: Sequence[HypothesisScore]) -> str | None:
    if all(s.points == 0 for s in scores):
        return "no item that tells them apart speaks against any of them."
    if len({(s.points, s.weighted) for s in scores}) == 1:
        return "as much speaks against each as against the others."
    return None


def pair_words(a: str, b: str, relation: Relation, counted: Tally, rests: Sequence[str]) -> str:
    """Why two hypotheses are told apart, or are not."""
    plain, weighed = counted.plain, counted.weighted
    figures = f"{a} {plain[a]} ({weighed[a]:g} weighed), {b} {plain[b]} ({weighed[b]:g} weighed)"
    if relation == "equal":
        if plain[a] == 0:
            return f"nothing that tells them apart speaks against {a} or {b}"
        return f"as much speaks against both: {figures}"
    if relation == "counts-disagree":
        return f"plain and weighed points do not say the same: {figures}"
    if relation == "rests-on-one":
        return f"{figures}; the difference does not survive without {listed(rests, 'or without')}"
    return f"{figures}, whichever item or origin is left out"


def notes(
    scores: Sequence[HypothesisScore], items: Sequence[JudgedItem], groups: Sequence[OriginCount]
) -> tuple[str, ...]:
    """What limits the analysis, a sentence each."""
    by_number = {i.number: i for i in items}
    return (
        *_gaps(scores, items),
        *_against_all(scores, items),
        *(_group_words(g, by_number) for g in groups if len(g.items) > 1),
        *_set_aside(items),
        *_too_many(scores, items),
        *_unmarked(items),
    )


def _gaps(scores: Sequence[HypothesisScore], items: Sequence[JudgedItem]) -> list[str]:
    untested = [s.id for s in scores if s.untested]
    unharmed = [s.id for s in scores if not s.untested and not any(s.id in i.against for i in items if not i.missing)]
    silent = [s.id for s in scores if s.refuted_by is None]
    return [
        *([f"No item bears on {listed(untested, 'or')}: all marks are neutral or do not apply."] if untested else []),
        *(
            [f"No item speaks against {listed(unharmed, 'or')}; to have nothing against it is no support."]
            if unharmed
            else []
        ),
        *([f"Nothing is written down that would refute {listed(silent, 'or')}."] if silent else []),
    ]


def _against_all(scores: Sequence[HypothesisScore], items: Sequence[JudgedItem]) -> list[str]:
    names = [i.name for i in by_place(items) if len(i.against) == len(scores)]
    return (
        [f"{listed(names)} {verb(names)} against every hypothesis: one may be missing from the list."] if names else []
    )


def _group_words(group: OriginCount, items: dict[int, JudgedItem]) -> str:
    names = listed([items[n].name for n in group.items])
    said = f"{names} go back to one origin ({group.origin}) and count once"
    if not group.disagree:
        return f"{said}; they are marked alike."
    return f"{said}, by the strongest mark against each hypothesis; their marks differ for {listed(group.disagree)}."


def _set_aside(items: Sequence[JudgedItem]) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for item in by_place(items):
        if item.aside is not None:
            reasons.setdefault(item.aside, []).append(item.name)
    return [f"Not counted: {listed(names)} ({why})." for why, names in reasons.items()]


def _too_many(scores: Sequence[HypothesisScore], items: Sequence[JudgedItem]) -> list[str]:
    joining = [i for i in items if i.aside is None and len(i.origins) > 1]
    many = [s.id for s in scores if sum(s.id in i.against for i in joining) > MOST_JOINING]
    if not many:
        return []
    return [f"Of the items of several origins against {listed(many)}, at most {MOST_JOINING} are counted."]


def _unmarked(items: Sequence[JudgedItem]) -> list[str]:
    cells = [f"{i.name} for {h}" for i in by_place(items) for h in i.unmarked]
    more = f" and {len(cells) - 8} more" if len(cells) > 8 else ""
    return [f"Left unmarked and taken as N: {', '.join(cells[:8])}{more}."] if cells else []


def by_place(items: Sequence[JudgedItem]) -> list[JudgedItem]:
    """Items as case.yaml has them."""
    return sorted(items, key=lambda i: i.number)


def verb(names: Sequence[str]) -> str:
    return "speaks" if len(names) == 1 else "speak"


def listed(names: Sequence[str], joiner: str = "and") -> str:
    """``a, b and c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {joiner} {names[-1]}" if names else "nothing"
