"""Fills a running factory with people and work; prints who and what as JSON.

Run as a process of its own beside the factory's web and worker: FABRIEK_STATE says which factory.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fabriek.processes.settings")
import django

django.setup()
from django.test.utils import setup_test_environment  # noqa: E402

setup_test_environment()  # the test client calls itself testserver

import showroom  # noqa: E402

OVER = ("succeeded", "failed", "cancelled")


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


def run(job_id: int) -> None:
    """Wait until the factory's worker has run it."""
    from fabriek.compute.models import Job

    until = time.monotonic() + 120
    while time.monotonic() < until:
        if Job.objects.get(pk=job_id).state in OVER:
            return
        time.sleep(0.1)
    raise TimeoutError(f"job {job_id} did not end")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        room = showroom.build(Path(folder), run)
    people = {
        role: {"id": who.pk, "email": who.email, "session": session_of(who)}
        for role, who in room.people.items()
    }
    sys.stdout.write(json.dumps({"people": people, "ids": room.ids}) + "\n")


if __name__ == "__main__":
    main()
