"""Energy of a job from the node kind's data and what the job used. Pure."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class NodeKind:
    """Draw of one kind of node, in watts; `pue` is facility energy over IT energy."""

    name: str
    source: str
    idle_w_per_cpu: float
    peak_w_per_cpu: float
    w_per_memory_gib: float
    idle_w_per_gpu: float
    peak_w_per_gpu: float
    pue: float


@dataclass(frozen=True)
class EnergyUse:
    """Kilowatt-hours of one job at the facility's meter, and how they are known."""

    kwh: Decimal
    source: str
    quality: str
    pue: float
    node_kind: str


def estimate(
    kind: NodeKind, *, cpus: int, gpus: int, memory_mib: int, duration_s: float, cpu_s: float
) -> EnergyUse:
    """The model of last resort: idle + utilisation x (peak - idle), for the share that was held.

    GPUs count at full load since nothing measured them. Source: the usual linear power model of a
    server (Fan, Weber and Barroso, 2007), per core.
    """
    held_cpu_s = cpus * duration_s
    utilisation = min(1.0, cpu_s / held_cpu_s) if held_cpu_s > 0 else 0.0
    cpu_w = cpus * (kind.idle_w_per_cpu + utilisation * (kind.peak_w_per_cpu - kind.idle_w_per_cpu))
    watts = cpu_w + memory_mib / 1024 * kind.w_per_memory_gib + gpus * kind.peak_w_per_gpu
    kwh = watts * kind.pue * max(0.0, duration_s) / 3_600_000
    return EnergyUse(
        kwh=Decimal(kwh).quantize(Decimal("0.00000001")),
        source="node-kind-model",
        quality="estimated",
        pue=kind.pue,
        node_kind=kind.name,
    )
