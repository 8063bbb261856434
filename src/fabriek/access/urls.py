"""Addresses of this room's pages."""

from django.urls import path

from fabriek.access import apply_pages, pages, project_pages, review_pages

_A = "applications/<int:application_id>/"
urlpatterns = [
    path("access/", apply_pages.modes, name="modes"),
    path("applications/", pages.applications, name="applications"),
    path("applications/new/", apply_pages.apply, name="apply"),
    path("applications/live/", apply_pages.apply_live, name="apply_live"),
    path("applications/draft/<int:draft_id>/", apply_pages.apply, name="draft"),
    path(
        "applications/draft/<int:draft_id>/discard/",
        apply_pages.draft_discard,
        name="draft_discard",
    ),
    path(_A, pages.application, name="application"),
    path(f"{_A}withdraw/", pages.withdraw, name="withdraw"),
    path(f"{_A}appeal/", pages.appeal, name="appeal"),
    path(f"{_A}again/", pages.apply_again, name="apply_again"),
    path(f"{_A}assign/", review_pages.assign, name="assign"),
    path(f"{_A}decide/", review_pages.decide, name="decide"),
    path(f"{_A}appeal/decide/", review_pages.appeal_decide, name="appeal_decide"),
    path("reviews/", review_pages.reviews, name="reviews"),
    path("reviews/<int:review_id>/", review_pages.review, name="review"),
    path("projects/<slug:slug>/members/", project_pages.members, name="members"),
    path(
        "projects/<slug:slug>/members/<int:person_id>/remove/",
        project_pages.member_remove,
        name="member_remove",
    ),
    path("projects/<slug:slug>/extensions/", project_pages.extensions, name="extensions"),
    path("extensions/", project_pages.extension_queue, name="extension_queue"),
    path(
        "extensions/<int:extension_id>/withdraw/",
        project_pages.extension_withdraw,
        name="extension_withdraw",
    ),
    path(
        "extensions/<int:extension_id>/decide/",
        project_pages.extension_decide,
        name="extension_decide",
    ),
]
