"""What the records say of a version, in the words and figures of the page's language."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fabriek.access import wording
from fabriek.web import formats
from fabriek.web.templatetags.fabriek import moment

Facts = Mapping[str, Any]


def lines(field: str, facts: Facts) -> list[str]:
    """The field of a card that the records fill: a line for each thing; none where there is
    nothing."""
    return _FIELDS[field](facts)


def figures(facts: Facts) -> list[tuple[str, float]]:
    """The figures that are numbers, as the job wrote them."""
    return [
        (str(name), value)
        for name, value in (facts.get("metrics") or {}).items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]


def parameters(facts: Facts) -> list[tuple[str, str]]:
    """What was set, numbers as the page writes them."""
    return [(str(name), _shown(value)) for name, value in (facts.get("parameters") or {}).items()]


def _shown(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return formats.amount(value, 6)
    return str(value)


def _stored(entry: Facts) -> str:
    parts = [
        str(entry["reference"]),
        ngettext("%(n)s file", "%(n)s files", entry["file_count"])
        % {"n": formats.amount(entry["file_count"])},
        formats.size(entry["size_bytes"]),
    ]
    if entry.get("personal_data"):
        parts.append(_("personal data"))
    return ", ".join(parts)


def _pairs(pairs: Sequence[tuple[str, object]]) -> list[str]:
    return [f"{name}: {_shown(value)}" for name, value in pairs]


def _code(facts: Facts) -> list[str]:
    return [_stored(facts["code"])] if facts["code"] else []


def _training(facts: Facts) -> list[str]:
    held = facts["resources"]
    cpus = ngettext("%(n)s CPU core", "%(n)s CPU cores", held["cpus"]) % {"n": held["cpus"]}
    parts = [_("job %(job)s") % {"job": facts["job"]}, cpus, f"{held['memory_mib']} MiB"]
    if held["gpus"]:
        parts.append(f"{held['gpus']} GPU")
    started, ended = (
        datetime.fromisoformat(facts[when]) if facts.get(when) else None
        for when in ("started_at", "ended_at")
    )
    if ended:
        parts.append(moment(ended))
    if started and ended:
        parts.append(formats.duration(ended - started))
    return [", ".join(parts)]


def _energy(facts: Facts) -> list[str]:
    found = facts.get("energy") or {}
    if not found.get("kwh"):
        return ["–"]
    quality = _("measured") if found["quality"] == "measured" else _("estimated")
    source = _("source: %(source)s") % {"source": found["source"]}
    return [f"{formats.energy(found['kwh'])}, {quality} ({source})"]


_FIELDS: Mapping[str, Callable[[Facts], list[str]]] = {
    "contact": lambda facts: [facts["person"]["name"]],
    "purpose": lambda facts: [wording.purpose_name(facts["purpose"])],
    "data": lambda facts: [_stored(entry) for entry in facts["inputs"]],
    "code": _code,
    "parameters": lambda facts: _pairs(parameters(facts)),
    "metrics": lambda facts: _pairs(figures(facts)),
    "training": _training,
    "energy": _energy,
}
