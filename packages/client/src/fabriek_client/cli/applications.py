"""modes, apply, applications list, show, withdraw."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from fabriek_client.cli import REFUSED, apply_form, ask, kit, show, units
from fabriek_client.cli import apply_options as options
from fabriek_client.words import known, say

if TYPE_CHECKING:
    from fabriek_client.sdk import Factory

app = typer.Typer(rich_markup_mode=None)
applications = typer.Typer(rich_markup_mode=None, help=say("help.applications"))
app.add_typer(applications, name="applications")

Number = Annotated[int, typer.Argument(metavar="NUMBER", help=say("access.arg-application"))]
SHOWN = (
    "id", "state", "mode", "organisation", "applicant", "title", "summary", "purpose",
    "purpose_text", "gpu_hours", "cpu_hours", "storage_gib", "months", "personal_data",
    "data_sources", "ai_act_notes", "experience", "submitted_at", "decision_by",
    "working_days_left", "escalated", "decided_at", "decision_reason", "project",
)  # fmt: skip


@app.command(help=say("help.modes"))
def modes(as_json: kit.Json = False) -> None:
    """The ways to get access, with their limits."""
    with kit.factory(anonymous=True) as factory:
        found = factory.applications.modes()
    if as_json:
        show.as_json(found)
        return
    for mode in found:
        apply_form.show_mode(mode)
        show.out()


@app.command(help=say("help.apply"))
def apply(
    *,
    mode: options.Mode = "",
    organisation: options.Organisation = "",
    title: options.Title = "",
    summary: options.Summary = "",
    purpose: options.Purpose = "",
    purpose_text: options.PurposeText = "",
    gpu_hours: options.GpuHours = "",
    cpu_hours: options.CpuHours = "",
    storage_gib: options.StorageGib = "",
    months: options.Months = None,
    personal_data: options.PersonalData = None,
    data_sources: options.DataSources = "",
    ai_act_notes: options.AiActNotes = "",
    experience: options.Experience = "",
    as_json: kit.Json = False,
) -> None:
    """Apply for access: what is not given as an option is asked."""
    given: dict[str, Any] = {
        "mode": mode, "organisation": organisation, "title": title, "summary": summary,
        "purpose": purpose, "purpose_text": purpose_text, "gpu_hours": gpu_hours,
        "cpu_hours": cpu_hours, "storage_gib": storage_gib, "months": months,
        "personal_data": personal_data, "data_sources": data_sources,
        "ai_act_notes": ai_act_notes, "experience": experience,
    }  # fmt: skip
    with kit.factory() as factory:
        asked = apply_form.complete(factory, given)
        _check(factory, given, asked, as_json)
        made = factory.applications.send(given)
    if as_json:
        show.as_json(made)
    elif made["state"] == "granted":
        show.out(say("access.granted", number=made["id"], project=made["project"]))
    else:
        by = units.shown_time(made["decision_by"])
        show.out(say("access.submitted", number=made["id"], by=by))


@applications.command("list", help=say("access.applications-list"))
def list_all(as_json: kit.Json = False) -> None:
    """The applications the person may see."""
    with kit.factory() as factory:
        found = list(factory.applications.list())
    if not as_json:
        found = [_readable(row) for row in found]
    columns = [("id", "number"), ("mode", "mode"), ("title", "title"), ("state", "state")]
    show.records(found, [*columns, ("decision_by", "decision_by")], as_json)


@applications.command("show", help=say("access.applications-show"))
def show_one(number: Number, as_json: kit.Json = False) -> None:
    """One application, with its reviews and clock."""
    with kit.factory() as factory:
        found = factory.applications.show(number)
    if as_json:
        show.as_json(found)
        return
    readable = _readable(found)
    show.details((say(f"columns.{name}"), show.cell(readable.get(name))) for name in SHOWN)
    for review in found.get("reviews") or []:
        show.out()
        fields = ("id", "kind", "state", "reviewer", "recommendation", "reason")
        show.details((say(f"columns.{name}"), show.cell(review[name])) for name in fields)


@applications.command(help=say("access.applications-withdraw"))
def withdraw(number: Number) -> None:
    """Take an application back."""
    with kit.factory() as factory:
        factory.applications.withdraw(number)
    show.out(say("access.withdrawn", number=number))


def _check(factory: "Factory", given: dict[str, Any], asked: bool, as_json: bool) -> None:
    """Show what does not fit, with the way out, before anything is sent."""
    verdict = factory.applications.check(given)
    for finding in verdict["problems"]:
        show.note(f"- {finding['field']}: {finding['sentence']} [{finding['code']}]")
        if finding["way_out"]:
            show.note(f"  {say('common.way_out')}: {finding['way_out']}")
    if not verdict["ok"]:
        show.note(say("access.not-sent"))
        raise typer.Exit(REFUSED)
    if verdict["decision_by"] and not as_json:
        show.note(say("access.decision-by", by=units.shown_time(verdict["decision_by"])))
    if asked and not ask.yes(say("access.send-it")):
        show.note(say("access.not-sent"))
        raise typer.Exit(REFUSED)


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    times = ("submitted_at", "decision_by", "decided_at")
    readable = row | {name: units.shown_time(row.get(name)) for name in times}
    readable["applicant"] = f"{row['applicant']['name']} <{row['applicant']['email']}>"
    if row["decided_at"]:
        del readable["working_days_left"]
    if known(f"access.state-{row['state']}"):
        readable["state"] = say(f"access.state-{row['state']}")
    return readable
