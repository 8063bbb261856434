"""A job as its page tells it."""

import shlex
from hashlib import blake2b
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from fabriek.compute import queries
from fabriek.compute.blueprints import loading
from fabriek.compute.models import Job
from fabriek.compute.rules import ACTIVE, OVER, JobState
from fabriek.compute.use_series import Use
from fabriek.core import clock
from fabriek.data.queries import Version
from fabriek.web import charts
from fabriek.web.charts import Chart, Series
from fabriek.web.formats import amount
from fabriek.web.language import page_language

MIB_A_GIB = 1024


def standing(job: Job) -> dict[str, Any]:
    """How the job stands: its steps, why it waits, why it stops."""
    return {
        "job": job,
        "over": job.state in OVER,
        "steps": _steps(job),
        "why": queries.why(job) if job.state == JobState.QUEUED else None,
        "stopping": job.stop_reason if job.state in ACTIVE else "",
    }


def whole(job: Job) -> dict[str, Any]:
    """All that does not change while the job runs, and what is known when it is over."""
    blueprint = loading.blueprints().get(job.blueprint)
    inputs = job.inputs.select_related("version__dataset").order_by("pk")
    return {
        "command": shlex.join(job.command),
        "blueprint": blueprint.name[page_language()] if blueprint else "",
        "inputs": [(one.name, _link(job, one.version)) for one in inputs],
        "code": _link(job, job.code) if job.code else None,
        "output": _link(job, job.output) if job.output else None,
        "model": _model(job),
        "metrics": sorted(job.metrics.items()),
        "parameters": sorted(job.parameters.items()),
        "cpu_hours": job.charged.get("cpu-hour", "0"),
        "gpu_hours": job.charged.get("gpu-hour", "0"),
        "use": use(job),
        "asked": memory(job.memory_mib),
    }


def use(job: Job) -> dict[str, Any]:
    """What the job used, in figures and, from two points in time on, in plots."""
    points = queries.use_over_time(job)
    ended = job.ended_at or clock.now()
    return {
        "ran": ended - job.started_at if job.started_at else None,
        "peak": memory(job.usage.get("memory_peak_mib", 0)),
        "charts": _plots(job, points) if len(points) > 1 else [],
        "last_s": str(points[-1].t_s) if points else "",
    }


def _plots(job: Job, points: list[Use]) -> list[Chart]:
    unit, scale = (_("minutes"), 60) if points[-1].t_s >= 300 else (_("seconds"), 1)
    x_label = _("Time since the start, in %(unit)s") % {"unit": unit}
    end = points[-1].t_s / scale

    def plot(title: str, y_label: str, values: list[float], asked: float) -> Chart:
        places = [point.t_s / scale for point in points]
        used = Series(_("in use"), list(zip(places, values, strict=True)))
        limit = Series(_("asked for"), [(0, asked), (end, asked)], dashed=True)
        return charts.line(title, x_label, y_label, [used, limit])

    return [
        plot(_("Processors in use"), _("Processors"), [p.cpus for p in points], job.cpus),
        plot(
            _("Memory in use"),
            _("Memory in MiB"),
            [p.memory_mib for p in points],
            job.memory_mib,
        ),
    ]


def memory(mib: float) -> str:
    """Memory in the units in which it is asked for."""
    if mib < MIB_A_GIB:
        return f"{amount(mib, 0)} MiB"
    return f"{amount(mib / MIB_A_GIB)} GiB"


def mark(text: str) -> str:
    """A short mark that another text hardly shares."""
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _steps(job: Job) -> list[dict[str, Any]]:
    """Waiting, running, over: where the job is, and when it came there."""
    order = (JobState.QUEUED, JobState.STARTING, JobState.RUNNING)
    ran = job.started_at is not None
    place = len(order) if job.state in OVER else order.index(JobState(job.state))
    moments = (job.submitted_at, None, job.started_at)
    steps: list[dict[str, Any]] = [
        {"state": state.value, "at": at, "now": index == place, "done": index < place}
        for index, (state, at) in enumerate(zip(order, moments, strict=True))
        # A job that ended in the queue was never at work.
        if not (job.state in OVER and not ran and state != JobState.QUEUED)
        and (state != JobState.STARTING or index == place)
    ]
    if job.state in OVER:
        steps.append({"state": job.state, "at": job.ended_at, "now": True, "done": False})
    return steps


def _link(job: Job, version: Version) -> dict[str, str]:
    slug, number = version.dataset.slug, version.number
    return {
        "text": f"{slug}@{number}",
        "href": reverse("version", args=[job.project.slug, slug, number]),
    }


def _model(job: Job) -> dict[str, str] | None:
    name, _at, number = job.model_version.partition("@")
    if not number:
        return None
    href = reverse("model_version", args=[job.project.slug, name, int(number)])
    return {"text": job.model_version, "href": href}
