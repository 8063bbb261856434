"""jobs, job show, logs, cancel, why."""

from itertools import islice
from typing import Annotated, Any

import typer

from fabriek_client.cli import kit, show, units, watch
from fabriek_client.escape import escaped_text
from fabriek_client.words import say

app = typer.Typer(rich_markup_mode=None)
job = typer.Typer(rich_markup_mode=None, help=say("help.job"))
app.add_typer(job, name="job")

Number = Annotated[int, typer.Argument(metavar="JOB", help=say("run.arg-job"))]


@app.command(help=say("help.jobs"))
def jobs(
    project: kit.Project = "",
    state: Annotated[str | None, typer.Option("--state", help=say("run.opt-state"))] = None,
    limit: Annotated[int, typer.Option("--limit", help=say("run.opt-limit"))] = 50,
    as_json: kit.Json = False,
) -> None:
    """The jobs of a project, newest first."""
    with kit.factory() as factory:
        project = kit.project_in_use(factory, project)
        page = max(1, min(limit, 200))
        found: list[Any] = list(islice(factory.jobs.list(project, state, page), max(1, limit)))
    if not as_json:
        found = [
            row
            | {
                "state": watch.state_word(row),
                "submitted_at": units.shown_time(row["submitted_at"]),
                "size": _size(row),
            }
            for row in found
        ]
    columns = [("id", "number"), ("name", "name"), ("state", "state"), ("reason", "reason")]
    columns += [("size", "size"), ("submitted_by", "by"), ("submitted_at", "submitted")]
    show.records(found, columns, as_json)


@job.command("show", help=say("run.job-show"))
def show_one(number: Number, as_json: kit.Json = False) -> None:
    """One job in full."""
    with kit.factory() as factory:
        found: Any = factory.jobs.show(number)
    if as_json:
        show.as_json(found)
        return
    output = found["output"]
    inputs = [f"{one['name']}={one['dataset']}" for one in found["inputs"]]
    rows = {
        "number": found["id"],
        "project": found["project"],
        "name": found["name"],
        "state": watch.state_word(found),
        "reason": found["reason_sentence"],
        "way-out": found["way_out"],
        "command": " ".join(found["command"]),
        "code": found["code"],
        "input": inputs,
        "parameters": found["parameters"],
        "size": _size(found),
        "time-limit": units.shown_duration(found["time_limit_s"]),
        "by": found["submitted_by"],
        "submitted": units.shown_time(found["submitted_at"]),
        "started": units.shown_time(found["started_at"]),
        "ended": units.shown_time(found["ended_at"]),
        "exit-code": found["exit_code"],
        "charged": watch.charges(found),
        "energy": watch.energy(found),
        "isolation": found["isolation"],
        "metrics": found["metrics"],
        "output": f"{output['dataset']}@{output['version']}" if output else None,
        "model": found["model_version"],
    }
    show.details((say(f"columns.{name}"), show.cell(value)) for name, value in rows.items())


@app.command(help=say("help.logs"))
def logs(
    number: Number,
    follow: Annotated[bool, typer.Option("--follow", "-f", help=say("run.opt-follow"))] = False,
    offset: Annotated[int, typer.Option("--offset", help=say("run.opt-offset"))] = 0,
) -> None:
    """What a job printed; with -f until it has ended."""
    with kit.factory() as factory:
        if follow:
            watch.follow(factory, number, offset)
            return
        while True:
            piece = factory.jobs.log(number, offset)
            if not piece["text"]:
                return
            print(escaped_text(piece["text"]), end="")
            offset = piece["next_offset"]


@app.command(help=say("help.cancel"))
def cancel(number: Number) -> None:
    """End a job."""
    with kit.factory() as factory:
        found = factory.jobs.cancel(number)
    over = found["state"] == "cancelled"
    show.out(say("run.cancelled" if over else "run.cancelling", number=number))


@app.command(help=say("help.why"))
def why(number: Number, as_json: kit.Json = False) -> None:
    """Why a job waits, and when it will start."""
    with kit.factory() as factory:
        found = factory.jobs.why(number)
    if as_json:
        show.as_json(found)
        return
    show.out(found["sentence"])
    if found["way_out"]:
        show.out(found["way_out"])
    if found["expected_start"]:
        show.out(say("run.expected", time=units.shown_time(found["expected_start"])))


def _size(row: Any) -> str:
    gpus = f", {row['gpus']} GPU" if row["gpus"] else ""
    return f"{row['cpus']} CPU, {units.shown_memory(row['memory_mib'])}{gpus}"
