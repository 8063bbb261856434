"""Every page: who may see it, and what its address is made of.

Whoever adds an address to the portal says here what it is, or the walk over the pages fails. The
browser looks at what stands here, and the benchmark measures it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Place:
    """A page that people look at.

    `seen_by` is the role that looks at it in the showcase: `stranger` (not signed in), `newcomer`,
    `manager`, `reviewer`, `operator`. `about` says who may see it: `everybody`, `oneself` (any
    person sees their own), `project` and `organisation` (its members), `application` (who may see
    that application), `review` (its reviewer), `operators`. `ids` renames parameters of the address
    to the names under which a world keeps them. `main`: `make test` looks at it in the browser.
    """

    name: str
    about: str
    seen_by: str = "manager"
    main: bool = False
    query: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """A name for tests."""
        return self.name + (f"?{self.query}" if self.query else "")


PLACES: tuple[Place, ...] = (
    # For everybody
    Place("front", "everybody", "stranger", main=True),
    Place("route_finder", "everybody", "stranger", main=True),
    Place("modes", "everybody", "stranger", main=True),
    Place("account_login", "everybody", "stranger", main=True),
    Place("account_signup", "everybody", "stranger", main=True),
    Place("confirm", "everybody", "stranger"),
    Place("account_reset_password", "everybody", "stranger"),
    Place("account_reset_password_done", "everybody", "stranger"),
    # One's own
    Place("home", "oneself", main=True),
    Place("home", "oneself", "newcomer", query="new"),
    Place("projects", "oneself"),
    Place("account", "oneself", main=True),
    Place("account_change_password", "oneself"),
    Place("account_close", "oneself"),
    Place("mfa_index", "oneself"),
    Place("tokens", "oneself"),
    Place("token_new", "oneself"),
    Place("sessions", "oneself"),
    Place("organisations", "oneself"),
    Place("organisation_new", "oneself"),
    Place("organisation_join", "oneself"),
    Place("apply", "oneself", main=True),
    Place("apply", "oneself", "newcomer", query="mode=playground"),
    Place("applications", "oneself", main=True),
    Place("reviews", "oneself", "reviewer"),
    # An organisation's members
    Place("organisation", "organisation", ids={"slug": "organisation"}),
    Place("organisation_profile", "organisation", ids={"slug": "organisation"}),
    Place("organisation_member", "organisation", ids={"slug": "organisation", "person_id": "self"}),
    # Applications
    Place("draft", "application", main=True),
    Place("application", "application", main=True),
    Place("application", "application", ids={"application_id": "rejected"}, query="rejected"),
    Place("application", "application", ids={"application_id": "granted"}, query="granted"),
    Place("appeal", "application", ids={"application_id": "rejected"}),
    Place("decide", "operators", "operator"),
    Place("appeal_decide", "operators", "operator2", ids={"application_id": "appealed"}),
    Place("review", "review", "reviewer", main=True),
    Place("extension_queue", "operators", "operator"),
    Place("extension_decide", "operators", "operator"),
    # A project
    Place("project", "project", main=True),
    Place("members", "project"),
    Place("extensions", "project"),
    Place("datasets", "project", main=True),
    Place("dataset_new", "project", main=True),
    Place("dataset", "project"),
    Place("version", "project"),
    Place("preview", "project", main=True),
    Place("jobs", "project", main=True),
    Place("job_new", "project", main=True),
    Place("job_new", "project", query="template=learn-from-table&data=melkmetingen@1"),
    Place("job", "project", main=True),
    Place("job", "project", ids={"job_id": "failed_job"}, query="failed"),
    Place("job", "project", ids={"job_id": "running_job"}, query="running"),
    Place("job", "project", ids={"job_id": "waiting_job"}, query="waiting"),
    Place("models", "project", main=True),
    Place("model", "project"),
    Place("model_version", "project", main=True),
    Place("card_edit", "project"),
    Place("report", "project"),
    # The factory
    Place("operator", "operators", "operator", main=True),
    Place("operator_engines", "operators", "operator"),
    Place("operator_queue", "operators", "operator"),
    Place("operator_people", "operators", "operator"),
    Place("operator_person", "operators", "operator"),
    Place("operator_person_close", "operators", "operator"),
    Place("operator_organisations", "operators", "operator"),
    Place("operator_organisation", "operators", "operator", ids={"slug": "organisation"}),
    Place("operator_applications", "operators", "operator"),
    Place("operator_applications_all", "operators", "operator"),
    Place("operator_projects", "operators", "operator"),
    Place("operator_audit", "operators", "operator"),
)
# Addresses that only take a form, and who may send it: as above, and `own` for one's own things.
FORMS: dict[str, str] = {
    "confirm_again": "everybody",
    "oidc_login": "everybody",
    "account_language": "oneself",
    "apply_live": "oneself",
    "factor_codes_new": "oneself",
    "sessions_end": "oneself",
    "session_end": "own",
    "token_revoke": "own",
    "draft_discard": "own",
    "organisation_decide": "organisation",
    "assign": "operators",
    "withdraw": "application",
    "apply_again": "application",
    "extension_withdraw": "project",
    "member_remove": "project",
    "upload_open": "project",
    "upload_missing": "project",
    "upload_chunk": "project",
    "upload_commit": "project",
    "upload_abandon": "project",
    "job_cancel": "project",
    "operator_person_reviewer": "operators",
}
# What such a form must hold to be looked at at all.
BODIES: dict[str, dict[str, str]] = {"organisation_decide": {"state": "active"}}
# Files and pieces of pages, and who may have them.
PARTS: dict[str, str] = {
    "health": "everybody",
    "download": "project",
    "job_live": "project",
    "job_use": "project",
    "job_log": "project",
    "job_log_more": "project",
    "job_again": "project",
    "card_file": "project",
    "report_markdown": "project",
    "report_json": "project",
    "operator_audit_export": "operators",
    "operator_health": "operators",
}
# Steps of signing in and of proving oneself again: they lead on when it is not their turn. Tested
# one by one in the room of people.
STEPS = {
    "account_logout",
    "account_reauthenticate",
    "account_reset_password_from_key",
    "factor_remove",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_view_recovery_codes",
    "oidc_callback",
}


def addresses() -> dict[str, tuple[str, ...]]:
    """Every name of the portal's addresses, with its parameters."""
    from django.urls import get_resolver

    found: dict[str, tuple[str, ...]] = {}
    for name, _pattern, parameters in _walk(get_resolver("fabriek.portal.urls").url_patterns):
        found.setdefault(name, parameters)
    return found


def _walk(patterns: list[Any]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for entry in patterns:
        if hasattr(entry, "url_patterns"):
            yield from _walk(entry.url_patterns)
        else:
            parameters = tuple(entry.pattern.regex.groupindex)
            yield entry.name, str(entry.pattern), parameters


def address(
    name: str, ids: Mapping[str, Any], language: str = "nl", renamed: Mapping[str, str] = {}
) -> str:
    """The address of this name with the world's own numbers and names in it."""
    from django.urls import reverse
    from django.utils import translation

    if name.startswith("organisation_"):
        renamed = {"slug": "organisation", **renamed}
    wanted = {part: ids[renamed.get(part, part)] for part in addresses()[name]}
    with translation.override(language):
        return reverse(name, kwargs=wanted)


def address_of(place: Place, ids: Mapping[str, Any], language: str = "nl") -> str:
    """The address of a page, with its query."""
    found = address(place.name, ids, language, place.ids)
    return f"{found}?{place.query.format(**ids)}" if place.query else found
