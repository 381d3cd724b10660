"""The page: everything is in it, nothing leaves it, what is simulated says so, what others wrote stays text."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import msgspec
import pytest

import sample_case
from offing.report.content import gather
from offing.report.html import render

VOID = {"meta", "img", "br", "col", "link", "hr", "input"}
TAGS = {"html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section", "footer", "h1", "h2",
        "h3", "h4", "p", "a", "ul", "ol", "li", "div", "span", "b", "br", "blockquote", "cite", "table", "colgroup",
        "col", "thead", "tbody", "tfoot", "tr", "th", "td", "details", "summary", "figure", "figcaption", "img", "dl",
        "dt", "dd", "abbr", "svg", "g", "path", "rect", "circle", "line", "text", "desc", "defs",
        "pattern"}  # fmt: skip


class Page(HTMLParser):
    """Tags with their attributes, and the text outside the style; fails on tags that do not match."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.texts, self.open = [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def html(pictures):
    """The report of the made-up case."""
    return render(gather(sample_case.snapshot()), pictures)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_it_is_one_file_that_loads_nothing(page, html):
    assert {tag for tag, _ in page.tags} <= TAGS
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            assert name not in ("style", "srcdoc", "srcset", "action", "formaction", "background", "poster", "ping")
            if name == "src":
                assert value.startswith("data:image/png;base64,")
            if name in ("href", "xlink:href"):
                assert tag == "a"
                assert re.match(r"#|https?://", value)
    assert "url(" not in html.replace("url(#", "")
    assert "@import" not in html


def test_the_policy_allows_only_our_own_style(page, html):
    (policy,) = [a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    style = re.search(r"<style>(.*?)</style>", html, re.S)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert rules == {
        "default-src": "'none'",
        "style-src": f"'sha256-{digest}'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_links_leave_no_trace(page):
    outside = [a for a in page.all("a") if not a["href"].startswith("#")]
    assert outside
    assert all("noreferrer" in a["rel"].split() for a in outside)


def test_ids_are_unique_and_every_anchor_exists(page):
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    named = {i for _, a in page.tags for i in a.get("aria-labelledby", "").split()}
    wanted = {a["href"][1:] for a in page.all("a") if a["href"].startswith("#")} | named
    assert wanted <= set(ids)


def test_every_picture_and_figure_can_be_read_aloud(page):
    assert all(a["alt"] for a in page.all("img"))
    for a in page.all("svg"):
        assert a.get("aria-hidden") == "true" or a.get("role") == "img"


def test_every_verdict_stands_with_its_numbers(page):
    for verdict in sample_case.verdicts():
        assert verdict.statement in page.text
        for reason in (*verdict.reasons, *verdict.confidence_reasons):
            assert reason in page.text
    for word in ("Corroborated", "Consistent", "Not observable", "Not corroborated", "Contradicted"):
        assert word in page.text
    assert "18 to 340" in page.text
    assert "almost certain" in page.text
    assert "Likelihood: almost certain (95–99 %). Confidence: moderate" in page.text
    assert "verified" not in page.text.lower().replace("unverified", "")


def test_undeclared_numbers_are_said_to_be_so(page):
    assert "not given" in page.text
    assert "undeclared" in page.text
    assert "None" not in page.text


def test_quotations_are_verbatim_with_their_source(page):
    for claim in sample_case.claims():
        if claim.quote:
            assert f"“{claim.quote}”" in page.text
    assert "relays Institute of Ports" in page.text


def test_what_is_simulated_is_marked_everywhere(html, page):
    assert "4 of 37 looks, 4 of 6 pictures, 1 of 6 sites, 1 of 4 sources and 1 of 6 verdicts are simulated" in page.text
    for figure in re.findall(r"<figure>\s*<div class=\"chip.*?</figure>", html, re.S):
        assert ("SIMULATED</span>" in figure) == ("Model harbour" in figure)
        assert ('alt="SIMULATED' in figure) == ("Model harbour" in figure)
    for row in re.findall(r"<tr>.*?</tr>", html, re.S):
        if "look-scene-" in row or re.search(r"<td>scene-\d/0", row):
            number = int(re.search(r"scene-(\d)", row)[1])
            assert ("SIMULATED" in row) == (number >= 2), row
    plain = sample_case.snapshot(
        scenes=(), detections=(), sightings=(), looks=sample_case.looks(), port_calls=sample_case.port_calls()[:2],
        verdicts=sample_case.verdicts()[:5],
        definition=sample_case.definition(
            sites=sample_case.sites()[:5], claims=sample_case.claims()[:2], sources=sample_case.sources()[:3]
        ),
    )  # fmt: skip
    assert gather(plain).simulated is None


def test_competing_explanations_count_what_speaks_against():
    (table,) = gather(sample_case.snapshot()).competing
    assert [(h.id, h.marked_against, h.points, h.weighted) for h in table.analysis.hypotheses] == [
        ("troops", 1, 1, 1.5),
        ("munitions", 0, 0, 0.0),
        ("routine", 1, 2, 3.0),
    ]
    assert [(i.number, i.diagnosticity) for i in table.analysis.items] == [(1, 3), (2, 3), (3, 0)]


def test_gaps_are_the_longest_first_and_whole_where_nobody_looked():
    rows = gather(sample_case.snapshot()).gaps
    vladivostok = [r for r in rows if r.site == "Vladivostok"]
    assert [r.hours for r in vladivostok] == [144.0]
    dunai = [r.hours for r in rows if r.site == "Dunai"]
    assert dunai == sorted(dunai, reverse=True)
    assert len(dunai) == 3


def test_numbers_of_nights_and_passages():
    content = gather(sample_case.snapshot())
    chongjin = next(r for r in content.nights if r.site == "Chongjin")
    assert chongjin.nights == 6
    assert chongjin.shortest_h == pytest.approx(11.7, abs=0.15)
    leg = next(p for p in content.passages if p.origin == "Chongjin")
    assert leg.nautical_miles == pytest.approx(122, abs=1)
    assert leg.hours == pytest.approx((leg.nautical_miles / 18, leg.nautical_miles / 16))
    assert leg.longest_night_h == pytest.approx(chongjin.longest_h)


def test_hashes_and_versions_are_in_the_appendix(page):
    case = sample_case.snapshot()
    for text in (case.ledger.head, case.kept[0].sha256, *(s.sha256 for s in case.scenes), case.offing):
        assert text in page.text


def test_every_look_is_in_the_appendix(html):
    for look in sample_case.snapshot().looks:
        assert f"<td>{look.id}</td>" in html


def test_what_is_dismissed_is_in_the_appendix_with_its_reason_and_nowhere_a_ship(page, html):
    (entry,) = sample_case.snapshot().dismissed
    assert "1 detection kept out of the ship list" in page.text
    assert html.count(entry.detection.reasons[0]) == 1
    assert html.count(f"<td>{entry.id}</td>") == 1


def test_the_same_case_gives_the_same_bytes(html, pictures):
    assert render(gather(sample_case.snapshot()), pictures) == html


def test_it_stays_small(html):
    assert len(html.encode()) < 8_000_000


@pytest.mark.parametrize(
    "payload",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</style></title><svg onload=alert(1)>",
        "{{ 7*7 }}{% raw %}",
        "javascript:alert(1)//",
        "\x00\x1b\ud800\ufffe",
    ],
)
def test_hostile_text_stays_text(pictures, html, payload):
    case = sample_case.poisoned(sample_case.snapshot(), payload)
    page = Page(render(gather(case), pictures))
    assert sorted({t for t, _ in page.tags}) == sorted({t for t, _ in Page(html).tags})
    assert not [a for _, attributes in page.tags for a in attributes if a.startswith("on")]
    assert all(re.match(r"#|https?://", a["href"]) for a in page.all("a"))
    shown = re.sub("[\x00\x1b\ud800\ufffe]", "\ufffd", payload)
    for text in ("Sealift to Dunai", "The Morning Paper", "four landing ships", "Soldiers", "clear", "Dunai"):
        assert f"{shown}{text}" in "".join(page.texts), text


def test_an_almost_empty_case_still_makes_a_page(tmp_path):
    bare = sample_case.snapshot(
        definition=msgspec.structs.replace(
            sample_case.definition(), sources=(), claims=(), sites=(), vessels=(), competing=(), summary=None
        ),
        **dict.fromkeys(("berths", "scenes", "looks", "detections", "sightings", "port_calls", "verdicts"), ()),
        lifts=(), kept=(),
    )  # fmt: skip
    page = Page(render(gather(bare), tmp_path))
    assert "The case holds no claim yet." in page.text
    assert "The case names no site." in page.text


def test_looks_of_a_site_that_is_gone_do_not_break_it(pictures):
    case = sample_case.snapshot(definition=sample_case.definition(sites=sample_case.sites()[1:3]))
    assert "pl-12" in Page(render(gather(case), pictures)).text


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(a, b):
    """WCAG 2.1 contrast ratio."""
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_told_from_its_ground(html, scheme):
    blocks = re.findall(r":root \{(.*?)\n\}", html, re.S)
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", blocks[0]))
    if scheme == "dark":
        colours |= dict(re.findall(r"--([\w-]+): (#\w{6})", blocks[1]))
    texts = [("ink", "paper"), ("soft", "paper"), ("faint", "paper"), ("link", "paper"), ("ink", "wash"),
             ("soft", "wash"), ("link", "wash"), ("ink", "sim-wash"), ("sim", "sim-wash"), ("ink", "seen-wash"),
             ("amber-ink", "amber-wash"), ("against", "against-wash"), ("seen", "paper"), ("ink", "sea"),
             ("accent", "sea"), ("soft", "sea"), ("window-ink", "paper"), ("ink", "window")]  # fmt: skip
    assert {pair: round(_contrast(*(colours[c] for c in pair)), 2) for pair in texts
            if _contrast(*(colours[c] for c in pair)) < 4.5} == {}  # fmt: skip
    shapes = [("seen", "window"), ("not-seen", "window"), ("other", "window"), ("blind", "window"), ("seen", "paper"),
              ("window-ink", "window"), ("sim", "paper")]  # fmt: skip
    assert {pair: round(_contrast(*(colours[c] for c in pair)), 2) for pair in shapes
            if _contrast(*(colours[c] for c in pair)) < 3.0} == {}  # fmt: skip
    for ground in ("#14518a", "#98360f"):
        assert _contrast("#ffffff", ground) >= 4.5
