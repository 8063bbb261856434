"""Starting a job: choose a blueprint, answer its questions."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from fabriek.access import crumbs
from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.compute import blueprint_actions, offers, overviews
from fabriek.compute.blueprints import loading
from fabriek.compute.blueprints.rules import Blueprint
from fabriek.compute.forms import JobForm, gib, usual
from fabriek.compute.offers import Offer
from fabriek.compute.overviews import Again
from fabriek.compute.rules import hours
from fabriek.core.numbers import whole
from fabriek.core.problems import Problem
from fabriek.people.session import PageRequest, signed_in
from fabriek.web.forms import form_page
from fabriek.web.language import page_language


@form_page
@signed_in
def job_new(request: PageRequest, slug: str) -> HttpResponse:
    """The blueprints to choose from; with ?template= or ?again= the form of one.

    ?data=slug@number chooses the data, and a parameter's own name its answer. A POST with `look`
    only shows the form again, with the files and columns of what was chosen.
    """
    project = access.project_for(request.person, slug, Right.RUN)
    again = _again(request, slug)
    name = request.GET.get("template") or (again.blueprint if again else "")
    if not name:
        return _choose(request, project)
    blueprint = loading.blueprint(name)
    given = _given(request, blueprint, again)
    offer = offers.offer(request.person, project.pk, blueprint, given)
    about: dict[str, Any] = {
        "blueprint": blueprint,
        "offer": offer,
        "address": request.get_full_path(),
    }
    sent = request.method == "POST" and "look" not in request.POST
    if sent:
        form = JobForm(request.POST, **about)
        if form.is_valid():
            names = {ref: name for name, ref in again.inputs.items()} if again else {}
            kept = dict(again.kept) if again and again.blueprint == blueprint.id else {}
            answers = form.answers(names, kept)
            job = form.act(
                lambda: blueprint_actions.submit_blueprint(
                    request.person, slug, blueprint.id, answers, page_language()
                )
            )
            if job:
                messages.success(request, _("The job is submitted. This page follows it."))
                return redirect("job", job_id=job.pk)
    else:
        form = JobForm(initial=usual(blueprint, offer) | _still_there(given, offer), **about)
    context = _context(request, project, blueprint, form) | {"again": again}
    return render(request, "compute/job_form.html", context, status=form.status)


def _choose(request: PageRequest, project: Any) -> HttpResponse:
    language = page_language()
    data = request.GET.get("data", "")
    cards = [
        {
            "name": one.name[language],
            "text": one.text[language],
            "output": one.output[language],
            "href": "?" + urlencode({"template": one.id} | ({"data": data} if data else {})),
        }
        for one in loading.blueprints().values()
    ]
    context = {"project": project, "section": "jobs", "cards": cards, "crumbs": _crumbs(project)}
    return render(request, "compute/job_new.html", context)


def _crumbs(project: Any) -> list[tuple[str, str]]:
    jobs = (_("Jobs"), reverse("jobs", args=[project.slug]))
    return crumbs.of_project(project, jobs, (_("Start a job"), ""))


def _again(request: PageRequest, slug: str) -> Again | None:
    """The job to run again, where the address names one of this project."""
    asked = request.GET.get("again", "")
    if not asked:
        return None
    number = whole(asked)
    if number is None:
        raise Problem("not-found")
    again = overviews.again(request.person, number)
    if again.project != slug:
        raise Problem("not-found")
    return again


def _given(request: PageRequest, blueprint: Blueprint, again: Again | None) -> dict[str, Any]:
    """The answers so far: what was sent, else as the earlier job had them, else the data named."""
    many = [one.name for one in blueprint.inputs if one.many]
    if request.method == "POST":
        sent: dict[str, Any] = {name: value for name, value in request.POST.items() if value}
        return sent | {name: request.POST.getlist(name) for name in many}
    found: dict[str, Any] = {}
    if again:
        found = {
            **again.parameters,
            "name": again.name,
            "code": again.code,
            "cpus": again.cpus,
            "memory_gib": gib(again.memory_mib),
            "minutes": max(1, -(-again.time_limit_s // 60)),
            "gpus": again.gpus,
            "output_name": again.output_name,
        }
        found |= again.inputs
        found |= {name: list(again.inputs.values()) for name in many}
    if blueprint.takes_code and "code" in request.GET:
        found["code"] = request.GET["code"]
    data = request.GET.get("data", "")
    if data and blueprint.inputs:
        first = blueprint.inputs[0]
        found[first.name] = [data] if first.many else data
    asked = {one.name for one in blueprint.parameters}
    return found | {name: value for name, value in request.GET.items() if name in asked}


def _still_there(given: dict[str, Any], offer: Offer) -> dict[str, Any]:
    """The answers, without those that other answers made impossible."""
    return {
        name: answer
        for name, answer in given.items()
        if isinstance(answer, list)
        or not offer.options.get(name)
        or answer in dict(offer.options[name])
    }


def _context(
    request: PageRequest, project: Any, blueprint: Blueprint, form: JobForm
) -> dict[str, Any]:
    language = page_language()
    needs_data = any(not one.optional for one in blueprint.inputs)
    has_data = all(form.offer.options[one.name] for one in blueprint.inputs)
    hold, budget = _hold(form), form.offer.budget
    files = [one.name for one in blueprint.parameters if one.type == "file"]
    return {
        "project": project,
        "section": "jobs",
        "crumbs": _crumbs(project),
        "blueprint": {"name": blueprint.name[language], "text": blueprint.text[language]},
        "output": blueprint.output[language],
        "takes_code": blueprint.takes_code,
        "form": form,
        "no_data": needs_data and not has_data,
        "no_table": has_data and any(not form.offer.options[name] for name in files),
        "hold": hold,
        "budget": budget,
        "too_much": budget is not None and hold > budget[0],
    }


def _hold(form: JobForm) -> Decimal:
    """The hours that the job would hold, as the form now stands; 0 where it does not say."""
    try:
        cpus, minutes = int(form["cpus"].value()), int(form["minutes"].value())
    except (TypeError, ValueError):
        return Decimal(0)
    return hours(max(0, min(cpus, 10**6)), 60 * max(0, min(minutes, 10**6)))
