"""One job's page: how it stands, its log while it runs, what it used and what it left."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fabriek.access import crumbs
from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.compute import actions, logs, presenting, queries
from fabriek.compute.forms import ModelNameForm
from fabriek.compute.models import Attempt, Job
from fabriek.compute.rules import OVER, JobState
from fabriek.core.numbers import whole
from fabriek.core.problems import Problem
from fabriek.people.session import PageRequest, signed_in
from fabriek.web.forms import form_page

SHOWN_LOG = 32 * 1024
NO_NEWS = 204


@form_page
@signed_in
def job(request: PageRequest, job_id: int) -> HttpResponse:
    """One job; its form makes a model version of what the job left."""
    found = queries.job_for(request.person, job_id)
    if request.method != "POST":
        return _page(request, found)
    access.project_for(request.person, found.project.slug, Right.RUN)
    form = ModelNameForm(request.POST)
    if form.is_valid():
        slug, name = found.project.slug, form.cleaned_data["name"]
        made = form.act(lambda: actions.register_model(request.person, slug, name, job_id))
        if made:
            said = _("%(model)s is here. Its card says what you can still fill in.")
            messages.success(request, said % {"model": made})
            model, _at, number = made.partition("@")
            return redirect("model_version", slug=slug, name=model, number=int(number))
    return _page(request, found, form)


def _page(request: PageRequest, found: Job, form: ModelNameForm | None = None) -> HttpResponse:
    attempt = found.tries.order_by("-number").first()
    runs = access.may(request.person, found.project_id, Right.RUN)
    context = presenting.whole(found) | {
        "project": found.project,
        "section": "jobs",
        "crumbs": crumbs.of_project(
            found.project,
            (_("Jobs"), reverse("jobs", args=[found.project.slug])),
            (found.name, ""),
        ),
        "log": _log(attempt),
        "may_run": runs,
        "may_cancel": found.state not in OVER and runs and not found.stop_reason,
    }
    context |= _live(request, found)
    may_register = runs and found.state == JobState.SUCCEEDED and not found.model_version
    if may_register and found.output:
        form = form or ModelNameForm(initial={"name": found.output.dataset.slug})
        context["model_form"] = form
    status = form.status if form else 200
    return render(request, "compute/job.html", context, status=status)


@require_safe
@signed_in
def job_live(request: PageRequest, job_id: int) -> HttpResponse:
    """How the job stands, asked again and again by its page; no content when nothing changed. When
    it is over, or runs anew, the whole page is to be read again."""
    found = queries.job_for(request.person, job_id)
    if found.state in OVER or str(found.attempts) != request.GET.get("attempt", ""):
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = _live(request, found)
    if context["mark"] == request.GET.get("seen", ""):
        return HttpResponse(status=NO_NEWS)
    return render(request, "compute/job_live.html", context)


@require_safe
@signed_in
def job_use(request: PageRequest, job_id: int) -> HttpResponse:
    """The plots of a job that runs; no content when there is nothing new in them."""
    found = queries.job_for(request.person, job_id)
    use = presenting.use(found)
    if use["last_s"] == request.GET.get("seen", "") or found.state in OVER:
        return HttpResponse(status=NO_NEWS)
    return render(request, "compute/job_use.html", {"job": found, "use": use})


@require_safe
@signed_in
def job_log(request: PageRequest, job_id: int) -> HttpResponseBase:
    """The whole log as a text file."""
    found = queries.job_for(request.person, job_id)
    attempt = found.tries.order_by("-number").first()
    pieces = logs.pieces(attempt) if attempt else iter(())
    return StreamingHttpResponse(
        pieces,
        content_type="text/plain; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="job-{found.pk}.log"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        },
    )


@require_safe
@signed_in
def job_log_more(request: PageRequest, job_id: int) -> HttpResponse:
    """What the log has more than the page: no content while there is nothing new."""
    found = queries.job_for(request.person, job_id)
    attempt = found.tries.filter(number=_whole(request, "attempt")).first()
    if attempt is None:
        raise Problem("not-found")
    offset = _whole(request, "offset")
    text = logs.read(attempt, offset, SHOWN_LOG)
    if found.state not in OVER:
        text = logs.whole_characters(text)
        if not text:
            return HttpResponse(status=NO_NEWS)
    log = _piece(attempt, offset, text)
    is_end = found.state in OVER and log["next"] >= attempt.log_bytes
    return render(request, "compute/job_log_more.html", {"job": found, "log": log, "end": is_end})


@require_POST
@signed_in
def job_cancel(request: PageRequest, job_id: int) -> HttpResponse:
    """End the job."""
    found = actions.cancel(request.person, job_id)
    if found.state in OVER:
        messages.success(request, _("The job is cancelled."))
    else:
        messages.success(request, _("The job is asked to stop. That takes a few seconds."))
    return redirect("job", job_id=job_id)


def _live(request: PageRequest, found: Job) -> dict[str, Any]:
    """What the live part shows, and a mark that changes when it does."""
    context = presenting.standing(found)
    text = render_to_string("compute/job_standing.html", context, request)
    return context | {"mark": presenting.mark(text)}


def _log(attempt: Attempt | None) -> dict[str, Any]:
    """The end of the log so far, from the beginning of a line."""
    if attempt is None:
        return {"text": "", "start": 0, "next": 0, "attempt": 0}
    start = max(0, attempt.log_bytes - SHOWN_LOG)
    text = logs.whole_characters(logs.read(attempt, start, SHOWN_LOG))
    if start:
        skipped = text.find(b"\n") + 1
        start, text = start + skipped, text[skipped:]
    return _piece(attempt, start, text) | {"start": start}


def _piece(attempt: Attempt, offset: int, text: bytes) -> dict[str, Any]:
    return {
        "text": text.decode("utf-8", "replace"),
        "next": offset + len(text),
        "attempt": attempt.number,
    }


def _whole(request: PageRequest, name: str) -> int:
    """A whole number from the address; 0 for anything else."""
    return whole(request.GET.get(name, ""), 13) or 0
