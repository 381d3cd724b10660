"""case.yaml: what is right reads as it was written, what is wrong is named with its line."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from case_fixtures import CASE_YAML
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.case import yamltext
from offing.case.casefile import new_case_text, read_case_file, read_case_text
from offing.case.definition import CaseDefinition
from offing.claims import AnyOf
from offing.errors import CaseFileError

PORT = "title: x\nsites:\n  - id: a\n    name: A\n    role: port\n    position: [1, 2]\n"
NIS = "title: x\nsources: [{id: nis}]\nclaims:\n"
SITE = "sites: [{id: a, name: A, role: port, position: [1, 2]}]\n"
TWO = "[{id: h, statement: s}, {id: g, statement: t}]"
RIVALS = f"title: x\ncompeting:\n  - question: q\n    hypotheses: {TWO}\n    items:\n"
NIS_AT_A = f"title: x\n{SITE}sources: [{{id: nis}}]\nclaims:\n"


def read(text: str) -> CaseDefinition:
    return read_case_text(text, "case.yaml")[0]


def error(text: str) -> str:
    with pytest.raises(CaseFileError) as caught:
        read(text)
    line = str(caught.value)
    assert "\n" not in line
    return line


def test_a_full_case_reads_as_written() -> None:
    case, library = read_case_text(CASE_YAML, "case.yaml")
    assert case.sources[0].published == "2024-10-18"
    assert case.vessels[0].pennant == "081"
    assert case.vessels[0].vessel_class == "alligator"
    assert case.sites[0].position == (132.335, 42.879)
    assert case.sites[0].baseline[0].stay_h == (8.0, 36.0, 144.0)
    assert case.claims[0].elements.origin == ("chongjin", "rajin")
    assert case.claims[0].elements.quantity is not None
    assert case.claims[0].elements.quantity.value == 1500.0
    assert "ropucha" in library


@pytest.mark.parametrize(
    ("written", "meant"), [("a", "a"), ("[a]", ("a",)), ("{any_of: [a]}", AnyOf(any_of=("a",))), ("", None)]
)
def test_an_origin_is_a_site_a_list_or_any_of(written: str, meant: object) -> None:
    claims = f"claims: [{{id: c, source: nis, elements: {{cargo: y, origin: {written}}}}}]"
    text = f"title: x\n{SITE}sources: [{{id: nis}}]\n{claims}"
    assert read(text).claims[0].elements.origin == meant


@pytest.mark.parametrize(
    ("title", "meant"), [("2024-10-18", "2024-10-18"), ("081", "081"), ("true", "true"), ('"a: #b"', "a: #b")]
)
def test_text_stays_as_it_was_written(title: str, meant: str) -> None:
    assert read(f"title: {title}").title == meant


def test_an_empty_section_is_no_section() -> None:
    assert read("title: x\nsites:\nclaims:\n").sites == ()


@pytest.mark.parametrize(
    ("text", "line", "parts"),
    [
        ("", 1, ["empty"]),
        ("- a", 1, ["no keys"]),
        ("title:", 1, ["title is empty", "text"]),
        ("sites: []", 1, ["lacks title"]),
        ("title: x\nclams: []", 2, ["'clams'", "claims"]),
        ("title: x\n\n\nzzz: 1", 4, ["'zzz'", "expected one of title"]),
        ("title: x\nsites: 3", 2, ["sites is '3'", "a list"]),
        ("title: x\nsites:\n  - id: a\n    name: A\n    role: prt\n    position: [1, 2]", 5, ["'prt'", "naval berth"]),
        ("title: x\nsites:\n  - id: a\n    name: A\n    role: port\n    position: [1, 200]", 6, ["200", "longitude"]),
        ("title: x\nsites:\n  - id: a\n    name: A\n    role: port\n    position: [1]", 6, ["position is a list of 1"]),
        (PORT + "    radius_m: -4", 7, ["-4"]),
        (PORT + "    radius_m: .inf", 7, [".inf"]),
        (PORT + "    area: ../b.json", 7, ["out of"]),
        (PORT + "    area: 'c:\\b'", 7, ["out of"]),
        (PORT + "    timezone: Mars/X", 7, ["Mars"]),
        ("title: x\nsites:\n  - id: a\n    name: A\n    role: port", 3, ["a site lacks position"]),
        ("title: x\n" + SITE + "sites2: 1", 3, ["'sites2'", "sites"]),
        ("title: x\nsources:\n  - id: a\n    published: 2024-13-01", 4, ["2024-13-01"]),
        ("title: x\nsources:\n  - id: a\n    credibility: 7", 4, ["'7'", "1, 2, 3, 4, 5, 6"]),
        ("title: x\nsources:\n  - id: a\n  - id: a", 4, ["'a'", "twice"]),
        ("title: x\nsources:\n  - id: ../a", 3, ["not safe"]),
        ("title: x\nsources:\n  - id: a\n    quotes: [b]", 4, ["'b'"]),
        ("title: x\nsources:\n  - id: a\n    quotes: [a]", 4, ["itself"]),
        (NIS + "  - id: a\n    source: nsi\n    elements: {cargo: y}", 5, ["nsi", "nis"]),
        (NIS + "  - id: a\n    source: nis\n    elements: {}", 6, ["no elements"]),
        (NIS_AT_A + "  - id: a\n    source: nis\n    elements:\n      origin: [a,\n        b]",
         9, ["'b' is not under sites"]),
        (NIS_AT_A + "  - {id: a, source: nis, elements: {origin: []}}", 5, ["empty list"]),
        (NIS + "  - {id: a, source: nis, elements: {carrier: {classes: [ropuca]}}}", 4,
         ["ropuca", "ropucha"]),
        (NIS + "  - {id: a, source: nis, elements: {carrier: {}}}", 4, ["neither"]),
        (NIS + "  - {id: a, source: nis, elements: {carrier: {vessels: [v]}}}", 4, ["'v'"]),
        (NIS + "  - id: a\n    source: nis\n    prior: 1.0\n    elements: {cargo: y}", 6, ["prior"]),
        ("title: x\nvessels: [{id: v, class: alligatr}]", 2, ["alligator"]),
        ("title: x\nclasses:\n  - {id: c, parent: crgo}", 3, ["crgo", "cargo"]),
        ("title: x\nclasses:\n  - {id: c, parent: d}\n  - {id: d, parent: c}", 3, ["own parent"]),
        ("title: x\noptions:\n  prior: 2", 3, ["prior"]),
        ("title: x\noptions:\n  prior: '0.5'", 3, ["quotes", "a number"]),
        ("title: x\ntimezone: Nowhere", 2, ["Nowhere"]),
        ("title: x\ncompeting:\n  - question: q\n    hypotheses: [{id: h, statement: s}, {id: k, statement: s}]\n"
         "    items:\n      - {item: i, source: 'look:a', marks: {g: C}}", 6, ["'g'", "hypotheses"]),
        (RIVALS + "      - {item: i, source: nobody, marks: {}}", 6, ["'nobody'", "sources"]),
        (RIVALS + "      - {item: i, source: 'look:', marks: {}}", 6, ["names no look"]),
        (RIVALS + "      - {item: i, source: 'verdict:x', marks: {}}", 6, ["names no verdict"]),
        (RIVALS + "      - {item: i, source: 'verdict:x/cargo', marks: {}}", 6, ["'x'", "claims"]),
        (RIVALS + "      - {item: i, source: 'look:a', marks: {g: X}}", 6, ["'X'", "CC"]),
        (RIVALS + "      - {id: a, item: i, source: 'look:a', marks: {}}\n"
         "      - {id: a, item: i, source: 'look:a', marks: {}}", 7, ["'a'", "twice under items"]),
        (RIVALS + "      - {id: a b, item: i, source: 'look:a', marks: {}}", 6, ["not safe"]),
        ("title: x\ncompeting:\n  - question: q\n    hypotheses:\n      - {id: h, statement: s}", 4, ["two or more"]),
        ("title: x\ncompeting:\n  - question: q\n    hypotheses: []", 4, ["two or more"]),
        ("title: x\ncompeting:\n  - question: q\n    hypotheses: [{id: h, statement: s}, {id: h, statement: t}]", 4,
         ["'h'", "twice"]),
        ("title: x\ntitle: y", 2, ["twice"]),
        ("title: x\nsites:\n\t- id: a", 3, ["tab"]),
        ("title: [", 1, ["YAML"]),
        ("a: &x [1]\nb: *x", 2, ["alias"]),
        ("base: &b {a: 1}\ntitle: x\nc:\n  <<: {a: 1}", 4, ["merge"]),
        ("title: x\n---\ntitle: y", 2, ["second document"]),
        ("title: !!python/object/apply:os.system [ls]", 1, ["tag"]),
        ("? [a, b]\n: c", 1, ["as a key"]),
        ("title: x\nsummary: \"a\\0b\"", 2, ["control character"]),
        ("title: x\nsummary: \"\\ud800\"", 2, ["control character"]),
        ("title: x\nsummary: a\x07", 2, ["control character"]),
        ("title: " + "[" * 5000, 1, ["nesting"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(text: str, line: int, parts: list[str]) -> None:
    said = error(text)
    assert said.startswith(f"case.yaml:{line}: "), said
    for part in parts:
        assert part in said


def test_a_billion_laughs_is_refused_at_its_first_alias() -> None:
    levels = "\n".join(f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9)}]" for i in range(1, 40))
    assert "case.yaml:2: an alias" in error(f"l0: &l0 [x]\n{levels}\ntitle: x")


def test_every_number_of_nodes_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yamltext, "MAX_NODES", 100)
    assert "more than 100 values" in error("title: x\nsites: [" + "1," * 200 + "]")


def test_a_file_that_is_missing_a_folder_too_large_or_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    for content, part in [
        (None, "no such file"),
        (b"title: x\n# \xff\n", "case.yaml:2: not UTF-8"),
        (b"#" * 2_000_001, "2 MB"),
    ]:
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(CaseFileError, match=re.escape(part)):
            read_case_file(path)
    with pytest.raises(CaseFileError, match="no ordinary file"):
        read_case_file(tmp_path)


def test_a_byte_order_mark_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_bytes("\ufefftitle: x\r\n".encode())
    assert read_case_file(tmp_path / "case.yaml").title == "x"


@pytest.mark.parametrize("title", ["Plain", 'He said: "no" #1', "Дунай – 2024", "- a", "2024-10-18"])
def test_a_new_case_is_valid_and_has_its_title(title: str) -> None:
    case = read(new_case_text(title))
    assert case == CaseDefinition(title=title)


@pytest.mark.parametrize("title", ["", " \n ", "a\x00b"])
def test_a_title_that_cannot_be_one(title: str) -> None:
    with pytest.raises(CaseFileError, match="title"):
        new_case_text(title)


def test_the_new_case_explains_every_key_and_its_example_is_valid() -> None:
    text = new_case_text("x")
    example = []
    for line in text.splitlines():
        if re.match(r"#(  - | {4,10}(- \{|[a-z_]+:( |$)))", line):
            example.append(line[1:])
        elif re.match(r"# (summary|timezone):", line):
            example.append(line[2:])
        elif re.match(r"#  [a-z_]+: [\d.]+$", line):
            example.append(line[1:])
        elif not line.startswith("#"):
            example.append(re.sub(r": (\[\]|\{\})$", ":", line))
    full = "\n".join(example).replace("[port-a, port-b]", "[port-c]")
    case = read(full)
    assert {s.id for s in case.sites} == {"port-c"}
    for record in _records(case):
        for name in msgspec.structs.fields(type(record)):
            assert re.search(rf"\b{name.encode_name}:\s", text), f"{type(record).__name__}.{name.encode_name}"
    assert {type(r).__name__ for r in _records(case)} >= {
        "Source", "Claim", "Elements", "Carrier", "Quantity", "Site", "Baseline", "VesselClass", "Capacity", "Vessel",
        "Thresholds", "Competing", "Hypothesis", "AchItem", "ReferenceImage", "Recognition", "AisFile",
    }  # fmt: skip


def _records(value: object) -> list[msgspec.Struct]:
    if isinstance(value, msgspec.Struct):
        inner = [r for name in value.__struct_fields__ for r in _records(getattr(value, name))]
        return [value, *inner]
    return [r for item in value for r in _records(item)] if isinstance(value, tuple) else []


def said(text: str) -> str | None:
    """The error of a text, None where it is a case. Anything else than an error of ours goes through."""
    try:
        read(text)
    except CaseFileError as error:
        return str(error)
    return None


@given(st.text(max_size=200))
def test_any_text_is_a_case_or_one_clear_line(text: str) -> None:
    assert re.match(r"case\.yaml:\d+: [^\n]+$", said(text) or "case.yaml:1: none")


@settings(deadline=None)
@given(st.integers(0, len(CASE_YAML) - 1), st.sampled_from("{}[]:-#\"'\n\t |>&*!%@x0"))
def test_a_mistyped_character_is_a_case_or_one_clear_line(at: int, typed: str) -> None:
    text = CASE_YAML[:at] + typed + CASE_YAML[at + 1 :]
    assert re.match(r"case\.yaml:\d+: [^\n]+$", said(text) or "case.yaml:1: none")
