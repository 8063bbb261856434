"""The sums over a project's ended jobs, kept as the jobs end."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import F

from fabriek.compute.models import Tally

_MICROWH_PER_KWH = 1_000_000_000


def add(project_id: int, state: str, energy: Mapping[str, Any]) -> None:
    """Count one more ended job. Call it once for each, in the transaction that ends the job.

    `energy` as the job keeps it (`kwh`, `source`, `quality`), empty for one that never ran.
    """
    row, _ = Tally.objects.get_or_create(
        project_id=project_id,
        state=state,
        source=energy.get("source", ""),
        quality=energy.get("quality", ""),
    )
    microwh = int(Decimal(energy.get("kwh", "0")) * _MICROWH_PER_KWH)
    Tally.objects.filter(pk=row.pk).update(
        jobs=F("jobs") + 1, energy_microwh=F("energy_microwh") + microwh
    )


def kwh(row: Tally) -> Decimal:
    """The energy of a tally."""
    return Decimal(row.energy_microwh) / _MICROWH_PER_KWH
