"""Second factors: signing in with one, setting them up, taking them away."""

from typing import Any

from allauth.account.models import Login
from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from allauth.mfa.totp.internal.auth import clear_totp_secret
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal.auth import begin_authentication, begin_registration
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
)
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from fabriek.core.problems import Problem
from fabriek.people import factors, ways
from fabriek.people.session import PageRequest, lately, signed_in
from fabriek.web.forms import form_page

HERE = gettext_lazy("Second factors")


def _crumbs(here: str) -> list[tuple[Any, str]]:
    above: list[tuple[Any, str]] = [
        (_("Account"), reverse("account")),
        (HERE, reverse("mfa_index")),
    ]
    return [*above, (here, "")]


@never_cache
@require_safe
@signed_in
def overview(request: PageRequest) -> HttpResponse:
    """What one signs in with beside the password."""
    rows = factors.of(request.person)
    context = {
        "apps": [row for row in rows if row.type == factors.Type.TOTP],
        "passkeys": [row for row in rows if row.type == factors.Type.WEBAUTHN],
        "passkeys_work": settings.PASSKEYS_WORK,
        "has_codes": any(row.type == factors.Type.RECOVERY_CODES for row in rows),
        "codes_left": len(factors.unused_codes(request.person)),
        "crumbs": [(_("Account"), reverse("account")), (HERE, "")],
        "section": "account",
    }
    return render(request, "people/factors.html", context)


@never_cache
@form_page
@signed_in
@lately
def remove(request: PageRequest, factor_id: int) -> HttpResponse:
    """Take one away, after asking."""
    row = next((row for row in factors.of(request.person) if row.pk == factor_id), None)
    if row is None or row.type not in factors.SECOND:
        raise Problem("not-found")
    if request.method == "POST":
        factors.remove(request.person, factor_id)
        messages.success(request, _("It is removed."))
        return redirect("mfa_index")
    context = {
        "factor": row,
        "is_last": sum(row.type in factors.SECOND for row in factors.of(request.person)) == 1,
        "crumbs": _crumbs(_("Remove")),
        "section": "account",
    }
    return render(request, "people/factor_remove.html", context)


@never_cache
@require_safe
@signed_in
@lately
def codes(request: PageRequest) -> HttpResponse:
    """The recovery codes that are left."""
    context = {
        "codes": factors.unused_codes(request.person),
        "crumbs": _crumbs(_("Recovery codes")),
        "section": "account",
    }
    return render(request, "people/factor_codes.html", context)


@require_POST
@signed_in
@lately
def new_codes(request: PageRequest) -> HttpResponse:
    """Other codes in the place of these."""
    factors.new_codes(request.person)
    messages.success(request, _("These are your new codes. The old ones no longer work."))
    return redirect("mfa_view_recovery_codes")


class AddApp(ActivateTOTPView):  # type: ignore[misc]
    """Set up an app that shows codes."""

    template_name = "people/factor_app.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """One app is enough."""
        rows = factors.of(request.user) if request.user.is_authenticated else []
        if any(row.type == factors.Type.TOTP for row in rows):
            return redirect("mfa_index")
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        """The app works: from now on it is asked for."""
        made = factors.add_app(self.request.user, form.secret)
        clear_totp_secret(self.request)
        return _added(self.request, made, _("Your app works. We ask for its code from now on."))

    def form_invalid(self, form: Any) -> HttpResponse:
        """The form again."""
        context = self.get_context_data(form=form)
        answer: HttpResponse = self.render_to_response(context, status=form.status)
        return answer

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """The key as a picture and as text."""
        found: dict[str, Any] = super().get_context_data(**more)
        secret = found["form"].secret
        pieces = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
        return found | {"secret": pieces, "crumbs": _crumbs(_("App with codes"))}


class AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    """Make a passkey on this device or key."""

    template_name = "people/factor_passkey.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """It can be used from now on."""
        given = form.cleaned_data
        made = factors.add_passkey(self.request.user, given["name"], given["credential"])
        return _added(self.request, made, _("Your passkey is ready to sign in with."))

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """What the browser needs to make one that works without a password."""
        options = begin_registration(self.request.user, True)
        form = more.get("form") or self.get_form()
        return {"form": form, "options": _plain(options), "crumbs": _crumbs(_("Passkey"))}


def _added(request: HttpRequest, codes_made: bool, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("mfa_view_recovery_codes" if codes_made else "mfa_index")


class SecondStep(AuthenticateView):  # type: ignore[misc]
    """After the password: a code or a passkey."""

    template_name = "people/second_step.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        """The form again."""
        answer: HttpResponse = self.render_to_response(self.get_context_data(), status=422)
        return answer

    def get_context_data(self, **_more: Any) -> dict[str, Any]:
        """Only the ways that this person has."""
        person = self.stage.login.user
        kinds = {row.type for row in factors.of(person)}
        has_passkey = factors.Type.WEBAUTHN in kinds
        return {
            "form": self.auth_form,
            "passkey": self.webauthn_form,
            "has_passkey": has_passkey,
            "options": _plain(begin_authentication(person)) if has_passkey else "",
        }


class PasskeySignIn(LoginWebAuthnView):  # type: ignore[misc]
    """Sign in with a passkey and nothing else."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What the browser needs, as JSON; a person who comes here goes to the page."""
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"options": begin_authentication(None)})
        return redirect(ways.to("account_login", ways.next_of(request)))

    def form_invalid(self, form: Any) -> HttpResponse:
        """Back to the ways in."""
        for error in form.errors.get("credential", []):
            messages.error(self.request, error)
        return redirect(ways.to("account_login", ways.next_of(self.request)))

    def form_valid(self, form: Any) -> HttpResponse:
        """In, by the gate of every way in."""
        factor = form.cleaned_data["credential"]
        login = Login(user=factor.user, redirect_url=ways.next_of(self.request) or None)
        answer: HttpResponse = perform_passwordless_login(self.request, factor, login)
        return answer


class _Again:
    """Show again who you are, before something that matters."""

    template_name = "people/again.html"
    request: HttpRequest

    def form_invalid(self, form: Any) -> HttpResponse:
        """The form again."""
        context = self.get_context_data(form=form)  # type: ignore[attr-defined]
        answer: HttpResponse = self.render_to_response(context, status=422)  # type: ignore[attr-defined]
        return answer


class PasswordAgain(_Again, ReauthenticateView):  # type: ignore[misc]
    """With the password."""


class CodeAgain(_Again, CodeAgainView):  # type: ignore[misc]
    """With a code."""


class PasskeyAgain(_Again, ReauthenticateWebAuthnView):  # type: ignore[misc]
    """With a passkey."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """What the browser needs."""
        found = super(ReauthenticateWebAuthnView, self).get_context_data(**more)
        options = _plain(begin_authentication(self.request.user))
        return {**found, "options": options, "is_passkey": True}


def _plain(options: dict[str, Any]) -> str:
    """As JSON, for an attribute of the form."""
    return JsonResponse(options).content.decode()
