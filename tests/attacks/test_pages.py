"""Hostile people at the pages: in every field of every form, and in every name that pages show.

Whatever is sent, the answer is a page with its policy, never a server error, and what was typed
stands in it as text.
"""

import itertools
import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import atlas
import kit
import pytest
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch
from showroom import Showroom, as_over, build

pytestmark = [
    pytest.mark.django_db(databases=["default", "wraps"]),
    pytest.mark.timeout(300),
]
SCRIPT = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7|add:7 }}"
FORMULA = "=cmd|' /C calc'!A0"
HOSTILE: tuple[str | bytes, ...] = (
    SCRIPT,
    FORMULA,
    "",
    "a\x00b",
    "-1",
    "NaN",
    "Infinity",
    "1e999",
    "9" * 30,
    "9" * 5000,
    "\u0663",
    "9999-12-31",
    "0001-01-01",
    "9999-99-99T99:99:99Z",
    "x" * 1_000_000,
    "javascript:alert(1)",
    "a\r\nX-Evil: 1",
    "//evil.example/",
    "/\\evil.example",
    "https://evil.example/",
    "../../../../etc/passwd",
    "\u202etxt.exe",
    "admin",
    "true",
    "granted",
    b"\xff\xfe\xed\xa0\x80",
)
# What the forms take beside what they show.
HIDDEN = ("next", "draft", "do", "look", "state", "decision", "role", "language", "reviewer")
# What pages read from their address.
ASKED = (
    *("q", "sort", "page", "state", "kind", "class", "role", "mode", "organisation", "months"),
    *("next", "before", "since", "until", "person", "number", "action", "text", "time", "title"),
    *("gpu_hours", "data", "seen", "offset", "attempt", "target", "file", "size", "place"),
)
ODD = (2**63, 10**30, "x" * 3000, "..", "../../etc/passwd", "a\x00b", SCRIPT)
# Addresses that answer whatever number stands in them.
LEADS_ON = {"factor_remove", "account_reset_password_from_key"}
# The addresses of which a role may send no form; and what fills those that a page leaves empty.
ELSEWHERE = (
    r"/(projects|jobs|applications/\d|extensions|operator|organisations/zuivel|reviews/\d).*"
)
THEIRS = {
    "viewer": r"/projects/.*|/jobs/.*|/extensions/.*|/operator/.*",
    "member": r"/projects/[^/]+/(members|extensions)/.*|/extensions/.*|/operator/.*",
    "newcomer": ELSEWHERE,
    "outsider": ELSEWHERE,
    "reviewer": r"/(projects|jobs|extensions|operator|organisations/zuivel).*",
}
FILLED = {
    "role": "manager",
    "reason": "Omdat het kan.",
    "decision": "grant",
    "recommendation": "grant",
    "text": "Omdat het kan.",
    "gpu_hours": "1",
}
FILE = "'><img src=x onerror=alert(2)>"
# Texts that people and jobs write, by model.
WRITTEN = {
    "people.Person": ["name"],
    "people.Organisation": ["name", "about", "sector", "experience", "vat"],
    "people.Token": ["name", "hint"],
    "usersessions.UserSession": ["user_agent"],
    "access.Application": [
        *("title", "summary", "purpose_text", "data_sources", "ai_act_notes", "experience"),
        "decision_reason",
    ],
    "access.Appeal": ["text", "rejected_reason", "decision_reason"],
    "access.Review": ["reason"],
    "access.Project": ["title"],
    "access.Extension": ["reason", "decision_reason"],
    "data.Dataset": ["title", "description", "licence"],
    "compute.Job": ["name"],
    "core.AuditEntry": ["actor", "via", "action", "subject_kind", "subject_id"],
}


class Reader(HTMLParser):
    """What a browser would do with a page: what it would run, where it leads, what it sends."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.forms: list[dict[str, Any]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.wrong += [name for name in given if name.startswith("on") or name == "style"]
        self.wrong += [tag] * (tag in ("base", "object", "iframe", "embed", "style"))
        self.wrong += ["inline script"] * (tag == "script" and "src" not in given)
        self.wrong += ["x"] * (given.get("src") == "x")
        for name in ("href", "src", "action", "formaction", "hx-post", "hx-get", "xlink:href"):
            address = re.sub(r"[\x00-\x20]", "", given.get(name, "")).lower()
            outside = address.startswith(("javascript:", "data:", "vbscript:", "//", "\\"))
            self.wrong += [address] * (outside and tag != "link")
        if tag == "form":
            self.forms.append({"method": given.get("method", "get"), "fields": {}} | given)
        elif tag in ("input", "select", "textarea", "button") and self.forms and "name" in given:
            self.forms[-1]["fields"].setdefault(given["name"], given.get("value", ""))


class Attacker:
    """A person at the pages, who has just shown who they are. What they do is undone; `left` is how
    many entries it left in the audit log."""

    def __init__(self, person: Any) -> None:
        self.key = _session_of(person) if person is not None else ""
        self.left = 0

    def get(self, address: str, **headers: str) -> Any:
        return self.ask("GET", address, **headers)

    def ask(self, method: str, address: str, body: bytes = b"", **headers: str) -> Any:
        """The answer, after a look at what holds for every answer."""
        client = Client(raise_request_exception=False)
        if self.key:
            client.cookies["sessionid"] = self.key
        kind = headers.pop("kind", "application/x-www-form-urlencoded")
        with transaction.atomic():
            before = _entries()
            answer = client.generic(method, address, body, content_type=kind, headers=headers)
            self.left = _entries() - before
            transaction.set_rollback(True)
        _sound(answer, f"{method} {address[:200]} {body[:200]!r}")
        return answer


def _entries() -> int:
    from django.apps import apps

    return int(apps.get_model("core.AuditEntry").objects.count())


def _session_of(person: Any) -> str:
    from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore(kit.session_of(person))
    shown = {"method": "password", "at": time.time(), "reauthenticated": True}
    store[AUTHENTICATION_METHODS_SESSION_KEY] = [shown]
    store.save()
    return str(store.session_key)


def _sound(answer: Any, where: str) -> None:
    assert answer.status_code < 500, where
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"], where
    assert "no-store" in answer.headers["Cache-Control"], where
    for name in ("Location", "HX-Redirect", "HX-Replace-Url", "HX-Location", "HX-Push-Url"):
        leads = answer.headers.get(name, "/")
        assert re.match(r"[/?](?![/\\])", leads), (where, name, leads[:100])
    assert "X-Evil" not in answer.headers, where
    if not answer.streaming and answer.headers["Content-Type"].startswith("text/html"):
        assert not Reader(answer.content.decode()).wrong, where
    elif answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/"):
        said = answer.headers.get("Content-Disposition", "")
        assert said.startswith("attachment") or answer.content in (b"", b"ok\n"), where


@pytest.fixture
def showroom(db: None, tmp_path: Path) -> Showroom:
    return build(tmp_path, as_over(tmp_path))


def _doors(showroom: Showroom) -> Iterator[tuple[Attacker, str, dict[str, str]]]:
    """Every form: who may send it, where to, and its fields as the page fills them in."""
    attackers: dict[str, Attacker] = {"stranger": Attacker(None)}
    for role, person in showroom.people.items():
        attackers[role] = Attacker(person)
    seen = set()
    for place in atlas.PLACES:
        who, address = attackers[place.seen_by], atlas.address_of(place, showroom.ids)
        shown = who.get(address)
        for form in Reader(shown.content.decode()).forms:
            target = form.get("action") or address
            if form["method"] == "post" and (place.seen_by, target) not in seen:
                seen.add((place.seen_by, target))
                yield who, target, form["fields"]
    for name, about in atlas.FORMS.items():
        role = {"operators": "operator", "everybody": "stranger"}.get(about, "manager")
        yield attackers[role], atlas.address(name, showroom.ids), atlas.BODIES.get(name, {})


def _body(fields: dict[str, Any]) -> bytes:
    return urlencode(fields).encode()


def test_nothing_that_is_typed_breaks_a_form(showroom: Showroom) -> None:
    values, hidden = itertools.cycle(HOSTILE), itertools.cycle(HIDDEN)
    doors = list(_doors(showroom))
    asked = 0
    for who, address, fields in doors:
        every = [SCRIPT, "a\x00b", b"\xff\xfe\xed\xa0\x80", next(values)]
        bodies = [dict.fromkeys((*fields, *HIDDEN), value) for value in every]
        # One field at a time gets past the checks of the others.
        for name in (*fields, *fields, next(hidden), next(hidden)):
            bodies.append(fields | {name: next(values)})
        for body in bodies:
            who.ask("POST", address, _body(body))
        asked += len(bodies)
        who.ask("POST", address, _body(dict.fromkeys(fields, "1")) + b"&" + _body(fields))
        for kind in ("application/json", "multipart/form-data; boundary=x", "x/\xff"):
            who.ask("POST", address, b'--x\r\n{"a": [[[', kind=kind)
    assert len(doors) > 50 and asked > 600


def test_nothing_in_an_address_breaks_a_page(showroom: Showroom) -> None:
    attackers = {role: Attacker(person) for role, person in showroom.people.items()}
    attackers["stranger"] = Attacker(None)
    ids = showroom.ids | {"uidb36": "1", "key": "c-1"}
    values = itertools.cycle(value for value in HOSTILE if len(value) < 10_000)
    for place in atlas.PLACES:
        address = atlas.address_of(place, showroom.ids)
        for value in itertools.islice(values, 4):
            query = _body(dict.fromkeys(ASKED, value)).decode()
            attackers[place.seen_by].get(f"{address}{'&' if '?' in address else '?'}{query}")
    for name, parameters in atlas.addresses().items():
        about = {**atlas.FORMS, **atlas.PARTS}.get(name, "")
        who = attackers["operator" if "operator" in about + name else "manager"]
        for parameter, value in itertools.product(parameters, ODD):
            try:
                odd = {parameter: value} | ({"organisation": value} if parameter == "slug" else {})
                address = atlas.address(name, ids | odd)
            except NoReverseMatch:
                continue
            assert who.get(address).status_code != 200 or name in LEADS_ON, address
            who.ask("POST", address)


def test_nobody_sends_the_forms_of_those_with_more_rights(showroom: Showroom) -> None:
    """The form as it stands on the page of who may, sent by who may not: nothing comes of it."""
    doors = list(_doors(showroom))
    for role, theirs in THEIRS.items():
        someone, leaving = Attacker(showroom.people[role]), showroom.people[role].pk
        tried = worked = 0
        for who, address, fields in doors:
            mine = who.key == someone.key or f"/members/{leaving}/remove/" in address
            if mine or not re.fullmatch(theirs, address):
                continue
            tried += 1
            body = _body(fields | FILLED | {"email": showroom.people["outsider"].email})
            answer = someone.ask("POST", address, body)
            assert answer.status_code in (403, 404, 405, 422), (role, address, answer.status_code)
            assert not someone.left, (role, address)
            who.ask("POST", address, body)
            worked += bool(who.left)
        # For who may, the same is done.
        assert tried >= 5 and worked >= 2, (role, tried, worked)


@pytest.mark.parametrize("path", ["/", "/home/", "/account/", "/login/", "/nowhere/"])
def test_headers_change_nothing(path: str) -> None:
    manager = Attacker(kit.person())
    usual = manager.get(path).status_code
    for name in ("X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "Forwarded"):
        answer = manager.get(path, **{name: "evil.example/operator/"})
        assert answer.status_code == usual and b"evil.example" not in answer.content
    refused = Client(raise_request_exception=False).get(path, headers={"Host": "evil.example"})
    assert refused.status_code == 400 and b"evil.example" not in refused.content
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert manager.get(path, **{name: "DELETE"}).status_code == usual
    for language in ("en-\x00", "<script>", "x" * 5000, "nl;q=NaN"):
        assert manager.get(path, **{"Accept-Language": language}).status_code == usual


def test_what_people_wrote_is_text_on_every_page(showroom: Showroom, tmp_path: Path) -> None:
    _write_everywhere()
    kit.folder(
        tmp_path / "evil", {f"{FILE}.csv": f'"{SCRIPT}",n\n"{SCRIPT}",1\n{FORMULA},2\n'.encode()}
    )
    who = kit.api(showroom.people["manager"])
    kit.push(who, showroom.ids["slug"], "kwaad", tmp_path / "evil")
    evil = showroom.ids | {"dataset": "kwaad", "path": f"{FILE}.csv"}
    shown = 0
    for place in atlas.PLACES:
        someone = Attacker(showroom.people.get(place.seen_by))
        for ids, language in ((showroom.ids, "nl"), (evil, "en")):
            answer = someone.get(atlas.address_of(place, ids, language))
            assert answer.status_code == 200, place.id
            shown += "&lt;script&gt;alert(1)" in answer.content.decode()
    for name, about in atlas.PARTS.items():
        role = "operator" if about == "operators" else "manager"
        answer = Attacker(showroom.people[role]).get(atlas.address(name, evil))
        said = answer.headers.get("Content-Disposition", "")
        assert "\n" not in said and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert shown > 80


def _write_everywhere() -> None:
    """Into every text of every row that people or jobs can fill, past the rules of the actions."""
    from django.apps import apps

    for label, fields in WRITTEN.items():
        rows = apps.get_model(label).objects
        assert rows.exists(), label
        rows.update(**dict.fromkeys(fields, SCRIPT))
    job, version = apps.get_model("compute.Job"), apps.get_model("registry.ModelVersion")
    facts = {SCRIPT: SCRIPT}
    for row in job.objects.all():
        figures = {SCRIPT: 0.5, "auc": 0.9}
        parts = {"parameters": row.parameters | facts, "environment": facts, "metrics": figures}
        job.objects.filter(pk=row.pk).update(**parts, reason_facts=row.reason_facts | facts)
    for row in version.objects.all():
        more = {"metrics": {SCRIPT: 0.5}, "parameters": facts, "job_name": SCRIPT}
        version.objects.filter(pk=row.pk).update(facts=row.facts | more)
    apps.get_model("core.AuditEntry").objects.update(facts=facts)
    draft = apps.get_model("access.Draft")
    draft.objects.update(fields=dict.fromkeys(("title", "summary", "gpu_hours", "mode"), SCRIPT))
