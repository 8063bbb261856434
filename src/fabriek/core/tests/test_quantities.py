"""Numbers with units, as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriek.core import quantities
from fabriek.core.problems import Problem


@pytest.mark.parametrize(
    ("text", "mib"),
    [("512M", 512), ("4G", 4096), ("2048", 2048), ("1GiB", 1024), ("1 T", 1 << 20), ("1k", 1)],
)
def test_memory(text: str, mib: int) -> None:
    assert quantities.memory_mib(text) == mib


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("10m", 600), ("1h30m", 5400), ("2d", 172800), ("02:00:00", 7200), ("5:30", 330)],
)
def test_duration(text: str, seconds: int) -> None:
    assert quantities.duration_s(text) == seconds


@pytest.mark.parametrize("bad", ["", "0", "-1G", "NaN", "1e308", "4X", "G", "one", "1" * 400])
def test_memory_refused(bad: str) -> None:
    with pytest.raises(Problem) as refused:
        quantities.memory_mib(bad)
    assert refused.value.code == "invalid-quantity"


@pytest.mark.parametrize("bad", ["", "0s", "-5m", "5", "h", "1h!", "1:2:3:4", "inf", "9" * 400])
def test_duration_refused(bad: str) -> None:
    with pytest.raises(Problem):
        quantities.duration_s(bad)


@pytest.mark.parametrize("bad", ["NaN", "inf", "-inf", "1e308", "-1", "abc", "0.0000001", None])
def test_amount_refused(bad: object) -> None:
    with pytest.raises(Problem):
        quantities.amount("hours", bad, least=Decimal(0), most=Decimal(1000))


@given(st.decimals(0, 1000, places=6))
def test_amounts_inside_the_limits_are_themselves(number: Decimal) -> None:
    assert quantities.amount("hours", number, least=Decimal(0), most=Decimal(1000)) == number
