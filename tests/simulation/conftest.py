"""The example's files, written once."""

import tempfile

import pytest

from offing.simulation.demo import DemoContent, build_demo


@pytest.fixture(scope="session")
def demo_content(tmp_path_factory) -> DemoContent:
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        return build_demo(folder / "case")
