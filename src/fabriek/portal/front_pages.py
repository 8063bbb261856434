"""The pages for everybody: the front door and the route finder."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fabriek.access import data_files
from fabriek.access.rules import Mode, deadline
from fabriek.core import clock
from fabriek.portal import rules
from fabriek.portal.questions import QUESTIONS
from fabriek.web.language import page_language


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What the factory offers, who can come in, and how that goes."""
    modes = [_mode(mode) for mode in data_files.modes().values()]
    return render(request, "portal/front.html", {"modes": modes})


@require_safe
def route_finder(request: HttpRequest) -> HttpResponse:
    """A few questions that end at the right access mode; the address has the answers."""
    answers = rules.known(request.GET.dict())
    asked = rules.next_question(answers)
    context: dict[str, Any] = {
        "crumbs": [(_("Start"), reverse("front")), (_("Find your way in"), "")],
        "answered": [_answered(name, answers) for name in answers],
        "section": "route_finder",
    }
    if asked:
        context |= {
            "question": QUESTIONS[asked],
            "given": answers,
            "number": list(QUESTIONS).index(asked) + 1,
            "total": len(QUESTIONS),
        }
        return render(request, "portal/route_question.html", context)
    return render(request, "portal/route_answer.html", context | _way(request, answers))


def _answered(name: str, answers: dict[str, str]) -> dict[str, Any]:
    others = {key: value for key, value in answers.items() if key != name}
    question = QUESTIONS[name]
    return {
        "short": question.short,
        "text": question.answer(answers[name]),
        "change": f"{reverse('route_finder')}?{urlencode(others)}",
    }


def _way(request: HttpRequest, answers: dict[str, str]) -> dict[str, Any]:
    if ending := rules.refused(answers):
        return {"ending": ending.value}
    way = rules.find(
        rules.Answers(
            answers["kind"],
            answers["place"],
            answers["goal"],
            answers["experience"] == "yes",
            answers["size"],
        ),
        list(data_files.modes().values()),
    )
    return {
        "ending": way.ending.value,
        "gpu_hours": way.gpu_hours,
        "mode": _mode(way.mode) if way.mode else None,
        "then": _mode(way.then) if way.then else None,
        "others": [_mode(mode) for mode in way.others],
        "apply": _entry(request, way.mode) if way.mode else "",
    }


def _mode(mode: Mode) -> dict[str, Any]:
    """A mode as these pages tell it."""
    language = page_language()
    return {
        "id": mode.id,
        "name": mode.name,
        "text": mode.text[language],
        "cost": mode.cost[language],
        "most": mode.gpu_hours.most,
        "over": mode.gpu_hours.over or Decimal(0),
        "months": mode.months,
        "most_months": max(mode.months),
        "working_days": mode.working_days,
        "counts_from_cutoff": bool(mode.cutoff_days),
        "at_once": mode.grant_at_once,
        "decided_by": _decided_by(mode),
        "needs_experience": mode.needs_experience,
        "one_place": mode.one_place,
    }


def _decided_by(mode: Mode) -> datetime | None:
    """When the decision is there for who applies now; None where the holidays are not known."""
    try:
        return deadline(mode, clock.now(), data_files.holidays())
    except LookupError:
        return None


def _entry(request: HttpRequest, mode: Mode) -> str:
    """Where one applies in this mode, by way of signing up for who has no account."""
    apply = f"{reverse('apply')}?{urlencode({'mode': mode.id})}"
    if request.user.is_authenticated:
        return apply
    return f"{reverse('account_signup')}?{urlencode({'next': apply})}"
