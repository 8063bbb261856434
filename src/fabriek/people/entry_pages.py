"""The way in: signing up, confirming, signing in, a forgotten password."""

import secrets
from typing import Any

from allauth.account.internal.flows.login import (
    perform_login,
    perform_password_login,
    record_authentication,
)
from allauth.account.models import Login
from allauth.account.views import LoginView, PasswordResetFromKeyView
from allauth.core.ratelimit import consume
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from fabriek.core.problems import Problem
from fabriek.people import actions, passwords, queries, ways
from fabriek.people.entry_forms import (
    AgainForm,
    ConfirmForm,
    ForgottenForm,
    NewPasswordForm,
    SignInForm,
    SignUpForm,
)
from fabriek.people.models import Person
from fabriek.web.forms import form_page
from fabriek.web.language import page_language

SIGN_UP_KEY = "sign_up"
MINUTE = 60


def wait_a_minute(request: HttpRequest) -> HttpResponse:
    """What allauth answers when somebody tries too often: each of its windows is a minute."""
    raise Problem("too-many-requests", seconds=MINUTE)


def _count(request: HttpRequest, action: str) -> None:
    if not consume(request, action=action):
        raise Problem("too-many-requests", seconds=MINUTE)


def _home(request: HttpRequest) -> HttpResponse | None:
    """Who is signed in already has no business on these pages."""
    return redirect(ways.next_of(request) or "home") if request.user.is_authenticated else None


@never_cache
@sensitive_post_parameters("password")
@form_page
def sign_up(request: HttpRequest) -> HttpResponse:
    """Make an account. The answer is the same for an address that has one already."""
    if there := _home(request):
        return there
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _count(request, "signup")
        given, mark = form.cleaned_data, secrets.token_urlsafe(32)
        language = page_language()
        address = form.act(
            lambda: actions.sign_up(
                given["email"], given["password"], given["name"], language, mark=mark
            )
        )
        if address:
            _remember(request, address, mark)
            return redirect(ways.to("confirm", ways.next_of(request)))
    context = {"form": form, "after": ways.next_of(request), **_entrance(request)}
    return render(request, "people/sign_up.html", context, status=form.status)


@never_cache
@form_page
def confirm(request: HttpRequest) -> HttpResponse:
    """Take the mailed code. In the browser that signed up, one is signed in by it."""
    if there := _home(request):
        return there
    known = request.session.get(SIGN_UP_KEY, {})
    form = ConfirmForm(request.POST or None, initial={"email": known.get("email", "")})
    if request.method == "POST" and form.is_valid():
        _count(request, "confirm")
        given = form.cleaned_data
        is_mine = bool(known) and known["email"] == given["email"].strip().lower()
        mark = known["mark"] if is_mine else None
        person = form.act(lambda: actions.confirm(given["email"], given["code"], mark))
        if person:
            return _confirmed(request, person, is_mine)
    context = {
        "form": form,
        "email": known.get("email", ""),
        "again": AgainForm(initial={"email": known.get("email", "")}, auto_id="again_%s"),
        "after": ways.next_of(request),
    }
    return render(request, "people/confirm.html", context, status=form.status)


@require_POST
def confirm_again(request: HttpRequest) -> HttpResponse:
    """Mail another code, if the address waits for one."""
    _count(request, "confirm")
    form = AgainForm(request.POST)
    if form.is_valid():
        actions.confirm_again(form.cleaned_data["email"])
        messages.info(request, _("If this address waits for a code, we have mailed a new one."))
    return redirect(ways.to("confirm", ways.next_of(request)))


def _confirmed(request: HttpRequest, person: Person, is_mine: bool) -> HttpResponse:
    after = ways.next_of(request)
    if not is_mine:
        messages.success(request, _("Your address is confirmed. You can sign in now."))
        return redirect(ways.to("account_login", after))
    request.session.pop(SIGN_UP_KEY, None)
    messages.success(request, _("Your address is confirmed, and you are signed in."))
    record_authentication(request, person, method="sign-up")
    has_place = queries.memberships_of(person).exists()
    onwards = after or ("" if has_place else ways.to("organisations"))
    answer: HttpResponse = perform_login(request, Login(user=person, redirect_url=onwards or None))
    return answer


def _remember(request: HttpRequest, address: str, mark: str) -> None:
    """Which sign-up this browser made, until it is confirmed. The key changes: whoever knew the
    old one does not get the session that is signed in later."""
    request.session.cycle_key()
    request.session[SIGN_UP_KEY] = {"email": address, "mark": mark}


def _entrance(request: HttpRequest) -> dict[str, Any]:
    after = ways.next_of(request)
    return {
        "passkeys_work": settings.PASSKEYS_WORK,
        "oidc_name": settings.OIDC_NAME if settings.OIDC_URL else "",
        "login_url": ways.to("account_login", after),
        "signup_url": ways.to("account_signup", after),
    }


class SignIn(LoginView):  # type: ignore[misc]
    """Sign in with a password; the way to the others."""

    template_name = "people/sign_in.html"

    def form_valid(self, form: SignInForm) -> HttpResponse:
        """On to the second factor or in; or to confirm the address first."""
        after = ways.next_of(self.request)
        email = form.cleaned_data["login"].strip().lower()
        if form.person is None:
            mark = secrets.token_urlsafe(32)
            actions.confirm_again(email, mark=mark)
            _remember(self.request, email, mark)
            messages.info(self.request, _("Confirm your address first. We have mailed you a code."))
            return redirect(ways.to("confirm", after))
        login = form.to_login(after)
        answer: HttpResponse = perform_password_login(self.request, {"email": email}, login)
        return answer

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        """The form again, with the sentence and the status of what went wrong."""
        status = form.problem.status if form.problem else form.status
        context = self.get_context_data(form=form)
        answer: HttpResponse = self.render_to_response(context, status=status)
        return answer

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """What the page shows beside the form."""
        after = ways.next_of(self.request)
        return {"form": self.get_form(), "after": after, **_entrance(self.request), **more}


@never_cache
@form_page
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link. The answer is the same whether the address has an account or not."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _count(request, "reset_password")
        email, language = form.cleaned_data["email"], page_language()
        if form.done(lambda: passwords.ask_reset(email, language)):
            return redirect("account_reset_password_done")
    return render(request, "people/forgotten.html", {"form": form}, status=form.status)


@require_safe
def forgotten_sent(request: HttpRequest) -> HttpResponse:
    """What to do now."""
    return render(request, "people/forgotten_sent.html")


class NewPassword(PasswordResetFromKeyView):  # type: ignore[misc]
    """Behind the link: choose a new password."""

    template_name = "people/new_password.html"

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        """Set it and go to sign in; a second factor is asked for there."""
        person, language = self.reset_user, page_language()
        if not form.done(lambda: passwords.reset(person, form.cleaned_data["password"], language)):
            return self.form_invalid(form)
        self.logout()
        messages.success(self.request, _("You have a new password. Sign in with it."))
        return redirect("account_login")

    def form_invalid(self, form: NewPasswordForm) -> HttpResponse:
        """The form again."""
        context = self.get_context_data(form=form)
        answer: HttpResponse = self.render_to_response(context, status=form.status)
        return answer

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """A link that no longer works is a problem with a way out."""
        if more.get("token_fail"):
            raise Problem("reset-link-dead")
        return {"form": self.get_form(), **more}
