import contextlib
import json
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sgp4 import exporter
from sgp4.api import Satrec

import orbit_samples as samples
from offing.errors import OrbitError
from offing.looks.passes.elements import MOST_BYTES, parse_elements, read_elements
from offing.looks.passes.tracks import propagate, satrec

ALL = [samples.S1A_2026, samples.S2B_MARCH, samples.S2A_2016, samples.LANDSAT7_2017, samples.ALOS2, samples.GEO]


@pytest.mark.parametrize("pair", ALL)
def test_two_lines_are_read_as_sgp4_reads_them(pair):
    ours = satrec(parse_elements(samples.text(pair), "f")[0])
    theirs = Satrec.twoline2rv(*pair)
    for model in (ours, theirs):
        assert model.satnum == int(pair[0][2:7])
    position = [np.array(model.sgp4(theirs.jdsatepoch, theirs.jdsatepochF + 0.4)[1]) for model in (ours, theirs)]
    assert np.abs(position[0] - position[1]).max() < 1e-4, "kilometres"


def test_several_satellites_and_epochs_are_kept_apart_and_in_order():
    text = samples.text(samples.S2B_LATER, name="0 SENTINEL-2B") + "# a note\n\n" + samples.text(samples.S1A_2026)
    found = parse_elements(text + samples.text(samples.S2B_MARCH), "f")
    assert [(e.norad, e.epoch.day) for e in found] == [(39634, 11), (42063, 11), (42063, 20)]
    assert found[2].name == "SENTINEL-2B"
    assert found[0].name is None
    assert found[0].epoch == datetime(2026, 3, 11, 4, 9, 27, 446976, tzinfo=UTC)
    assert found[2].origin == "f:2"


def test_numbers_above_99999_are_alpha_5():
    pair = [samples.checksummed(line[:2] + "A0001" + line[7:]) for line in samples.ALOS2]
    assert parse_elements(samples.text(pair), "f")[0].norad == 100_001


def omm_fields():
    fields = exporter.export_omm(Satrec.twoline2rv(*samples.S2B_MARCH), "SENTINEL-2B")
    return {key: str(value) for key, value in fields.items()}


def as_xml(fields):
    leaves = "".join(f"<{k}>{v}</{k}>" for k, v in fields.items())
    return f'<?xml version="1.0"?><ndm><omm version="2.0"><body><segment>{leaves}</segment></body></omm></ndm>'


FORMS = {
    "json": lambda f: json.dumps([f]),
    "xml": as_xml,
    "csv": lambda f: ",".join(f) + "\n" + ",".join(f.values()) + "\n",
    "kvn": lambda f: "CCSDS_OMM_VERS = 2.0\n" + "".join(f"{k} = {v}\n" for k, v in f.items()),
}


@pytest.mark.parametrize("form", FORMS)
def test_messages_say_what_the_two_lines_say(form):
    message = parse_elements(FORMS[form](omm_fields()), "f")[0]
    lines = parse_elements(samples.text(samples.S2B_MARCH), "f")[0]
    assert (message.norad, message.name) == (42063, "SENTINEL-2B")
    assert abs((message.epoch - lines.epoch).total_seconds()) < 1e-3
    times = np.array([lines.epoch.timestamp() + 3e4])
    assert np.abs(propagate(message, times)[0] - propagate(lines, times)[0]).max() < 10.0, "metres"


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda one, two: (one[:-1] + "0", two), "checksum"),
        (lambda one, two: (one[:-1], two), "68 characters"),
        (lambda one, two: (one + " x", two), "71 characters"),
        (lambda one, two: (two, one), "line 1"),
        (lambda one, two: (one, one), "line 2"),
        (lambda one, two: (one, samples.S1A_2026[1]), "different satellites"),
        (lambda one, two: (one, samples.checksummed(two[:8] + "398.5648" + two[16:])), "inclination"),
        (lambda one, two: (samples.checksummed(one[:18] + "26 70.1x552722" + one[32:]), two), "no epoch"),
        (lambda one, two: (samples.checksummed(one[:18] + "26367.16552722" + one[32:]), two), "no epoch"),
        (lambda one, two: (one, samples.checksummed(two[:52] + "14.3O821011" + two[63:])), "mean motion"),
        (lambda one, two: (one, "x" * 200), "line 2"),
        (lambda one, two: (one, ""), "stop short"),
    ],
)
def test_a_bad_line_is_refused_with_its_place(spoil, says):
    with pytest.raises(OrbitError, match=says) as caught:
        parse_elements("\n".join(spoil(*samples.S2B_MARCH)) + "\n", "file.tle")
    assert "file.tle" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no orbital elements"),
        ("<html><body>Not found</body></html>", "no orbital elements"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><ndm>&a;</ndm>', "document type"),
        ("<ndm><omm>", "no XML"),
        ("[1, 2]", "no object"),
        ("{", "no JSON"),
        ('{"NORAD_CAT_ID": 5}', "no epoch"),
        ('{"NORAD_CAT_ID": 5, "EPOCH": "2026-01-01"}', "is missing"),
        ('{"NORAD_CAT_ID": 1e300}', "no catalogue number"),
        ('{"REF_FRAME": "ICRF"}', "REF_FRAME"),
        ("EPOCH,MEAN_MOTION\n1,2,3\n", "more cells"),
    ],
)
def test_what_is_no_file_of_elements_is_refused(text, says):
    with pytest.raises(OrbitError, match=says):
        parse_elements(text, "f")


LINES = samples.text(samples.S2B_MARCH, samples.S1A_2026, name="NAME")


@settings(max_examples=120, deadline=None)
@given(st.integers(0, len(LINES) - 1), st.text(max_size=3), st.integers(0, 4))
def test_a_spoilt_file_is_read_or_refused_but_never_fails(at, put, cut):
    with contextlib.suppress(OrbitError):
        for e in parse_elements(LINES[:at] + put + LINES[at + cut :], "f"):
            assert 0.0 <= e.eccentricity < 1.0


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=300), st.sampled_from(["", "{", "[", "<", "CCSDS_OMM_VERS = 2.0\n", "EPOCH,MEAN_MOTION\n", "1 "])
)
def test_any_text_is_read_or_refused_but_never_fails(text, head):
    with contextlib.suppress(OrbitError):
        parse_elements(head + text, "f")


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(omm_fields())), st.text(max_size=12) | st.floats() | st.integers()))
def test_a_spoilt_message_is_read_or_refused_but_never_fails(changes):
    with contextlib.suppress(OrbitError):
        parse_elements(json.dumps(omm_fields() | changes), "f")


def test_files_that_cannot_be_read_are_refused(tmp_path):
    for content, says in ((b"\xff\xfe1 2", "not text"), (b"x" * (MOST_BYTES + 1), "larger than")):
        path = tmp_path / "f"
        path.write_bytes(content)
        with pytest.raises(OrbitError, match=says):
            read_elements(path)
    with pytest.raises(OrbitError, match="no such file"):
        read_elements(tmp_path / "none")
    with pytest.raises(OrbitError, match="no such file"):
        read_elements(tmp_path)
