"""The store: records come back as they were, statements stay, every failure is one clear line."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import struct
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import msgspec
import numpy as np
import pyogrio
import pytest
import shapely
from case_fixtures import NOW, RING, look, put, scene

from offing.case import database
from offing.case.case import Case
from offing.case.model import KeptFile, Results
from offing.case.tables import results_digest
from offing.errors import CaseBusyError, CaseError, StoreError


def test_results_come_back_as_they_were_and_in_order(case: Case, results: Results) -> None:
    with case.writing() as store:
        store.project(results, at=NOW)
    store = Case.open(case.root).store
    assert store.results_key() == "abc"
    assert store.looks() == results.looks
    assert store.looks("rajin") == results.looks[1:]
    assert store.scene_detections() == results.detections
    assert store.detections("s1") == results.detections[0].detections
    assert store.detections("other") == ()
    assert store.sightings() == store.sightings("dunai") == results.sightings
    assert store.sightings("rajin") == ()
    assert store.port_calls() == results.port_calls
    assert [v.element for v in store.verdicts()] == ["window", "destination"]
    assert store.lifts() == results.lifts


def test_a_projection_replaces_the_one_before(case: Case, results: Results) -> None:
    with case.writing() as store:
        store.project(results, at=NOW)
        store.project(Results(key="next", sites=case.definition.sites), at=NOW)
        assert (store.looks(), store.verdicts(), store.detections(), store.results_key()) == ((), (), (), "next")


def test_a_case_without_store_reads_as_empty(case: Case) -> None:
    case.store.path.unlink()
    fresh = Case.open(case.root)
    assert (fresh.store.looks(), fresh.store.verdicts(), fresh.store.statement("x"), fresh.store.results_key()) == (
        (),
        (),
        None,
        None,
    )
    assert not case.store.path.exists()


def test_a_statement_is_kept_once_and_for_ever(case: Case) -> None:
    put(case, "k", [1, 2])
    put(case, "k", [1, 2])
    with pytest.raises(StoreError, match="another result"):
        put(case, "k", [1, 3])
    made = case.store.statement("k")
    assert made is not None
    assert (made.read(list[int]), made.inputs, made.parameters, made.created) == ([1, 2], {"a": "b"}, {"n": 1}, NOW)
    assert case.store.statement("other") is None
    assert [line.kind for line in case.ledger.lines()] == ["statement"]
    with pytest.raises(StoreError, match="cannot be read"):
        made.read(str)
    connection = sqlite3.connect(case.store.path)
    with pytest.raises(sqlite3.IntegrityError, match="immutable"):
        connection.execute("UPDATE statements SET result = '3'")
    connection.close()


def test_statements_by_step(case: Case) -> None:
    for key in "cab":
        put(case, key)
    assert [s.key for s in case.store.statements("test")] == ["a", "b", "c"]
    assert case.store.statements("other") == ()


def test_writing_needs_the_hold(case: Case, results: Results) -> None:
    for write in (
        lambda: case.store.project(results, at=NOW),
        lambda: case.store.add_scene(scene(), [], at=NOW),
        lambda: case.store.record("x", {}, at=NOW),
        lambda: case.keep(case.root / "case.yaml", at=NOW),
    ):
        with pytest.raises(StoreError, match="reading only"):
            write()
    assert list((case.root / "sources").iterdir()) == []


def test_a_scene_is_added_once(case: Case) -> None:
    kept = KeptFile(path="scenes/s1.tif", sha256="1" * 64, bytes=3)
    with case.writing() as store:
        assert store.add_scene(scene("s2", time=NOW - timedelta(days=1)), [], at=NOW)
        assert store.add_scene(scene(), [kept], at=NOW)
        assert not store.add_scene(scene(), [kept], at=NOW)
        with pytest.raises(StoreError, match="another scene"):
            store.add_scene(scene(original="b.tif"), [kept], at=NOW)
    assert [s.id for s in case.store.scenes()] == ["s2", "s1"]
    assert [line.payload["files"] for line in case.ledger.lines()] == [[], [msgspec.to_builtins(kept)]]


def test_an_independent_reader_sees_every_layer(case: Case, results: Results) -> None:
    with case.writing() as store:
        store.add_scene(scene(), [], at=NOW)
        store.project(results, at=NOW)
    path = case.store.path
    layers = dict(pyogrio.list_layers(path))
    assert layers == {
        "sites": "Point", "berths": "Polygon", "footprints": "Polygon", "looks": "Point", "detections": "Polygon",
        "sightings": "Point", "port_calls": "Point", "verdicts": None, "dismissed": "Polygon",
        "identities": "Polygon", "voyages": "LineString", "presence": "Point", "weighed_calls": "Point",
        "claim_verdicts": None,
    }  # fmt: skip
    places = {s.id: shapely.Point(s.position) for s in results.sites}
    ring = shapely.Polygon(RING)
    assert shapely.equals_exact(geometry(path, "sites"), [places[s.id] for s in results.sites]).all()
    assert shapely.equals_exact(geometry(path, "looks"), [places["dunai"], places["rajin"]]).all()
    for layer in ("berths", "footprints"):
        assert shapely.equals_exact(geometry(path, layer), [ring]).all()
    found = geometry(path, "detections")
    assert found[0].equals_exact(ring)
    assert found[1] is None
    assert geometry(path, "sightings")[0].within(ring)
    assert geometry(path, "identities")[0].equals_exact(ring)
    assert geometry(path, "dismissed")[0].equals_exact(ring)
    meta, _, _, values = pyogrio.raw.read(path, layer="dismissed")
    assert values[list(meta["fields"]).index("reasons")].tolist() == ["on land; at an edge"]
    for layer in layers:
        info = pyogrio.read_info(path, layer=layer)
        if layers[layer]:
            assert info["crs"] == "EPSG:4326"
            shapes = geometry(path, layer)
            assert not len(shapes) or np.allclose(info["total_bounds"], shapely.total_bounds(shapes))
        times = [
            d for name, d in zip(info["fields"], info["dtypes"], strict=True) if name in ("time", "arrived_before")
        ]
        assert all(str(d).startswith("datetime64") for d in times)
    _, _, _, fields = pyogrio.raw.read(path, layer="verdicts")
    assert list(fields[1]) == ["window", "destination"]


def geometry(path: Path, layer: str) -> np.ndarray:
    _, _, blobs, _ = pyogrio.raw.read(path, layer=layer)
    return shapely.from_wkb(blobs)


def test_the_file_is_one_geopackage_with_the_marks_of_the_standard(case: Case, results: Results) -> None:
    with case.writing() as store:
        store.project(results, at=NOW)
    head = case.store.path.read_bytes()[:100]
    assert head[:16] == b"SQLite format 3\0"
    assert struct.unpack(">I", head[68:72])[0] == 0x47504B47
    assert struct.unpack(">I", head[60:64])[0] == 10300
    assert head[18:20] == b"\x01\x01"  # no WAL is left: one file that opens from a read-only place too
    assert not list(case.root.glob("case.gpkg-*"))
    connection = sqlite3.connect(case.store.path)
    ids = {row[0] for row in connection.execute("SELECT srs_id FROM gpkg_spatial_ref_sys")}
    assert ids >= {-1, 0, 4326}
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    blob = connection.execute("SELECT geom FROM sites").fetchone()[0]
    assert (blob[:2], blob[2], struct.unpack("<i", blob[4:8])[0]) == (b"GP", 0, 4326)
    strict = dict(connection.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").fetchall())
    assert all(strict[name] for name in ("statements", "scenes", "imports", "results", "ledger_lines"))
    connection.close()


def test_a_second_writer_gets_one_clear_line(case: Case) -> None:
    with case.writing():
        with pytest.raises(CaseBusyError, match="another offing command"), Case.open(case.root).writing():
            pass
        done = subprocess.run(
            [sys.executable, "-c", "from offing.cli import main; main()", "observations", "import", str(case.root),
             str(case.root / "case.yaml")], capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert "another offing command is at work" in done.stderr
        assert Case.open(case.root).store.looks() == ()  # reading goes on
    put(case, "k")


def test_holding_may_be_nested(case: Case) -> None:
    with case.writing(), case.writing():
        put(case, "k")
    assert case.store.statement("k") is not None


def test_a_reader_sees_what_was_there_while_another_writes(case: Case, results: Results) -> None:
    reader = Case.open(case.root)
    assert reader.store.looks() == ()
    with case.writing() as store:
        store.project(results, at=NOW)
        assert reader.store.looks() == results.looks
        store.project(Results(key="x"), at=NOW)
        assert reader.store.looks() == ()
    reader.store.close()


def test_an_error_inside_a_transaction_leaves_everything_as_it_was(case: Case, results: Results) -> None:
    with case.writing() as store:
        store.project(results, at=NOW)
        before = case.ledger.path.read_bytes()
        broken = msgspec.structs.replace(results, key="broken", looks=(look("a", 0), look("a\ud800", 1)))
        with pytest.raises((StoreError, UnicodeEncodeError)):
            store.project(broken, at=NOW)
        assert store.looks() == results.looks
        assert store.results_key() == "abc"
        assert case.ledger.path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"not a database at all" * 100, "damaged, or no GeoPackage"),
        (b"SQLite format 3\0" + b"\xff" * 5000, "damaged, or no GeoPackage"),
    ],
)
def test_a_damaged_store_is_one_clear_line(case: Case, content: bytes, part: str) -> None:
    case.store.path.write_bytes(content)
    for use in (case.store.looks, lambda: put(case, "k")):
        with pytest.raises(StoreError, match=part) as caught:
            use()
        assert "\n" not in str(caught.value)
    assert case.store.path.read_bytes() == content


def test_a_foreign_geopackage_or_database_is_refused_untouched(case: Case, tmp_path: Path) -> None:
    other = tmp_path / "other.gpkg"
    pyogrio.raw.write(
        other, np.array([shapely.to_wkb(shapely.Point(1, 2))], dtype=object), [np.array(["a"])], ["name"],
        geometry_type="Point", crs="EPSG:4326",
    )  # fmt: skip
    plain = tmp_path / "plain.db"
    connection = sqlite3.connect(plain)
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    for path in (other, plain):
        case.store.path.write_bytes(path.read_bytes())
        for write in (False, True):
            with pytest.raises(StoreError, match="no store of a case"):
                database.connect(case.store.path, write=write)
        assert case.store.path.read_bytes() == path.read_bytes()


def test_a_store_of_a_newer_version_says_so(case: Case) -> None:
    connection = sqlite3.connect(case.store.path)
    connection.execute("INSERT INTO migrations VALUES (9999, 'future', '')")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="newer version"):
        case.store.looks()


def test_a_store_of_an_older_version_is_brought_up_to_date(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    put(case, "k")
    newer = (*database.migrations(), (9000, "9000_more.sql", "CREATE TABLE more (x INTEGER) STRICT;"))
    monkeypatch.setattr(database, "migrations", lambda: newer)
    with pytest.raises(StoreError, match="older version"):
        case.store.looks()
    with case.writing():
        pass
    assert case.store.statement("k") is not None
    monkeypatch.undo()
    case.store.close()
    with pytest.raises(StoreError, match="newer version"):
        case.store.looks()


def test_the_digest_of_a_store_without_dismissed_is_the_one_it_had_before_that_layer(
    case: Case, results: Results
) -> None:
    plain = tuple(msgspec.structs.replace(d, dismissed=()) for d in results.detections)
    with case.writing() as store:
        store.project(msgspec.structs.replace(results, detections=plain, identities=()), at=NOW)
    before = ("sites", "berths", "looks", "detections", "sightings", "port_calls", "verdicts")
    total = hashlib.sha256()
    with contextlib.closing(sqlite3.connect(case.store.path)) as connection:
        for sql in (
            "SELECT * FROM results ORDER BY kind, position",
            *(f"SELECT * FROM {layer} ORDER BY fid" for layer in before),
        ):
            total.update(sql.encode())
            for row in connection.execute(sql):
                total.update(repr(row).encode())
        assert results_digest(connection) == total.hexdigest()


def test_a_migration_that_fails_leaves_the_store_as_it_was(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    put(case, "k")
    broken = (*database.migrations(), (9000, "9000_more.sql", "CREATE TABLE more (x INTEGER) STRICT; NONSENSE;"))
    before = case.store.path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(database, "migrations", lambda: broken)
        with pytest.raises(StoreError, match="refused"):
            put(case, "l")
    assert case.store.path.read_bytes() == before
    assert case.store.statement("k") is not None


def test_holding_without_writing_leaves_every_byte(case: Case, results: Results) -> None:
    put(case, "k")
    before = {p: p.read_bytes() for p in case.root.rglob("*") if p.is_file()}
    with case.writing() as store:
        put(case, "k")
        assert store.looks() == ()
    assert {p: p.read_bytes() for p in case.root.rglob("*") if p.is_file()} == before


def test_a_folder_in_the_place_of_the_store(case: Case) -> None:
    case.store.path.unlink()
    case.store.path.mkdir()
    with pytest.raises(StoreError, match="no file"):
        case.store.looks()
    with pytest.raises(StoreError, match="no file"):
        put(case, "k")


def test_a_folder_where_nothing_can_be_locked(case: Case) -> None:
    (case.root / ".lock").unlink()
    (case.root / ".lock").mkdir()
    with pytest.raises(CaseError, match="lock"):
        put(case, "k")


def test_a_record_that_is_not_one_of_ours_is_a_store_error(case: Case, results: Results) -> None:
    with case.writing() as store:
        store.project(results, at=NOW)
    connection = sqlite3.connect(case.store.path)
    connection.execute("""UPDATE results SET record = '{"id": 3}' WHERE kind = 'look'""")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="a look cannot be read"):
        Case.open(case.root).store.looks()
