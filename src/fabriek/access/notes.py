"""What the application's form says beside its fields: the limits of the mode, what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from fabriek.access import checking, data_files, wording
from fabriek.access.apply_form import ApplyForm
from fabriek.access.rules import Finding, Mode
from fabriek.web.language import page_language

if TYPE_CHECKING:
    from fabriek.people.models import Organisation, Person

NEEDED = ("title", "summary", "purpose")
NOTED = ("organisation", "mode", "purpose", "gpu_hours", "cpu_hours", "storage_gib", "months")


@dataclass(frozen=True)
class Verdict:
    """How the application stands: what is in the way, what is not filled in yet, and when it would
    be decided."""

    findings: Sequence[Finding]
    missing: Sequence[str]
    decision_by: datetime | None
    at_once: bool


def judge(person: "Person", form: ApplyForm) -> Verdict:
    """What the rules say of what was typed so far."""
    answer = checking.examine(person, form.asked())
    unread = {name for name in form.errors if name not in NEEDED}
    found = [row for row in answer.findings if row.field not in unread]
    missing = [str(form.fields[name].label) for name in NEEDED if not form.data.get(name)]
    missing += [str(form.fields[name].label) for name in unread if name in form.fields]
    at_once = answer.mode is not None and answer.mode.grant_at_once
    return Verdict(found, missing, None if unread else answer.decision_by(), at_once)


def hints(mode: Mode | None, organisation: "Organisation | None") -> dict[str, str]:
    """What to know about a field beforehand."""
    found = dict.fromkeys((*NOTED, "experience"), "")
    found["purpose"] = _("The purpose binds: work for something else is refused.")
    if organisation is not None and organisation.about:
        found["organisation"] = _("From its profile: %(about)s") % {
            "about": organisation.about[:200]
        }
    if mode is None:
        return found
    said = {name: wording.limits_text(getattr(mode, name)) for name in wording.FIELDS}
    found |= {name: f"{mode.name}: {text}." for name, text in said.items()}
    found["mode"] = mode.text[page_language()]
    found["months"] = f"{mode.name}: {wording.months_text(mode.months)}."
    if mode.needs_experience:
        found["experience"] = _("%(mode)s asks for it.") % {"mode": mode.name}
    return found


def put(form: ApplyForm, mode_id: str, organisation: "Organisation | None") -> None:
    """Put the hints below the form's labels."""
    for name, text in hints(data_files.modes().get(mode_id), organisation).items():
        # A field that was looked at before, as those of a form with errors, keeps its own hint.
        form.fields[name].help_text = form[name].help_text = note(text, [])


def note(text: str, findings: Sequence[Finding]) -> str:
    """A hint with what was found, as the piece of a page that a field's description holds."""
    told = [wording.told(row) for row in findings]
    return render_to_string("access/note.html", {"text": text, "told": told})
