"""Several reads at a time; the first error ends them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def in_parallel(work: Sequence[Callable[[], T]], workers: int) -> list[T]:
    """The results in order; the first error ends it, with what has not begun left undone."""
    with ThreadPoolExecutor(max_workers=max(1, min(workers, len(work)))) as pool:
        waiting = [pool.submit(task) for task in work]
        try:
            return [future.result() for future in waiting]
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
