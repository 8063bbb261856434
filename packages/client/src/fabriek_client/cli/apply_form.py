"""The application form: what is asked at a terminal, and how a mode is shown."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fabriek_client.cli import ask, show, units
from fabriek_client.cli.kit import WrongUsage
from fabriek_client.errors import FactoryError
from fabriek_client.words import say

if TYPE_CHECKING:
    from fabriek_client.sdk import Factory

NEEDED = ("mode", "organisation", "title", "summary", "purpose", "months", "personal_data")
OPTIONAL = ("purpose_text", "data_sources", "ai_act_notes", "experience")
# Who says nothing about an amount asks for none; some storage every project needs.
AMOUNTS = {"gpu_hours": "0", "cpu_hours": "0", "storage_gib": "10"}


def complete(factory: "Factory", given: dict[str, Any]) -> bool:
    """Fill in what was not given: by asking, or with defaults. Whether anything was asked.

    WrongUsage `options-missing` names every option that is needed and that nobody can be asked.
    """
    if not given["organisation"]:
        given["organisation"] = _organisation(factory)
    missing = [name for name in NEEDED if given[name] in ("", None)]
    if missing and not ask.possible():
        raise WrongUsage(
            say("access.options-missing", options=", ".join(map(_option, missing))),
            say("access.options-missing-out"),
            "options-missing",
        )
    if missing:
        _ask(factory, given)
    for name, default in AMOUNTS.items():
        given[name] = units.amount(given[name] or default, _option(name))
    return bool(missing)


def _ask(factory: "Factory", given: dict[str, Any]) -> None:
    """Every question that has no answer yet, in the order of the form."""
    modes = {mode["id"]: mode for mode in factory.applications.modes()}
    if not given["mode"]:
        for mode in modes.values():
            show_mode(mode, show.note)
            show.note("")
        given["mode"] = _choice("mode", list(modes))
    months = [str(number) for number in modes.get(given["mode"], {}).get("months", [])]
    for name in ("title", "summary", "purpose"):
        given[name] = given[name] or ask.text(say(f"access.ask-{name}"), _option(name))
    for name, default in AMOUNTS.items():
        given[name] = given[name] or ask.text(say(f"access.ask-{name}"), _option(name), default)
    given["months"] = given["months"] or int(_choice("months", months or ["1"]))
    if given["personal_data"] is None:
        given["personal_data"] = ask.yes(say("access.ask-personal_data"))
    for name in OPTIONAL:
        given[name] = given[name] or ask.optional(say(f"access.ask-{name}"))


def _organisation(factory: "Factory") -> str:
    slugs = [one["slug"] for one in factory.people.me()["organisations"]]
    if not slugs:
        raise FactoryError(
            "no-organisation", say("access.no-organisation"), say("access.no-organisation-out")
        )
    if len(slugs) == 1 or not ask.possible():
        return slugs[0] if len(slugs) == 1 else ""
    return _choice("organisation", slugs)


def _choice(name: str, choices: list[str]) -> str:
    listed = ", ".join(choices)

    def fault(answer: str) -> str:
        if not choices or answer in choices:
            return ""
        return say("access.choose-from", choices=listed)

    return ask.text(say(f"access.ask-{name}", choices=listed), _option(name), fault=fault)


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def show_mode(mode: dict[str, Any], tell: Callable[[str], None] = show.out) -> None:
    """One mode: who, how much, how long, how soon."""
    tell(f"{mode['name']} ({mode['id']})")
    for line in _lines(mode):
        tell(f"  {line}")


def _lines(mode: dict[str, Any]) -> list[str]:
    amounts = [_amount(mode[unit], say(f"access.{unit}")) for unit in AMOUNTS]
    reviews = ", ".join(mode["reviews"])
    return [
        mode["text"],
        f"{say('access.organisations')}: {', '.join(mode['organisations'])}",
        f"{say('access.size')}: {', '.join(amounts)}",
        f"{say('access.months')}: {', '.join(map(str, mode['months']))}",
        f"{say('access.decision')}: {_decision(mode)}" + (f" ({reviews})" if reviews else ""),
        f"{say('access.cost')}: {mode['cost']}",
    ]


def _amount(limits: dict[str, Any], unit: str) -> str:
    bounds = {
        name: units.shown_number(value, 0) for name, value in limits.items() if value is not None
    }
    if "over" in bounds:
        return say("access.more-than", unit=unit, **bounds)
    return say("access.from-to" if limits["least"] else "access.up-to", unit=unit, **bounds)


def _decision(mode: dict[str, Any]) -> str:
    decision = mode["decision"]
    days = decision["working_days"]
    if mode["grant"] == "at-once":
        return say("access.at-once")
    if decision["cutoff_days"]:
        return say("access.after-cutoff", days=days, cutoff=show.cell(decision["cutoff_days"]))
    return say("access.working-days", days=days)
