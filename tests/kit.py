"""People, projects and data for tests, made by the real actions."""

import io
import itertools
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.test import Client

_number = itertools.count(1)


@dataclass
class Api:
    """A person at the API, through Django's test client."""

    person: Any
    token: str
    language: str = "en"

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Status and JSON (or bytes) of one request; `path` below /api/v1."""
        content = json.dumps(body) if body is not None else ""
        response = Client(raise_request_exception=False).generic(
            method,
            f"/api/v1{path}",
            content,
            content_type="application/json",
            headers={
                "Authorization": f"Bearer {self.token}",
                "Accept-Language": self.language,
                **headers,
            },
        )
        raw = b"".join(response) if response.streaming else response.content
        if response.headers.get("Content-Type", "").startswith("application/json"):
            return response.status_code, json.loads(raw) if raw else None
        return response.status_code, raw

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        return self.call("POST", path, body)

    # What httpx.Client offers and the vault's transfer asks for.
    def request(self, method: str, url: str, **more: Any) -> "Answer":
        content = more.get("content")
        if content is not None and not isinstance(content, (bytes, str)):
            content = b"".join(bytes(piece) for piece in content)
        if "json" in more and more["json"] is not None:
            content = json.dumps(more["json"]).encode()
        headers = {"Authorization": f"Bearer {self.token}", **(more.get("headers") or {})}
        kind = headers.pop("Content-Type", "application/json")
        response = Client(raise_request_exception=False).generic(
            method, url, content or b"", content_type=kind, headers=headers
        )
        raw = b"".join(response) if response.streaming else response.content
        return Answer(response.status_code, raw, dict(response.headers))


@dataclass
class Answer:
    """The part of an httpx answer that the vault's transfer reads."""

    status_code: int
    content: bytes
    headers: dict[str, str]

    def json(self) -> Any:
        return json.load(io.BytesIO(self.content))


def person(name: str = "", *, operator: bool = False, reviewer: bool = False) -> Any:
    """A confirmed person."""
    from fabriek.core import clock
    from fabriek.people.models import Person

    name = name or f"person{next(_number)}"
    return Person.objects.create(
        email=f"{name}-{next(_number)}@example.org",
        name=name.capitalize(),
        password="!",
        email_confirmed_at=clock.now(),
        joined_at=clock.now(),
        is_operator=operator,
        is_reviewer=reviewer,
    )


def api(someone: Any) -> Api:
    """The person with a fresh token."""
    from datetime import timedelta

    from fabriek.core import clock
    from fabriek.people import tokens

    _, plain = tokens.issue(someone, "test", clock.now() + timedelta(days=1), tokens.PERSON_SCOPE)
    return Api(someone, plain)


def project(manager: Any, *, personal_data: bool = False, **asked: Any) -> Any:
    """A project of a new start-up's, by a granted Playground application of the person."""
    from fabriek.access import actions
    from fabriek.access.actions import Story
    from fabriek.access.checking import Asked
    from fabriek.people import organisation_actions

    number = next(_number)
    organisation = organisation_actions.make_organisation(
        manager, name=f"Company {number}", kind="start-up", country="NL", slug=f"company-{number}"
    )
    amounts = {"gpu_hours": Decimal(10), "cpu_hours": Decimal(100), "storage_gib": Decimal(5)}
    application = actions.apply(
        manager,
        Asked(
            mode="playground",
            organisation=organisation.slug,
            months=1,
            purpose="product-development",
            **(amounts | asked),
        ),
        Story(title=f"Project {number}", summary="To test with.", personal_data=personal_data),
    )
    return application.project


def member(project: Any, role: str, name: str = "") -> Any:
    """A new person with this role in the project."""
    from fabriek.access.models import ProjectMember
    from fabriek.core import clock

    someone = person(name or role)
    ProjectMember.objects.create(project=project, person=someone, role=role, since=clock.now())
    return someone


def folder(path: Path, files: dict[str, bytes]) -> Path:
    """A folder with these files."""
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def push(who: Api, project_slug: str, dataset: str, path: Path, **fields: Any) -> str:
    """Store a file or folder as the next version of a dataset; returns `slug@number`."""
    from fabriek_vault.hub import push_path

    status, found = who.get(f"/projects/{project_slug}/datasets/{dataset}")
    if status == 404:
        status, found = who.post(
            f"/projects/{project_slug}/datasets", {"slug": dataset, "kind": "data", **fields}
        )
    assert status in {200, 201}, found
    version = push_path(who, found["id"], path)
    return f"{dataset}@{version.number}"


def browser(someone: Any = None) -> Client:
    """A browser in which the person is signed in; without one, in which nobody is."""
    client = Client(raise_request_exception=False)
    if someone is not None:
        client.force_login(someone)
    return client


def ended_job(project: Any, by: Any, hours: str = "2.5", **columns: Any) -> Any:
    """A job that succeeded, with what the ledger and the project's sums know of it."""
    from fabriek.access import queries as access
    from fabriek.compute import tallies
    from fabriek.compute.models import Job
    from fabriek.core import clock
    from fabriek.ledger import actions as ledger

    now = clock.now()
    usual = {
        "name": "train",
        "command": ["true"],
        "purpose": "product-development",
        "cpus": 1,
        "memory_mib": 100,
        "time_limit_s": 60,
        "disk_limit_mib": 1,
        "log_limit_mib": 1,
        "output_kind": "none",
        "engine": "embedded",
        "state": "succeeded",
        "submitted_at": now,
        "started_at": now,
        "ended_at": now,
        "charged": {"cpu-hour": hours},
        "energy": {"kwh": "0.5", "source": "node-kind-model", "quality": "estimated"},
    }
    job = Job.objects.create(project_id=project.pk, submitted_by=by, **(usual | columns))
    ledger.hold(access.accounts(project.pk).cpu_hour, f"job:{job.pk}", Decimal(hours))
    ledger.settle(f"job:{job.pk}", {"cpu-hour": Decimal(hours)}, {})
    tallies.add(project.pk, "succeeded", usual["energy"])
    return job


def own_token_id(someone: Any) -> int:
    """The number of one of the person's own tokens."""
    from fabriek.people import queries

    return int(queries.tokens_of(someone).values_list("pk", flat=True)[0])


def session_of(person: Any) -> str:
    """The key of a session in which the person is signed in."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.save()
    return str(store.session_key)
