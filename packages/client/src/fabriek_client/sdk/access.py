"""Applying, reviewing, deciding; projects and their members."""

import builtins
from collections.abc import Iterator, Mapping
from typing import Any

from fabriek_client.sdk.connection import Connection, segment
from fabriek_client.sdk.shapes import Check, Record


class Applications:
    """Applications for access."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def modes(self) -> builtins.list[Record]:
        """The access modes with their limits, durations, decision times and eligibility."""
        answer: builtins.list[Record] = self._connection.get("/modes")
        return answer

    def check(self, fields: Mapping[str, Any]) -> Check:
        """What the factory would say to this application, without sending it."""
        answer: Check = self._connection.post("/applications/check", fields, repeatable=True)
        return answer

    def send(self, fields: Mapping[str, Any]) -> Record:
        """Apply; an eligible Playground application comes back granted, with its project."""
        answer: Record = self._connection.post("/applications", fields)
        return answer

    def list(self) -> Iterator[Record]:
        """Those the person may see, newest first."""
        return self._connection.pages("/applications")

    def show(self, number: int) -> Record:
        """One of them."""
        answer: Record = self._connection.get(f"/applications/{segment(number)}")
        return answer

    def withdraw(self, number: int) -> Record:
        """Take it back."""
        answer: Record = self._connection.post(f"/applications/{segment(number)}/withdraw")
        return answer

    def assign(self, number: int, reviewer: str) -> Record:
        """Ask somebody, by e-mail address, to review it (operators)."""
        path = f"/applications/{segment(number)}/assign"
        answer: Record = self._connection.post(path, {"reviewer": reviewer})
        return answer

    def decide(self, number: int, decision: str, reason: str) -> Record:
        """`grant` or `reject` it (operators)."""
        path = f"/applications/{segment(number)}/decide"
        answer: Record = self._connection.post(path, {"decision": decision, "reason": reason})
        return answer


class Reviews:
    """Reviews asked of this person."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> Iterator[Record]:
        """Those asked of this person, newest first."""
        return self._connection.pages("/reviews")

    def conflict(self, number: int, reason: str) -> Record:
        """Declare a conflict of interest; somebody else will review."""
        path = f"/reviews/{segment(number)}/conflict"
        answer: Record = self._connection.post(path, {"reason": reason})
        return answer

    def give(self, number: int, recommendation: str, reason: str) -> Record:
        """Give the review."""
        body = {"recommendation": recommendation, "reason": reason}
        answer: Record = self._connection.post(f"/reviews/{segment(number)}", body)
        return answer


class Projects:
    """Projects: who works in them, what they may use, and what they used."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> Iterator[Record]:
        """The person's projects, newest first."""
        return self._connection.pages("/projects")

    def show(self, slug: str) -> Record:
        """One, with its allocation: granted, held, settled and left."""
        answer: Record = self._connection.get(f"/projects/{segment(slug)}")
        return answer

    def members(self, slug: str) -> Iterator[Record]:
        """Its members."""
        return self._connection.pages(f"/projects/{segment(slug)}/members")

    def add_member(self, slug: str, email: str, role: str) -> Record:
        """Let somebody in."""
        path = f"/projects/{segment(slug)}/members"
        answer: Record = self._connection.post(path, {"email": email, "role": role})
        return answer

    def remove_member(self, slug: str, person_id: int) -> None:
        """End somebody's membership."""
        self._connection.delete(f"/projects/{segment(slug)}/members/{segment(person_id)}")

    def report(self, slug: str) -> Record:
        """The account of a project as data."""
        answer: Record = self._connection.get(f"/projects/{segment(slug)}/report", format="json")
        return answer

    def report_markdown(self, slug: str) -> str:
        """The account of a project as a page."""
        path = f"/projects/{segment(slug)}/report"
        return self._connection.answer("GET", path, params={"format": "markdown"}).text
