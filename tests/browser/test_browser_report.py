"""The report in a real browser: it loads nothing, complains of nothing, shows every picture, fits a telephone."""

import shutil

import pytest

import sample_case
from offing.report.content import gather
from offing.report.html import render

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]  # fmt: skip
WIDE = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
OVERFLOWING = """() => [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 1 && !e.closest('.scroll') && !e.closest('svg, thead');
}).map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def browser():
    """A browser without a screen."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The report of the made-up case, and of the same case with hostile text in every field."""
    root = tmp_path_factory.mktemp("browser")
    sample_case.write_pictures(root)
    payload = '"><img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'
    hostile = sample_case.poisoned(sample_case.snapshot(), payload)
    for name, case in (("plain", sample_case.snapshot()), ("hostile", hostile)):
        (root / f"{name}.html").write_text(render(gather(case), root), encoding="utf-8")
    return root


class Visit:
    """A page opened from a file, with what it asked for and what it said."""

    def __init__(self, browser, path, width=1280, scheme="light"):
        self.context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.asked, self.said = [], []
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(f"dialog {dialog.message}"))
        self.page.route("**/*", self._route)
        self.page.goto(path.as_uri())

    def _route(self, route):
        url = route.request.url
        if url.startswith("file://") and url.endswith(".html"):
            route.continue_()
        else:
            self.asked.append(url[:100])
            route.abort()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()


@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_it_asks_for_nothing_and_says_nothing(browser, files, name):
    with Visit(browser, files / f"{name}.html") as visit:
        assert [url for url in visit.asked if not url.startswith("data:")] == []
        assert visit.said == []
        assert visit.page.evaluate("window.pwned") is None
        assert visit.page.title().endswith(sample_case.definition().title)


def test_every_picture_is_decoded(browser, files):
    with Visit(browser, files / "plain.html") as visit:
        sizes = visit.page.evaluate(
            "() => Promise.all([...document.images].map(i => i.decode().then(() => [i.naturalWidth, i.naturalHeight])))"
        )
    assert len(sizes) == len(sample_case.scenes())
    assert all(width >= 160 and height >= 160 for width, height in sizes)


def test_marks_lie_exactly_over_their_picture(browser, files):
    with Visit(browser, files / "plain.html") as visit:
        pairs = visit.page.evaluate(
            """() => [...document.querySelectorAll('.chip')].map(c =>
              ['img', '.overlay'].map(s => { const b = c.querySelector(s).getBoundingClientRect();
                return [b.x, b.y, b.width, b.height]; }))"""
        )
    for image, overlay in pairs:
        assert overlay == pytest.approx(image, abs=1.0)


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_nothing_runs_off_the_side(browser, files, name, width):
    with Visit(browser, files / f"{name}.html", width) as visit:
        whole, seen = visit.page.evaluate(WIDE)
        assert whole <= seen
        visit.page.evaluate("() => document.querySelectorAll('details').forEach(d => d.open = true)")
        assert visit.page.evaluate(WIDE)[0] <= seen
        assert visit.page.evaluate(OVERFLOWING) == []


def test_text_on_a_telephone_is_large_enough(browser, files):
    with Visit(browser, files / "plain.html", 390) as visit:
        small = visit.page.evaluate(
            """() => [...document.querySelectorAll('svg text')].filter(t => t.getBoundingClientRect().width > 0
              && !t.classList.contains('sim-text')).map(t => parseFloat(getComputedStyle(t).fontSize)
              * Math.hypot(t.getScreenCTM().a, t.getScreenCTM().b)).filter(s => s < 9)"""
        )
    assert small == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_follows_the_colour_scheme_and_is_not_blank(browser, files, scheme):
    import cv2
    import numpy as np

    with Visit(browser, files / "plain.html", scheme=scheme) as visit:
        shot = cv2.imdecode(np.frombuffer(visit.page.screenshot(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert np.median(shot) > 200 if scheme == "light" else np.median(shot) < 60
    assert np.std(shot.astype(float)) > 10
    assert len(np.unique(shot)) > 30


def test_details_open_without_a_script(browser, files):
    with Visit(browser, files / "plain.html") as visit:
        reason = visit.page.get_by_text("three looks in a row show a ship of the class")
        assert not reason.is_visible()
        visit.page.locator("#claim-2-1 summary").click()
        assert reason.is_visible()
