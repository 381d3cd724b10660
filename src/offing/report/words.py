"""The wordings of the report: plain, and never stronger than the verdict."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from offing.exchange.tables import in_words
from offing.judgement.model import Verdict, VerdictWord
from offing.looks.model import Look
from offing.timespan import TimeSpan, zone

VERDICT_TITLES: dict[VerdictWord, str] = {
    "corroborated": "Corroborated",
    "consistent": "Consistent",
    "not-observable": "Not observable",
    "not-corroborated": "Not corroborated",
    "contradicted": "Contradicted",
}
ICD_RANGES = {
    "almost no chance": "1–5 %",
    "very unlikely": "5–20 %",
    "unlikely": "20–45 %",
    "roughly even": "45–55 %",
    "roughly even chance": "45–55 %",
    "likely": "55–80 %",
    "very likely": "80–95 %",
    "almost certain": "95–99 %",
    "almost certainly": "95–99 %",
}
"""The likelihood words of ICD 203 (2015) with their ranges."""
RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability cannot be judged",
}
CREDIBILITY = {
    1: "confirmed by an independent origin",
    2: "probably true",
    3: "possibly true",
    4: "doubtful",
    5: "improbable",
    6: "truth cannot be judged",
}
SENSOR_WORDS = {"sar": "radar", "multispectral": "multispectral", "rgb": "colour", "panchromatic": "panchromatic"}
STATUS_WORDS = {
    "clear": "clear",
    "partly": "partly usable",
    "cloud": "cloud",
    "night": "night",
    "nodata": "no data",
    "too-coarse": "too coarse",
    "not-obtained": "not obtained",
}
ACH_WORDS = {
    "CC": "very consistent",
    "C": "consistent",
    "N": "neutral, or left open",
    "I": "inconsistent",
    "II": "very inconsistent",
    "NA": "does not apply",
}
OUTCOME_WORDS = {
    "seen": "ship of the class sought seen",
    "other": "another ship seen",
    "unclear": "cannot tell",
    "not-seen": "looked, not seen",
    "blind": "could not see",
}


def headline_sentence(verdict: Verdict) -> str:
    """What the looks say of one element, in one plain sentence that stands behind the element's name."""
    number = verdict.likelihood_ratio
    if verdict.verdict == "corroborated":
        times = f"; they are {ratio(number.value)} times likelier if it is true than if it is false" if number else ""
        return f"The looks bear it out{times}."
    if verdict.verdict == "contradicted":
        against = ratio(1 / number.value) if number else ""
        times = f"; they are {against} times likelier if it is false than if it is true" if number else ""
        return f"The looks speak against it{times}."
    if verdict.verdict == "consistent":
        return "The looks fit it, but do not show it."
    if verdict.verdict == "not-corroborated":
        chance = f" with a chance of {percent(verdict.power)}" if verdict.power is not None else ""
        return f"It was looked for and not seen; had it been so, the looks would have shown it{chance}."
    if not verdict.evidence:
        return "No look bears on it, so nothing follows for or against it."
    return "The looks could hardly have shown it, so nothing follows for or against it."


def likelihood_sentence(verdict: Verdict) -> str | None:
    """The ICD 203 word with its range, in a sentence that says nothing of confidence."""
    if verdict.word is None:
        return None
    span = ICD_RANGES.get(verdict.word.lower())
    return f"Likelihood: {verdict.word} ({span})." if span else f"Likelihood: {verdict.word}."


def confidence_sentence(verdict: Verdict) -> str:
    """The quality of the ground, in a sentence that says nothing of likelihood."""
    return f"Confidence: {verdict.confidence}."


def ratio(value: float) -> str:
    """A likelihood ratio with two or three figures; very small and very great ones by their bound."""
    if value >= 9_950_000:
        return "> 10 million"
    if value < 0.00005:
        return "< 0.0001"
    return quantity(value)


def quantity(value: float) -> str:
    """A number with two figures below 10 and none behind the point above."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    if abs(value) >= 100:
        step = 10 ** (math.floor(math.log10(abs(value))) - 2)
        return f"{round(value / step) * step:,.0f}"
    if abs(value) >= 10:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 1 else f"{value:.2g}"


def whole(value: float) -> str:
    """A count or an amount with a comma at the thousands, exactly."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def percent(value: float) -> str:
    """A probability as a percentage; never 0 or 100, which no finite evidence gives."""
    if value < 0.01:
        return "< 1 %"
    return "> 99 %" if value > 0.99 else f"{100 * value:.0f} %"


def hours(value: float) -> str:
    """A duration: ``6.8 h``, ``36 h``, in days from four days on."""
    if value >= 96:
        return f"{value / 24:.1f}".removesuffix(".0") + " days"
    return f"{value:.1f}".removesuffix(".0") + " h"


def day(instant: datetime) -> str:
    """``17 October 2024``."""
    return f"{instant.day} {instant:%B} {instant.year}"


def moment(instant: datetime) -> str:
    """``2024-10-17 02:00``, the zone is named beside it."""
    return f"{instant.year:04d}-{instant:%m-%d %H:%M}"


def local_moment(instant: datetime, timezone: str | None) -> str | None:
    """The same instant in a place's own time with the zone's name; None without a zone."""
    if timezone is None:
        return None
    try:
        return f"{moment(instant.astimezone(zone(timezone)))} {timezone}"
    except OverflowError:
        return None


def window_words(span: TimeSpan, timezone: str | None) -> str:
    """A window by its first and last day, both included, or by its instants where they are no whole days."""
    tz = zone(timezone) if timezone else None
    start, end = (t.astimezone(tz) if tz else t for t in (span.start, span.end))
    name = timezone or "UTC"
    if start.time() != datetime.min.time() or end.time() != datetime.min.time() or start == end:
        return moment(start) + (f" to {moment(end)}" if end > start else "") + f" ({name})"
    last = end - timedelta(days=1)
    if last.date() == start.date():
        return f"{day(start)} ({name})"
    first = day(start) if start.year != last.year else f"{start.day} {start:%B}"
    return f"{first} to {day(last)} ({name})"


def listed(words: tuple[str, ...] | list[str], conjunction: str = "and") -> str:
    """``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """``1 look``, ``3 looks``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def noted(look: Look, names: Mapping[str, str]) -> str:
    """What was noted in a look; ``names`` gives the names of class and vessel ids."""
    return "; ".join(in_words(o, names) for o in look.observations) or "nothing noted"


_ISO = re.compile(r"\b(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::00(?:\.000)?)?Z")


def readable_times(text: str) -> str:
    """``text`` with its ISO 8601 instants as ``2024-10-17 02:00 UTC``."""
    return _ISO.sub(r"\1 \2 UTC", text)
