"""One worker at a time acts on a row; the dead do not keep it."""

import os
import socket
import subprocess
from datetime import timedelta

import pytest

from fabriek.core import clock, leases, outbox
from fabriek.core.models import Mail

pytestmark = pytest.mark.django_db
ELSEWHERE = "another-machine:1:abc"


@pytest.fixture
def row() -> Mail:
    outbox.post("anna@example.org", "Hello", "text")
    return Mail.objects.get()


def test_one_owner_at_a_time(row: Mail) -> None:
    rows = Mail.objects.all()
    assert leases.claim(rows, row.pk, for_s=60, owner=ELSEWHERE)
    assert not leases.claim(rows, row.pk, for_s=60)
    leases.release(rows, row.pk)  # not ours: changes nothing
    assert not leases.claim(rows, row.pk, for_s=60)
    leases.release(rows, row.pk, owner=ELSEWHERE)
    assert leases.claim(rows, row.pk, for_s=60)
    assert leases.claim(rows, row.pk, for_s=60)  # the owner may renew


def test_a_lease_runs_out(row: Mail) -> None:
    rows = Mail.objects.all()
    assert leases.claim(rows, row.pk, for_s=60, owner=ELSEWHERE)
    rows.update(leased_until=clock.now() - timedelta(seconds=1))
    assert leases.claim(rows, row.pk, for_s=60)


def test_a_row_that_no_longer_matches_is_not_claimed(row: Mail) -> None:
    assert not leases.claim(Mail.objects.filter(sent_at__isnull=False), row.pk, for_s=60)


def test_a_dead_process_of_this_machine_is_not_waited_for(row: Mail) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    rows = Mail.objects.all()
    dead, alive = (f"{socket.gethostname()}:{pid}:x" for pid in (gone.pid, os.getppid()))
    assert leases.claim(rows, row.pk, for_s=60, owner=alive)
    assert not leases.claim(rows, row.pk, for_s=60)
    rows.update(leased_by=dead)
    assert leases.claim(rows, row.pk, for_s=60)
