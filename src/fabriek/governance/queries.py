"""The purposes there are, and what is cleared for what."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fabriek.core import clock
from fabriek.governance import rules
from fabriek.governance.models import Clearance
from fabriek.governance.rules import Purpose, Refusal

PERSONAL_DATA = "personal-data"
"""Not a purpose: a clearance beside it, to work with data about people."""


@cache
def purposes() -> Mapping[str, Purpose]:
    """Every purpose of data/purposes.toml, by id."""
    text = (Path(__file__).parent / "data" / "purposes.toml").read_text("utf-8")
    return {key: Purpose(id=key, **entry) for key, entry in tomllib.loads(text).items()}


def refusal(purpose: str, *, civilian: bool) -> Refusal | None:
    """Why this purpose cannot be cleared, or None when it can."""
    return rules.refusal(purposes(), purpose, civilian=civilian)


def cleared_purposes(subject_kind: str, subject_id: object) -> frozenset[str]:
    """What the subject may be used for at this moment."""
    now = clock.now()
    rows = Clearance.objects.filter(
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        revoked_at=None,
        granted_at__lte=now,
        until__gt=now,
    )
    return frozenset(rows.values_list("purpose", flat=True))
