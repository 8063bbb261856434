"""Sizes, times and numbers as people write them."""

import pytest

from fabriek_client import words
from fabriek_client.cli import kit, units
from fabriek_client.cli.kit import Reference, WrongUsage


@pytest.fixture(autouse=True)
def _english() -> None:
    words.choose("en")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("30m", 1800), ("2h", 7200), ("1h30m", 5400), ("1d", 86400), (" 5M ", 300)],
)
def test_a_duration(text: str, seconds: int) -> None:
    assert units.duration_s(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "30", "m", "1.5h", "-1h", "1h-1m", "1m1h", "1e9s", "٣m", "1s" * 20]
)
def test_no_duration(text: str) -> None:
    with pytest.raises(WrongUsage):
        units.duration_s(text)


@pytest.mark.parametrize(
    ("text", "mib"), [("512M", 512), ("4G", 4096), ("1.5g", 1536), ("2 GiB", 2048), ("1T", 1048576)]
)
def test_an_amount_of_memory(text: str, mib: int) -> None:
    assert units.memory_mib(text) == mib


@pytest.mark.parametrize("text", ["", "4", "4096", "-1G", "NaNG", "1e3G", "4K", "G", "infG"])
def test_no_amount_of_memory(text: str) -> None:
    with pytest.raises(WrongUsage):
        units.memory_mib(text)


def test_an_amount() -> None:
    assert units.amount("12,5", "--x") == 12.5
    for text in ("nan", "1e308", "-1", "", "1.000.000", "inf", "1" * 20):
        with pytest.raises(WrongUsage):
            units.amount(text, "--x")


def test_numbers_have_the_marks_of_the_language() -> None:
    assert units.shown_number(12345.5, 4) == "12,345.5"
    assert units.shown_amount(0.000397123) == "0.000397"
    assert units.shown_amount(0) == "0"
    assert units.shown_amount(5000) == "5,000"
    assert units.shown_energy(0.0000135) == "0.0135 Wh"
    assert units.shown_energy(12) == "12 kWh"
    words.choose("nl")
    assert units.shown_number(12345.5, 4) == "12.345,5"
    assert units.shown_size(1_234_567) == "1,2 MB"


def test_sizes_and_durations() -> None:
    assert [units.shown_size(size) for size in (0, 999, 1000, 34_567, 9_990_000_000_000_000)] == [
        "0 B",
        "999 B",
        "1 kB",
        "35 kB",
        "9,990 TB",
    ]
    assert [units.shown_memory(mib) for mib in (512, 1024, 1536)] == ["512 MiB", "1 GiB", "1.5 GiB"]
    assert units.shown_duration(59.4) == "59 s"
    assert units.shown_duration(125) == "2 min 05 s"
    assert units.shown_duration(7260) == "2 h 01 min"


def test_times_are_those_of_the_netherlands() -> None:
    assert units.shown_time("2026-01-05T16:00:00Z") == "2026-01-05 17:00"
    assert units.shown_time("2026-07-05T16:00:00+00:00") == "2026-07-05 18:00"
    assert units.shown_time(None) == ""
    assert units.shown_time("soon") == "soon"


def test_references() -> None:
    assert kit.reference("a") == Reference("", "a", None)
    assert kit.reference("a@3") == Reference("", "a", 3)
    assert kit.reference("p/a@12") == Reference("p", "a", 12)
    for text in ("", "@3", "a@", "a@0", "a@-1", "a@x", "p/q/a@1", "a b", "a@1@2", "/a"):
        with pytest.raises(WrongUsage):
            kit.reference(text)
    with pytest.raises(WrongUsage):
        kit.numbered("a")


def test_pairs() -> None:
    assert kit.pairs(["a=1", "b=", "c=d=e"], "--x") == {"a": "1", "b": "", "c": "d=e"}
    for text in ("a", "=1", ""):
        with pytest.raises(WrongUsage):
            kit.pairs([text], "--x")
