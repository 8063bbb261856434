"""Addresses of the data room's pages."""

from django.urls import path

from fabriek.data import pages, pages_upload, pages_version

DATA = "projects/<slug:slug>/data/"
VERSION = f"{DATA}<slug:dataset>/<int:number>/"

urlpatterns = [
    path(DATA, pages.datasets, name="datasets"),
    path(f"{DATA}new/", pages.dataset_new, name="dataset_new"),
    path(f"{DATA}<slug:dataset>/", pages.dataset, name="dataset"),
    path(VERSION, pages_version.version, name="version"),
    path(f"{VERSION}preview/<path:path>", pages_version.preview, name="preview"),
    path(f"{VERSION}files/<path:path>", pages_version.download, name="download"),
    path("projects/<slug:slug>/uploads/", pages_upload.open_upload, name="upload_open"),
    path("uploads/<int:upload_id>/missing/", pages_upload.missing, name="upload_missing"),
    path(
        "uploads/<int:upload_id>/chunks/<int:index>/", pages_upload.put_chunk, name="upload_chunk"
    ),
    path("uploads/<int:upload_id>/commit/", pages_upload.commit, name="upload_commit"),
    path("uploads/<int:upload_id>/abandon/", pages_upload.abandon, name="upload_abandon"),
]
