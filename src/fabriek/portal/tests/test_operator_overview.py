"""What the overview sees, and when it asks for attention."""

import json
from datetime import timedelta
from typing import Any

import pytest

from fabriek.access.models import Allocation
from fabriek.compute.models import Attempt, Job
from fabriek.core import audit, clock, heartbeat
from fabriek.core.models import AuditEntry, Mail
from fabriek.data import store
from fabriek.portal.tests.operating import Office, office

__all__ = ["office"]
pytestmark = pytest.mark.django_db(databases=["default", "wraps"])


def checks(office: Office) -> dict[str, Any]:
    answer = json.loads(office.get("health/"))
    assert answer["ok"] == all(check["ok"] for check in answer["checks"].values())
    return dict(answer["checks"])


def ago(**how_long: float) -> Any:
    return clock.now() - timedelta(**how_long)


def test_a_factory_in_order(office: Office) -> None:
    heartbeat.beat()
    Mail.objects.update(sent_at=clock.now())
    found = checks(office)
    assert [key for key, check in found.items() if not check["ok"]] == []
    text = office.main("")
    assert "Everything is in order." in text and "What you can do" not in text
    assert found["queue"]["waiting"] == 1


def test_no_worker(office: Office) -> None:
    assert not checks(office)["worker"]["ok"]
    assert "No worker has been at work here yet." in office.main("")
    heartbeat.beat()
    assert checks(office)["worker"]["ok"]
    heartbeat.Heartbeat.objects.update(at=ago(seconds=70))
    assert not checks(office)["worker"]["ok"]
    text = office.main("")
    assert "Start one with fabriek-server worker." in text
    assert "Needs attention" in text


def test_jobs_that_wait_while_nothing_is_at_work(office: Office) -> None:
    assert checks(office)["queue"]["ok"]
    Job.objects.update(submitted_at=ago(minutes=6))
    assert not checks(office)["queue"]["ok"]
    second = office.submit("second")
    Job.objects.filter(pk=second.pk).update(state="running")
    found = checks(office)["queue"]
    assert (found["ok"], found["waiting"], found["at_work"]) == (True, 1, 1)


def test_an_agent_without_a_sign_of_life(office: Office) -> None:
    made = {"job": office.job, "name": "a", "made_at": clock.now(), "state": "claimed"}
    Attempt.objects.create(number=1, last_beat_at=ago(seconds=100), **made)
    assert checks(office)["agents"]["ok"]
    Attempt.objects.update(last_beat_at=ago(minutes=3))
    found = checks(office)["agents"]
    assert found["jobs"] == [{"job": office.job.pk, "project": office.project.slug}]
    assert f"job {office.job.pk} ({office.project.slug})" in office.main("")
    Attempt.objects.update(state="reported")
    assert checks(office)["agents"]["ok"]


def test_decisions_that_are_late_or_due_soon(office: Office) -> None:
    assert checks(office)["decisions"] == {"ok": True, "late": 0, "soon": 0}
    rows = type(office.application).objects.filter(pk=office.application.pk)
    rows.update(decision_by=clock.now() + timedelta(hours=1))
    assert checks(office)["decisions"] == {"ok": False, "late": 0, "soon": 1}
    rows.update(decision_by=ago(hours=1))
    assert checks(office)["decisions"] == {"ok": False, "late": 1, "soon": 0}


def test_allocations_that_end_this_week(office: Office) -> None:
    assert checks(office)["allocations"]["count"] == 0
    Allocation.objects.update(ends_at=clock.now() + timedelta(days=6))
    found = checks(office)["allocations"]
    assert found["ok"] and found["count"] == 1
    assert f"The first is {office.project.slug}" in office.main("")


def test_mail_that_does_not_leave(office: Office) -> None:
    waiting = checks(office)["mail"]
    assert waiting["ok"] and waiting["unsent"] > 0
    Mail.objects.update(written_at=ago(minutes=20))
    assert not checks(office)["mail"]["ok"]
    Mail.objects.update(written_at=clock.now(), tries=2)
    assert not checks(office)["mail"]["ok"]
    assert "FABRIEK_SMTP" in office.main("")


def test_a_seal_that_is_behind(office: Office, state_dir: Any) -> None:
    AuditEntry.objects.update(at=ago(minutes=5))
    assert not checks(office)["seal"]["ok"]
    audit.seal()
    found = checks(office)["seal"]
    assert found["ok"] and found["unsealed"] == 0
    assert found["head"][:16] in office.main("")


def test_a_disk_that_fills_up(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "disk_space", lambda: (9 * 10**9, 100 * 10**9))
    assert checks(office)["disk"] == {"ok": False, "free": 9 * 10**9, "total": 100 * 10**9}
    assert "9 GB of 100 GB is free." in office.main("")
    assert checks(office)["database"]["bytes"] > 0
