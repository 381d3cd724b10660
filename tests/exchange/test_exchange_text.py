"""Text from outside stays text in every format."""

import csv
import io
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.exchange.csv_tables import csv_bytes
from offing.exchange.tables import Table
from offing.exchange.text import is_web_address, printable, spreadsheet_safe

anything = st.text(st.characters(codec=None), max_size=40)


@given(anything)
def test_printable_text_survives_xml(text):
    shown = printable(text)
    element = ET.Element("a")
    element.text = shown
    assert ET.fromstring(ET.tostring(element)).text in (shown, shown.replace("\r\n", "\n").replace("\r", "\n"), None)
    assert len(shown) == len(text)


@given(anything)
def test_no_cell_begins_a_formula(text):
    cell = spreadsheet_safe(text)
    bare = cell.lstrip(" \u00a0\ufeff")
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "=", "+", "-", "@"))
    assert not bare.startswith(("=", "+", "-", "@"))
    assert cell.removeprefix("'") in (printable(text), printable(text).removeprefix("'"))


@pytest.mark.parametrize("text", ['=HYPERLINK("http://a")', "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1", "=1"])
def test_formulas_are_guarded(text):
    assert spreadsheet_safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Dunai", "1-2", "a=b", "Дунай", "", "'quoted'"])
def test_plain_text_is_left_alone(text):
    assert spreadsheet_safe(text) == text


def test_numbers_stay_numbers():
    table = Table(name="t", columns=("a", "b", "c", "d"), rows=((-118.25, -3, True, None),))
    read = list(csv.reader(io.StringIO(csv_bytes(table).decode("utf-8-sig"), newline="")))
    assert read == [["a", "b", "c", "d"], ["-118.25", "-3", "true", ""]]


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("https://example.org/a?b=1&c=2#d", True),
        ("http://example.org", True),
        ("HTTPS://EXAMPLE.org/x", True),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,<script>", False),
        ("file:///etc/passwd", False),
        ("//example.org", False),
        ("https://a b", False),
        ('https://example.org/"onmouseover=x', False),
        (" https://example.org", False),
        ("https://", False),
        (None, False),
        ("https://example.org\n", False),
    ],
)
def test_only_http_becomes_a_link(address, fine):
    assert is_web_address(address) is fine
