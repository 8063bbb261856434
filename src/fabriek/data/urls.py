"""Addresses of the data room's pages."""

from django.urls import path

from fabriek.data import pages_upload

urlpatterns = [
    path("projects/<slug:slug>/uploads/", pages_upload.open_upload, name="upload_open"),
    path("uploads/<int:upload_id>/missing/", pages_upload.missing, name="upload_missing"),
    path(
        "uploads/<int:upload_id>/chunks/<int:index>/", pages_upload.put_chunk, name="upload_chunk"
    ),
    path("uploads/<int:upload_id>/commit/", pages_upload.commit, name="upload_commit"),
    path("uploads/<int:upload_id>/abandon/", pages_upload.abandon, name="upload_abandon"),
]
