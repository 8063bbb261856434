"""Audit entries and their seals, the outgoing mail, signs of life."""

from django.db import models

from fabriek.core.leases import Leased


class AuditEntry(models.Model):
    """One thing that one person did. Written in the action's own transaction, sealed soon after.

    `seq`, `previous` and `hash` are empty until the sealer gives the entry its place in the chain.
    """

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True, help_text="person; empty: the factory itself")
    actor = models.CharField(max_length=254, help_text="e-mail address, or 'factory'")
    via = models.CharField(max_length=100, help_text="the door and the token's number")
    action = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=100)
    facts = models.JSONField(default=dict)
    seq = models.BigIntegerField(null=True, unique=True)
    previous = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"]),
            models.Index(fields=["actor_id", "id"]),
            # The search reads newest first, so each of its filters is an index that ends in the
            # key: a page costs the same among a thousand entries as among millions.
            models.Index(fields=["action", "id"], name="audit_by_action"),
            models.Index(fields=["subject_kind", "id"], name="audit_by_kind"),
            # Where a day begins and ends, found once for each search.
            models.Index(fields=["at"], name="audit_by_moment"),
        ]


class AuditSeal(models.Model):
    """A signed head: the chain up to and including `last_seq` is what it was when signed."""

    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField(unique=True)
    head = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)
    at = models.DateTimeField()


class Mail(Leased):
    """A message to send: written in the transaction that caused it, sent outside it."""

    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["sent_at", "id"])]


class Heartbeat(models.Model):
    """The last sign of life of a kind of process."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()
