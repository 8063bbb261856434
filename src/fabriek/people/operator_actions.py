"""What an operator does about people from a page."""

from django.db import transaction

from fabriek.core import audit
from fabriek.core.problems import Problem
from fabriek.core.queries import operators_only
from fabriek.people import actions, operator_queries
from fabriek.people.models import Person


def appoint_reviewer(by: Person, person_id: int, *, reviewer: bool) -> Person:
    """Make somebody a reviewer, or no longer; saying it again changes nothing.

    Operators are appointed on the machine itself, by `actions.appoint`: whoever takes over an
    operator's session should not be able to make more of them. Problem `not-found`,
    `person-unknown` for an account that is closed or not confirmed.
    """
    person = operator_queries.person(by, person_id)
    if reviewer and not (person.is_active and person.email_confirmed_at):
        raise Problem("person-unknown")
    with transaction.atomic():
        rows = Person.objects.filter(pk=person.pk).exclude(is_reviewer=reviewer)
        if rows.update(is_reviewer=reviewer):
            audit.record(by, "person.appoint", "person", person.pk, reviewer=reviewer)
    return operator_queries.person(by, person_id)


def close_account(by: Person, person_id: int) -> Person:
    """Close somebody's account: their tokens and sessions end at once. Problem `not-found`."""
    operators_only(by)
    person = operator_queries.person(by, person_id)
    actions.close_account(person, by=by)
    return person
