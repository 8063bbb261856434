"""Forms of the way in: signing up, confirming, signing in, a forgotten password."""

from typing import Any

from allauth.account.models import Login
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from fabriek.core.problems import Problem
from fabriek.people import actions
from fabriek.people.models import Person
from fabriek.people.schemas import MAX_PASSWORD
from fabriek.web.forms import ActionForm
from fabriek.web.telling import tell


def told(problem: Problem) -> ValidationError:
    """A problem as the error of a form that allauth asks whether it is valid."""
    return ValidationError(str(tell(problem)), code=problem.code)


def email_field(autocomplete: str = "email") -> forms.EmailField:
    """An e-mail address."""
    widget = forms.EmailInput(attrs={"autocomplete": autocomplete})
    return forms.EmailField(label=_("E-mail address"), max_length=254, widget=widget)


def password_field(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    """A password, taken as it is typed."""
    return forms.CharField(
        label=label,
        max_length=MAX_PASSWORD,
        strip=False,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


STRONG = _("At least eight characters. Four loose words are easy to remember and hard to guess.")


class SignUpForm(ActionForm):
    """A new account."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=100,
        help_text=_("As your colleagues know you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = email_field()
    password = password_field(_("Password"), "new-password", STRONG)


class ConfirmForm(ActionForm):
    """The code from the mail."""

    email = email_field()
    code = forms.CharField(
        label=_("Code from the mail"),
        max_length=40,
        help_text=_("Eight letters and digits, such as 4C7F-9KQM."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}
        ),
    )


class AgainForm(ActionForm):
    """Ask for another code."""

    email = email_field()


class SignInForm(ActionForm):
    """Address and password. Whose address is not confirmed yet is valid too, and led on."""

    login = email_field("username")
    password = password_field(_("Password"), "current-password")

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.person: Person | None = None
        self.problem: Problem | None = None

    def clean(self) -> dict[str, Any]:
        """Ask who knows this password."""
        given = super().clean() or {}
        if "login" in given and "password" in given:
            try:
                self.person = actions.prove(given["login"], given["password"])
            except Problem as problem:
                if problem.code != "email-not-confirmed":
                    self.problem = problem
                    raise told(problem) from None
        return given

    def to_login(self, after: str) -> Login:
        """What allauth goes on with."""
        return Login(user=self.person, email=self.cleaned_data["login"], redirect_url=after)


class PasswordAgainForm(ActionForm):
    """The password of who is signed in, before something that matters."""

    password = password_field(_("Password"), "current-password")

    def __init__(self, *args: Any, user: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Counted together with signing in."""
        password: str = self.cleaned_data["password"]
        try:
            if actions.prove(self.user.email, password).pk == self.user.pk:
                return password
        except Problem as problem:
            if problem.code != "sign-in-failed":
                raise told(problem) from None
        raise told(Problem("password-wrong"))


class ForgottenForm(ActionForm):
    """The address to mail a link to."""

    email = email_field("username")


class NewPasswordForm(ActionForm):
    """A new password, from the link in the mail."""

    password = password_field(_("New password"), "new-password", STRONG)

    def __init__(
        self, *args: Any, user: Person | None = None, temp_key: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
