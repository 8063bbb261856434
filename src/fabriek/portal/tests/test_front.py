"""The pages for everybody: the front door and the route finder, in both languages."""

import re
from itertools import product

import kit
import pytest
from django.test import Client

from fabriek.portal import rules

pytestmark = pytest.mark.django_db
ADDRESSES = {"nl": "/find-your-way/", "en": "/en/find-your-way/"}


def text_of(path: str, client: Client | None = None) -> str:
    answer = (client or Client()).get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.parametrize(
    ("path", "words"),
    [("/", ("Wie er binnen kan", "Playground")), ("/en/", ("Who can come in", "Playground"))],
)
def test_the_front_door_is_open_to_everybody(
    path: str, words: tuple[str, ...], django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(3):
        text = text_of(path)
    assert all(word in text for word in words)
    assert text.count("<h1") == 1


def test_the_first_question_is_asked_and_nothing_is_changed_by_asking() -> None:
    text = text_of(ADDRESSES["en"])
    assert "For what kind of organisation do you work?" in text
    assert 'method="get"' in text and "csrf" not in text.split("<main")[1].split("</main")[0]
    assert Client().post(ADDRESSES["en"]).status_code == 405


def test_answers_stand_in_the_address_and_can_be_changed() -> None:
    text = text_of(ADDRESSES["en"] + "?kind=sme&place=nl&goal=product&nonsense=1&size=enormous")
    assert "Did you or a colleague work with a supercomputer before?" in text
    assert '<input type="hidden" name="goal" value="product">' in text
    assert 'href="/en/find-your-way/?kind=sme&amp;goal=product"' in text  # change the place
    assert "nonsense" not in text.split("<main")[1]


def test_the_end_says_the_mode_its_cost_its_date_and_what_is_needed() -> None:
    address = ADDRESSES["en"] + "?kind=sme&place=nl&goal=product&experience=yes&size=large"
    text = text_of(address)
    assert "Fast Lane fits you" in text
    assert "Free for start-ups and SMEs" in text
    assert re.search(r"it is decided by [0-9A-Z]", text)
    assert 'href="/en/signup/?next=%2Fen%2Fapplications%2Fnew%2F%3Fmode%3Dfast-lane"' in text
    someone = Client()
    someone.force_login(kit.person())
    assert 'href="/en/applications/new/?mode=fast-lane"' in text_of(address, someone)


def test_who_cannot_come_in_hears_why_and_what_then() -> None:
    assert "This factory is for civilian work" in text_of(ADDRESSES["en"] + "?kind=defence")
    assert "Access is for Europe" in text_of(ADDRESSES["en"] + "?kind=sme&place=other")


def test_each_combination_of_answers_has_its_page() -> None:
    sizes = tuple(rules.SIZES)
    for language, kind, goal in product(ADDRESSES, rules.KINDS, rules.GOALS):
        for experience, size in (("yes", "largest"), ("no", sizes[len(goal + kind) % 5])):
            text = text_of(
                f"{ADDRESSES[language]}?kind={kind}&place=eu&goal={goal}"
                f"&experience={experience}&size={size}"
            )
            assert text.count("<h1") == 1
