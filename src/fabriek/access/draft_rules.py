"""What a draft of an application may hold. Pure: fields in, tidy fields or a Problem out."""

from collections.abc import Mapping

from fabriek.core import names
from fabriek.core.problems import Problem, Reason

LONGEST = {
    "mode": 30,
    "organisation": 63,
    "title": 100,
    "summary": 10_000,
    "purpose": 60,
    "purpose_text": 10_000,
    "gpu_hours": 40,
    "cpu_hours": 40,
    "storage_gib": 40,
    "months": 10,
    "data_sources": 10_000,
    "ai_act_notes": 10_000,
    "experience": 10_000,
}
TICKS = ("personal_data",)
Fields = dict[str, str | bool]


def tidy(fields: Mapping[str, object]) -> Fields:
    """The fields as they are kept: those of an application, as text, each within its length; what
    is empty is left out. Whether they are right is judged when the application is checked.

    Problem `invalid-input`.
    """
    kept: Fields = {}
    for name, value in fields.items():
        if name in TICKS and isinstance(value, bool):
            kept[name] = value
        elif name in LONGEST and isinstance(value, str):
            if text := names.free_text(name, value, most=LONGEST[name]):
                kept[name] = text
        else:
            why = "input-other" if name in LONGEST or name in TICKS else "unknown-field"
            raise Problem("invalid-input", where=ascii(name[:60]), why=Reason(why))
    return kept
