"""Forms of a project's managers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fabriek.access import wording
from fabriek.access.extension_rules import Amounts
from fabriek.access.fields import AmountField, FindingsForm, LongText
from fabriek.web.forms import ActionForm


class MemberForm(ActionForm):
    """Somebody new in the project."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("Of somebody who has an account here."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("Role"), initial="member")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = wording.role_choices()


class ExtensionForm(FindingsForm):
    """More time, more hours."""

    months = forms.IntegerField(
        label=_("More months"),
        required=False,
        min_value=0,
        max_value=120,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
    )
    gpu_hours = AmountField(label=_("More GPU-hours"))
    cpu_hours = AmountField(label=_("More CPU-hours"))
    storage_gib = AmountField(label=_("More storage in GiB"))
    reason = LongText(label=_("Why do you need it?"), rows=4)

    def __init__(self, *args: Any, room: Amounts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("months", "gpu_hours", "cpu_hours", "storage_gib"):
            self.fields[name].help_text = wording.at_most(getattr(room, name))

    def asked(self) -> Amounts:
        """What is asked for. Call it on a valid form."""
        given = self.cleaned_data
        return Amounts(
            months=given["months"] or 0,
            gpu_hours=given["gpu_hours"],
            cpu_hours=given["cpu_hours"],
            storage_gib=given["storage_gib"],
        )
