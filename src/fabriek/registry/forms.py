"""The form of a model card: only what a person can know."""

from collections.abc import Mapping
from typing import Any

from django import forms

from fabriek.registry import queries
from fabriek.registry.actions import MAX_TEXT
from fabriek.web.forms import ActionForm
from fabriek.web.language import page_language


class CardForm(ActionForm):
    """A field for each text that a person writes. None of them is required."""

    def __init__(self, *args: Any, texts: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._texts = texts
        for field in queries.card_fields().values():
            if field.by_person:
                self.fields[field.name] = forms.CharField(
                    label=field.title[page_language()],
                    required=False,
                    max_length=MAX_TEXT,
                    initial=texts.get(field.name, ""),
                    widget=forms.Textarea(attrs={"rows": 4}),
                )

    def changed(self) -> dict[str, str]:
        """The texts that are not what they were."""
        given = {name: str(text).replace("\r\n", "\n") for name, text in self.cleaned_data.items()}
        return {
            name: text for name, text in given.items() if text != self._texts.get(name, "").strip()
        }
