"""A refusal is told on the form, at the field it is about."""

import pytest
from django import forms
from django.utils import translation

from fabriek.core.problems import Problem, Reason
from fabriek.web.forms import ActionForm


class Small(ActionForm):
    title = forms.CharField(label="Title", help_text="Short & clear")
    kind = forms.ChoiceField(
        label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect
    )
    sure = forms.BooleanField(label="Sure", required=False)


def refuse(**facts: object) -> object:
    raise Problem("invalid-input", why=Reason("empty"), **facts)


def form() -> Small:
    found = Small({"title": "<b>", "kind": "a"})
    assert found.is_valid()
    return found


def test_at_the_field() -> None:
    found = form()
    assert found.act(lambda: refuse(where="title")) is None
    assert "title" in found.errors and found.status == 422


def test_at_the_top_in_the_pages_language() -> None:
    for language, word in (("nl", "Verbeter"), ("en", "Correct")):
        with translation.override(language):
            found = form()
            assert not found.done(lambda: refuse(where="elsewhere"))
            assert word in str(found.non_field_errors())


def test_what_goes_well_comes_through() -> None:
    found = form()
    assert found.act(lambda: 5) == 5 and found.done(lambda: None) and found.status == 200


def test_fields_name_their_hint_and_error() -> None:
    with translation.override("en"):
        found = Small({"title": "", "kind": "x"})
        html = str(found.render())
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert "Short &amp; clear" in html
    assert 'href="#id_title"' in html and 'href="#id_kind"' in html
    assert html.count('id="id_kind"') == 1
    assert "<legend" in html


def test_what_was_typed_is_text() -> None:
    assert "&lt;b&gt;" in str(form()["title"])


@pytest.mark.parametrize("name", ["title", "sure"])
def test_every_input_has_a_label(name: str) -> None:
    assert f'for="id_{name}"' in str(form().render())
