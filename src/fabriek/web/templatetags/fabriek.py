"""`{% load fabriek %}`: formats, states and problems in the page's language."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fabriek.core.problems import Reason
from fabriek.web import formats
from fabriek.web.language import page_language
from fabriek.web.telling import Told, tell_code

register = template.Library()
# What a state means for whoever looks: good, bad, at work, waiting, or over and neutral.
TONES = {
    "succeeded": "good",
    "granted": "good",
    "done": "good",
    "active": "good",
    "committed": "good",
    "failed": "bad",
    "rejected": "bad",
    "refused": "bad",
    "conflict": "bad",
    "running": "busy",
    "starting": "busy",
    "reviewing": "busy",
    "queued": "waiting",
    "submitted": "waiting",
    "asked": "waiting",
    "open": "waiting",
}


@register.filter
def moment(value: datetime | None) -> str:
    """A day and time in Amsterdam; a dash for none."""
    return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT") if value else "–"


@register.filter
def day(value: datetime | None) -> str:
    """A day in Amsterdam; a dash for none."""
    return date_format(timezone.localtime(value), "DATE_FORMAT") if value else "–"


@register.filter
def amount(value: Decimal | float | str | None, places: int = 2) -> str:
    """A number with at most so many decimals; a dash for none."""
    return "–" if value is None or value == "" else formats.amount(value, places)


@register.filter
def size(value: int | None) -> str:
    """Bytes with their unit; a dash for none."""
    return "–" if value is None else formats.size(value)


@register.filter
def duration(value: float | timedelta | None) -> str:
    """Seconds as a length of time; a dash for none."""
    return "–" if value is None else formats.duration(value)


@register.filter
def energy(value: Decimal | float | str | None) -> str:
    """Kilowatt-hours with the unit that reads best; a dash for none."""
    return "–" if value is None or value == "" else formats.energy(value)


@register.filter
def state_word(value: str) -> str:
    """A state's word: an entry `state-...` of a room's reasons.toml."""
    return Reason(f"state-{value}").text(page_language())


@register.simple_tag
def state(value: str) -> SafeString:
    """A state as a badge; the tone is shown by a mark as well as by colour."""
    return format_html(
        '<span class="nl-data-badge fab-state fab-state--{}">{}</span>',
        TONES.get(value, "over"),
        state_word(value),
    )


@register.simple_tag
def problem(code: str, facts: Mapping[str, Any] | None = None) -> Told:
    """A problem's `sentence` and `way_out`: `{% problem code facts as told %}`."""
    return tell_code(code, facts or {})


@register.simple_tag(takes_context=True)
def language_links(context: Mapping[str, Any]) -> list[dict[str, str]]:
    """This page's address in each language that it has."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return []
    here = request.get_full_path()
    return [
        {"code": code, "name": name, "href": translate_url(here, code)}
        for code, name in settings.LANGUAGES
    ]


@register.simple_tag(takes_context=True)
def section_link(context: Mapping[str, Any], name: str) -> SafeString:
    """`aria-current` for the navigation's entry that the page is in."""
    return SafeString('aria-current="page"' if context.get("section") == name else "")
