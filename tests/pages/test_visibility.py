"""The walk over every page: as a stranger, as somebody of another project, as a viewer.

What is not listed in the atlas fails the walk, so that no page is added without saying who may see
it.
"""

from typing import Any

import atlas
import kit
import pytest
from django.test import Client

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])
HIDDEN = ("project", "organisation", "application", "review", "operators")


def pages(*about: str) -> list[atlas.Place]:
    return [place for place in atlas.PLACES if place.about in about]


def test_the_atlas_knows_every_address() -> None:
    places = {place.name for place in atlas.PLACES}
    known = places | set(atlas.FORMS) | set(atlas.PARTS) | atlas.STEPS
    assert known == set(atlas.addresses())
    assert len(pages(*HIDDEN)) > 25


def test_whoever_is_not_signed_in_sees_nothing_but_what_is_for_everybody(showroom: Any) -> None:
    for place in atlas.PLACES:
        answer = kit.browser().get(atlas.address_of(place, showroom.ids))
        if place.about == "everybody":
            assert answer.status_code == 200, place.id
        else:
            assert answer.status_code == 302, (place.id, answer.status_code)
            assert answer.headers["Location"].startswith("/login/"), place.id


def test_what_one_may_not_see_is_not_there(showroom: Any) -> None:
    for role in ("newcomer", "outsider", "reviewer"):
        someone = kit.browser(showroom.people[role])
        for place in pages(*HIDDEN):
            if role == "reviewer" and place.about in ("review", "application"):
                continue
            answer = someone.get(atlas.address_of(place, showroom.ids))
            assert answer.status_code == 404, (role, place.id, answer.status_code)
            assert showroom.title not in answer.content.decode(), (role, place.id)


def test_no_file_and_no_piece_of_a_page_is_given_either(showroom: Any) -> None:
    hidden = [name for name, about in atlas.PARTS.items() if about != "everybody"]
    for role in ("stranger", "newcomer", "outsider", "reviewer"):
        someone = kit.browser(showroom.people.get(role))
        expected = 302 if role == "stranger" else 404
        for name in hidden:
            answer = someone.get(atlas.address(name, showroom.ids))
            assert answer.status_code == expected, (role, name, answer.status_code)
            assert "/login/" in answer.headers.get("Location", "/login/"), name


def test_those_who_may_see_it_do(showroom: Any) -> None:
    for place in atlas.PLACES:
        someone = kit.browser(showroom.people.get(place.seen_by))
        for language in ("nl", "en"):
            answer = someone.get(atlas.address_of(place, showroom.ids, language))
            assert answer.status_code == 200, (place.id, answer.status_code)
            if not answer.streaming:
                assert f'<html lang="{language}">' in answer.content.decode(), place.id


def test_a_viewer_reads_the_project_and_changes_nothing(showroom: Any) -> None:
    someone = kit.browser(showroom.people["viewer"])
    for place in pages("project"):
        answer = someone.get(atlas.address_of(place, showroom.ids))
        assert answer.status_code in (200, 403), (place.id, answer.status_code)
    for name, about in atlas.FORMS.items():
        if about == "project":
            answer = someone.post(atlas.address(name, showroom.ids), atlas.BODIES.get(name))
            assert answer.status_code in (403, 404, 405), (name, answer.status_code)


def test_no_form_of_somebody_elses_is_taken(showroom: Any) -> None:
    others = [name for name, about in atlas.FORMS.items() if about not in ("everybody", "oneself")]
    for role in ("stranger", "newcomer", "outsider"):
        someone = kit.browser(showroom.people.get(role))
        expected = 302 if role == "stranger" else 404
        for name in others:
            answer = someone.post(atlas.address(name, showroom.ids), atlas.BODIES.get(name))
            assert answer.status_code in (expected, 405), (role, name, answer.status_code)
            if answer.status_code == 302:
                assert "/login/" in answer.headers["Location"], name


def test_a_form_is_not_sent_by_looking(showroom: Any) -> None:
    someone = kit.browser(showroom.people["manager"])
    for name in atlas.FORMS:
        answer = someone.get(atlas.address(name, showroom.ids))
        assert answer.status_code == 405, (name, answer.status_code)


def test_a_form_without_its_token_is_refused(showroom: Any) -> None:
    someone = Client(enforce_csrf_checks=True, raise_request_exception=False)
    someone.force_login(
        showroom.people["manager"], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    for place in atlas.PLACES:
        answer = someone.post(atlas.address_of(place, showroom.ids))
        assert answer.status_code in (403, 405), (place.id, answer.status_code)
    for name in atlas.FORMS:
        answer = someone.post(atlas.address(name, showroom.ids), atlas.BODIES.get(name))
        assert answer.status_code == 403, (name, answer.status_code)
