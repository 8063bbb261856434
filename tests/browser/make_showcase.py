"""Fills a factory with people and work, by the real actions; prints who and what as JSON.

Run as a process of its own beside the factory's web and worker: FABRIEK_STATE says which factory.
"""

import json
import os
import sys
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fabriek.processes.settings")
import django

django.setup()

import kit  # noqa: E402


def session_of(person: Any) -> str:
    """A signed-in session."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def main() -> None:
    people = {
        "newcomer": kit.person("robin"),
        "manager": kit.person("noor"),
        "reviewer": kit.person("ruben", reviewer=True),
        "operator": kit.person("olga", operator=True),
        "operator2": kit.person("omar", operator=True),
    }
    project = kit.project(people["manager"])
    people["member"] = kit.member(project, "member", "mila")
    people["viewer"] = kit.member(project, "viewer", "vera")
    ids = {"slug": project.slug}
    sys.stdout.write(
        json.dumps(
            {
                "people": {
                    role: {"id": who.pk, "email": who.email, "session": session_of(who)}
                    for role, who in people.items()
                },
                "ids": ids,
            }
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
