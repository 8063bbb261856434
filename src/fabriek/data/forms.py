"""The form beside the place to drop files. A script sends it with the upload: upload_pages.py."""

from django import forms
from django.utils.translation import gettext_lazy as _

from fabriek.data.labels import CLASSES_EXPLAINED
from fabriek.web.forms import ActionForm


class NewDataForm(ActionForm):
    """What is told of new data."""

    slug = forms.CharField(
        label=_("Name of the dataset"),
        help_text=_(
            "Small letters, digits and hyphens. You use this name in jobs, for example:"
            " measurements."
        ),
        max_length=63,
        widget=forms.TextInput(
            attrs={"class": "utrecht-textbox", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    kind = forms.ChoiceField(
        label=_("What is it?"),
        help_text=_("You cannot change this later."),
        choices=(
            ("data", _("Data: something to look at, to compute with or to learn from")),
            ("code", _("Code: a program of your own that a job runs")),
        ),
        initial="data",
        widget=forms.RadioSelect(attrs={"class": "utrecht-radio-button"}),
    )
    classification = forms.ChoiceField(
        label=_("How carefully must these data be handled?"),
        help_text=_("You cannot change this later."),
        choices=tuple(CLASSES_EXPLAINED.items()),
        initial="internal",
        widget=forms.RadioSelect(attrs={"class": "utrecht-radio-button"}),
    )
    personal_data = forms.ChoiceField(
        label=_("Do these data say something about people who can be recognised?"),
        help_text=_(
            "Names, faces, voices, addresses, patient numbers. A job may only use them when your"
            " project was granted for personal data."
        ),
        choices=(("no", _("No")), ("yes", _("Yes"))),
        initial="no",
        widget=forms.RadioSelect(attrs={"class": "utrecht-radio-button"}),
    )
    description = forms.CharField(
        label=_("What is in it"),
        help_text=_("For your colleagues: where it comes from, what the columns mean."),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"class": "utrecht-textarea", "rows": 3}),
    )
