"""How a request shows who it is from. Endpoints of every room use these."""

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from fabriek.core import audit
from fabriek.core.problems import Problem
from fabriek.people import tokens
from fabriek.people.models import Person


class Request(HttpRequest):
    """A request that has passed one of the gates below. For type annotations in endpoints."""

    person: Person
    scope: dict[str, Any]


class _TokenGate(HttpBearer):
    openapi_bearerFormat = "opaque"
    kinds: frozenset[str]

    def __call__(self, request: HttpRequest) -> Any:
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            raise Problem("token-missing")
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, token: str) -> Person:
        found = tokens.recognise(token)
        if found.scope["kind"] not in self.kinds:
            raise Problem("token-wrong-kind")
        request.person = found.person  # type: ignore[attr-defined]
        request.scope = found.scope | {"token": found.pk}  # type: ignore[attr-defined]
        audit.via.set(f"api token {found.pk}")
        return found.person


class PersonToken(_TokenGate):
    """Only a person's own token."""

    kinds = frozenset({"person"})


class AttemptToken(_TokenGate):
    """Only the token of one attempt of a job."""

    kinds = frozenset({"attempt"})


class AnyToken(_TokenGate):
    """Either; the endpoint must look at `request.scope` and refuse what an attempt may not do."""

    kinds = frozenset({"person", "attempt"})


person_token = PersonToken()
attempt_token = AttemptToken()
any_token = AnyToken()
