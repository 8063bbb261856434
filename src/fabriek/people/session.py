"""How a page knows who is looking: the session of a signed-in person."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from allauth.account.decorators import reauthentication_required
from django.contrib.auth import get_user
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from fabriek.core import audit
from fabriek.core.problems import Problem
from fabriek.people.models import Person

P = ParamSpec("P")


class PageRequest(HttpRequest):
    """A request for a page by somebody who is signed in. For type annotations in views."""

    person: Person


def signed_in(
    view: Callable[Concatenate[PageRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Sets `request.person`; sends whoever is not signed in to the login page and back."""

    @wraps(view)
    def gate(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        person = get_user(request)
        if not isinstance(person, Person):
            return redirect_to_login(request.get_full_path(), "account_login")
        found: Any = request
        found.user = found.person = person
        audit.via.set("portal")
        return view(found, *args, **kwargs)

    return gate


def operator_only(
    view: Callable[Concatenate[PageRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """`signed_in`, for who runs the factory; to everybody else the page is not there."""

    @wraps(view)
    def gate(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.person.is_operator:
            raise Problem("not-found")
        return view(request, *args, **kwargs)

    return signed_in(gate)


def lately(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """For what matters most: asks again who one is, when that was shown a while ago.

    Goes inside `signed_in`.
    """
    asked: Callable[P, HttpResponseBase] = reauthentication_required(app="allauth.mfa")(view)
    return asked


def in_portal(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For views that no person needs to be signed in for: the audit log says it was here."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        audit.via.set("portal")
        return view(request, *args, **kwargs)

    return told
