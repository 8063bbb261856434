"""Signing up and in, tokens, organisations."""

from collections.abc import Iterator

from fabriek_client.sdk.connection import Connection, segment
from fabriek_client.sdk.shapes import Me, Record, Token


class People:
    """The person's own account."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sign_up(self, email: str, password: str, name: str, language: str) -> Record:
        """Make an account; the factory mails a code to prove the address with."""
        body = {"email": email, "password": password, "name": name, "language": language}
        answer: Record = self._connection.post("/people", body)
        return answer

    def confirm(self, email: str, code: str) -> Record:
        """Prove the address with the mailed code."""
        answer: Record = self._connection.post("/people/confirm", {"email": email, "code": code})
        return answer

    def confirm_again(self, email: str) -> None:
        """Have another code mailed."""
        self._connection.post("/people/confirm/again", {"email": email})

    def sign_in(self, email: str, password: str, name: str, days: int | None = None) -> Token:
        """A new token, the only answer that holds the token itself."""
        body: Record = {"email": email, "password": password, "name": name}
        if days is not None:
            body["days"] = days
        answer: Token = self._connection.post("/tokens", body)
        return answer

    def me(self) -> Me:
        """Who this token is."""
        answer: Me = self._connection.get("/me")
        return answer

    def tokens(self) -> Iterator[Token]:
        """The person's tokens, newest first."""
        return self._connection.pages("/tokens")

    def revoke(self, token_id: int) -> None:
        """End a token at once, everywhere."""
        self._connection.delete(f"/tokens/{segment(token_id)}")


class Organisations:
    """Legal entities that people belong to."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def make(self, name: str, kind: str, country: str, **numbers: str) -> Record:
        """Make one, with its maker as admin; `numbers`: kvk, ror, vat, pic, and slug."""
        body = {"name": name, "kind": kind, "country": country, **numbers}
        answer: Record = self._connection.post("/organisations", body)
        return answer

    def list(self) -> Iterator[Record]:
        """Those the person may see."""
        return self._connection.pages("/organisations")

    def show(self, slug: str) -> Record:
        """One of them."""
        answer: Record = self._connection.get(f"/organisations/{segment(slug)}")
        return answer

    def join(self, slug: str) -> Record:
        """Ask to join; an admin of it decides."""
        answer: Record = self._connection.post(f"/organisations/{segment(slug)}/join")
        return answer

    def members(self, slug: str) -> Iterator[Record]:
        """Who belongs to it or asked to."""
        return self._connection.pages(f"/organisations/{segment(slug)}/members")

    def set_member(self, slug: str, person_id: int, state: str, role: str) -> Record:
        """Let somebody in (`active`) or end the membership (`ended`)."""
        path = f"/organisations/{segment(slug)}/members/{segment(person_id)}"
        answer: Record = self._connection.post(
            path, {"state": state, "role": role}, repeatable=True
        )
        return answer
