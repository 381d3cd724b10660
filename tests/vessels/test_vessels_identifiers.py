"""An IMO number checks itself; an MMSI has nine digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.errors import CaseFileError
from offing.vessels.identifiers import imo_check_digit, imo_digits, mmsi_digits
from offing.vessels.model import Vessel

REAL = ("9179842", "9161003", "9358010", "8517839", "9538892", "8890580", "9074729")
"""Seven published numbers of ships; the last is the example of the IMO scheme's own documentation."""


def ship(**numbers: str) -> Vessel:
    return Vessel(id="s", vessel_class="cargo", **numbers)


@pytest.mark.parametrize("number", REAL)
def test_published_numbers_pass(number: str) -> None:
    assert ship(imo=number).imo == number
    assert imo_digits(f"IMO {number}") == imo_digits(f"{number} (unverified)") == number


@given(st.integers(100_000, 999_999))
def test_exactly_one_last_digit_is_right(front: int) -> None:
    right = imo_check_digit(str(front))
    assert right == sum(int(d) * w for d, w in zip(str(front), (7, 6, 5, 4, 3, 2), strict=True)) % 10
    for digit in range(10):
        if digit == right:
            ship(imo=f"{front}{digit}")
        else:
            with pytest.raises(CaseFileError, match=f"would be {right}"):
                ship(imo=f"{front}{digit}")


@given(st.sampled_from(REAL), st.integers(0, 5), st.integers(1, 9))
def test_one_digit_misread_is_found_unless_the_scheme_is_blind_to_it(number: str, place: int, step: int) -> None:
    weight = 7 - place
    misread = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    change = (int(misread[place]) - int(number[place])) * weight
    if change % 10:
        with pytest.raises(CaseFileError, match="last digit"):
            ship(imo=misread)


@pytest.mark.parametrize(
    "text", ["", "917984", "91798420", "IMO", "9179842x", "９１７９８４２", "9179842 (?)", "0000000"]
)
def test_what_is_no_imo_number(text: str) -> None:
    with pytest.raises(CaseFileError, match="imo"):
        ship(imo=text)


@pytest.mark.parametrize("text", ["273396130", "MMSI 445101000", "445101000 (unverified)"])
def test_mmsi(text: str) -> None:
    assert mmsi_digits(ship(mmsi=text).mmsi or "") in ("273396130", "445101000")


@pytest.mark.parametrize("text", ["0", "000000000", "27339613", "2733961300", "27339613a", ""])
def test_what_is_no_mmsi(text: str) -> None:
    with pytest.raises(CaseFileError, match="mmsi"):
        ship(mmsi=text)


def test_a_ships_own_length_upside_down() -> None:
    with pytest.raises(CaseFileError, match="length_m is 140 to 130"):
        Vessel(id="s", vessel_class="cargo", length_m=(140.0, 130.0))
