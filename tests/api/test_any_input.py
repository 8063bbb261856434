"""schemathesis over the OpenAPI document: whatever comes in, no answer is a server error, and every
refusal has a code, a sentence and a way out.

Half of the requests get real numbers and names in their paths, so that they reach past the gate.
"""

import random
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from world import World

pytestmark = [
    pytest.mark.django_db(databases=["default", "wraps"]),
    pytest.mark.timeout(600),
]
EXAMPLES = 25


@pytest.fixture
def schema(world: World) -> Iterator[Any]:
    # As Django's own test client does: the test's transaction must outlive a request.
    ends = (signals.request_started, signals.request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    for end in ends:
        end.connect(close_old_connections)


def test_no_input_breaks_the_api(schema: Any, world: World) -> None:
    dice = random.Random(7)
    failures: list[str] = []
    asked = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        asked += try_operation(operation, world, dice, failures)
    assert asked > 300
    assert not failures, "\n".join(failures[:20])


def try_operation(operation: Any, world: World, dice: Any, failures: list[str]) -> int:
    from hypothesis import given

    count = 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def attempt(case: Any) -> None:
        nonlocal count
        count += 1
        if dice.random() < 0.6:
            for name in case.path_parameters or {}:
                case.path_parameters[name] = real(operation.path, name, world)
        response = case.call(headers={"Authorization": f"Bearer {world.manager.token}"})
        check(case, response, failures)

    attempt()
    return count


def real(path: str, name: str, world: World) -> Any:
    if name == "token_id":
        return 0  # never the token that we come with
    if name == "slug":
        return world.ids["organisation"] if "/organisations" in path else world.slug
    return world.ids.get(name, 1)


def check(case: Any, response: Any, failures: list[str]) -> None:
    where = f"{case.method} {case.formatted_path}"
    if response.status_code >= 500:
        failures.append(f"{where}: {response.status_code} {response.text[:300]} {case.body!r:.300}")
    elif response.status_code >= 400 and "json" in response.headers.get("content-type", [""])[0]:
        body = response.json()
        if not all(body.get(key) for key in ("code", "sentence", "way_out")):
            failures.append(f"{where}: {response.text[:300]}")
