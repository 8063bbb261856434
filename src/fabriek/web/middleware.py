"""What holds for every page: the content policy, compression, and problems as pages."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render

from fabriek.core.problems import Problem
from fabriek.web.telling import tell

log = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponseBase]


def policy() -> str:
    """The Content-Security-Policy of every page: everything from here, nothing inline."""
    forms = " ".join(["'self'", *settings.CSP_FORM_ACTION_EXTRA])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " font-src 'self'; connect-src 'self'; manifest-src 'self';"
        f" form-action {forms}; frame-ancestors 'none'; base-uri 'none'"
    )


class ContentPolicy:
    """Sets the policy where an answer has none of its own (downloads have a stricter one)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.policy = policy()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        return response


class PageCompression(GZipMiddleware):
    """Compresses pages. Downloads and the API's answers go as they are: they stream."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """GZip for HTML only; Django adds random length, so that secrets cannot be guessed at."""
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class ProblemPages:
    """Turns a refusal into a page with what happened and the way out, and the right status."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Called by Django with what a view raised; None leaves it to the next."""
        if isinstance(error, Problem):
            return problem_page(request, error)
        if isinstance(error, Http404):
            return problem_page(request, Problem("not-found"))
        if isinstance(error, PermissionDenied | SuspiciousOperation):
            return problem_page(request, Problem("not-allowed"))
        if isinstance(error, OperationalError):
            log.warning("database: %s", error)
            return problem_page(request, Problem("busy"))
        request_id = getattr(request, "request_id", "")
        log.exception("request %s failed", request_id)
        return problem_page(request, Problem("internal-error", request_id=request_id))


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A problem as a page; as a piece of one where a part of a page was asked for."""
    context = {
        "problem": problem,
        "told": tell(problem),
        "request_id": getattr(request, "request_id", ""),
    }
    is_part = request.headers.get("HX-Request") == "true"
    template = "web/problem_part.html" if is_part else "web/problem.html"
    response = render(request, template, context, status=problem.status)
    if problem.code == "too-many-requests":
        response["Retry-After"] = str(problem.facts.get("seconds", 60))
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from our own page, or one that stood open too long."""
    return problem_page(request, Problem("form-too-old"))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that no page has."""
    return problem_page(request, Problem("not-found"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that Django itself refuses."""
    return problem_page(request, Problem("not-allowed"))


def server_error(request: HttpRequest) -> HttpResponse:
    """Something outside the views went wrong."""
    request_id = getattr(request, "request_id", "")
    return problem_page(request, Problem("internal-error", request_id=request_id))
