"""Fixtures of the judgement room; ``conftest_cases`` holds the builders."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from conftest_cases import Cases


@pytest.fixture
def cases():
    return Cases()
