"""How the factory is doing: for operators in full, for a proxy in one word."""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fabriek.core import clock
from fabriek.core import queries as core
from fabriek.people.session import PageRequest, operator_only
from fabriek.portal.operator_pages.common import show
from fabriek.portal.operator_pages.health import checks
from fabriek.portal.operator_pages.health_words import tell


@require_safe
@operator_only
def operator(request: PageRequest) -> HttpResponse:
    """The state of the factory at a glance."""
    told = [tell(check) for check in checks(request.person)]
    attention = [row for row in told if not row.ok]
    return show(
        request,
        "operator",
        _("Running the factory"),
        part="",
        checks=[*attention, *(row for row in told if row.ok)],
        attention=len(attention),
        at=clock.now(),
    )


@require_safe
@never_cache
@operator_only
def operator_health(request: PageRequest) -> HttpResponse:
    """The same figures for a program."""
    found = checks(request.person)
    answer = {
        "ok": all(check.ok for check in found),
        "at": clock.now(),
        "checks": {check.key: {"ok": check.ok, **check.facts} for check in found},
    }
    return JsonResponse(answer)


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Whether this web process can answer, for a proxy. Writes nothing and says no more."""
    try:
        ok = core.is_answering()
    except DatabaseError:
        ok = False
    return HttpResponse("ok\n" if ok else "not ok\n", "text/plain", 200 if ok else 503)
