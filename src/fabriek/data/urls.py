"""Addresses of the data room's pages."""

from django.urls import path

from fabriek.data import pages, upload_pages, version_pages

DATA = "projects/<slug:slug>/data/"
VERSION = f"{DATA}<slug:dataset>/<int:number>/"

urlpatterns = [
    path(DATA, pages.datasets, name="datasets"),
    path(f"{DATA}new/", pages.dataset_new, name="dataset_new"),
    path(f"{DATA}<slug:dataset>/", pages.dataset, name="dataset"),
    path(VERSION, version_pages.version, name="version"),
    path(f"{VERSION}preview/<path:path>", version_pages.preview, name="preview"),
    path(f"{VERSION}files/<path:path>", version_pages.download, name="download"),
    path("projects/<slug:slug>/uploads/", upload_pages.open_upload, name="upload_open"),
    path("uploads/<int:upload_id>/missing/", upload_pages.missing, name="upload_missing"),
    path(
        "uploads/<int:upload_id>/chunks/<int:index>/", upload_pages.put_chunk, name="upload_chunk"
    ),
    path("uploads/<int:upload_id>/commit/", upload_pages.commit, name="upload_commit"),
    path("uploads/<int:upload_id>/abandon/", upload_pages.abandon, name="upload_abandon"),
]
