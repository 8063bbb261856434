"""What may be asked of an extension, by example and by property."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabriek.access import data_files, extension_rules
from fabriek.access.extension_rules import Amounts, Standing

MODES = data_files.modes()
PLAYGROUND = MODES["playground"]
END = datetime(2027, 2, 23, 9, tzinfo=UTC)
HAD = Amounts(0, Decimal(100), Decimal(1000), Decimal(10))
NOW = END - timedelta(days=20)
STANDING = Standing(HAD, END)
DAYS = 30


def codes(asked: Amounts, standing: Standing = STANDING, now: datetime = NOW) -> list[str]:
    found = extension_rules.check(PLAYGROUND, asked, standing, now, DAYS)
    return [finding.code for finding in found]


def test_what_fits_is_possible() -> None:
    assert codes(Amounts(1, Decimal(4900), Decimal(49000), Decimal(2038))) == []
    assert codes(Amounts(months=1)) == codes(Amounts(gpu_hours=Decimal("0.000001"))) == []


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Amounts(), "extension-nothing-asked"),
        (Amounts(months=2), "extension-months-too-many"),
        (Amounts(gpu_hours=Decimal("4900.000001")), "extension-too-much"),
        (Amounts(cpu_hours=Decimal(49001)), "extension-too-much"),
        (Amounts(storage_gib=Decimal(2039)), "extension-too-much"),
    ],
)
def test_what_does_not(asked: Amounts, code: str) -> None:
    assert codes(asked) == [code]


def test_one_at_a_time_and_months_in_all() -> None:
    assert codes(Amounts(months=1), replace(STANDING, open_already=True)) == ["extension-open"]
    had = replace(STANDING, had=replace(HAD, months=1))
    assert codes(Amounts(months=1), had) == ["extension-months-too-many"]


def test_after_the_end() -> None:
    month, hour = Amounts(months=1), Amounts(gpu_hours=Decimal(1))
    assert codes(hour, now=END - timedelta(seconds=1)) == []
    assert codes(hour, now=END) == ["extension-needs-months"]
    assert codes(month, now=END + timedelta(days=DAYS)) == []
    assert codes(month, now=END + timedelta(days=DAYS, seconds=1)) == ["extension-too-late"]
    taken = replace(STANDING, place_taken=True)
    assert codes(month, taken) == []  # it holds its place until its end
    assert codes(month, taken, END) == ["playground-taken"]
    found = extension_rules.check(MODES["fast-lane"], month, taken, END, DAYS)
    assert not found


def test_the_new_end() -> None:
    assert extension_rules.new_end(END, NOW, 1) == datetime(2027, 3, 23, 9, tzinfo=UTC)
    assert extension_rules.new_end(END, NOW, 0) == END
    late = END + timedelta(days=10)
    assert extension_rules.new_end(END, late, 1) == datetime(2027, 4, 5, 8, tzinfo=UTC)


amounts = st.decimals(0, 2_000_000, places=6)


@given(
    st.sampled_from(sorted(MODES)),
    st.builds(Amounts, st.integers(0, 12), amounts, amounts, amounts),
    st.builds(Amounts, st.integers(0, 12), amounts, amounts, amounts),
)
def test_what_there_is_room_for_is_never_refused(key: str, had: Amounts, asked: Amounts) -> None:
    mode = MODES[key]
    room = extension_rules.room(mode, had)
    fits = all(
        getattr(asked, name) <= getattr(room, name)
        for name in ("months", "gpu_hours", "cpu_hours", "storage_gib")
    )
    found = extension_rules.check(mode, asked, Standing(had, END), NOW, DAYS)
    assert fits == (not {f.code for f in found} - {"extension-nothing-asked"})
    for name in ("gpu_hours", "cpu_hours", "storage_gib"):
        if fits and getattr(had, name) <= getattr(mode, name).most:
            assert getattr(had, name) + getattr(asked, name) <= getattr(mode, name).most
