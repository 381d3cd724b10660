"""What a ship may be, as one row of a table: the same in the GeoPackage's layer and in every export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from offing.case.model import SceneIdentity
from offing.records import Record
from offing.vessels.ais.model import AisMatch
from offing.vessels.identification.model import Alike, Identification

MOST = 5
"""Candidates that are listed; the rest is in the store."""
COLUMNS = (
    "sighting", "site", "scene", "detection", "time", "narrowest", "candidates", "none_of_these", "vessels", "alike",
    "tell_apart", "compared", "basis", "ais", "ais_mmsi", "ais_name", "ais_probability", "ais_residual_m", "ais_reason",
    "simulated",
)  # fmt: skip


class IdentityRow(Record, frozen=True):
    """One ship: its place in the case and what goes into the columns."""

    scene: str
    site: str
    found: Identification
    ais: AisMatch | None
    time: datetime | None
    """Of the scene, UTC."""

    @property
    def sighting(self) -> str:
        """``scene/detection``."""
        return f"{self.scene}/{self.found.detection}"


def identity_rows(identities: Iterable[SceneIdentity], times: dict[str, datetime]) -> Iterator[IdentityRow]:
    """A row a ship, in the order of the scenes; ``times``: scene id → UTC."""
    for group in identities:
        matches = {m.detection: m for m in group.ais.matches} if group.ais else {}
        for found in group.identifications:
            yield IdentityRow(
                scene=group.scene,
                site=group.site,
                found=found,
                ais=matches.get(found.detection),
                time=times.get(group.scene),
            )


def texts(row: IdentityRow) -> tuple[str | float | None, ...]:
    """The values from ``narrowest`` to ``ais_reason``."""
    found, ais = row.found, row.ais
    matched = ais if ais and ais.outcome in ("matched", "ambiguous") else None
    return (
        found.narrowest,
        _joined(f"{c.vessel_class} {c.probability:.2f}" for c in found.candidates[:MOST]),
        found.none_of_these,
        _joined(f"{c.vessel} {c.probability:.2f}" for c in found.named),
        _joined(" = ".join(group.members) for group in found.alike),
        _joined(clause for group in found.alike for clause in group.tell_apart),
        _joined(f.compared + (f" ({f.by})" if f.by else "") for f in found.factors),
        found.basis,
        ais.outcome if ais else None,
        matched.mmsi if matched else None,
        matched.name if matched else None,
        matched.probability.value if matched and matched.probability else None,
        _residual(matched),
        ais.reason if ais else None,
    )


def alike_words(groups: Iterable[Alike], names: dict[str, str]) -> tuple[str, ...]:
    """A sentence for each group that cannot be told apart; ``names``: class or vessel id → as people say it."""
    said = []
    for group in groups:
        members = [names.get(m, m) for m in group.members]
        what = "; ".join(group.tell_apart)
        said.append(f"Cannot be told apart here: {', '.join(members)}." + (f" What would: {what}." if what else ""))
    return tuple(said)


def _residual(match: AisMatch | None) -> float | None:
    if match is None:
        return None
    return match.residual_m if match.residual_corrected_m is None else match.residual_corrected_m


def _joined(values: Iterable[str]) -> str | None:
    return "; ".join(values) or None
