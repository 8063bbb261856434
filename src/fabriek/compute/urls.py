"""Addresses of the jobs' pages."""

from django.urls import path

from fabriek.compute import pages, pages_job, pages_new

JOBS = "projects/<slug:slug>/jobs/"
JOB = "jobs/<int:job_id>/"

urlpatterns = [
    path(JOBS, pages.jobs, name="jobs"),
    path(f"{JOBS}new/", pages_new.job_new, name="job_new"),
    path(JOB, pages_job.job, name="job"),
    path(f"{JOB}live/", pages_job.job_live, name="job_live"),
    path(f"{JOB}use/", pages_job.job_use, name="job_use"),
    path(f"{JOB}log/", pages_job.job_log, name="job_log"),
    path(f"{JOB}log/more/", pages_job.job_log_more, name="job_log_more"),
    path(f"{JOB}cancel/", pages_job.job_cancel, name="job_cancel"),
    path(f"{JOB}again/", pages.job_again, name="job_again"),
]
