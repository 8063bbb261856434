"""The form of an application. It fills itself from a draft or a profile; the rules judge it."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fabriek.access import amounts, data_files, wording
from fabriek.access.actions import Story
from fabriek.access.checking import Asked
from fabriek.access.draft_rules import LONGEST, TICKS, Fields
from fabriek.access.fields import AmountField, FindingsForm, LongText
from fabriek.access.rules import within
from fabriek.web.language import page_language

if TYPE_CHECKING:
    from fabriek.people.models import Organisation

# What a newcomer with a table needs to begin with, where the mode allows it.
START = {"gpu_hours": Decimal(100), "cpu_hours": Decimal(1000), "storage_gib": Decimal(50)}
MONTHS = 3
PLAIN = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,6})?")
AMOUNTS = tuple(START)


class ApplyForm(FindingsForm):
    """Everything that an application asks."""

    draft = forms.IntegerField(
        required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput
    )
    organisation = forms.ChoiceField(label=_("For which organisation?"))
    mode = forms.ChoiceField(label=_("Which way of access?"))
    title = forms.CharField(
        label=_("Title"), max_length=100, help_text=_("Your project gets this name.")
    )
    summary = LongText(
        label=_("What do you want to do?"),
        help_text=_(
            "A few sentences that everybody understands. They become public when it is granted."
        ),
    )
    purpose = forms.ChoiceField(label=_("What is it for?"))
    purpose_text = LongText(label=_("More about the purpose"), rows=3, required=False)
    gpu_hours = AmountField(label=wording.FIELDS["gpu_hours"])
    cpu_hours = AmountField(label=wording.FIELDS["cpu_hours"])
    storage_gib = AmountField(label=wording.FIELDS["storage_gib"])
    months = forms.IntegerField(
        label=_("Months"),
        min_value=1,
        max_value=120,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
    )
    experience = LongText(label=_("Experience with supercomputers"), rows=4, required=False)
    personal_data = forms.BooleanField(label=_("We use data about people"), required=False)
    data_sources = LongText(
        label=_("Where does the data come from?"),
        rows=3,
        required=False,
        help_text=_("For example: your own machines, a public dataset, your customers."),
    )
    ai_act_notes = LongText(
        label=_("Notes about the AI Act"),
        rows=3,
        required=False,
        help_text=_("For example: why your system is or is not a high-risk one."),
    )

    def __init__(self, *args: Any, organisations: "Sequence[Organisation]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("organisation", [(row.slug, row.name) for row in organisations])
        self._choose("mode", wording.mode_choices())
        self._choose("purpose", [("", _("Choose one")), *wording.purpose_choices()])

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def given(self, name: str) -> str:
        """What a field holds now. Not by `self[name]`, which would fix the field's hint."""
        return str((self.data if self.is_bound else self.initial).get(name, ""))

    def asked(self) -> Asked:
        """What is applied for, as far as it can be read. Call it after the form was cleaned."""
        given = self.cleaned_data
        return Asked(
            mode=given.get("mode") or self.data.get("mode", ""),
            organisation=given.get("organisation") or self.data.get("organisation", ""),
            gpu_hours=given.get("gpu_hours", Decimal(0)),
            cpu_hours=given.get("cpu_hours", Decimal(0)),
            storage_gib=given.get("storage_gib", Decimal(0)),
            months=given.get("months") or 0,
            purpose=given.get("purpose") or None,
            experience=given.get("experience", ""),
        )

    def story(self) -> Story:
        """The words. Call it on a valid form."""
        names = ("title", "summary", "purpose_text", "personal_data", "data_sources")
        given = {name: self.cleaned_data[name] for name in (*names, "ai_act_notes")}
        return Story(**given)

    def typed(self) -> Fields:
        """What was typed, as a draft keeps it: numbers in their plain form where they are any."""
        kept: Fields = {}
        for name in LONGEST:
            text = str(self.data.get(name, ""))
            if name in AMOUNTS:
                number = amounts.read(text, page_language())
                text = text[: LONGEST[name]] if number is None else amounts.plain(number)
            kept[name] = text
        return kept | {name: name in self.data for name in TICKS}

    @property
    def draft_number(self) -> int | None:
        """The draft that this is written in. Call it after the form was cleaned."""
        return self.cleaned_data.get("draft")


def from_draft(fields: Mapping[str, Any]) -> dict[str, Any]:
    """A draft's fields as the form's initial values."""
    found = dict(fields)
    for name in AMOUNTS:
        if PLAIN.fullmatch(str(found.get(name, ""))):
            found[name] = Decimal(str(found[name]))
    return found


def beginning(wanted: Mapping[str, str], organisations: "Sequence[Organisation]") -> dict[str, Any]:
    """The initial values of a new application: what the address asks for, the organisation's
    profile, and amounts to begin with that fit the mode."""
    slugs = {row.slug: row for row in organisations}
    organisation = slugs.get(wanted.get("organisation", ""), organisations[0])
    modes = data_files.modes()
    fitting = [row for row in modes.values() if organisation.kind in row.organisations]
    mode = modes.get(wanted.get("mode", "")) or next(iter(fitting), next(iter(modes.values())))
    start: dict[str, Any] = {
        "mode": mode.id,
        "organisation": organisation.slug,
        "months": MONTHS if MONTHS in mode.months else mode.months[0],
        "experience": organisation.experience,
    }
    for name, usual in START.items():
        asked = amounts.read(wanted.get(name, ""), "en")
        number = usual if asked is None else asked
        if within(getattr(mode, name), number):
            start[name] = number
    return start
