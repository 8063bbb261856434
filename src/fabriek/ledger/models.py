"""Accounts with their balances, holds, append-only entries, and their sums by day."""

from django.db import models
from django.db.models import F, Q

from fabriek.core.fields import ExactDecimalField


class Account(models.Model):
    """So much of one unit, between two moments. `held + settled` can never pass `granted`.

    `held` and `settled` are the balance row: changed only by conditional UPDATE, and guarded by a
    CHECK for whatever would try another way.
    """

    class Unit(models.TextChoices):
        GPU_HOUR = "gpu-hour"
        CPU_HOUR = "cpu-hour"
        STORAGE_GIB = "storage-gib"

    unit = models.CharField(max_length=20, choices=Unit.choices)
    granted = ExactDecimalField()
    held = ExactDecimalField(default=0)
    settled = ExactDecimalField(default=0)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(held__gte=0), name="held_not_negative"),
            models.CheckConstraint(condition=Q(settled__gte=0), name="settled_not_negative"),
            models.CheckConstraint(
                condition=Q(granted__gte=F("held") + F("settled")), name="never_overdrawn"
            ),
        ]


class Hold(models.Model):
    """An amount set apart for one subject (`job:1042`), until it is settled or released."""

    class State(models.TextChoices):
        OPEN = "open"
        SETTLED = "settled"
        RELEASED = "released"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holds")
    subject = models.CharField(max_length=60)
    amount = ExactDecimalField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "subject"], name="one_hold_a_subject")
        ]
        indexes = [models.Index(fields=["subject"]), models.Index(fields=["state", "id"])]


class Entry(models.Model):
    """One change, never altered: what it did to `granted`, `held` and `settled`."""

    class Kind(models.TextChoices):
        GRANT = "grant"
        HOLD = "hold"
        RESIZE = "resize"
        SETTLE = "settle"
        RELEASE = "release"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries")
    hold = models.ForeignKey(Hold, null=True, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    granted = ExactDecimalField(default=0)
    held = ExactDecimalField(default=0)
    settled = ExactDecimalField(default=0)
    over = ExactDecimalField(default=0, help_text="used beyond the hold, recorded, not charged")
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)


class DayTotal(models.Model):
    """What the entries of one account on one day in Amsterdam add up to.

    Kept beside the entries, in their transaction, so that the course of a budget costs the same
    after a hundred jobs as after a million.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="days")
    day = models.DateField()
    granted = ExactDecimalField(default=0)
    held = ExactDecimalField(default=0)
    settled = ExactDecimalField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "day"], name="one_total_a_day")]
