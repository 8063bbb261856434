"""What a check found, in sentences, and what to do about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from fabriek.core.queries import MOST_COUNTED
from fabriek.portal.operator_pages.health import Check
from fabriek.web import formats
from fabriek.web.templatetags.fabriek import day, moment

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """A check as the page shows it; `todo` only where it needs attention."""

    key: str
    title: str
    ok: bool
    said: str
    todo: str
    href: str
    link: str


def tell(check: Check) -> Told:
    """A check in the page's language."""
    words = WORDS[check.key](check.facts)
    return Told(
        check.key,
        words.title,
        check.ok,
        words.said,
        "" if check.ok else words.todo,
        words.href,
        words.link,
    )


@dataclass(frozen=True)
class Words:
    """How a check is told."""

    title: str
    said: str
    todo: str = ""
    href: str = ""
    link: str = ""


def _worker(facts: Facts) -> Words:
    if facts["seen"]:
        said = _("A worker was last at work at %(at)s.") % {"at": moment(facts["seen"])}
    else:
        said = _("No worker has been at work here yet.")
    todo = _(
        "Start one with fabriek-server worker. Without a worker no job starts, no mail leaves and"
        " the audit log is not sealed."
    )
    return Words(_("Worker"), said, todo)


def _queue(facts: Facts) -> Words:
    counted = {
        "waiting": formats.amount(facts["waiting"]),
        "at_work": formats.amount(facts["at_work"]),
        "oldest": moment(facts["oldest"]),
    }
    if facts["waiting"]:
        said = _(
            "Waiting: %(waiting)s. At work: %(at_work)s. The first in line waits since %(oldest)s."
        )
    else:
        said = _("Nothing waits. At work: %(at_work)s.")
    todo = _("Jobs wait while nothing is at work. Look at the worker, and at the engine's notes.")
    return Words(_("Queue"), said % counted, todo, reverse("operator_queue"), _("To the queue"))


def _agents(facts: Facts) -> Words:
    said = _("Every job at work shows signs of life.")
    if facts["jobs"]:
        names = ", ".join(f"{row['job']} ({row['project']})" for row in facts["jobs"])
        names += " …" if facts["more"] else ""
        said = _("No sign of life for two minutes: job %(jobs)s.") % {"jobs": names}
    todo = _(
        "Look at the machine they run on. An agent that died is found by itself. One that hangs"
        " you end on the machine; its job starts again."
    )
    link = _("To the engine")
    return Words(_("Agents of jobs"), said, todo, reverse("operator_engines"), link)


def _decisions(facts: Facts) -> Words:
    said = _("No decision is late or due within two working days.")
    if facts["late"] or facts["soon"]:
        said = _("Late: %(late)s. Due within two working days: %(soon)s.") % facts
    todo = _("Decide, or ask another reviewer. The applicant was promised this date.")
    link = _("To what waits for a decision")
    return Words(_("Decisions"), said, todo, reverse("operator_applications"), link)


def _allocations(facts: Facts) -> Words:
    said = _("No allocation ends in the coming seven days.")
    if facts["count"]:
        first = facts["first"][0]
        said = _(
            "Ending in the coming seven days: %(count)s. The first is %(project)s, on %(day)s."
        ) % {"count": facts["count"], "project": first["project"], "day": day(first["ends_at"])}
    href = reverse("operator_projects") + "?time=running&sort=ends"
    return Words(_("Allocations"), said, "", href, _("To the projects"))


def _mail(facts: Facts) -> Words:
    said = _("All mail has left.")
    if facts["unsent"]:
        said = _(
            "Waiting: %(unsent)s, the oldest since %(oldest)s. Tried in vain: %(failing)s."
        ) % {
            "unsent": formats.amount(facts["unsent"]),
            "failing": formats.amount(facts["failing"]),
            "oldest": moment(facts["oldest"]),
        }
    todo = _(
        "Check the setting FABRIEK_SMTP. The worker's log says why a mail did not leave. Each mail"
        " is tried again by itself."
    )
    return Words(_("Mail"), said, todo)


def _seal(facts: Facts) -> Words:
    said = _("Nothing is sealed yet.")
    if facts["last_seq"]:
        said = _("Sealed up to entry %(last)s, at %(at)s. Head of the chain: %(head)s…") % {
            "last": formats.amount(facts["last_seq"]),
            "at": moment(facts["sealed_at"]),
            "head": facts["head"][:16],
        }
    if facts["unsealed"]:
        more = _("Not sealed yet: %(count)s, the oldest since %(oldest)s.") % {
            "count": _at_least(facts["unsealed"]),
            "oldest": moment(facts["oldest"]),
        }
        said = f"{said} {more}"
    todo = _(
        "Entries are sealed within a minute while a worker runs. See that one does, then run"
        " fabriek-server audit verify."
    )
    return Words(_("Audit log"), said, todo, reverse("operator_audit"), _("To the audit log"))


def _at_least(count: int) -> str:
    if count < MOST_COUNTED:
        return formats.amount(count)
    return _("%(n)s or more") % {"n": formats.amount(count)}


def _disk(facts: Facts) -> Words:
    said = _("%(free)s of %(total)s is free.") % {
        "free": formats.size(facts["free"]),
        "total": formats.size(facts["total"]),
    }
    todo = _("Make room, or move the factory to a larger disk. On a full disk uploads are refused.")
    return Words(_("Disk of the store"), said, todo)


def _database(facts: Facts) -> Words:
    said = _("This database does not say how large it is.")
    if facts["bytes"] is not None:
        said = _("It takes %(size)s.") % {"size": formats.size(facts["bytes"])}
    return Words(_("Database"), said)


WORDS: Mapping[str, Callable[[Facts], Words]] = {
    "worker": _worker,
    "queue": _queue,
    "agents": _agents,
    "decisions": _decisions,
    "allocations": _allocations,
    "mail": _mail,
    "seal": _seal,
    "disk": _disk,
    "database": _database,
}
