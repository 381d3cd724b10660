"""What a hostile user types: one clear line, an exit code, no traceback, and the case byte for byte as it was."""

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest
import rasterio
from affine import Affine

from offing.cli import main

CASE = """\
title: Sealift
sources:
  - {id: nis, title: NIS}
  - {id: cnn, title: CNN, quotes: [nis]}
claims:
  - id: lift-1
    source: cnn
    quote: "Ships carried troops"
    elements:
      carrier: {classes: [ropucha], count: 2}
      origin: [rajin]
      destination: dunai
      window: 2024-10-08/2024-10-13
      quantity: {value: 1500, low: 1400, high: 1600}
sites:
  - {id: dunai, name: Dunai, role: naval berth, position: [132.33542, 42.87879], radius_m: 1000}
  - {id: rajin, name: Rajin, role: port, position: [130.3, 42.2333]}
"""
TABLE = """\
look_id,site,time,sensor,status,usable,p_detect,p_false,seen,vessel_class
a,dunai,2024-10-10T02:00Z,planetscope,clear,1,0.8,0.02,yes,ropucha
b,rajin,2024-10-09T02:00Z,sentinel-2,cloud,0,,,indeterminate,
"""
UTM = {"crs": "EPSG:32652", "transform": Affine(10, 0, 770_000, 0, -10, 4_755_000)}
"""600 × 600 of these pixels lie around Dunai."""
QUIET = re.sub("claims:.*(?=sites:)", "", CASE, flags=re.S)
"""The same without claims: judging them takes longer than all the rest."""
AT = ("--time", "2024-10-10T02:00Z")


class Done:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __repr__(self):
        return f"exit {self.code}\n{self.out}\n{self.err}"


@pytest.fixture
def offing(capfd):
    """Runs a command; capfd sees what C libraries print past Python, too."""

    def run(*arguments):
        capfd.readouterr()
        with warnings.catch_warnings(), pytest.raises(SystemExit) as ended:
            main([a if isinstance(a, str) else os.fspath(a) for a in arguments])
        out, err = capfd.readouterr()
        return Done(int(ended.value.code or 0), out, err)

    return run


@pytest.fixture(scope="module")
def blank(tmp_path_factory):
    """A case with a table of looks in it, to copy."""
    root = tmp_path_factory.mktemp("pattern") / "case"
    table = root.parent / "looks.csv"
    table.write_text(TABLE)
    for command in (["new", root], ["observations", "import", root, table]):
        if root.exists():
            (root / "case.yaml").write_text(CASE)
        with warnings.catch_warnings(), pytest.raises(SystemExit) as ended:
            main([str(a) for a in command])
        assert not ended.value.code
    return root


@pytest.fixture
def case(blank, tmp_path):
    return Path(shutil.copytree(blank, tmp_path / "case"))


def contents(folder):
    return {
        str(p.relative_to(folder)): (p.lstat().st_mode, p.read_bytes() if p.is_file() else None)
        for p in folder.rglob("*")
    }


def refused(done, words=".", code=1):
    """Exactly one line that says what and what to do, after nothing but our own notes and warnings."""
    assert done.code == code, done
    lines = done.err.splitlines()
    assert lines[-1].startswith("error: "), done
    assert sum(line.startswith("error: ") for line in lines) == 1, done
    assert re.search(words, lines[-1]), done
    assert code == 2 or re.search("; |expected|lacks", lines[-1]), "it does not say what to do"
    assert lines[-1].isprintable()
    assert len(lines[-1]) < 2000
    assert not re.search(r"Traceback|ERROR \d|Warning \d|TIFF(Read|Fetch)|libpng|OpenCV|File \"", done.err), done


def radar(side=300, seed=1):
    return np.random.default_rng(seed).standard_gamma(4.0, (1, side, side)).astype(np.float32) / 400


def picture(path, array, descriptions=("VV",), **profile):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        with rasterio.open(
            path, "w", driver="GTiff", count=array.shape[0], height=array.shape[1], width=array.shape[2],
            dtype=array.dtype, **profile,
        ) as out:  # fmt: skip
            out.write(array)
            if descriptions:
                out.descriptions = descriptions
    return path


@pytest.fixture(scope="module")
def sea(tmp_path_factory):
    """A sound radar picture around Dunai."""
    return picture(tmp_path_factory.mktemp("sea") / "S1_VV.tif", radar(600), **UTM)


# Pictures -----------------------------------------------------------------------------------------------------------


def cut(sea, part):
    return sea.read_bytes()[: int(sea.stat().st_size * part)]


def png():
    return cv2.imencode(".png", np.random.default_rng(0).integers(0, 255, (80, 90), dtype=np.uint8))[1].tobytes()


BYTES = {
    "zero.tif": (lambda sea: b"", "empty"),
    "head.tif": (lambda sea: cut(sea, 0)[:8] or sea.read_bytes()[:8], "cannot be opened"),
    "cut_VV.tif": (lambda sea: cut(sea, 0.5), "cannot be (opened|read)"),
    "junk.tif": (lambda sea: b"II*\0" + bytes(range(256)) * 3, "cannot be opened"),
    "png.tif": (lambda sea: png(), "is called .tif but is a PNG"),
    "cut.png": (lambda sea: png()[:2000], "cannot be read"),
    "text.tif": (lambda sea: b"hello", "no picture format"),
}
ARRAYS = {
    "nan_VV.tif": (lambda: radar() * np.nan, UTM, "no valid pixel"),
    "inf_VV.tif": (lambda: radar() + np.inf, UTM, "no valid pixel"),
    "minus_inf_VV.tif": (lambda: radar() - np.inf, UTM, "no valid pixel"),
    "nodata_VV.tif": (lambda: radar() * 0 - 9999, {**UTM, "nodata": -9999.0}, "no valid pixel"),
    "zeros_VV.tif": (lambda: np.zeros((1, 300, 300), np.uint16), UTM, "nodata"),
    "complex_VV.tif": (lambda: radar().astype(np.complex64), UTM, "complex"),
    "tiny_VV.tif": (lambda: radar(9), UTM, "too small"),
    "local_VV.tif": (radar, {**UTM, "crs": 'LOCAL_CS["yard",UNIT["metre",1]]'}, "not on the ground"),
    "degrees_VV.tif": (radar, {**UTM, "crs": "EPSG:4326"}, "lies off the Earth"),
    "flat_VV.tif": (radar, {**UTM, "transform": Affine(0, 0, 7e5, 0, 0, 4e6)}, "no area"),
}


@pytest.fixture
def bad(request, sea, tmp_path):
    """(path, words) of the bad picture that the test names."""
    name = request.param
    if name in BYTES:
        make, words = BYTES[name]
        (tmp_path / name).write_bytes(make(sea))
        return tmp_path / name, words
    values, profile, words = ARRAYS[name]
    return picture(tmp_path / name, values(), **profile), words


@pytest.mark.parametrize("bad", [*BYTES, *ARRAYS], indirect=True)
def test_bad_pictures(offing, case, bad, tmp_path):
    path, words = bad
    before = contents(case)
    refused(offing("scenes", "add", case, path, *AT), words)
    refused(offing("detect", path, "-o", tmp_path / "out.geojson"), words)
    assert contents(case) == before
    assert not (tmp_path / "out.geojson").exists()


def test_names_that_are_no_pictures(offing, case, tmp_path):
    (tmp_path / "loop.tif").symlink_to("loop.tif")
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe.tif")
    before = contents(case)
    for name in ("gone.tif", "loop.tif", "empty", "pipe.tif", "a" * 300 + ".tif"):
        refused(offing("detect", tmp_path / name))
        refused(offing("scenes", "add", case, tmp_path / name, *AT))
    for name in ("/dev/zero", "https://example.org/a.tif", "/vsicurl/http://example.org/a.tif"):
        refused(offing("scenes", "add", case, name, *AT), "not a regular file|not a local file")
    assert contents(case) == before


def test_names_that_are_not_utf8_or_steer_a_terminal(offing, case, sea, tmp_path):
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xe9_VV.tif"))
    shutil.copy(sea, odd)
    before = contents(case)
    refused(offing("detect", odd), "not UTF-8; rename it")
    refused(offing("scenes", "add", case, odd, *AT), "not UTF-8; rename it")
    escape = tmp_path / "a\nb\x1b[31m\u202e.tif"
    escape.write_bytes(b"II*\0")
    refused(offing("detect", escape), "a b\ufffd")
    assert contents(case) == before


def test_names_that_begin_with_a_dash(offing, sea, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(sea, "-x_VV.tif")
    refused(offing("detect", "-x_VV.tif"), "-x", code=2)
    assert offing("detect", "--", "-x_VV.tif").code == 0
    assert offing("detect", "./-x_VV.tif").code == 0


@pytest.mark.parametrize(("command", "width"), [("scenes add CASE", 1_000_000), ("detect", 200_000)])
def test_wide_strips_in_bounded_memory(case, tmp_path, command, width):
    strip = np.random.default_rng(0).standard_gamma(4, (1, 16, width)).astype(np.float32) / 400
    place = {"crs": "EPSG:32652", "transform": Affine(1, 0, 770_000, 0, -1, 4_752_000)}
    path = picture(tmp_path / "20241010T020000Z_VV.tif", strip, compress="deflate", **place)
    done = child(*command.replace("CASE", str(case)).split(), path, memory=3 << 30)
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr.lower()


def test_no_time_no_place_no_size(offing, case, sea, tmp_path):
    before = contents(case)
    (tmp_path / "press.png").write_bytes(png())
    press = tmp_path / "press.png"
    far = picture(tmp_path / "far_VV.tif", radar(), crs="EPSG:32652", transform=Affine(10, 0, 3e5, 0, -10, 3e6))
    refused(offing("scenes", "add", case, sea), "does not say when it was taken; give --time")
    refused(offing("scenes", "add", case, far, *AT), "shows no site of the case; .*lies .* km from")
    refused(offing("scenes", "add", case, press, *AT), "which place it shows; give --gcp points, or --site")
    refused(offing("scenes", "add", case, press, *AT, "--site", "dunai"), "size of its pixels; state --gsd")
    refused(offing("scenes", "add", case, press, *AT, "--site", "nope"), "'nope' is no site")
    refused(offing("scenes", "add", case, sea, *AT, "--site", "nope"), "'nope' is no site")
    refused(offing("scenes", "add", case, sea, press, *AT, "--site", "dunai"), "one at a time")
    assert contents(case) == before


def test_a_site_where_the_picture_has_no_data_is_a_look_without_data(offing, case, tmp_path):
    (case / "case.yaml").write_text(QUIET)
    values = radar(1200)
    values[:, :, 300:] = np.nan
    path = picture(
        tmp_path / "half_VV.tif", values, crs="EPSG:32652", transform=Affine(10, 0, 766_000, 0, -10, 4_758_000)
    )
    assert offing("scenes", "add", case, path, *AT).code == 0
    assert offing("run", case).code == 0
    assert re.search(r"dunai,.*,sar,nodata,0", offing("looks", case, "--format", "csv").out)


# Options ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "1e400"])
def test_pixel_sizes(offing, case, tmp_path, value):
    plain = picture(tmp_path / "plain_VV.tif", radar())
    before = contents(case)
    refused(offing("detect", plain, "--gsd", value), "--gsd .* is no pixel size")
    refused(
        offing("scenes", "add", case, plain, *AT, "--site", "dunai", "--gsd", value), "makes no sense; state metres"
    )
    assert contents(case) == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--time", ""], "no ISO 8601 time"),
        (["--time", "yesterday"], "no ISO 8601 time"),
        (["--time", "2024-10-10"], "no time of day"),
        (["--time", "2024-13-01T00:00Z"], "no ISO 8601 time"),
        (["--time", "9999-12-31T23:59-14:00"], "outside the years"),
        (["--time", "2999-01-01T00:00Z"], "lies in the future"),
        (["--time", "0001-01-01T00:00Z"], "before the first satellite"),
        ([*AT, "--gcp", "x"], "'x' is no ground point"),
        ([*AT, "--gcp", "1,2,3"], "no ground point"),
        ([*AT, "--gcp", "nan,1,132,42"], "lies in no picture; check"),
        ([*AT, "--gcp", "1,1,999,42"], "no place on Earth"),
        ([*AT, "--gcp", "0,0,132,42"], "one ground point cannot place a picture"),
        ([*AT, "--gcp", "0,0,132,42", "--gcp", "9,9,132,42"], "one place on the ground"),
        ([*AT, "--credit", "a\x1b[31m"], "the credit .* control characters"),
        ([*AT, "--credit", "\udcff"], "the credit .* UTF-8"),
        ([*AT, "--licence", "x" * 10_000], "the licence is too long"),
        ([*AT, "--platform", "\udcff"], "the platform"),
    ],
)
def test_what_is_said_of_a_picture(offing, case, sea, options, words):
    before = contents(case)
    refused(offing("scenes", "add", case, sea, *options), words)
    assert contents(case) == before


@pytest.mark.parametrize("value", ["2", "-0.1", "nan", "inf"])
def test_probabilities(offing, sea, value):
    refused(offing("detect", sea, "--min-score", value), "is no probability; give a number from 0 to 1")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nope"],
        [""],
        ["detect", "a.tif", "--nope"],
        ["detect", "a.tif", "-o"],
        ["detect", "a.tif", "--gsd", "abc"],
        ["detect", "a.tif", "--sensor", "x-ray"],
        ["detect", "a.tif", "--format", "kml"],
        ["scenes", "add", "case"],
        ["scenes", "list"],
        ["scenes", "nope"],
        ["export", "case"],
        ["export", "case", "--as", "stac"],
        ["run", "case", "--workers", "x"],
        ["simulate", "scene"],
        ["simulate", "world"],
        ["simulate", "scene", "-o", "a.tif", "--size", "x"],
        ["bench"],
        ["doctor", "x"],
        ["demo", "a", "b"],
        ["new"],
        ["report"],
    ],
)
def test_wrong_usage_is_two(offing, arguments):
    refused(offing(*arguments), code=2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["looks", "CASE", "--site", "nope"], "no site"),
        (["gaps", "CASE", "--site", ""], "no site"),
        (["verdicts", "CASE", "--claim", "nope"], "no claim 'nope'; claims: lift-1"),
        (["verdicts", "CASE"], "nothing has been judged.*; run: offing run"),
        (["report", "CASE"], "nothing has been judged.*; run: offing run"),
        (["export", "CASE", "--as", "kmz"], "nothing has been judged.*; run: offing run"),
        (["export", "CASE", "--as", "csv"], "nothing has been judged.*; run: offing run"),
        (["run", "CASE", "--workers", "0"], "no number of workers"),
        (["run", "CASE", "--workers", "-1"], "no number of workers"),
        (["new", "CASE"], "there already"),
        (["new", "CASE/case.yaml/x"], "[Nn]ot a directory"),
        (["demo", "CASE"], "another case"),
        (["demo", "CASE/case.yaml"], "there already"),
        (["bench", "nope"], "no benchmark 'nope'; choose one of"),
        (["bench", "cfar", "--seed", "-1"], "the seed is -1"),
        (["bench", "ssdd"], "--data"),
        (["bench", "ssdd", "--data", "CASE"], "no such labelled set"),
    ],
)
def test_commands_on_a_case(offing, case, arguments, words):
    before = contents(case)
    refused(offing(*(a.replace("CASE", str(case)) for a in arguments)), words)
    assert contents(case) == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--gsd", "0"], "pixel size is 0"),
        (["--gsd", "nan"], "pixel size is nan"),
        (["--cloud", "2"], "cloud is 2"),
        (["--size", "99999999999"], "ask for 16 to 2048"),
        (["--seed", "-1"], "seed is negative"),
        (["--position", "x"], "no position"),
        (["--position", "0,89"], "outside UTM"),
        (["--position", "-200,0"], "no place on Earth"),
        (["--time", "nope"], "no ISO 8601"),
        (["--time", "0001-01-01T00:00Z"], "year 1 "),
        (["--ships", "titanic@berth"], "titanic"),
        (["--ships", "ropucha@moon"], "no ship"),
    ],
)
def test_simulations(offing, tmp_path, monkeypatch, options, words):
    monkeypatch.chdir(tmp_path)
    refused(offing("simulate", "scene", "-o", "a.tif", *options), words)
    assert not list(tmp_path.iterdir())


# Where output goes --------------------------------------------------------------------------------------------------


def test_places_that_cannot_be_written_to(offing, case, sea, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    before = contents(case)
    places = [tmp_path / "none" / "x", tmp_path, tmp_path / "pipe", case / "case.yaml" / "x", tmp_path / ("a" * 300)]
    for place in places:
        refused(offing("detect", sea, "-o", place))
    assert contents(case) == before
    assert not list(tmp_path.glob("*.part"))
    for place in (tmp_path / "none" / "x.tif", tmp_path / "x.png", tmp_path / ("a" * 300 + ".tif")):
        refused(offing("simulate", "scene", "--size", "64", "--no-ships", "-o", place))
    (tmp_path / "folder.tif").mkdir()
    refused(offing("simulate", "scene", "--size", "64", "--no-ships", "-o", tmp_path / "folder.tif"), "is a folder")
    assert not list(tmp_path.glob("*.truth.geojson"))


def test_a_device_is_not_replaced(offing, case, sea, tmp_path):
    """As root, renaming a file onto /dev/null would harm the whole machine; a link to a device stands for it here."""
    (tmp_path / "null").symlink_to("/dev/null")
    (case / "case.yaml").write_text(QUIET)
    assert offing("run", case).code == 0
    refused(offing("detect", sea, "-o", tmp_path / "null"), "no ordinary file; name a file")
    refused(offing("report", case, "-o", tmp_path / "null"), "no ordinary file; name a file")
    refused(offing("export", case, "--as", "gpkg", "-o", tmp_path / "null"), "no ordinary file; name a file")
    refused(offing("export", case, "--as", "kmz", "-o", tmp_path / "null"), "no ordinary file; name a file")
    assert (tmp_path / "null").is_symlink()
    assert Path("/dev/null").is_char_device()


def test_a_link_to_a_file_stays_a_link(offing, sea, tmp_path):
    (tmp_path / "real").write_text("before")
    (tmp_path / "link").symlink_to("real")
    assert offing("detect", sea, "-o", tmp_path / "link").code == 0
    assert (tmp_path / "link").is_symlink()
    assert "FeatureCollection" in (tmp_path / "real").read_text()


# case.yaml ----------------------------------------------------------------------------------------------------------

YAML = {
    "anchors": ('a: &a ["x"]\nb: &b [*a,*a]\nc: [*b,*b]\n', "alias"),
    "merge": ("title: x\n<<: {a: 1}\n", "merge key"),
    "tag": ('title: !!python/object/apply:os.system ["id"]\n', "tag"),
    "deep": ("[" * 5000, "nesting"),
    "long": ("#" * 3_000_000, "larger than 2 MB"),
    "many": ("title: x\nsites: [" + "a," * 1100 + "]\n", "more than 1000 values"),
    "empty": ("", "empty"),
    "list": ("- a\n", "holds no keys"),
    "documents": (CASE + "---\n" + CASE, "second document"),
    "nul": (CASE.replace("Sea", "Se\0"), "control character"),
    "latin-1": (CASE.replace("Sealift", "Sé").encode("latin-1"), "not UTF-8"),
    "escape": ('title: "\\e]0;x"\n', "control character"),
    "unknown": (CASE + "foo: 1\n", "'foo' is no key"),
    "type": (CASE.replace("title: Sealift", "title: [1, 2]"), "expected text"),
    "twice": (CASE + "title: y\n", "written twice"),
    "same site": (CASE.replace("id: rajin", "id: dunai"), "dunai"),
    "same source": (CASE.replace("id: cnn", "id: nis"), "nis"),
    "odd id": (CASE.replace("id: nis", 'id: "../nis"').replace("[nis]", '["../nis"]'), "not safe"),
    "long id": (CASE.replace("nis", "n" * 100_000), "not safe"),
    "nan": (CASE.replace("42.2333", ".nan"), "expected a number"),
    "swapped": (CASE.replace("[130.3, 42.2333]", "[42.2333, 130.3]"), "no place on Earth"),
    "count": (CASE.replace("count: 2", "count: 0"), "write 1 or more"),
    "class": (CASE.replace("ropucha", "ropuch"), "did you mean ropucha"),
    "span": (CASE.replace("2024-10-08/2024-10-13", "2024-10-13/2024-10-08"), "ends before it begins"),
    "date": (CASE.replace("2024-10-08/2024-10-13", "2024-02-31"), "no date of the calendar; write"),
    "bounds": (CASE.replace("low: 1400", "low: 9400"), "between low and high"),
    "lengths": (CASE + "classes: [{id: x, length_m: [200, 100]}]\n", "smaller number first"),
    "zone": (CASE + "timezone: ../../etc/passwd\n", "time zone"),
    "area": (CASE.replace("role: port", "role: port, area: ../../etc/passwd"), "leads out of the case"),
}
READERS = (
    "claims", "sites", "looks", "gaps", "power", "passes", "next", "calls", "voyages", "rates", "hypotheses", "check",
    "scenes list", "scenes search", "scenes fetch", "verdicts", "report", "run", "export --as csv", "watch --once",
)  # fmt: skip


@pytest.mark.parametrize("name", YAML)
def test_case_files(offing, case, monkeypatch, name):
    monkeypatch.setattr("offing.case.yamltext.MAX_NODES", 1000)
    text, words = YAML[name]
    (case / "case.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    before = contents(case)
    refused(offing("claims", case), words)
    refused(offing("run", case), words)
    assert contents(case) == before


@pytest.mark.parametrize("command", READERS)
def test_every_command_refuses_what_is_no_case(offing, case, sea, tmp_path, command):
    first, *rest = command.replace("scenes ", "scenes_").split()
    words = first.split("_")
    (case / "case.yaml").write_text(CASE + "foo: 1\n")
    before = contents(case)
    refused(offing(*words, case, *rest), "'foo' is no key")
    assert contents(case) == before
    for wrong in (tmp_path / "none", tmp_path, sea):
        refused(offing(*words, wrong, *rest), "no such folder|no case.yaml|no case in it")


def test_a_book_for_a_quote_is_shown_in_good_time(offing, case):
    (case / "case.yaml").write_text(CASE.replace("Ships carried troops", "S" * 500_000))
    begun = time.monotonic()
    done = offing("claims", case)
    assert done.code == 0
    assert time.monotonic() - begun < 10.0
    assert "S" * 500_000 in offing("claims", case, "--format", "csv").out


# Tables -------------------------------------------------------------------------------------------------------------

TABLES = {
    "empty": ("", "empty"),
    "header": ("a,b\n1,2\n", "unknown column 'a'"),
    "semicolons": (TABLE.replace(",", ";"), "not separated by commas"),
    "nul": (TABLE.replace("rajin", "raj\0in"), "NUL"),
    "latin-1": (TABLE.replace("planetscope", "plané").encode("latin-1"), "not UTF-8"),
    "short row": (TABLE + "c,dunai\n", "2 cells under a header of 10"),
    "quote": (TABLE + '"c,dunai\n', "no CSV"),
    "long line": ("x" * 5_000_000, "too long"),
    "time": (TABLE.replace("2024-10-10T02:00Z", "yesterday"), "no ISO 8601"),
    "far time": (TABLE.replace("2024-10-10", "9999-01-01"), "year 9999"),
    "usable": (TABLE.replace("clear,1", "clear,nan"), "usable is 'nan'"),
    "probability": (TABLE.replace("0.8", "1.8"), "p_detect is 1.8"),
    "site": (TABLE.replace("rajin", "ra\x1b[31m"), "is not in the case"),
    "class": (TABLE.replace("ropucha", "ropuch"), "did you mean ropucha"),
    "long id": (TABLE.replace("\na,", "\n" + "a" * 5000 + ","), "look_id is too long"),
}


@pytest.mark.parametrize("name", TABLES)
def test_tables(offing, case, tmp_path, name):
    text, words = TABLES[name]
    (tmp_path / "t.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    before = contents(case)
    refused(offing("observations", "import", case, tmp_path / "t.csv"), words)
    assert contents(case) == before


def test_names_that_are_no_tables(offing, case, sea, tmp_path):
    before = contents(case)
    for name in (tmp_path, tmp_path / "none.csv", "/dev/zero", sea):
        refused(offing("observations", "import", case, name), "no ordinary file|no such file|not UTF-8")
    assert contents(case) == before


# Processes: full disks, closed pipes, interrupts, read-only folders ---------------------------------------------------

CHILD = "import sys; from offing.cli import main; main()"


def child(*arguments, memory=None, file_bytes=None, **popen):
    def limit():
        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        if file_bytes is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

    command = [sys.executable, "-W", "ignore", "-c", CHILD, *(str(a) for a in arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **popen}
    return subprocess.run(command, text=True, preexec_fn=limit, check=False, **pipes)


def ended(process):
    return Done(process.returncode, process.stdout, process.stderr)


IN_THE_STORE = ("observations import CASE TABLE", "run CASE")
"""They fail inside SQLite, which may leave its own bookkeeping beside the file, with the same content."""


@pytest.mark.parametrize(
    ("command", "room"),
    [
        ("scenes add CASE SEA --time 2024-10-10T02:00Z", 20_000),
        ("scenes add CASE SEA --time 2024-10-10T02:00Z", 160_000),
        ("observations import CASE TABLE", 20_000),
        ("run CASE", 20_000),
        ("new NEW", 20_000),
        ("detect SEA -o NEW", 10),
        ("simulate scene -o NEW.tif --no-ships --size 100", 20_000),
    ],
)
def test_full_disks(offing, case, sea, tmp_path, command, room):
    table = tmp_path / "other.csv"
    table.write_text(TABLE.replace("a,dunai", "c,dunai"))
    names = {"CASE": case, "SEA": sea, "TABLE": table, "NEW": tmp_path / "made"}
    arguments = [re.sub("CASE|SEA|TABLE|NEW", lambda m: str(names[m[0]]), word) for word in command.split()]
    (case / "case.yaml").write_text(QUIET)
    before, beside = contents(case), sorted(tmp_path.iterdir())
    refused(ended(child(*arguments, file_bytes=room)), "may not grow|disk|cannot be written")
    after = contents(case)
    store = {".lock", "case.gpkg", "case.gpkg-wal", "case.gpkg-shm"} if command in IN_THE_STORE else {".lock"}
    assert {k: v for k, v in after.items() if k not in store} == {k: v for k, v in before.items() if k not in store}
    assert sorted(tmp_path.iterdir()) == beside
    assert offing("check", case).code == 0
    looks = offing("looks", case, "--format", "csv").out
    assert [line[0] for line in looks.splitlines()] == ["l", "b", "a"]


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="there is no /dev/full here")
@pytest.mark.parametrize("arguments", [["claims", "CASE"], ["claims", "CASE", "--format", "json"], ["--help"]])
def test_standard_output_on_a_full_disk(case, arguments):
    with Path("/dev/full").open("w") as full:
        done = child(*(a.replace("CASE", str(case)) for a in arguments), stdout=full)
    refused(Done(done.returncode, "", done.stderr), "disk is full")


@pytest.mark.parametrize(
    "arguments", [["sites", "CASE"], ["sites", "CASE", "--format", "csv"], ["detect", "--help"], ["doctor"]]
)
def test_a_closed_pipe_is_no_error(case, arguments):
    reading, writing = os.pipe()
    os.close(reading)
    done = child(*(a.replace("CASE", str(case)) for a in arguments), stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_interrupt_is_one_line(tmp_path):
    command = [sys.executable, "-c", CHILD, "demo", str(tmp_path / "demo")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert first.startswith("building")
    refused(Done(process.returncode, "", rest), "interrupted; .*run it again")


NOBODY = """
import os, sys
from offing.cli import main

def call(line):
    try:
        main(line.split())
    except SystemExit as end:
        return end.code

scratch, shut, *commands = sys.argv[1:]
for command in commands:  # as root: the modules may lie where nobody can look
    call(command.replace("PLACE", scratch))
os.setgid(65534)
os.setuid(65534)
for command in commands:
    print("as nobody:", file=sys.stderr)
    code = call(command.replace("PLACE", shut))
    print("exit", code, file=sys.stderr)
"""
READS = ("claims PLACE/case", "looks PLACE/case", "sites PLACE/case", "check PLACE/case", "scenes list PLACE/case")
WRITES = (
    "scenes add PLACE/case PLACE/S1_VV.tif --time 2024-10-10T02:00Z",
    "observations import PLACE/case PLACE/t.csv",
    "run PLACE/case",
    "report PLACE/case",
    "new PLACE/x",
    "detect PLACE/S1_VV.tif -o PLACE/case/ships.geojson",
    "simulate scene --size 64 --no-ships -o PLACE/case/a.tif",
)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can become nobody")
def test_read_only_cases(offing, case, sea, tmp_path):
    (case / "case.yaml").write_text(QUIET)
    assert offing("run", case).code == 0
    with tempfile.TemporaryDirectory() as name:
        shut = Path(name)
        for place in (shut, tmp_path / "scratch"):
            shutil.copytree(case, place / "case")
            shutil.copy(sea, place / "S1_VV.tif")
            (place / "t.csv").write_text(TABLE.replace("a,dunai", "c,dunai"))
        for path in (*shut.rglob("*"), shut):
            path.chmod(0o555 if path.is_dir() else 0o444)
        before = contents(shut)
        command = [sys.executable, "-c", NOBODY, str(tmp_path / "scratch"), name, *READS, *WRITES]
        done = subprocess.run(command, text=True, capture_output=True, check=True)
        assert contents(shut) == before
    told = [part.rsplit("exit ", 1) for part in done.stderr.split("as nobody:\n")[1:]]
    assert [int(code) for _, code in told] == [0] * len(READS) + [1] * len(WRITES), done.stderr
    for said, code in told[len(READS) :]:
        refused(Done(int(code), "", said), "permission denied; copy the case|read-only; copy the case")
