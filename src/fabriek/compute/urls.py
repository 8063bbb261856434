"""Addresses of the jobs' pages."""

from django.urls import path

from fabriek.compute import job_pages, new_job_pages, pages

JOBS = "projects/<slug:slug>/jobs/"
JOB = "jobs/<int:job_id>/"

urlpatterns = [
    path(JOBS, pages.jobs, name="jobs"),
    path(f"{JOBS}new/", new_job_pages.job_new, name="job_new"),
    path(JOB, job_pages.job, name="job"),
    path(f"{JOB}live/", job_pages.job_live, name="job_live"),
    path(f"{JOB}use/", job_pages.job_use, name="job_use"),
    path(f"{JOB}log/", job_pages.job_log, name="job_log"),
    path(f"{JOB}log/more/", job_pages.job_log_more, name="job_log_more"),
    path(f"{JOB}cancel/", job_pages.job_cancel, name="job_cancel"),
    path(f"{JOB}again/", pages.job_again, name="job_again"),
]
