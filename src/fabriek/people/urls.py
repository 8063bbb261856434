"""Addresses of the pages of people. Of allauth's views only those that are wanted are here.

Where allauth looks for an address, that has allauth's name, also where the view is ours.
"""

from allauth.account.views import logout
from django.urls import URLPattern, URLResolver, path, re_path

from fabriek.people import account_pages, entry_pages, factor_pages, oidc, organisation_pages
from fabriek.people.session import in_portal

ENTRY = [
    path("login/", in_portal(entry_pages.SignIn.as_view()), name="account_login"),
    path("login/code/", in_portal(factor_pages.SecondStep.as_view()), name="mfa_authenticate"),
    path(
        "login/passkey/",
        in_portal(factor_pages.PasskeySignIn.as_view()),
        name="mfa_login_webauthn",
    ),
    path("login/oidc/", in_portal(oidc.sign_in), name="oidc_login"),
    path("login/oidc/callback/", in_portal(oidc.callback), name="oidc_callback"),
    path("logout/", in_portal(logout), name="account_logout"),
    path("signup/", in_portal(entry_pages.sign_up), name="account_signup"),
    path("signup/confirm/", in_portal(entry_pages.confirm), name="confirm"),
    path("signup/confirm/again/", in_portal(entry_pages.confirm_again), name="confirm_again"),
    path("password/", in_portal(entry_pages.forgotten), name="account_reset_password"),
    path("password/sent/", entry_pages.forgotten_sent, name="account_reset_password_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>[0-9A-Za-z-]{1,100})/$",
        in_portal(entry_pages.NewPassword.as_view()),
        name="account_reset_password_from_key",
    ),
]
FACTORS = [
    path("account/2fa/", factor_pages.overview, name="mfa_index"),
    path("account/2fa/<int:factor_id>/remove/", factor_pages.remove, name="factor_remove"),
    path("account/2fa/app/", in_portal(factor_pages.AddApp.as_view()), name="mfa_activate_totp"),
    path(
        "account/2fa/passkey/",
        in_portal(factor_pages.AddPasskey.as_view()),
        name="mfa_add_webauthn",
    ),
    path("account/2fa/codes/", factor_pages.codes, name="mfa_view_recovery_codes"),
    path("account/2fa/codes/new/", factor_pages.new_codes, name="factor_codes_new"),
    path(
        "account/again/",
        in_portal(factor_pages.PasswordAgain.as_view()),
        name="account_reauthenticate",
    ),
    path(
        "account/again/code/",
        in_portal(factor_pages.CodeAgain.as_view()),
        name="mfa_reauthenticate",
    ),
    path(
        "account/again/passkey/",
        in_portal(factor_pages.PasskeyAgain.as_view()),
        name="mfa_reauthenticate_webauthn",
    ),
]
ACCOUNT = [
    path("account/", account_pages.account, name="account"),
    path("account/language/", account_pages.language, name="account_language"),
    path("account/password/", account_pages.password, name="account_change_password"),
    path("account/close/", account_pages.close, name="account_close"),
    path("account/sessions/", account_pages.browsers, name="sessions"),
    path("account/sessions/others/end/", account_pages.end_other_browsers, name="sessions_end"),
    path("account/sessions/<int:session_id>/end/", account_pages.end_browser, name="session_end"),
    path("account/tokens/", account_pages.token_list, name="tokens"),
    path("account/tokens/new/", account_pages.token_new, name="token_new"),
    path("account/tokens/<int:token_id>/revoke/", account_pages.token_revoke, name="token_revoke"),
]
ORGANISATIONS = [
    path("organisations/", organisation_pages.organisations, name="organisations"),
    path("organisations/new/", organisation_pages.make, name="organisation_new"),
    path("organisations/join/", organisation_pages.join, name="organisation_join"),
    path("organisations/<slug:slug>/", organisation_pages.organisation, name="organisation"),
    path(
        "organisations/<slug:slug>/profile/",
        organisation_pages.profile,
        name="organisation_profile",
    ),
    path(
        "organisations/<slug:slug>/members/<int:person_id>/",
        organisation_pages.member,
        name="organisation_member",
    ),
    path(
        "organisations/<slug:slug>/members/<int:person_id>/decide/",
        organisation_pages.decide,
        name="organisation_decide",
    ),
]
urlpatterns: list[URLPattern | URLResolver] = [*ENTRY, *FACTORS, *ACCOUNT, *ORGANISATIONS]
