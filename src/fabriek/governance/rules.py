"""Which purposes may be cleared. Pure: a table in, a verdict out."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Purpose:
    """One entry of data/purposes.toml. `rule` names the law for a prohibited one."""

    id: str
    status: str
    nl: str
    en: str
    civilian: bool = True
    rule: str = ""


@dataclass(frozen=True)
class Refusal:
    """Why a purpose is refused: a code of problems.toml and the facts of its sentence."""

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)


def refusal(purposes: Mapping[str, Purpose], purpose: str, *, civilian: bool) -> Refusal | None:
    """Why this purpose cannot be cleared, or None when it can.

    Refused outright: what the table does not know; what AI Act Art. 5 prohibits, for everybody and
    without an exception that one person could make; and, where access is for civilian use (the rule
    of EuroHPC, Council Regulation (EU) 2021/1173), what is not civilian.
    """
    known = purposes.get(purpose)
    if known is None:
        allowed = [p.id for p in purposes.values() if p.status == "allowed" and p.civilian]
        return Refusal("purpose-unknown", {"purpose": purpose, "known": ", ".join(allowed)})
    if known.status == "prohibited":
        return Refusal("purpose-prohibited", {"purpose": purpose, "rule": known.rule})
    if civilian and not known.civilian:
        return Refusal("purpose-not-civilian", {"purpose": purpose})
    return None
