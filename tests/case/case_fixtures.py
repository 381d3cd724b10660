"""A case with two sites, filled results, and the time at which everything happens."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from offing.case.case import Case
from offing.case.model import Results, SceneDetections, SceneIdentity
from offing.imagery.model import Scene
from offing.judgement.model import ProbabilityValue, RatioValue, Verdict
from offing.looks.model import Look, Observation
from offing.movements.model import Lift, PortCall
from offing.quantities import Interval, Probability
from offing.sites import Berth
from offing.vessels.classes import library
from offing.vessels.identification import identify
from offing.vessels.model import Candidate, Detection, Measurement, OrientedBox, Sighting

NOW = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)

CASE_YAML = """\
title: Sealift to Dunai, autumn 2024      # shown on top
sources:
  - {id: nis, title: NIS press release, published: 2024-10-18, reliability: B, credibility: 3, origin: nis}
  - {id: cns, title: CNS, published: 2025-02-27}
  - {id: cnn, title: CNN, quotes: [cns]}
claims:
  - id: nis-lift-1
    source: nis
    quote: "Four landing ships"           # verbatim
    elements:
      carrier: {classes: [ropucha, alligator], count: 4}
      origin: [chongjin, rajin]
      destination: dunai
      window: 2024-10-08/2024-10-13
      cargo: troops
      quantity: {value: 1500, unit: persons}
sites:
  - {id: dunai, name: Dunai, role: naval berth, aka: [Dunay, Дунай], position: [132.335, 42.879],
     radius_m: 3000, area: sites/dunai.geojson,
     baseline: [{classes: [ropucha], calls_per_30d: 0.5, stay_h: [8, 36, 144]}]}
  - {id: chongjin, name: Chongjin, role: port, position: [129.8167, 41.7667]}
  - {id: rajin, name: Rajin, role: port, position: [130.3, 42.2333]}
classes: []
vessels:
  - {id: vilkov, class: alligator, names: [Nikolay Vilkov], pennant: 081}
"""

RING = ((132.330, 42.878), (132.334, 42.878), (132.334, 42.881), (132.330, 42.881), (132.330, 42.878))
BERTHS_GEOJSON = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"id": "pier", "name": "Pier"},'
    f' "geometry": {{"type": "Polygon", "coordinates": [{[list(p) for p in RING]}]}}}}]}}'
)


@pytest.fixture(scope="session")
def blank_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case folder to copy: making one costs several fsyncs."""
    root = tmp_path_factory.mktemp("pattern") / "dunai"
    Case.create(root, "x")
    (root / "case.yaml").write_text(CASE_YAML, encoding="utf-8")
    (root / "sites").mkdir()
    (root / "sites" / "dunai.geojson").write_text(BERTHS_GEOJSON, encoding="utf-8")
    return root


@pytest.fixture
def case(blank_case: Path, tmp_path: Path) -> Case:
    return Case.open(shutil.copytree(blank_case, tmp_path / "dunai"))


@pytest.fixture
def results(case: Case) -> Results:
    return make_results(case)


def make_results(case: Case) -> Results:
    return Results(
        key="abc",
        sites=case.definition.sites,
        berths=(Berth(id="pier", site="dunai", ring=RING, name="Pier"),),
        looks=(look("a", 0), look("b", 5, site="rajin", seen="yes", vessel_class="ropucha")),
        detections=(
            SceneDetections(
                scene="s1", detections=(detection("0001", RING), detection("0002", None)),
                dismissed=(msgspec.structs.replace(detection("0003", RING), reasons=("on land", "at an edge")),),
            ),
        ),
        sightings=(
            Sighting(
                id="s1/0001", site="dunai", scene="s1", detection="0001", time=NOW, named="ropucha",
                candidates=(Candidate(vessel_class="ropucha", probability=0.7),), none_of_these=0.3, basis="length",
            ),
        ),
        identities=(
            SceneIdentity(
                scene="s1", site="dunai", identifications=(identify(detection("0001", RING), None, library=library()),)
            ),
        ),
        port_calls=(
            PortCall(
                site="dunai", vessel_class="ropucha", vessel=None, arrived_after=None, arrived_before=NOW,
                departed_after=NOW, departed_before=NOW + timedelta(days=2), looks=("a",),
            ),
        ),
        verdicts=(verdict("window"), verdict("destination")),
        lifts=(
            Lift(
                unit="persons", calls=2, carried=Interval(low=1, high=2, level=1.0), claimed=None, shiploads=None,
                basis=("x",),
            ),
        ),
    )  # fmt: skip


def look(name: str, hours: float, *, site: str = "dunai", scene: str | None = None, **said: object) -> Look:
    return Look(
        id=name, site=site, time=NOW + timedelta(hours=hours), sensor="planetscope", status="clear", usable=1.0,
        reason="as stated by cns", observations=(Observation(**{"seen": "no", **said}),), scene=scene,
    )  # fmt: skip


def detection(name: str, ring: tuple[tuple[float, float], ...] | None) -> Detection:
    return Detection(
        id=name, image="a.tif", time=NOW, score=Probability(value=0.9, low=0.8, high=1.0, basis="test"),
        box=OrientedBox(col=5, row=5, length_px=(3, 0), beam_px=(0, 1)), ring=ring,
        measurement=Measurement(
            length_m=112.5, length_m_90=Interval(low=100, high=120), beam_m=None, beam_m_90=None, axis_deg=10,
            heading_deg=190, bow_probability=0.5,
        ),
    )  # fmt: skip


def verdict(element: str) -> Verdict:
    return Verdict(
        claim="nis-lift-1", element=element, statement="s", verdict="not-observable",
        likelihood_ratio=RatioValue(value=1.0, low=0.8, high=1.3),
        probability=ProbabilityValue(value=0.5, low=0.4, high=0.6, prior=0.5), power=None, word=None,
        confidence="low", confidence_reasons=("one origin",), origins=1, evidence=("look:a",),
    )  # fmt: skip


def scene(name: str = "s1", **changed: object) -> Scene:
    fields = {
        "id": name, "path": f"scenes/{name}.tif", "original": "a.tif", "sha256": "0" * 64, "time": NOW,
        "time_basis": "stated", "sensor": "sar", "gsd_m": (10.0, 10.0), "width": 10, "height": 10,
        "footprint": RING, "sites": ("dunai",), **changed,
    }  # fmt: skip
    return Scene(**fields)


def put(case: Case, key: str, result: object = (1, 2)) -> None:
    """A statement of that key, with the case held for it alone."""
    with case.writing() as store:
        store.put_statement(
            key=key, step="test", inputs={"a": "b"}, parameters={"n": 1}, version="0", result=result, at=NOW
        )
