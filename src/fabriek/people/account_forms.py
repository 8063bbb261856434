"""Forms of one's own account."""

from django import forms
from django.utils.translation import gettext_lazy as _

from fabriek.people.entry_forms import STRONG, password_field
from fabriek.web.forms import ActionForm

LANGUAGES = [("nl", "Nederlands"), ("en", "English")]


class ProfileForm(ActionForm):
    """Name and language."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=LANGUAGES, help_text=_("Of these pages, and of our mails.")
    )


class PasswordForm(ActionForm):
    """Another password."""

    old = password_field(_("Present password"), "current-password")
    new = password_field(_("New password"), "new-password", STRONG)


class FirstPasswordForm(ActionForm):
    """A password for who signed in through a provider so far."""

    new = password_field(_("New password"), "new-password", STRONG)


class TokenForm(ActionForm):
    """A new token."""

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=100,
        help_text=_("To know it again in the list, such as: command line on my laptop."),
    )
    days = forms.TypedChoiceField(
        label=_("How long should it work?"),
        coerce=int,
        initial=90,
        choices=[
            (7, _("A week")),
            (30, _("A month")),
            (90, _("Three months")),
            (366, _("A year")),
        ],
    )
