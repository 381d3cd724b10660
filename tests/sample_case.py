"""A made-up case with something of everything, for tests of what shows a case: no file of it is real."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np

from offing.case.definition import CaseDefinition
from offing.case.model import KeptFile, SceneIdentity
from offing.claims import Carrier, Claim, Elements, Quantity, Source
from offing.exchange.snapshot import CaseDetection, CaseSnapshot, LedgerState
from offing.imagery.model import Scene
from offing.judgement.competing_model import AchItem, Competing, Hypothesis
from offing.judgement.model import (
    ClaimVerdict,
    LevelVerdict,
    NextLook,
    ProbabilityValue,
    RatioValue,
    Sensitivity,
    Verdict,
)
from offing.looks.model import Look, Observation
from offing.movements.model import Lift, PortCall
from offing.quantities import Interval, Probability
from offing.sites import Baseline, Berth, Site
from offing.vessels.ais.model import AisMatch, Assumptions, Matching
from offing.vessels.classes import library
from offing.vessels.identification import identify
from offing.vessels.model import Candidate, Detection, Measurement, OrientedBox, Sighting, Vessel
from sample_voyage import sample_voyages

START = datetime(2024, 10, 4, tzinfo=UTC)
PIER = (132.3354, 42.8788)
"""Where the made-up pier lies, (lon, lat)."""
SIZE = 160
"""Pixels of the made-up pictures, each way."""


def at(days: float) -> datetime:
    """An instant so many days after START, to the minute."""
    return START + timedelta(minutes=round(days * 1440))


def sites() -> tuple[Site, ...]:
    return (
        Site(
            id="dunai",
            name="Dunai",
            role="naval berth",
            position=PIER,
            radius_m=700.0,
            aka=("Дунай",),
            timezone="Asia/Vladivostok",
            baseline=(Baseline(classes=("ropucha",), calls_per_30d=0.5), Baseline(classes=("any",), calls_per_30d=6.0)),
        ),
        Site(id="vladivostok", name="Vladivostok", role="port", position=(131.8883, 43.1089)),
        Site(id="chongjin", name="Chongjin", role="port", position=(129.8167, 41.7667)),
        Site(id="rajin", name="Rajin", role="port", position=(130.2866, 42.2258)),
        Site(id="musudan", name="Musudan", role="cape", position=(129.497, 40.838)),
        Site(id="model", name="Model harbour", role="port", position=(132.9, 42.7), radius_m=700.0, simulated=True),
    )


def sources() -> tuple[Source, ...]:
    return (
        Source(
            id="paper",
            title="Ships in the bay",
            publisher="The Morning Paper",
            published="2025-02-27",
            url="https://example.org/ships?a=1&b=2",
            reliability="C",
            credibility=3,
            origin="institute",
            quotes=("institute",),
        ),
        Source(id="institute", title="Institute of Ports", published="2025-02", reliability="B", credibility=2),
        Source(id="agency", title="Agency release", published="2024-10-18", reliability="B", credibility=3),
        Source(id="maker", title="offing simulate", simulated=True, note="made, not said"),
    )


def claims() -> tuple[Claim, ...]:
    carrier = Carrier(classes=("ropucha", "alligator"), count=2)
    return (
        Claim(
            id="agency-1",
            source="agency",
            quote="four landing ships and three escorts took special forces from near Chongjin to Vladivostok",
            elements=Elements(
                carrier=carrier,
                origin=("chongjin", "musudan"),
                destination="vladivostok",
                window="2024-10-08/2024-10-13",
                cargo="troops",
                quantity=Quantity(value=1500),
            ),
        ),
        Claim(
            id="institute-1",
            source="paper",
            quote="at least two naval ships are believed to have docked at Dunai",
            statement="Two landing ships carried soldiers to Dunai in October 2024.",
            elements=Elements(carrier=carrier, origin=("rajin",), destination="dunai", window="2024-10"),
            note="The year is as in the article.",
        ),
        Claim(
            id="model-1",
            source="maker",
            elements=Elements(carrier=Carrier(classes=("any",)), destination="model", window="2024-10-10/2024-10-16"),
        ),
    )


def looks() -> tuple[Look, ...]:
    made: list[Look] = []
    for number in range(26):
        t, sight = at(0.1 + number * 1.02), number % 4
        seen: tuple[Observation, ...] = (Observation(seen="no"),)
        status, usable, reason = "clear", 1.0, "open water and the whole pier are visible"
        if sight == 1:
            seen, status, usable, reason = (), "cloud", 0.0, "cloud over the whole berth"
        elif sight == 2:
            status, usable, reason = "partly", 0.7, "haze over the seaward end"
        if number in (12, 13, 14):
            ship = Observation(seen="yes", vessel_class="ropucha", length_m=112.0, length_sd_m=4.0)
            crane = Observation(seen="yes", vessel_class="ropucha", activity="crane extended to the ship")
            seen, status, usable, reason = (ship, crane), "clear", 1.0, "clear"
        elif number == 20:
            seen = (Observation(seen="yes", vessel_class="cargo"),)
        elif number == 22:
            seen = (Observation(seen="yes", vessel_class="landing-ship"),)
        made.append(
            Look(
                id=f"pl-{number:02d}",
                site="dunai",
                time=t,
                sensor="planetscope",
                status=status,  # type: ignore[arg-type]
                usable=usable,
                reason=reason,
                p_detect=0.9 if number != 3 else None,
                p_false=0.02 if number != 3 else None,
                p_basis="stated" if number != 3 else None,
                observations=seen,
                source="institute",
                sun_elevation_deg=-4.5 + number,
            )
        )
    made += [
        Look(
            id=f"ch-{number}",
            site="chongjin",
            time=at(2.5 + 3 * number),
            sensor="sentinel-1",
            status="clear" if number % 2 else "not-obtained",
            usable=1.0 if number % 2 else 0.0,
            reason="no acquisition" if number % 2 == 0 else "clear",
            observations=(Observation(seen="no"),) if number % 2 else (),
        )
        for number in range(5)
    ]
    return tuple(made)


def scenes() -> tuple[Scene, ...]:
    made = []
    for number in range(6):
        radar = number % 2 == 0
        simulated = number >= 2
        site = "model" if simulated else "dunai"
        made.append(
            Scene(
                id=f"scene-{number}",
                path=f"scenes/scene-{number}.tif",
                original=f"{'simulated-' if simulated else ''}picture-{number}.tif",
                sha256=f"{number:x}" * 64,
                time=at(6.3 + number),
                time_basis="stated",
                sensor="sar" if radar else "rgb",
                gsd_m=(10.0, 10.0) if radar else (3.0, 3.0),
                width=SIZE,
                height=SIZE,
                platform="sentinel-1" if radar else "planetscope",
                crs="EPSG:32653",
                footprint=None,
                sites=(site,),
                simulated=simulated,
                licence=None if simulated else "CC BY 4.0",
                credit=None if simulated else "Contains modified data of a made-up agency",
            )
        )
    return tuple(made)


def scene_looks() -> tuple[Look, ...]:
    return tuple(
        Look(
            id=f"look-{s.id}",
            site=s.sites[0],
            time=s.time,
            sensor=s.platform or s.sensor,
            status="clear",
            usable=1.0,
            reason="the whole site is visible",
            p_detect=0.8,
            p_false=0.05,
            p_basis="bench: made up",
            observations=(Observation(seen="yes", vessel_class="ropucha", length_m=112.0, length_sd_m=9.0),),
            scene=s.id,
            simulated=s.simulated,
        )
        for s in scenes()
    )


def grid(scene: Scene) -> tuple[float, float, float]:
    """(x, y) of the upper left corner in EPSG:32653 and the pixel size; the site is in the middle."""
    from pyproj import Transformer

    place = next(s for s in sites() if s.id == scene.sites[0]).position
    x, y = Transformer.from_crs("EPSG:4326", "EPSG:32653", always_xy=True).transform(*place)
    pixel = scene.gsd_m[0]
    return x - SIZE / 2 * pixel, y + SIZE / 2 * pixel, pixel


def detections() -> tuple[CaseDetection, ...]:
    return tuple(
        CaseDetection(scene=s.id, detection=detection(s, number))
        for s in scenes()
        for number in range(1 + int(s.id[-1]) % 2)
    )


def dismissed() -> tuple[CaseDetection, ...]:
    """A ghost in the first picture."""
    scene = scenes()[0]
    ghost = msgspec.structs.replace(
        detection(scene, 5),
        flags=("ambiguity",),
        reasons=("azimuth ambiguity of order 1 of the source at column 12, row 15, probability 0.97",),
    )
    return (CaseDetection(scene=scene.id, detection=ghost),)


def detection(scene: Scene, number: int) -> Detection:
    """A ship of 112 × 15 m pointing north-east, a little off the middle of the picture."""
    from pyproj import Transformer

    x0, y0, pixel = grid(scene)
    col, row, half, side = 80.0 + 14 * number, 78.0 - 9 * number, 56.0 / pixel, 7.5 / pixel
    unit = (math.sin(math.radians(40.0)), -math.cos(math.radians(40.0)))
    box = OrientedBox(
        col=col, row=row, length_px=(unit[0] * half, unit[1] * half), beam_px=(-unit[1] * side, unit[0] * side)
    )
    back = Transformer.from_crs("EPSG:32653", "EPSG:4326", always_xy=True)
    ring = [back.transform(x0 + c * pixel, y0 - r * pixel) for c, r in box.corners()]
    return Detection(
        id=f"{number + 1:04d}",
        image=scene.original,
        time=scene.time,
        score=Probability(value=0.96, low=0.9, high=0.99, basis="contrast"),
        box=box,
        ring=tuple((float(a), float(b)) for a, b in [*ring, ring[0]]),
        measurement=Measurement(
            length_m=112.0,
            length_m_90=Interval(low=101.0, high=124.0),
            beam_m=15.0,
            beam_m_90=Interval(low=9.0, high=22.0),
            axis_deg=40.0,
            heading_deg=40.0,
            bow_probability=0.7,
        ),
        flags=("near-land",) if number else (),
    )


def identities() -> tuple[SceneIdentity, ...]:
    """What the ships may be by their sizes, and a match with AIS for the first of each scene."""
    known = library()
    groups = []
    for scene in scenes():
        mine = [d.detection for d in detections() if d.scene == scene.id]
        found = tuple(identify(d, None, library=known, simulated=scene.simulated) for d in mine)
        match = Matching(
            time=scene.time, matches=tuple(ais_match(d) for d in mine[:1]), unseen=(), view=None,
            view_probability=None, assumptions=Assumptions(), others_per_km2=0.1, notes=(), simulated=scene.simulated,
        )  # fmt: skip
        groups.append(SceneIdentity(scene=scene.id, site=scene.sites[0], identifications=found, ais=match))
    return tuple(groups)


def ais_match(detection: Detection) -> AisMatch:
    return AisMatch(
        detection=detection.id, image=detection.image, outcome="matched", key="273000000", mmsi="273000000",
        name="<SHIP> & Co", probability=Probability(value=0.97, low=0.9, high=0.99, basis="AIS"), nobody=0.02,
        alternatives=(), factors=(), residual_m=310.0, residual_corrected_m=62.0, error_m=80.0, place=None,
        shown_at=None, gap_s=240.0, reception=None, reason="a fix 4 min away",
    )  # fmt: skip


def sightings() -> tuple[Sighting, ...]:
    by_id = {s.id: s for s in scenes()}
    return tuple(
        Sighting(
            id=d.id,
            site=by_id[d.scene].sites[0],
            scene=d.scene,
            detection=d.detection.id,
            time=by_id[d.scene].time,
            named="ropucha",
            candidates=(
                Candidate(vessel_class="ropucha", probability=0.6),
                Candidate(vessel_class="cargo", probability=0.3),
            ),
            none_of_these=0.1,
            basis="length",
            simulated=by_id[d.scene].simulated,
        )
        for d in detections()
    )


def verdicts() -> tuple[Verdict, ...]:
    ratio = RatioValue(value=62.0, low=18.0, high=340.0)
    return (
        Verdict(
            claim="agency-1",
            element="destination",
            statement="A Ropucha or Alligator was at Vladivostok from 8 to 13 October 2024",
            verdict="not-observable",
            likelihood_ratio=RatioValue(value=1.0, low=1.0, high=1.0),
            probability=ProbabilityValue(value=0.5, low=0.5, high=0.5, prior=0.5),
            power=0.0,
            word="roughly even chance",
            confidence="low",
            confidence_reasons=("nobody looked at Vladivostok",),
            origins=0,
            evidence=(),
            reasons=("no look at Vladivostok lies in the window",),
            next_look=NextLook(
                site="vladivostok",
                time_from="2024-10-08T00:00:00Z",
                time_to="2024-10-14T00:00:00Z",
                sensor="planetscope",
                expected_power=0.41,
            ),
        ),
        Verdict(
            claim="agency-1",
            element="origin:chongjin",
            statement="A Ropucha or Alligator was at Chongjin from 8 to 13 October 2024",
            verdict="not-corroborated",
            likelihood_ratio=RatioValue(value=0.6, low=0.4, high=0.9),
            probability=ProbabilityValue(value=0.375, low=0.29, high=0.47, prior=0.5),
            power=0.4,
            word="unlikely",
            confidence="low",
            confidence_reasons=("one sensor",),
            origins=1,
            evidence=("look:ch-1",),
            reasons=("two looks saw nothing",),
        ),
        Verdict(
            claim="agency-1",
            element="cargo",
            statement="The ships carried troops",
            verdict="not-observable",
            likelihood_ratio=None,
            probability=None,
            power=None,
            word=None,
            confidence="low",
            confidence_reasons=("no look shows cargo",),
            origins=0,
            evidence=(),
            reasons=("no observation is at the level of cargo",),
            strength="nothing either way",
        ),
        Verdict(
            claim="institute-1",
            element="destination",
            statement="A Ropucha or Alligator was at Dunai in October 2024",
            verdict="corroborated",
            likelihood_ratio=ratio,
            probability=ProbabilityValue(value=0.984, low=0.947, high=0.997, prior=0.5),
            power=0.88,
            word="almost certain",
            confidence="moderate",
            confidence_reasons=("all statements about the pictures go back to one origin",),
            origins=1,
            evidence=("look:pl-12", "look:pl-13", "look:pl-14", "look:look-scene-0"),
            sensitivity=(
                Sensitivity(without="look:pl-12", likelihood_ratio=30.0, verdict="corroborated"),
                Sensitivity(without="source:institute", likelihood_ratio=1.1, verdict="consistent"),
            ),
            reasons=("three looks in a row show a ship of the class", "the interval spans the assumed rates"),
        ),
        Verdict(
            claim="institute-1",
            element="carrier",
            statement="At least two different ships of the classes were at Dunai in October 2024",
            verdict="consistent",
            likelihood_ratio=RatioValue(value=2.2, low=0.8, high=5.0),
            probability=ProbabilityValue(value=0.69, low=0.44, high=0.83, prior=0.5),
            power=0.5,
            word="likely",
            confidence="low",
            confidence_reasons=("sister ships cannot be told apart",),
            origins=1,
            evidence=("look:pl-13",),
        ),
        Verdict(
            claim="model-1",
            element="destination",
            statement="A ship was at Model harbour from 10 to 16 October 2024",
            verdict="contradicted",
            likelihood_ratio=RatioValue(value=0.0002, low=0.00001, high=0.02),
            probability=ProbabilityValue(value=0.0002, low=0.00001, high=0.02, prior=0.5),
            power=0.97,
            word="almost no chance",
            confidence="high",
            confidence_reasons=("daily looks",),
            origins=1,
            evidence=("look:look-scene-3",),
            simulated=True,
        ),
    )


def claims_as_wholes() -> tuple[ClaimVerdict, ...]:
    """The claims as a whole: one asserts a cargo too, so it has no number but that of presence."""
    ratio, chance = (
        RatioValue(value=9.0, low=3.0, high=40.0),
        ProbabilityValue(value=0.75, low=0.5, high=0.93, prior=0.25),
    )
    return (
        ClaimVerdict(
            claim="institute-1",
            element="claim",
            statement="presence consistent: carried by destination; what was aboard: not observable",
            verdict="consistent",
            likelihood_ratio=None,
            probability=None,
            power=None,
            word=None,
            confidence="low",
            confidence_reasons=("carrier: sister ships cannot be told apart",),
            origins=1,
            evidence=("look:pl-13",),
            reasons=("the verdict hangs on look:pl-13",),
            levels=(
                LevelVerdict(
                    level="presence",
                    verdict="consistent",
                    statement="presence consistent: carried by destination",
                    elements=("destination", "carrier"),
                    likelihood_ratio=ratio,
                    probability=chance,
                    power=0.6,
                ),
                LevelVerdict(
                    level="cargo", verdict="not-observable", statement="cargo not observable", elements=("cargo",)
                ),
            ),
            carried_by=("destination",),
            missed=("carrier",),
            unseen=("cargo",),
        ),
    )


def port_calls() -> tuple[PortCall, ...]:
    return (
        PortCall(
            site="dunai",
            vessel_class="ropucha",
            vessel="oslyabya",
            arrived_after=at(10.3),
            arrived_before=at(12.34),
            departed_after=at(14.4),
            departed_before=at(16.4),
            looks=("pl-12", "pl-13", "pl-14"),
        ),
        PortCall(
            site="dunai",
            vessel_class="cargo",
            vessel=None,
            arrived_after=None,
            arrived_before=at(20.5),
            departed_after=at(20.5),
            departed_before=None,
            looks=("pl-20",),
        ),
        PortCall(
            site="model",
            vessel_class="ropucha",
            vessel=None,
            arrived_after=at(7.0),
            arrived_before=at(8.3),
            departed_after=at(11.3),
            departed_before=None,
            looks=("look-scene-2",),
            simulated=True,
        ),
    )


def definition(**changes: object) -> CaseDefinition:
    competing = Competing(
        question="What did the ships carry?",
        hypotheses=(
            Hypothesis(id="troops", statement="Soldiers", refuted_by="the same ships empty at sea"),
            Hypothesis(id="munitions", statement="Munitions in containers"),
            Hypothesis(id="routine", statement="Routine base activity", refuted_by="no such call in other years"),
        ),
        items=(
            AchItem(
                item="A crane reached over the ship",
                source="look:pl-13",
                marks={"troops": "I", "munitions": "CC", "routine": "C"},
            ),
            AchItem(
                item="Two landing ships in one week",
                source="institute",
                marks={"troops": "C", "munitions": "C", "routine": "II"},
            ),
            AchItem(item="It was October", source="paper", marks={"troops": "N", "munitions": "N", "routine": "N"}),
        ),
    )
    values: dict[str, object] = {
        "title": "Sealift to Dunai, autumn 2024 (made up)",
        "summary": "A reported sealift, held against what could be seen of six ports. Everything here is made up.",
        "sources": sources(),
        "claims": claims(),
        "sites": sites(),
        "vessels": (Vessel(id="oslyabya", vessel_class="ropucha", names=("Oslyabya",)),),
        "competing": (competing,),
    }
    return CaseDefinition(**{**values, **changes})  # type: ignore[arg-type]


def berths() -> tuple[Berth, ...]:
    return tuple(
        Berth(id=f"{s.id}-1", site=s.id, ring=_pier(s.position), name="north pier")
        for s in sites()
        if s.id in ("dunai", "model")
    )


def _pier(place: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    lon, lat = place
    return (
        (lon - 0.0015, lat - 0.0012),
        (lon + 0.0018, lat - 0.0012),
        (lon + 0.0018, lat + 0.0014),
        (lon - 0.0015, lat + 0.0014),
        (lon - 0.0015, lat - 0.0012),
    )


def snapshot(**changes: object) -> CaseSnapshot:
    """The case; ``changes`` replace whole fields of it."""
    basis = ("Project 775: 225 to 340 persons (unverified)", "Project 1171: 300 to 425 persons")
    values: dict[str, object] = {
        "definition": definition(),
        "classes": tuple(library()),
        "berths": berths(),
        "scenes": scenes(),
        "looks": tuple(sorted((*looks(), *scene_looks()), key=lambda k: (k.time, k.site, k.id))),
        "detections": detections(),
        "dismissed": dismissed(),
        "sightings": sightings(),
        "identities": identities(),
        "port_calls": port_calls(),
        "voyages": sample_voyages().voyages,
        "verdicts": verdicts(),
        "claims": claims_as_wholes(),
        "lifts": (
            Lift(
                unit="persons",
                calls=4,
                carried=Interval(low=988, high=1460, level=1.0),
                claimed=1500.0,
                shiploads=Interval(low=4, high=7, level=1.0),
                basis=basis,
                claim="agency-1",
                ships="as claimed: 3 ropucha, 1 alligator, one call each",
            ),
        ),
        "kept": (KeptFile(path="sources/ab.html", sha256="ab" * 32, bytes=12, name="ships.html"),),
        "ledger": LedgerState(entries=9, head="cd" * 32, last_time=datetime(2025, 3, 1, 12, 30, tzinfo=UTC)),
        "offing": "0.1.0",
    }
    return CaseSnapshot(**{**values, **changes})  # type: ignore[arg-type]


def write_pictures(root: Path) -> None:
    """The pictures of ``scenes()`` as GeoTIFFs: speckled or coloured water, a quay, and the ships' boxes filled."""
    for scene in scenes():
        write_picture(root / scene.path, scene)


def write_picture(path: Path, scene: Scene) -> None:
    import rasterio
    from affine import Affine

    path.parent.mkdir(parents=True, exist_ok=True)
    x0, y0, pixel = grid(scene)
    values = _radar(scene) if scene.sensor == "sar" else _colour(scene)
    tags = {"TIFFTAG_DATETIME": f"{scene.time:%Y:%m:%d %H:%M:%S}"}
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=SIZE,
        height=SIZE,
        count=values.shape[0],
        dtype=values.dtype.name,
        crs="EPSG:32653",
        transform=Affine(pixel, 0.0, x0, 0.0, -pixel, y0),
        nodata=0 if scene.sensor == "rgb" else np.nan,
        photometric="RGB" if scene.sensor == "rgb" else "MINISBLACK",
    ) as out:
        out.write(values)
        out.update_tags(**tags)
        if scene.sensor == "sar":
            out.set_band_description(1, "VV")


def _ships(scene: Scene) -> np.ndarray:
    """(rows, cols), True inside any ship's box."""
    rows, cols = np.mgrid[0:SIZE, 0:SIZE] + 0.5
    inside = np.zeros((SIZE, SIZE), bool)
    for entry in detections():
        if entry.scene != scene.id:
            continue
        box = entry.detection.box
        dc, dr = cols - box.col, rows - box.row
        along = (dc * box.length_px[0] + dr * box.length_px[1]) / np.hypot(*box.length_px) ** 2
        across = (dc * box.beam_px[0] + dr * box.beam_px[1]) / np.hypot(*box.beam_px) ** 2
        inside |= (np.abs(along) <= 1.0) & (np.abs(across) <= 1.0)
    return inside


def _radar(scene: Scene) -> np.ndarray:
    draws = np.random.default_rng(int(scene.id[-1]))
    power = np.full((SIZE, SIZE), 0.004)
    power[:, :20] = 0.08
    power[_ships(scene)] = 2.0
    speckled = (power * draws.gamma(4.0, 0.25, power.shape)).astype(np.float32)
    speckled[:6, :] = np.nan
    return speckled[None]


def _colour(scene: Scene) -> np.ndarray:
    draws = np.random.default_rng(int(scene.id[-1]))
    water = np.array([28, 52, 66], float)[:, None, None] + draws.normal(0, 3, (3, SIZE, SIZE))
    water[:, :, :20] = np.array([120, 116, 104])[:, None, None] + draws.normal(0, 8, (3, SIZE, 20))
    water[:, _ships(scene)] = 190 + draws.normal(0, 10, (3, int(_ships(scene).sum())))
    return np.clip(water, 1, 255).astype(np.uint8)


FREE_TEXT = frozenset(
    {"title", "summary", "publisher", "note", "quote", "statement", "name", "reason", "reasons", "activity", "original",
     "licence", "credit", "item", "question", "refuted_by", "confidence_reasons", "strength", "basis", "p_basis",
     "time_basis", "flags", "names", "aka", "sensor_note", "url"}
)  # fmt: skip
"""Fields that hold what other people wrote."""


def poisoned(value: object, payload: str, field: str = "") -> object:
    """``value`` with ``payload`` in front of every free text in it, however deep."""
    from offing.records import Record

    if isinstance(value, Record):
        fields = {name: poisoned(getattr(value, name), payload, name) for name in value.__struct_fields__}
        return type(value)(**fields)
    if isinstance(value, tuple):
        return tuple(poisoned(item, payload, field) for item in value)
    return f"{payload}{value}" if isinstance(value, str) and field in FREE_TEXT else value
