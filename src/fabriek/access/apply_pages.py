"""Pages to compare the ways of access and to apply."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fabriek.access import (
    actions,
    apply_form,
    data_files,
    draft_actions,
    notes,
    request_queries,
    wording,
)
from fabriek.access.apply_form import ApplyForm
from fabriek.access.models import Application
from fabriek.access.states import ApplicationState
from fabriek.core.problems import Problem
from fabriek.people import queries as people
from fabriek.people.session import PageRequest, signed_in
from fabriek.people.words import KINDS
from fabriek.web.forms import form_page
from fabriek.web.language import page_language
from fabriek.web.telling import tell

if TYPE_CHECKING:
    from fabriek.people.models import Organisation


@require_safe
def modes(request: HttpRequest) -> HttpResponse:
    """The ways of access side by side."""
    language = page_language()
    rows = [
        {
            "mode": mode,
            "text": mode.text[language],
            "cost": mode.cost[language],
            "who": [KINDS.get(kind, kind) for kind in KINDS if kind in mode.organisations],
            "gpu_hours": wording.limits_text(mode.gpu_hours),
            "cpu_hours": wording.limits_text(mode.cpu_hours),
            "storage_gib": wording.limits_text(mode.storage_gib),
            "months": wording.months_text(mode.months),
            "decision": wording.decision_text(mode),
            "reviews": wording.reviews_text(mode),
        }
        for mode in data_files.modes().values()
    ]
    return render(request, "access/modes.html", {"rows": rows, "section": "modes"})


@form_page
@signed_in
def apply(request: PageRequest, draft_id: int | None = None) -> HttpResponse:
    """The form of an application, new or from a draft."""
    draft = None if draft_id is None else request_queries.draft_for(request.person, draft_id)
    organisations = list(people.organisations_of(request.person))
    if not organisations:
        asked = people.memberships_of(request.person).first()
        context = {"section": "applications", "asked": asked}
        return render(request, "access/no_organisation.html", context)
    if request.method == "POST":
        return _sent(request, organisations)
    initial = apply_form.beginning(request.GET.dict(), organisations)
    if draft is not None:
        chosen = {name: initial[name] for name in ("mode", "organisation") if name in initial}
        initial = chosen | apply_form.from_draft(draft.fields) | {"draft": draft.pk}
    form = ApplyForm(initial=initial, organisations=organisations)
    return _shown(request, form, organisations, {"draft": draft})


def _sent(request: PageRequest, organisations: "list[Organisation]") -> HttpResponse:
    form = ApplyForm(request.POST, organisations=organisations)
    valid = form.is_valid()
    do, number = request.POST.get("do", "check"), form.draft_number
    if do == "save":
        kept = form.act(lambda: draft_actions.save_draft(request.person, number, form.typed()))
        if kept:
            messages.success(request, _("Saved. You can go on later."))
            return redirect("draft", kept.pk)
    elif do == "submit" and valid:
        made = form.act(
            lambda: actions.apply(request.person, form.asked(), form.story(), draft_id=number)
        )
        if made:
            return _arrived(request, made)
    verdict = notes.judge(request.person, form)
    for finding in verdict.findings if do != "submit" or not valid else []:
        form.find(finding)
    return _shown(request, form, organisations, {"verdict": verdict})


def _arrived(request: PageRequest, made: Application) -> HttpResponse:
    if made.state == ApplicationState.GRANTED:
        messages.success(request, _("Granted. Your project is ready: start with your data."))
        return redirect("project", made.project.slug)
    messages.success(request, _("Your application has arrived."))
    return redirect("application", made.pk)


def _shown(
    request: PageRequest,
    form: ApplyForm,
    organisations: "list[Organisation]",
    more: Mapping[str, Any],
) -> HttpResponse:
    notes.put(form, form.given("mode"), _chosen(form, organisations))
    context = {
        "form": form,
        "drafts": () if form.is_bound else request_queries.drafts_of(request.person),
        "section": "applications",
        "crumbs": [(_("Applications"), reverse("applications")), (_("Apply for access"), "")],
        **more,
    }
    return render(request, "access/apply.html", context, status=form.status)


def _chosen(form: ApplyForm, organisations: "list[Organisation]") -> "Organisation | None":
    slug = form.given("organisation")
    return next((row for row in organisations if row.slug == slug), None)


@require_POST
@signed_in
def apply_live(request: PageRequest) -> HttpResponse:
    """While typing: keeps the draft, and says what the rules find."""
    organisations = list(people.organisations_of(request.person))
    form = ApplyForm(request.POST, organisations=organisations)
    form.is_valid()
    context: dict[str, Any] = {}
    number = form.draft_number
    try:
        context["draft"] = draft_actions.save_draft(request.person, number, form.typed())
    except Problem as problem:
        context["refused"] = str(tell(problem))
    verdict = notes.judge(request.person, form)
    mode = data_files.modes().get(request.POST.get("mode", ""))
    hints = notes.hints(mode, _chosen(form, organisations))
    context["verdict"] = verdict
    context["notes"] = [
        (form[name], notes.note(text, [row for row in verdict.findings if row.field == name]))
        for name, text in hints.items()
    ]
    response = render(request, "access/apply_live.html", context)
    if "draft" in context:
        response["HX-Replace-Url"] = reverse("draft", args=[context["draft"].pk])
    return response


@require_POST
@signed_in
def draft_discard(request: PageRequest, draft_id: int) -> HttpResponse:
    """Throw a draft away."""
    draft_actions.discard_draft(request.person, draft_id)
    messages.success(request, _("The draft is thrown away."))
    return redirect("applications")
