"""Where allauth asks us: who may sign in, what it is called, where it leads.

allauth keeps sessions, second factors and the dance with a provider; what counts as a person, what
is mailed and what is written in the audit log is ours. It sends no mail: our actions do.
"""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fabriek.core import audit
from fabriek.core.problems import Problem
from fabriek.people import actions, crypt, factors, oidc, qr
from fabriek.people.models import Person
from fabriek.people.ways import is_safe


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Signing in and out."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": gettext_lazy("Too many tries. Wait a minute and try again."),
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person:
        """Whoever knows this password; the problems of `actions.prove`."""
        return actions.prove(credentials["email"], credentials["password"])

    def reauthenticate(self, user: Person, password: str) -> bool:
        """Whether it is this person's password; Problem `too-many-requests`."""
        try:
            return bool(actions.prove(user.email, password).pk == user.pk)
        except Problem as problem:
            if problem.code != "sign-in-failed":
                raise
            return False

    def pre_login(self, request: HttpRequest, user: Person, **_more: Any) -> HttpResponse | None:
        """The gate of every way in: password, passkey, provider, confirmed sign-up."""
        if not user.is_active:
            raise Problem("person-inactive")
        if not user.email_confirmed_at:
            raise Problem("email-not-confirmed")
        return None

    def login(self, request: HttpRequest, user: Person) -> None:
        """The session begins, with a key of its own."""
        records = get_authentication_records(request, user)
        super().login(request, user)
        if records:
            # Who has just signed in need not show the password again at once.
            records[-1]["reauthenticated"] = True
            request.session[AUTHENTICATION_METHODS_SESSION_KEY] = records
        ways = [str(record.get("type") or record["method"]) for record in records]
        audit.record(user, "session.start", "person", user.pk, ways=ways)

    def get_login_stages(self) -> list[str]:
        """After the password: the second factor. Nothing else stands between."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where somebody comes who was not on the way anywhere."""
        return reverse("home")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Where one is after signing out."""
        return reverse("front")

    def is_safe_url(self, url: str) -> bool:
        """Only paths of our own."""
        return is_safe(url)

    def is_ajax(self, request: HttpRequest) -> bool:
        """Every answer is a page."""
        return False

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """allauth signs nobody up: our action does."""
        return False

    def add_message(self, request: HttpRequest, level: int, *args: Any, **more: Any) -> None:
        """What allauth would say by itself is said by our pages."""
        if more.get("message"):
            messages.add_message(request, level, more["message"])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """No mail but ours; a call here is a way that should be closed."""
        raise NotImplementedError(template_prefix)

    def get_reauthentication_methods(self, user: Person) -> list[dict[str, Any]]:
        """The ways to show again who one is, in our words."""
        words = {
            "reauthenticate": _("With your password"),
            "mfa_reauthenticate": _("With a code from your app, or a recovery code"),
            "mfa_reauthenticate:webauthn": _("With a passkey"),
        }
        found = super().get_reauthentication_methods(user)
        return [way | {"description": words[way["id"]]} for way in found]


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors."""

    def encrypt(self, text: str) -> str:
        """How a factor's secret is kept."""
        return crypt.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """And read again."""
        return crypt.decrypt(encrypted_text)

    def generate_authenticator_name(self, user: Person, type: Any) -> str:
        """What a passkey is called until its owner gives it a name."""
        number = sum(row.type == type for row in factors.of(user)) + 1
        return _("Passkey {number}").format(number=number)

    def build_totp_svg(self, url: str) -> str:
        """The picture that an app reads."""
        return qr.svg(url)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the factory's address, whatever name a request came in by."""
        return {"id": urlsplit(settings.ADDRESS).hostname or "", "name": "Fabriek"}


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Signing in with a provider of identities."""

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> oidc.Provider:
        """The one that is configured; Problem `not-found` without one."""
        return oidc.provider(request)

    def list_providers(self, request: HttpRequest) -> list[oidc.Provider]:
        """None or one."""
        return [oidc.provider(request)] if settings.OIDC_URL else []

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find or make the person that the provider has shown us."""
        oidc.settle(sociallogin)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """People are made by our action, before allauth could."""
        return False

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, **more: Any
    ) -> None:
        """The provider said no, or did not answer as it should."""
        if error == AuthError.CANCELLED:
            messages.info(request, _("You stopped before you were signed in."))
            raise ImmediateHttpResponse(redirect("account_login"))
        oidc.log_failure(error, more.get("exception"))
        raise Problem("oidc-failed", provider=settings.OIDC_NAME)
