"""Rows are the queue: a worker claims a row by compare-and-set, with an expiry."""

import os
import socket
import uuid
from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from fabriek.core import clock

ME = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


class Leased(models.Model):
    """A row that one worker at a time may act on."""

    leased_by = models.CharField(max_length=120, blank=True, default="")
    leased_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


def claim(rows: QuerySet[Any], pk: int, for_s: float, owner: str = ME) -> bool:
    """Take the row if it is still among `rows` and nobody holds it; False when somebody does."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=clock.now()) | Q(leased_by=owner)
    holder = rows.filter(pk=pk).values_list("leased_by", flat=True).first()
    if holder and is_dead(holder):
        free |= Q(leased_by=holder)
    until = clock.now() + timedelta(seconds=for_s)
    return rows.filter(free, pk=pk).update(leased_by=owner, leased_until=until) == 1


def release(rows: QuerySet[Any], pk: int, owner: str = ME) -> None:
    """Give the row back, if it is still ours."""
    rows.filter(pk=pk, leased_by=owner).update(leased_by="", leased_until=None)


def is_dead(owner: str) -> bool:
    """Whether the holder was a process of this machine that is no more: no need to wait it out."""
    host, pid, _ = (owner or "::").rsplit(":", 2)
    if host != socket.gethostname() or not pid:
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
