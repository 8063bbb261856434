"""Amounts, sizes and durations as people read them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from fabriek.web import formats


@pytest.mark.parametrize(
    ("value", "places", "dutch", "english"),
    [
        (1234.5, 2, "1.234,5", "1,234.5"),
        (Decimal("1000000"), 2, "1.000.000", "1,000,000"),
        (Decimal("0.000143"), 2, "0,00014", "0.00014"),
        (0, 2, "0", "0"),
        (-2.25, 1, "-2,2", "-2.2"),
        (99.999, 2, "100", "100"),
        (1.5e300, 2, "1,5E+300", "1.5E+300"),
        (-1e-300, 2, "-1E-300", "-1E-300"),
        (float("inf"), 2, "Infinity", "Infinity"),
    ],
)
def test_amounts(value: Decimal, places: int, dutch: str, english: str) -> None:
    with translation.override("nl"):
        assert formats.amount(value, places) == dutch
    with translation.override("en"):
        assert formats.amount(value, places) == english


@given(st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, places=9))
def test_no_amount_but_zero_reads_as_zero(value: Decimal) -> None:
    with translation.override("en"):
        shown = Decimal(formats.amount(value).replace(",", ""))
    assert (shown == 0) == (value == 0)
    assert abs(shown - value) <= max(Decimal("0.005"), abs(value) / 10)


@pytest.mark.parametrize(
    ("size_bytes", "shown"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (125_400, "125.4 kB"),
        (5 * 10**15, "5 PB"),
    ],
)
def test_sizes(size_bytes: int, shown: str) -> None:
    with translation.override("en"):
        assert formats.size(size_bytes) == shown


@pytest.mark.parametrize(
    ("seconds", "dutch", "english"),
    [
        (0, "0 s", "0 s"),
        (3.456, "3,5 seconden", "3.5 seconds"),
        (61, "1 min 1 s", "1 min 1 s"),
        (3600 * 25, "1 dag 1 u", "1 day 1 h"),
        (timedelta(days=2), "2 dagen", "2 days"),
    ],
)
def test_durations(seconds: float, dutch: str, english: str) -> None:
    with translation.override("nl"):
        assert formats.duration(seconds) == dutch
    with translation.override("en"):
        assert formats.duration(seconds) == english


@pytest.mark.parametrize(
    ("kwh", "shown"),
    [
        ("0", "0 Wh"),
        ("0.0000141", "14.1 mWh"),
        ("0.5", "500 Wh"),
        ("12.5", "12.5 kWh"),
        ("2500", "2.5 MWh"),
    ],
)
def test_energy(kwh: str, shown: str) -> None:
    with translation.override("en"):
        assert formats.energy(kwh) == shown
