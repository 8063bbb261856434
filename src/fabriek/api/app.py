"""The API: which rooms it mounts, and how a problem becomes an answer."""

import logging
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError

from fabriek.api.inputs import reason
from fabriek.core.problems import Problem, Reason, language_of

log = logging.getLogger(__name__)
ROUTERS = [
    "fabriek.people.endpoints.router",
    "fabriek.access.endpoints.router",
    "fabriek.access.request_endpoints.router",
    "fabriek.data.endpoints.router",
    "fabriek.registry.endpoints.router",
    "fabriek.compute.endpoints.router",
    "fabriek.compute.blueprint_endpoints.router",
    "fabriek.compute.agent_endpoints.router",
    "fabriek.reports.endpoints.router",
]

PROBLEM = {
    "type": "object",
    "required": ["code", "sentence", "way_out", "retry", "facts", "request_id"],
    "properties": {
        "code": {"type": "string", "description": "for programs; never changes its meaning"},
        "sentence": {"type": "string", "description": "what happened, in the caller's language"},
        "way_out": {"type": "string", "description": "what can be done about it"},
        "retry": {"type": "boolean", "description": "whether the same request may succeed later"},
        "facts": {"type": "object", "description": "the facts in the sentence, as data"},
        "request_id": {"type": "string", "description": "find this request in the factory's log"},
    },
}


class Api(NinjaAPI):
    """The API whose document also says what a refusal looks like."""

    def get_openapi_schema(self, **more: Any) -> Any:
        """The OpenAPI document, with the refusal as every operation's default response."""
        schema = super().get_openapi_schema(**more)
        schema["components"]["schemas"]["Problem"] = PROBLEM
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        refusal = {"description": "A refusal, with its way out", "content": content}
        for operations in schema["paths"].values():
            for operation in operations.values():
                operation["responses"]["default"] = refusal
        return schema


api = Api(
    title="Fabriek",
    version="1",
    description="The software that runs an AI factory. Every refusal has a code, a sentence and a"
    " way out, in Dutch or English after Accept-Language.",
    docs_url=None,
)
for _path in ROUTERS:
    api.add_router("", _path)


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A problem as JSON, with the status that its wording gives."""
    language = language_of(request)
    body: dict[str, Any] = {
        "code": problem.code,
        "sentence": problem.sentence(language),
        "way_out": problem.way_out(language),
        "retry": problem.retry,
        "facts": problem.told(language),
        "request_id": getattr(request, "request_id", ""),
    }
    response = api.create_response(request, body, status=problem.status)
    if problem.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Problem)
def _problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return answer(request, problem)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = [
        {"where": ".".join(str(part) for part in entry["loc"][1:]) or "-", "why": reason(entry)}
        for entry in error.errors
    ]
    first = fields[0] if fields else {"where": "-", "why": Reason("input-other")}
    return answer(request, Problem("invalid-input", **first, fields=fields))


@api.exception_handler(OperationalError)
def _busy(request: HttpRequest, error: OperationalError) -> HttpResponse:
    log.warning("database: %s", error)
    return answer(request, Problem("busy"))


@api.exception_handler(Exception)
def _bug(request: HttpRequest, error: Exception) -> HttpResponse:
    request_id = getattr(request, "request_id", "")
    log.exception("request %s failed", request_id)
    return answer(request, Problem("internal-error", request_id=request_id))
