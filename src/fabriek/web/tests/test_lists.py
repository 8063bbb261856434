"""A list does what its address says, and no address breaks it."""

from typing import Any

import kit
import pytest
from django.apps import apps
from django.test import RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from fabriek.web.lists import Choice, Column, Listing

Person = apps.get_model("people", "Person")
COLUMNS = [
    Column("name", "Name", sort="name"),
    Column("joined", "Joined", sort="joined_at"),
    Column("rights", "Rights"),
]
CHOICES = [Choice("operator", "Operator", [("true", "Yes"), ("false", "No")], field="is_operator")]


def listing(address: str, **more: Any) -> Listing[Any]:
    request = RequestFactory().get(address)
    return Listing(
        request,
        Person.objects.all(),
        columns=COLUMNS,
        search=("name", "email"),
        choices=CHOICES,
        sort="name",
        **more,
    )


@pytest.fixture
def people(db: None) -> list[Any]:
    return [kit.person(name, operator=name == "anna") for name in ("carla", "anna", "bram")]


def names(found: Listing[Any]) -> list[str]:
    return [row.name for row in found.rows]


def test_sorts_both_ways(people: list[Any]) -> None:
    assert names(listing("/x/")) == ["Anna", "Bram", "Carla"]
    assert names(listing("/x/?sort=-name")) == ["Carla", "Bram", "Anna"]
    head = listing("/x/?sort=-name").heads[0]
    assert (head.direction, head.href) == ("descending", "/x/?sort=name")
    assert listing("/x/").heads[2].href == ""


def test_searches_and_filters(people: list[Any]) -> None:
    assert names(listing("/x/?q=BRA")) == ["Bram"]
    assert names(listing("/x/?operator=true")) == ["Anna"]
    assert names(listing("/x/?operator=false&q=example.org")) == ["Bram", "Carla"]
    assert listing("/x/?q=nobody").is_narrowed


def test_pages_never_repeat_or_skip(people: list[Any]) -> None:
    first = listing("/x/", page_rows=2)
    assert names(first) == ["Anna", "Bram"] and not first.previous
    second = listing(first.next, page_rows=2)
    assert names(second) == ["Carla"] and not second.next
    assert second.previous == "/x/"


def test_addresses_keep_what_was_asked(people: list[Any]) -> None:
    found = listing("/x/?q=a&operator=false&sort=-joined&other=1", page_rows=1)
    assert found.next == "/x/?q=a&operator=false&sort=-joined&page=2"
    assert found.sort == "-joined"


class AnyAddress(TestCase):
    @settings(max_examples=80)
    @given(
        st.dictionaries(
            st.sampled_from(["q", "sort", "page", "operator", "else"]), st.text(max_size=30)
        )
    )
    def test_no_address_breaks_it(self, query: dict[str, str]) -> None:
        request = RequestFactory().get("/x/", query)
        found = Listing(
            request, Person.objects.all(), columns=COLUMNS, search=("name",), choices=CHOICES
        )
        assert found.rows == []
