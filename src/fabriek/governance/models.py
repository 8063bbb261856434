"""Clearances: that something may be used for a purpose, between two moments."""

from django.db import models


class Clearance(models.Model):
    """One purpose cleared for one subject.

    A subject is a kind and a number (`project`, 12), so that governance need not know the rooms
    above it. A clearance ends at `until` or when it is revoked, whichever is first.
    """

    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=100)
    purpose = models.CharField(max_length=60, help_text="an id of data/purposes.toml")
    granted_at = models.DateTimeField()
    until = models.DateTimeField()
    by = models.ForeignKey(
        "people.Person",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="empty: granted by a rule, without a person",
    )
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id", "until"])]
