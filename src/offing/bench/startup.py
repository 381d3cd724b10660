"""How long the command line takes to answer at all."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

from offing.bench.model import BenchOptions, BenchResult


def run(options: BenchOptions) -> BenchResult:
    """Time ``offing --help`` in fresh processes, and the bare interpreter beside it."""
    n = 5 if options.quick else 15
    bare = [_seconds("-c", "pass") for _ in range(n)]
    helped = [_seconds("-m", "offing", "--help") for _ in range(n)]
    return BenchResult(
        name="startup",
        protocol="median wall time of fresh processes, warm file cache, interpreter alone beside it",
        n=n,
        split="none",
        figures={
            "offing --help, s": round(median(helped), 3),
            "python -c pass, s": round(median(bare), 3),
            "ratio": round(median(helped) / median(bare), 1),
        },
    )


def _seconds(*arguments: str) -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - begin
