"""A watch from a real catalogue to a picture, its look and a message; then quiet."""

import pytest

from offing.case.check import check_case
from offing.cli.main import main
from offing.exchange.atom import read_feed

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


def watch(root, *words):
    with pytest.raises(SystemExit) as end:
        main(["watch", str(root), "--once", "--workers", "1", *words])
    return end.value.code


def test_a_listed_picture_is_fetched_judged_and_told_once(case, stac, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("OFFING_CACHE", str(tmp_path / "cache"))
    assert watch(case.root) == 0
    said = capsys.readouterr().out
    assert "- dunai: 5 items are newly listed by catalogues, 2024-10-09 to 2024-10-24 (5 sentinel-2b)" in said
    assert watch(case.root, "--fetch") == 0
    said = capsys.readouterr()
    pictures = [line for line in said.out.splitlines() if "new picture of" in line]
    assert len(pictures) == 3, "of five items one is a tile of the same pass, and one is gone"
    assert any("2024-10-14 02:16 UTC: cloud, cannot say whether a ship was there" in line for line in pictures)
    (warning,) = [line for line in said.err.splitlines() if line.startswith("warning: not fetched: ")]
    assert "S2B_53TKH_gone" in warning
    before = {p: p.read_bytes() for p in case.root.rglob("*") if p.is_file()}
    assert watch(case.root, "--fetch") == 0
    assert capsys.readouterr() == ("", ""), "what is gone is tried again, and said once"
    assert {p: p.read_bytes() for p in case.root.rglob("*") if p.is_file()} == before
    feed = read_feed(case.root / "report" / "watch.atom")
    assert feed is not None
    assert len(feed.entries) == 2
    assert check_case(case.root).problems == ()
