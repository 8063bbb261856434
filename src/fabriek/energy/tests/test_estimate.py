"""The linear power model, by example and by property."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from fabriek.energy.queries import node_kinds
from fabriek.energy.rules import NodeKind, estimate

KIND = NodeKind("test", "a test", 5.0, 15.0, 0.0, 0.0, 100.0, 2.0)


def test_half_busy_cores_for_an_hour() -> None:
    use = estimate(KIND, cpus=2, gpus=0, memory_mib=0, duration_s=3600, cpu_s=3600)
    # two cores, half used: 2 x (5 + 0.5 x 10) W = 20 W, doubled by the building, for an hour
    assert use.kwh == Decimal("0.04")
    assert (use.quality, use.source) == ("estimated", "node-kind-model")


def test_nothing_runs_for_no_time() -> None:
    assert estimate(KIND, cpus=4, gpus=1, memory_mib=1024, duration_s=0, cpu_s=0).kwh == 0


@given(
    cpus=st.integers(1, 512),
    duration_s=st.floats(0, 1e7),
    cpu_s=st.floats(0, 1e9),
)
def test_always_between_idle_and_peak(cpus: int, duration_s: float, cpu_s: float) -> None:
    use = estimate(KIND, cpus=cpus, gpus=0, memory_mib=0, duration_s=duration_s, cpu_s=cpu_s)
    hours = duration_s / 3600
    slack = Decimal("0.00000001")
    assert use.kwh >= Decimal(cpus * 5 * 2 * hours / 1000) - slack
    assert use.kwh <= Decimal(cpus * 15 * 2 * hours / 1000) + slack


def test_every_node_kind_names_its_source() -> None:
    for kind in node_kinds().values():
        assert len(kind.source) > 20
        assert kind.pue >= 1
        assert 0 <= kind.idle_w_per_cpu <= kind.peak_w_per_cpu
