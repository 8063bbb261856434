"""Fills a running factory with people and work; prints who and what as JSON.

Run as a process of its own beside the factory's web and worker: FABRIEK_STATE says which factory.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fabriek.processes.settings")
import django

django.setup()
from django.test.utils import setup_test_environment  # noqa: E402

setup_test_environment()  # the test client calls itself testserver

import kit  # noqa: E402
import showroom  # noqa: E402

OVER = ("succeeded", "failed", "cancelled")


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
        role: {"id": who.pk, "email": who.email, "session": kit.session_of(who)}
        for role, who in room.people.items()
    }
    sys.stdout.write(json.dumps({"people": people, "ids": room.ids}) + "\n")


if __name__ == "__main__":
    main()
