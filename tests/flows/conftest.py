"""One real factory for the flows of a test process, and newcomers in it."""

import itertools
from collections.abc import Iterator

import live
import pytest

_number = itertools.count(1)


@pytest.fixture(scope="session")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.Factory]:
    yield from live.running(tmp_path_factory.mktemp("factory") / "state")


@pytest.fixture
def newcomer(factory: live.Factory) -> live.Person:
    """A person with a project of their own."""
    person = factory.person(f"newcomer{next(_number)}@example.org")
    person.make_project()
    return person
