"""Fixtures of the case room; ``case_fixtures`` holds the builders."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from case_fixtures import blank_case, case, results

__all__ = ["blank_case", "case", "results"]
