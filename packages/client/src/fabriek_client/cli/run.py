"""run: a command on the factory, with data, code and limits."""

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from fabriek_client.cli import datasets, kit, show, units, watch
from fabriek_client.cli import run_options as options
from fabriek_client.cli.kit import WrongUsage
from fabriek_client.cli.snapshot import plan_code
from fabriek_client.words import say

if TYPE_CHECKING:
    from fabriek_client.sdk import Factory

app = typer.Typer(rich_markup_mode=None)


# Without interspersed options everything behind the command's first word is the command's own.
@app.command(help=say("help.run"), context_settings={"allow_interspersed_args": False})
def run(
    command: options.Command,
    *,
    project: kit.Project = "",
    inputs: options.Inputs = None,
    cpus: options.Cpus = 1,
    memory: options.Memory = "2G",
    gpus: options.Gpus = 0,
    gpu_kind: options.GpuKind = "",
    time: options.Time = "1h",
    name: options.Name = "",
    param: options.Param = None,
    env: options.Env = None,
    network: options.Network = False,
    purpose: options.Purpose = "",
    code: options.Code = ".",
    no_code: options.NoCode = False,
    model: options.Model = "",
    output: options.Output = "",
    follow: options.Follow = False,
    wait: options.Wait = False,
    as_json: kit.Json = False,
) -> None:
    """Submit a job, and with --follow or --wait stay until it has ended."""
    if model and output:
        raise WrongUsage(say("run.model-or-output"), say("run.model-or-output-out"))
    if follow and as_json:
        raise WrongUsage(say("run.follow-or-json"), say("run.follow-or-json-out"))
    job: dict[str, Any] = {
        "command": command,
        "name": name,
        "cpus": cpus,
        "memory_mib": units.memory_mib(memory),
        "gpus": gpus,
        "gpu_kind": gpu_kind,
        "time_limit_s": units.duration_s(time),
        "network": network,
        "purpose": purpose,
        "environment": kit.pairs(env or [], "--env"),
        "parameters": _parameters(param or []),
        "output": {"kind": "model" if model else "output", "name": model or output},
    }
    with kit.factory() as factory:
        project = kit.project_in_use(factory, project)
        job["inputs"] = [_input(factory, text, project) for text in inputs or []]
        job["code"] = None if no_code else _send_code(factory, project, Path(code))
        _submit(factory, project, job, follow=follow, wait=wait or follow, as_json=as_json)


def _submit(
    factory: "Factory",
    project: str,
    job: dict[str, Any],
    *,
    follow: bool,
    wait: bool,
    as_json: bool,
) -> None:
    made = factory.jobs.submit(project, job)
    if not as_json:
        show.note(say("run.submitted", number=made["id"], state=watch.state_word(made)))
    if follow:
        watch.follow(factory, made["id"], 0)
    if wait:
        watch.until_over(factory, made["id"], as_json)
    elif as_json:
        show.as_json(made)
    else:
        show.out(say("run.what-now", number=made["id"]))


def _input(factory: "Factory", text: str, project: str) -> dict[str, str]:
    """`[name=]dataset[@version]`; the newest version where none is named, and it is said."""
    name, sign, rest = text.rpartition("=")
    if sign and not name:
        raise WrongUsage(say("run.bad-input", value=text), say("run.bad-input-out"))
    wanted = kit.reference(rest)
    if wanted.number is None:
        dataset, number = datasets.find_version(factory, rest, project)
        rest = f"{dataset['slug']}@{number}"
        show.note(say("run.newest", reference=rest))
    found = {"dataset": rest}
    return found | {"name": name} if name else found


def _send_code(factory: "Factory", project: str, folder: Path) -> str | None:
    """Push the folder as a version of the dataset `code`; its reference, None when empty."""
    planned = plan_code(folder)
    if planned is None:
        show.note(say("run.no-code", folder=folder))
        return None
    dataset, _ = datasets.find_or_make(factory, project, "code", kind="code")
    version = datasets.send(factory, dataset, planned, shlex.join(["fabriek", *sys.argv[1:]]))
    reference = f"code@{version.number}"
    show.note(
        say(
            "run.code-sent",
            folder=folder.absolute(),
            files=units.shown_files(len(planned.files)),
            size=units.shown_size(planned.size_bytes),
            reference=reference,
        )
    )
    return reference


def _parameters(given: list[str]) -> dict[str, Any]:
    """`name=value`: numbers, true and false as such, everything else as text."""
    return {name: _scalar(text) for name, text in kit.pairs(given, "--param").items()}


def _scalar(text: str) -> Any:
    try:
        value = json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, int | float) else text
