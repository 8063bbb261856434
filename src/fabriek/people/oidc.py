"""Signing in with a provider of identities (OpenID Connect): allauth's dance, our provider.

There is at most one, set by the operator; the provider's answers are taken only from its own
address, for our own client, and about one subject.
"""

import logging
from typing import Any

from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from fabriek.core import audit
from fabriek.core.problems import Problem
from fabriek.people import identities
from fabriek.people.ways import next_of
from fabriek.web.language import page_language

log = logging.getLogger(__name__)
LANGUAGE_KEY = "oidc_language"


class Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The dance, with the checks that the standard asks for."""

    @property
    def openid_config(self) -> Any:
        """What the provider says about itself, if it calls itself by the address we know."""
        found = super().openid_config
        if str(found.get("issuer", "")).rstrip("/") != settings.OIDC_URL:
            raise PermissionDenied("the provider calls itself by another address")
        return found

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: Any, **more: Any
    ) -> SocialLogin:
        """Who signed in, by a token that says for whom it was made."""
        if not more["response"].get("id_token"):
            raise PermissionDenied("the provider gave no id token")
        return super().complete_login(request, app, token, **more)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """One address in both languages: it is registered at the provider."""
        with translation.override(settings.LANGUAGE_CODE):
            return f"{settings.ADDRESS}{reverse('oidc_callback')}"


class Provider(OpenIDConnectProvider):  # type: ignore[misc]
    """The configured one. Nothing in an address changes what is asked of it."""

    oauth2_adapter_class = Adapter
    pkce_enabled_default = True

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, Any]:
        """Only what is configured."""
        params: dict[str, Any] = self.get_auth_params()
        return params

    def sociallogin_from_response(
        self, request: HttpRequest, response: dict[str, Any]
    ) -> SocialLogin:
        """The login, with what the provider told; both its answers must be about one person."""
        if response["userinfo"].get("sub") != response["id_token"].get("sub"):
            raise PermissionDenied("the provider's answers are about two people")
        login = super().sociallogin_from_response(request, response)
        login.told = response["userinfo"]
        return login

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Nothing of it is kept but the subject."""
        return {}


def provider(request: HttpRequest) -> Provider:
    """The configured provider; 404 without one."""
    if not settings.OIDC_URL:
        raise Http404
    app = SocialApp(
        provider="openid_connect",
        provider_id=identities.PROVIDER,
        name=settings.OIDC_NAME,
        client_id=settings.OIDC_CLIENT,
        secret=settings.OIDC_SECRET,
        settings={"server_url": settings.OIDC_URL},
    )
    return Provider(request, app=app)


@require_POST
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Send the browser to the provider."""
    found = provider(request)
    request.session[LANGUAGE_KEY] = page_language()
    after = next_of(request) or reverse("home")
    try:
        answer: HttpResponseBase = found.redirect(request, AuthProcess.LOGIN, next_url=after)
    except (RequestException, PermissionDenied, ValueError) as error:
        log_failure("unreachable", error)
        raise Problem("oidc-failed", provider=settings.OIDC_NAME) from None
    return answer


@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponseBase:
    """The browser comes back with the provider's answer."""
    audit.via.set("portal")
    provider(request)
    language = request.session.pop(LANGUAGE_KEY, page_language())
    # The answer comes to the Dutch address; whoever left in English goes on in English.
    translation.activate(language)
    view = OAuth2CallbackView.adapter_view(Adapter(request, identities.PROVIDER))
    answer: HttpResponseBase = view(request)
    return answer


def settle(login: SocialLogin) -> None:
    """Make the login one of a person of ours: found, or made."""
    told = login.told
    account = identities.link(
        subject=login.account.uid,
        email=str(told.get("email") or ""),
        verified=told.get("email_verified") is True,
        name=str(told.get("name") or ""),
        language=page_language(),
    )
    login.account, login.user = account, account.user


def log_failure(error: object, exception: BaseException | None) -> None:
    """For the operator; who signs in only reads that it failed."""
    log.warning("signing in with the provider failed: %s %r", error, exception)
