"""The analyses of competing hypotheses of a case, judged from what it holds now."""

from __future__ import annotations

from offing.case.case import Case
from offing.case.casefile import CASE_FILE, line_of
from offing.errors import CaseFileError, did_you_mean
from offing.judgement.competing import analyse
from offing.judgement.competing_result import Analysis


def analyses(case: Case) -> tuple[Analysis, ...]:
    """Every analysis, in the order of case.yaml.

    Raises CaseFileError, with its line, for an item that points at a look or a verdict that the case does not hold.
    """
    looks, verdicts = case.store.looks(), case.store.verdicts()
    found = []
    for number, competing in enumerate(case.definition.competing):
        judged = analyse(competing, sources=case.definition.sources, looks=looks, verdicts=verdicts)
        for item in sorted(judged.items, key=lambda i: i.number):
            if item.missing:
                path = case.root / CASE_FILE
                line = line_of(path, ("competing", number, "items", item.number - 1, "source"))
                known = [f"look:{k.id}" for k in looks] + [f"verdict:{v.claim}/{v.element}" for v in verdicts]
                raise CaseFileError(
                    f"{item.source!r} is not in this case",
                    where=f"{path}:{line}",
                    fix=did_you_mean(item.source, known, "import or run first; offing looks and offing verdicts list"),
                )
        found.append(judged)
    return tuple(found)
