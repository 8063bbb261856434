"""Addresses of the operator's pages."""

from django.urls import URLPattern, path

from fabriek.portal.operator_pages import (
    applications,
    audit,
    factory,
    organisations,
    overview,
    people,
    projects,
)

OPERATOR: list[URLPattern] = [
    path("operator/", overview.operator, name="operator"),
    path("operator/health/", overview.operator_health, name="operator_health"),
    path("operator/engines/", factory.operator_engines, name="operator_engines"),
    path("operator/queue/", factory.operator_queue, name="operator_queue"),
    path("operator/people/", people.operator_people, name="operator_people"),
    path("operator/people/<int:person_id>/", people.operator_person, name="operator_person"),
    path(
        "operator/people/<int:person_id>/reviewer/",
        people.operator_person_reviewer,
        name="operator_person_reviewer",
    ),
    path(
        "operator/people/<int:person_id>/close/",
        people.operator_person_close,
        name="operator_person_close",
    ),
    path(
        "operator/organisations/",
        organisations.operator_organisations,
        name="operator_organisations",
    ),
    path(
        "operator/organisations/<slug:slug>/",
        organisations.operator_organisation,
        name="operator_organisation",
    ),
    path(
        "operator/applications/", applications.operator_applications, name="operator_applications"
    ),
    path(
        "operator/applications/all/",
        applications.operator_applications_all,
        name="operator_applications_all",
    ),
    path("operator/projects/", projects.operator_projects, name="operator_projects"),
    path("operator/audit/", audit.operator_audit, name="operator_audit"),
    path("operator/audit/export/", audit.operator_audit_export, name="operator_audit_export"),
]
# Outside the languages: for programs.
HEALTH = path("health/", overview.health, name="health")
