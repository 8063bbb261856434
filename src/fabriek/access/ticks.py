"""What the access room does whenever a worker comes by."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from fabriek.access import appeal_actions, extension_actions, granting, review_actions, rules
from fabriek.access.models import Allocation, Appeal, Application, Extension
from fabriek.access.notices import NOTICES
from fabriek.access.states import OPEN, AllocationState, AppealState, ExtensionState
from fabriek.core import clock

BATCH = 50


def tick() -> bool:
    """Escalate missed deadlines, end allocations, send notices; True when there was something."""
    return bool(escalate() + end() + give_notice())


def escalate() -> int:
    """Tell the operators of deadlines that have passed; returns how many."""
    late = {"escalated_at": None, "decision_by__lt": clock.now()}
    overdue = Application.objects.filter(state__in=OPEN, **late)
    appeals = Appeal.objects.filter(state=AppealState.ASKED, **late)
    extensions = Extension.objects.filter(state=ExtensionState.ASKED, **late)
    return (
        sum(review_actions.escalate(row) for row in overdue.order_by("pk")[:BATCH])
        + sum(appeal_actions.escalate(row) for row in appeals.order_by("pk")[:BATCH])
        + sum(extension_actions.escalate(row) for row in extensions.order_by("pk")[:BATCH])
    )


def end() -> int:
    """End allocations whose time has come; returns how many."""
    over = Allocation.objects.filter(state=AllocationState.RUNNING, ends_at__lte=clock.now())
    rows = over.select_related("project").order_by("pk")[:BATCH]
    return sum(granting.end(row) for row in rows)


def give_notice() -> int:
    """Mail managers 30, 7 and 1 days before the end, once each; returns how many allocations."""
    now, due = clock.now(), Q(pk__in=[])
    for days in rules.NOTICE_DAYS:
        unsent = Q(noticed_days=None) | Q(noticed_days__gt=days)
        due |= Q(ends_at__lte=now + timedelta(days=days)) & unsent
    running = Allocation.objects.filter(due, state=AllocationState.RUNNING, ends_at__gt=now)
    return sum(_notice(row) for row in running.select_related("project").order_by("pk")[:BATCH])


def _notice(allocation: Allocation) -> bool:
    days = rules.notice_due(allocation.ends_at, clock.now(), allocation.noticed_days)
    rows = Allocation.objects.filter(pk=allocation.pk, noticed_days=allocation.noticed_days)
    if days is None:
        return False
    with transaction.atomic():
        if not rows.update(noticed_days=days):
            return False  # another worker sent it
        project = allocation.project
        for manager in granting.managers(project.pk):
            NOTICES.post(
                manager,
                "ends-soon",
                title=project.title,
                project=project.slug,
                ends=allocation.ends_at,
            )
    return True
