"""Forms of organisations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fabriek.people.models import Membership, Organisation
from fabriek.people.rules import countries
from fabriek.people.words import KINDS, ROLES, country_name
from fabriek.web.forms import ActionForm


class OrganisationForm(ActionForm):
    """A new organisation."""

    name = forms.CharField(
        label=_("Name of the organisation"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    kind = forms.ChoiceField(
        label=_("What kind of organisation is it?"),
        choices=[(kind.value, KINDS[kind.value]) for kind in Organisation.Kind],
        help_text=_("This decides which ways of access fit."),
    )
    country = forms.ChoiceField(label=_("Country"), initial="NL")
    kvk = forms.CharField(
        label=_("KvK number"),
        required=False,
        max_length=100,
        help_text=_("Eight digits, for an organisation in the Netherlands."),
    )
    ror = forms.CharField(
        label=_("ROR identifier"),
        required=False,
        max_length=200,
        help_text=_("For research and education: the address from ror.org."),
    )
    vat = forms.CharField(label=_("VAT number"), required=False, max_length=100)
    pic = forms.CharField(
        label=_("PIC"),
        required=False,
        max_length=100,
        help_text=_("Nine digits, for who takes part in programmes of the European Union."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted((country_name(code), code) for code in countries())
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, name) for name, code in named]


class JoinForm(ActionForm):
    """Ask to belong to one."""

    organisation = forms.SlugField(
        label=_("Short name of the organisation"),
        max_length=63,
        help_text=_("Ask a colleague: it stands on the page of the organisation."),
    )


class OrganisationProfileForm(ActionForm):
    """What an organisation does."""

    about = forms.CharField(
        label=_("What does the organisation do?"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Applications start with these words, so you write them once."),
    )
    sector = forms.CharField(label=_("Sector"), required=False, max_length=100)
    website = forms.CharField(label=_("Website"), required=False, max_length=200)
    experience = forms.CharField(
        label=_("Experience with supercomputers"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class RoleForm(ActionForm):
    """What a member may do."""

    role = forms.ChoiceField(
        label=_("Role"), choices=[(role.value, ROLES[role.value]) for role in Membership.Role]
    )
