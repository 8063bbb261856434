"""Where people go next: the address in `next`, kept through the whole way in, if it is ours."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def is_safe(url: str) -> bool:
    """Whether this is a path of our own, and nothing a browser would read as another host."""
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def next_of(request: HttpRequest) -> str:
    """The safe `next` of the form or the address; empty without one."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    return asked if is_safe(asked) else ""


def to(name: str, after: str = "") -> str:
    """The address of a page, with where to go after it."""
    path = reverse(name)
    return f"{path}?{urlencode({'next': after})}" if after else path
