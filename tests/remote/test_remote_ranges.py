"""Which ranges are asked for together, and what is held of a file."""

from hypothesis import given
from hypothesis import strategies as st

from offing.imagery.remote.ranges import Held, merged

RANGES = st.lists(st.tuples(st.integers(0, 500), st.integers(1, 80)).map(lambda r: (r[0], r[0] + r[1])), max_size=12)


@given(RANGES, st.integers(0, 50), st.integers(1, 300))
def test_merged_ranges_hold_every_range_and_nothing_between_far_neighbours(ranges, gap, most):
    found = merged(ranges, gap, most)
    assert all(any(a <= start and stop <= b for a, b in found) for start, stop in ranges)
    assert found == sorted(found)
    wanted = {byte for start, stop in ranges for byte in range(start, stop)}
    for start, stop in found:
        single = max((r[1] - r[0] for r in ranges), default=0)
        assert stop - start <= max(most, single)
        idle = 0
        for byte in range(start, stop):
            idle = 0 if byte in wanted else idle + 1
            assert idle <= gap


@given(RANGES, st.integers(0, 580), st.integers(0, 90))
def test_held_bytes_are_those_of_the_file_or_none(ranges, start, size):
    file = bytes(n % 251 for n in range(600))
    held = Held()
    for first, stop in ranges:
        held.add(first, file[first:stop])
    have = {byte for first, stop in ranges for byte in range(first, stop)}
    stop = min(start + size, 600)
    if stop <= start:
        return
    expected = file[start:stop] if have.issuperset(range(start, stop)) else None
    assert held.read(start, stop) == expected
