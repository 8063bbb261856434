"""Forms of second factors: codes and passkeys."""

from typing import Any

from allauth.core import context
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import get_totp_secret, validate_totp_code
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from fabriek.core.problems import Problem
from fabriek.people import factors, throttle
from fabriek.people.entry_forms import told
from fabriek.people.models import Person
from fabriek.web.forms import ActionForm


def code_field(label: Any, help_text: Any = "") -> forms.CharField:
    """A code that somebody types over."""
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
    return forms.CharField(
        label=label, max_length=40, help_text=help_text, widget=forms.TextInput(attrs=attrs)
    )


class CodeForm(ActionForm):
    """The code of the app, or a recovery code."""

    code = code_field(_("Code"), _("Six digits from your app, or a recovery code of eight."))
    again = False

    def __init__(self, *args: Any, user: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.factor: Authenticator | None = None

    def clean_code(self) -> str:
        """Guesses are counted for each person, whatever browser they come from."""
        code: str = self.cleaned_data["code"]
        try:
            throttle.FACTORS.take(str(self.user.pk))
        except Problem as problem:
            raise told(problem) from None
        for row in factors.of(self.user):
            if row.type != factors.Type.WEBAUTHN and factors.shows(row, code):
                row.user = self.user
                self.factor = row
                throttle.FACTORS.clear(str(self.user.pk))
                return code
        factors.failed(self.user)
        raise told(Problem("code-wrong"))

    def save(self) -> None:
        """Write in the session that this was shown."""
        post_authentication(context.request, self.factor, reauthenticated=self.again)


class CodeAgainForm(CodeForm):
    """The same, for who is signed in already."""

    again = True


class AddAppForm(ActionForm):
    """The first code of a new app: proof that it has the key."""

    code = code_field(_("Code from the app"), _("The six digits that the app shows now."))

    def __init__(self, *args: Any, user: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.secret: str = get_totp_secret(regenerate=not self.is_bound)

    def clean_code(self) -> str:
        """Whether the app and we agree."""
        code: str = self.cleaned_data["code"]
        if not validate_totp_code(self.secret, code):
            raise told(Problem("code-wrong"))
        return code


class _Careful:
    """What a browser sends as a passkey may be anything."""

    def _refusing(self, check: Any) -> Any:
        try:
            return check()
        except (AttributeError, KeyError, LookupError, TypeError, ValueError):
            raise told(Problem("passkey-refused")) from None
        except ValidationError as error:
            if error.code == "too_many_login_attempts":
                raise
            raise told(Problem("passkey-refused")) from None


class PasskeyForm(_Careful, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as the second step."""

    def clean_credential(self) -> Any:
        """The passkey, if it is one of this person's."""
        return self._refusing(super().clean_credential)


class PasskeyAgainForm(_Careful, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey of who is signed in already."""

    def clean_credential(self) -> Any:
        """The passkey, if it is one of this person's."""
        return self._refusing(super().clean_credential)


class PasskeySignInForm(_Careful, LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey instead of a password."""

    def clean_credential(self) -> Any:
        """The passkey, and with it the person."""
        return self._refusing(super().clean_credential)


class AddPasskeyForm(_Careful, AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey, which the browser makes."""

    name = forms.CharField(
        label=_("A name for it"),
        required=False,
        max_length=100,
        help_text=_("To know it again in the list, such as: my laptop."),
    )
    passwordless = None

    def clean(self) -> Any:
        """What the browser made, checked."""
        return self._refusing(super().clean)
