"""Asking for an extension through the API, and reading what came of it."""

from fabriek.access import queries
from fabriek.access.models import Project
from fabriek.ledger import queries as ledger

SLUG = "reading-old-maps"
WISH = {"months": 1, "gpu_hours": 10.5, "cpu_hours": 20, "storage_gib": 5, "reason": "Not done."}


def ask(who, code: int = 201, **fields):
    status, answer = who.post(f"/projects/{SLUG}/extensions", {**WISH, **fields})
    assert status == code, answer
    return answer


def decide(who, row, decision: str = "grant", reason: str = "It goes well."):
    body = {"decision": decision, "reason": reason}
    return who.post(f"/extensions/{row['id']}/decide", body)


def problems(answer) -> list[str]:
    assert answer["code"] == "extension-not-possible"
    assert all(found["sentence"] and found["way_out"] for found in answer["facts"]["problems"])
    return [found["code"] for found in answer["facts"]["problems"]]


def granted() -> list[float]:
    found = queries.accounts(Project.objects.get(slug=SLUG).pk)
    numbers = (found.gpu_hour, found.cpu_hour, found.storage_gib)
    balances = ledger.balances(numbers)
    return [float(balances[number].granted) for number in numbers]
