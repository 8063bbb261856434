"""The operator's lists do what their addresses say."""

import re
from datetime import timedelta

import kit
import pytest

from fabriek.access.models import Appeal, Extension, Project
from fabriek.compute.models import Job
from fabriek.core import clock
from fabriek.ledger.models import Account
from fabriek.people.models import Membership, Organisation, Person
from fabriek.portal.tests.operating import Office, office

__all__ = ["office"]
pytestmark = pytest.mark.django_db(databases=["default", "wraps"])


def firsts(text: str) -> list[str]:
    """The words of the heading cell of each row."""
    found = re.findall(r'<th class="utrecht-table__cell" scope="row">(.*?)</th>', text, re.DOTALL)
    return [re.sub(r"<[^>]+>", " ", cell).split()[0] for cell in found]


def test_people_are_searched_filtered_and_sorted(office: Office) -> None:
    Person.objects.create(email="new@example.org", name="Nina", password="!", joined_at=clock.now())
    Person.objects.filter(pk=kit.person("carl").pk).update(is_active=False)
    assert firsts(office.main("people/")) == ["Ada", "Carl", "Nina", "Olga", "Rita"]
    assert firsts(office.main("people/", sort="-name"))[0] == "Rita"
    assert firsts(office.main("people/", q="ada-")) == ["Ada"]
    assert firsts(office.main("people/", operator="true")) == ["Olga"]
    assert firsts(office.main("people/", reviewer="true")) == ["Rita"]
    assert firsts(office.main("people/", account="closed")) == ["Carl"]
    assert firsts(office.main("people/", account="unconfirmed")) == ["Nina"]
    assert firsts(office.main("people/", account="open")) == ["Ada", "Olga", "Rita"]
    assert "Nothing fits this search." in office.main("people/", q="nobody")


def test_a_person_with_what_they_belong_to(office: Office) -> None:
    text = office.main(f"people/{office.ada.pk}/")
    for words in (office.ada.email, office.organisation.name, office.project.title, "Old maps"):
        assert words in text
    assert f"/en/operator/audit/?person={office.ada.email.replace('@', '%40')}" in text
    assert f"fabriek-server person role {office.ada.email} --operator" in text
    assert office.browser.get("/en/operator/people/999999/").status_code == 404
    assert office.browser.get(f"/en/operator/people/{'9' * 40}/").status_code == 404


def test_organisations_with_their_numbers(office: Office) -> None:
    Organisation.objects.filter(pk=office.organisation.pk).update(kvk="68750110", pic="999984059")
    other = kit.project(kit.person("bob"))
    Membership.objects.create(
        person=office.rita,
        organisation=other.organisation,
        state="asked",
        since=clock.now(),
    )
    assert len(firsts(office.main("organisations/"))) == 2
    found = office.main("organisations/", q="68750110")
    assert firsts(found) == ["Company"] and office.organisation.slug in found
    assert len(firsts(office.main("organisations/", kind="start-up"))) == 2
    assert firsts(office.main("organisations/", kind="research")) == []
    text = office.main(f"organisations/{office.organisation.slug}/")
    for words in ("68750110", "999984059", "Ada", "Old maps", office.project.title, "Netherlands"):
        assert words in text
    asked = office.main(f"organisations/{other.organisation.slug}/")
    assert "Rita" in asked and "asked" in asked
    assert office.browser.get("/en/operator/organisations/nobody/").status_code == 404


def test_what_waits_for_a_decision_the_late_first(office: Office) -> None:
    text = office.main("applications/")
    assert firsts(text) == ["Old"] and "working days left" in text
    assert f'href="/en/applications/{office.application.pk}/decide/"' in text
    rows = type(office.application).objects.filter(pk=office.application.pk)
    rows.update(decision_by=clock.now() - timedelta(days=3))
    assert "Late: it was due on" in office.main("applications/")
    assert firsts(office.main("applications/", mode="playground")) == []
    assert firsts(office.main("applications/", state="submitted", q="company")) == []
    assert firsts(office.main("applications/", state="reviewing", q="ada")) == ["Old"]


def test_extensions_and_appeals_wait_as_well(office: Office) -> None:
    soon = clock.now() + timedelta(days=9)
    extension = Extension.objects.create(
        project=office.project,
        asker=office.ada,
        months=1,
        reason="More time.",
        asked_at=clock.now(),
        decision_by=soon,
    )
    rows = type(office.application).objects.filter(pk=office.application.pk)
    rows.update(state="rejected")
    Appeal.objects.create(
        application=office.application,
        text="Please.",
        asked_at=clock.now(),
        decision_by=soon,
        rejected_at=clock.now(),
        rejected_reason="No.",
    )
    text = office.main("applications/")
    assert f'href="/en/extensions/{extension.pk}/decide/"' in text
    assert f'href="/en/applications/{office.application.pk}/appeal/decide/"' in text
    assert firsts(text) == []


def test_all_applications(office: Office) -> None:
    assert sorted(firsts(office.main("applications/all/"))) == ["Old", "Project"]
    assert firsts(office.main("applications/all/", state="granted")) == ["Project"]
    assert firsts(office.main("applications/all/", mode="fast-lane")) == ["Old"]
    assert firsts(office.main("applications/all/", sort="title"))[0] == "Old"


def test_projects_with_what_they_used(office: Office) -> None:
    account = office.project.allocations.get().gpu_hour_id
    Account.objects.filter(pk=account).update(settled=4, held=1)
    ended = kit.project(kit.person("bob"))
    Project.objects.filter(pk=ended.pk).update(ends_at=clock.now() - timedelta(days=1))
    text = office.main("projects/")
    assert "4 of 10" in text and "held: 1" in text
    assert office.project.slug in office.main("projects/", time="running")
    assert ended.slug not in office.main("projects/", time="running")
    assert ended.slug in office.main("projects/", time="ended", sort="ends")
    assert ended.slug not in office.main("projects/", q=office.project.slug)


def test_the_queue_over_all_projects(office: Office) -> None:
    second = office.submit("second", time_limit_s=60)
    third = office.submit("third")
    Job.objects.filter(pk=third.pk).update(state="running", started_at=clock.now())
    fourth = office.submit("fourth")
    Job.objects.filter(pk=fourth.pk).update(state="succeeded")
    assert firsts(office.main("queue/")) == ["first", "second", "third"]
    assert firsts(office.main("queue/", sort="-number")) == ["third", "second", "first"]
    assert firsts(office.main("queue/", state="queued")) == ["first", "second"]
    assert firsts(office.main("queue/", q="sec")) == ["second"]
    assert firsts(office.main("queue/", q=office.project.slug, sort="limit"))[0] == "second"
    text = office.main("queue/")
    assert "Waiting: 2. At work: 1." in text and str(second.pk) in text
    Job.objects.update(state="succeeded")
    assert "Nothing waits and nothing is at work." in office.main("queue/")


def test_the_engine_and_what_uses_it(office: Office) -> None:
    assert "No job is at work." in office.main("engines/")
    Job.objects.update(state="running", started_at=clock.now())
    text = office.main("engines/")
    assert "first" in text and "<svg" in text and "In use" in text
    assert "Engine embedded" in text
