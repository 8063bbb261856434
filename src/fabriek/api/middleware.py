"""A number for each request, so that a person's complaint and a line in the log meet."""

import uuid
from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase


class RequestId:
    """Gives each request `request.request_id` and each answer the header X-Request-Id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = uuid.uuid4().hex[:16]  # type: ignore[attr-defined]
        try:
            request.get_host()
            response = self.get_response(request)
        except DisallowedHost:
            # A name that is not ours: links and mails must never be made with it.
            response = HttpResponse("This is not a name of this factory.\n", status=400)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        response["X-Content-Type-Options"] = "nosniff"
        response.setdefault("Cache-Control", "no-store")
        return response
