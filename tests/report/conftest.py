"""The made-up case with its pictures, written once."""

import pytest

import sample_case


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """A case folder with the pictures of the made-up case in it."""
    root = tmp_path_factory.mktemp("case")
    sample_case.write_pictures(root)
    return root
