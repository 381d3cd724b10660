"""``offing watch`` as it is run: by hand, by cron, as a loop; against a real server on loopback."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loopback import serving
from offing.case import told as memory
from offing.case.case import Case
from offing.case.check import check_case
from offing.case.watching import WATCH_LOCK
from offing.cli.main import main
from offing.exchange.atom import read_feed

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

TEXT = """\
title: A harbour under watch
sources: [{id: s}]
claims:
  - {id: c, source: s, elements: {carrier: {classes: [ropucha]}, destination: h, window: 2024-10-14/2024-10-20}}
sites:
  - {id: h, name: Harbour, role: port, position: [134.0, 40.5], radius_m: 1200,
     baseline: [{classes: [any], calls_per_30d: 6}]}
"""
SECRET = "T0PS3CRET"


class Stac:
    """Answers as a small STAC API does, and as a webhook under /hook."""

    def __init__(self) -> None:
        self.items = [self.item("a", "2024-10-15T01:00:00Z")]
        self.down = False

    @staticmethod
    def item(name: str, time: str) -> dict[str, object]:
        ring = [[133.5, 40.0], [134.5, 40.0], [134.5, 41.0], [133.5, 41.0], [133.5, 40.0]]
        return {
            "type": "Feature", "stac_version": "1.0.0", "id": name, "collection": "sentinel-2-l2a", "links": [],
            "geometry": {"type": "Polygon", "coordinates": [ring]}, "bbox": [133.5, 40.0, 134.5, 41.0],
            "properties": {"datetime": time, "platform": "sentinel-2a", "gsd": 10.0}, "assets": {},
        }  # fmt: skip

    def __call__(self, asked) -> None:
        if asked.path.startswith("/hook"):
            asked.reply(b"ok")
        elif self.down:
            asked.reply(b"", 404)
        elif asked.path.startswith("/search"):
            body = {"type": "FeatureCollection", "features": self.items, "links": [], "numberMatched": len(self.items)}
            asked.reply(json.dumps(body).encode(), Content_Type="application/geo+json")
        else:
            host = asked.headers["Host"]
            link = {"rel": "search", "href": f"http://{host}/search", "method": "POST"}
            front = {"type": "Catalog", "id": "t", "stac_version": "1.0.0", "description": "t", "links": [link],
                     "conformsTo": ["https://api.stacspec.org/v1.0.0/item-search"]}  # fmt: skip
            asked.reply(json.dumps(front).encode(), Content_Type="application/json")


@pytest.fixture
def stac():
    return Stac()


@pytest.fixture
def server(stac):
    with serving(stac) as running:
        yield running


@pytest.fixture
def root(tmp_path) -> Path:
    made = Case.create(tmp_path / "case", "x")
    (made.root / "case.yaml").write_text(TEXT, encoding="utf-8")
    return made.root


def offing(*words: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    return int(end.value.code)  # type: ignore[arg-type]


def contents(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def test_once_says_what_is_new_and_then_nothing(root, server, stac, capsys) -> None:
    words = ("watch", root, "--once", "--catalog", server.url)
    assert offing(*words) == 0
    out = capsys.readouterr().out
    assert "A harbour under watch: " in out.splitlines()[0]
    assert "- h: 1 item is newly listed by catalogues, 2024-10-15 (1 sentinel-2a)" in out.splitlines()
    before = contents(root)
    assert offing(*words) == 0
    assert capsys.readouterr() == ("", "")
    assert contents(root) == before
    stac.items.append(Stac.item("b", "2024-10-16T01:00:00Z"))
    assert offing(*words) == 0, "a window that is over for years is not asked for again"
    assert capsys.readouterr().out == ""
    feed = read_feed(root / "report" / "watch.atom")
    assert feed is not None
    assert len(feed.entries) == 1
    assert check_case(root).problems == ()


def test_json_is_a_document_a_line_and_csv_a_row_a_change(root, server, capsys, tmp_path) -> None:
    feed = tmp_path / "public" / "news.atom"
    words = ("watch", root, "--catalog", server.url, "--feed", feed)
    assert offing(*words, "--format", "json") == 0
    (line,) = capsys.readouterr().out.splitlines()
    sent = json.loads(line)
    assert sent["case"] == "A harbour under watch"
    assert {c["kind"] for c in sent["changes"]} >= {"items-listed", "verdict-added"}
    assert feed.exists()
    assert not (root / "report" / "watch.atom").exists()
    text = (root / "case.yaml").read_text(encoding="utf-8")
    (root / "case.yaml").write_text(text.replace("2024-10-14/", "2024-10-13/"), encoding="utf-8")
    assert offing(*words, "--format", "csv") == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert row["text"] == "case.yaml has another window of c: 2024-10-14/2024-10-20 → 2024-10-13/2024-10-20"


def test_the_webhook_gets_it_and_its_address_is_shown_nowhere(root, server, capsys, monkeypatch) -> None:
    monkeypatch.setenv("OFFING_WEBHOOK", f"{server.url}/hook/{SECRET}")
    assert offing("watch", root, "--catalog", server.url) == 0
    (asked,) = [a for a in server.asked if a.path.startswith("/hook")]
    assert json.loads(asked.body)["changes"]
    monkeypatch.setenv("OFFING_WEBHOOK", f"gopher://{SECRET}")
    assert offing("watch", root) == 1
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err
    assert not any(SECRET.encode() in content for content in contents(root).values())


def test_no_network_is_one_warning_and_exit_1(root, server, stac, capsys) -> None:
    words = ("watch", root, "--once", "--catalog", server.url)
    stac.down = True
    assert offing(*words) == 1
    said = capsys.readouterr()
    assert "judged for the first time" in said.out, "what can be said without network is said"
    (line,) = said.err.splitlines()
    assert line.startswith("warning: ")
    assert "the next round tries again" in line
    stac.down = False
    assert offing(*words) == 0
    assert "1 item is newly listed" in capsys.readouterr().out


BAD = {
    "no length of time": (("--every", "soon"), "error: --every 'soon' is no length of time"),
    "too short": (("--every", "10s"), "error: --every"),
    "an unknown catalogue": (("--catalog", "earth-serch"), "error: no catalogue is called 'earth-serch'"),
    "a look back that is none": (("--look-back", "long"), "error: --look-back"),
    "no workers": (("--workers", "0"), "error: --workers 0"),
}


@pytest.mark.parametrize(("words", "said"), BAD.values(), ids=BAD)
def test_bad_input_is_one_line(root, capsys, words, said) -> None:
    assert offing("watch", root, *words) in (1, 2)
    err = capsys.readouterr().err
    assert err.startswith(said)
    assert len(err.splitlines()) == 1


def test_a_file_that_is_no_feed_is_left_alone(root, server, capsys) -> None:
    before = (root / "case.yaml").read_bytes()
    assert offing("watch", root, "--catalog", server.url, "--feed", root / "case.yaml") == 1
    assert "not written over" in capsys.readouterr().err
    assert (root / "case.yaml").read_bytes() == before
    assert server.asked == []
    assert not (root / "watch.json").exists()


def test_no_case_is_one_line(tmp_path, capsys) -> None:
    assert offing("watch", tmp_path / "nowhere") == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@contextlib.contextmanager
def looping(root: Path, url: str):
    process = subprocess.Popen(
        [sys.executable, "-m", "offing", "watch", str(root), "--every", "6h", "--catalog", url],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_until_told(root: Path) -> None:
    """What was printed has been remembered too."""
    for _ in range(3000):
        told = memory.read(root)
        if told is not None and told.messages and not told.owed:
            return
        time.sleep(0.01)
    pytest.fail("the message is owed still")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_loop_ends_well_and_holds_the_case_until_then(root, server, capsys, number) -> None:
    with looping(root, server.url) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        assert "A harbour under watch" in first
        assert offing("watch", root, "--once", "--catalog", server.url) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("error: ")
        assert "another offing watch holds this case" in said.err
        wait_until_told(root)
        process.send_signal(number)
        out, err = process.stdout.read(), process.stderr.read()
        process.wait(30)
        assert (process.returncode, err) == (0, "the watch has ended; what it found is kept\n")
    assert "1 item is newly listed" in out
    assert (root / WATCH_LOCK).exists()
    assert offing("watch", root, "--once", "--catalog", server.url) == 0
    assert capsys.readouterr().out == "", "all was told"
    assert check_case(root).problems == ()
