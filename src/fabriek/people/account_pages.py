"""One's own account: profile, password, tokens, browsers, closing."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, translate_url
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from fabriek.core.problems import Language, Problem
from fabriek.people import (
    actions,
    factors,
    identities,
    passwords,
    queries,
    sessions,
    tokens,
    ways,
)
from fabriek.people.account_forms import FirstPasswordForm, PasswordForm, ProfileForm, TokenForm
from fabriek.people.session import PageRequest, lately, signed_in
from fabriek.web.forms import ActionForm, form_page
from fabriek.web.language import page_language
from fabriek.web.lists import Choice, Column, Listing


def _crumbs(here: str) -> list[tuple[str, str]]:
    return [(_("Account"), reverse("account")), (here, "")]


@never_cache
@form_page
@signed_in
def account(request: PageRequest) -> HttpResponse:
    """At a glance: who one is here, and how one signs in."""
    person = request.person
    start = {"name": person.name, "language": person.language}
    form = ProfileForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if form.act(lambda: actions.change_profile(person, given["name"], given["language"])):
            with translation.override(given["language"]):
                messages.success(request, _("Saved."))
                return redirect("account")
    kinds = [factors.kind_of(row) for row in factors.of(person)]
    context = {
        "form": form,
        "has_app": "app" in kinds,
        "passkeys": kinds.count("passkey"),
        "sessions": len(sessions.of(person, request.session.session_key)),
        "tokens": tokens.live(person).count(),
        "memberships": queries.memberships_of(person)[:10],
        "provider": settings.OIDC_NAME if identities.of(person) else "",
        "section": "account",
    }
    return render(request, "people/account.html", context, status=form.status)


@require_POST
@signed_in
def language(request: PageRequest) -> HttpResponse:
    """Read these pages and our mails in the other language from now on."""
    known: dict[str, Language] = {"nl": "nl", "en": "en"}
    asked = known.get(request.POST.get("language", ""))
    if asked is None:
        raise Problem("invalid-input", where="language", why="nl, en")
    actions.change_profile(request.person, request.person.name, asked)
    after = ways.next_of(request) or reverse("account")
    return redirect(translate_url(after, asked))


@never_cache
@sensitive_post_parameters("old", "new")
@form_page
@signed_in
def password(request: PageRequest) -> HttpResponse:
    """Another password; the first one for who came through a provider."""
    person, has_one = request.person, request.person.has_usable_password()
    form: ActionForm = (PasswordForm if has_one else FirstPasswordForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given, key, tongue = form.cleaned_data, request.session.session_key, page_language()
        old = given.get("old", "")
        if form.done(lambda: passwords.change(person, old, given["new"], tongue, key)):
            update_session_auth_hash(request, person)
            sessions.rename(person, key, request.session.session_key)
            messages.success(request, _("You have a new password. Other browsers are signed out."))
            return redirect("account")
    context = {"form": form, "has_one": has_one, "crumbs": _crumbs(_("Password"))}
    return render(request, "people/password.html", context, status=form.status)


@never_cache
@require_safe
@signed_in
def browsers(request: PageRequest) -> HttpResponse:
    """Where one is signed in."""
    rows = sessions.of(request.person, request.session.session_key)
    context = {"rows": rows, "crumbs": _crumbs(_("Browsers")), "section": "account"}
    return render(request, "people/sessions.html", context)


@require_POST
@signed_in
def end_browser(request: PageRequest, session_id: int) -> HttpResponse:
    """Sign one of them out."""
    sessions.end(request.person, session_id)
    messages.success(request, _("That browser is signed out."))
    return redirect("sessions")


@require_POST
@signed_in
def end_other_browsers(request: PageRequest) -> HttpResponse:
    """Sign all but this one out."""
    sessions.end_others(request.person, request.session.session_key)
    messages.success(request, _("All other browsers are signed out."))
    return redirect("sessions")


@never_cache
@require_safe
@signed_in
def token_list(request: PageRequest) -> HttpResponse:
    """One's tokens, those that ended too."""
    listing = Listing(
        request,
        queries.tokens_of(request.person),
        columns=[
            Column("name", _("What it is for"), sort="name"),
            Column("hint", _("Starts with")),
            Column("made", _("Made"), sort="made_at"),
            Column("expires", _("Works until"), sort="expires_at"),
            Column("used", _("Last used"), sort="last_used_at"),
            Column("end", _("End it")),
        ],
        search=["name", "hint"],
        choices=[
            Choice(
                "ended",
                _("Which ones"),
                [("false", _("Not revoked")), ("true", _("Revoked"))],
                field="revoked_at__isnull",
            )
        ],
        sort="-made",
    )
    context = {"listing": listing, "crumbs": _crumbs(_("Access tokens")), "section": "account"}
    return render(request, "people/tokens.html", context)


@never_cache
@form_page
@signed_in
@lately
def token_new(request: PageRequest) -> HttpResponse:
    """Make one. It is shown in this answer and never again."""
    form = TokenForm(request.POST or None)
    crumbs: list[tuple[Any, str]] = [
        (_("Account"), reverse("account")),
        (_("Access tokens"), reverse("tokens")),
        (_("New token"), ""),
    ]
    context: dict[str, Any] = {"form": form, "crumbs": crumbs, "section": "account"}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = form.act(lambda: actions.make_token(request.person, given["name"], given["days"]))
        if made:
            context |= {"token": made[0], "plain": made[1], "address": settings.ADDRESS}
            return render(request, "people/token_made.html", context, status=201)
    return render(request, "people/token_new.html", context, status=form.status)


@require_POST
@signed_in
def token_revoke(request: PageRequest, token_id: int) -> HttpResponse:
    """End one at once."""
    row = queries.tokens_of(request.person).filter(pk=token_id).first()
    if row is None:
        raise Problem("not-found")
    tokens.revoke(row, request.person)
    messages.success(request, _("The token is revoked: it no longer works anywhere."))
    return redirect("tokens")


@never_cache
@form_page
@signed_in
@lately
def close(request: PageRequest) -> HttpResponse:
    """Close the account, after asking."""
    if request.method == "POST":
        actions.close_account(request.person, by=request.person)
        logout(request)
        messages.success(request, _("Your account is closed."))
        return redirect("front")
    context = {"crumbs": _crumbs(_("Close the account")), "section": "account"}
    return render(request, "people/close.html", context)
