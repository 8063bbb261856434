"""Following a job: its log, its end, and what became of it."""

import sys
from typing import TYPE_CHECKING, Any

import typer

from fabriek_client.cli import JOB_FAILED, show, units
from fabriek_client.escape import escaped_text
from fabriek_client.words import known, say

if TYPE_CHECKING:
    from fabriek_client.sdk import Factory

_COLOUR = {"succeeded": "green", "failed": "red", "cancelled": "yellow"}


def follow(factory: "Factory", number: int, offset: int) -> None:
    """Print the job's log until it has ended; Ctrl-C leaves the job running."""
    last = "\n"
    try:
        for text in factory.jobs.follow(number, offset):
            print(escaped_text(text), end="", flush=True)
            last = text[-1]
    except KeyboardInterrupt:
        _left_running(number)
    if last != "\n":
        print()


def until_over(factory: "Factory", number: int, as_json: bool) -> None:
    """Wait for the job's end and tell it; exit code 3 unless it succeeded."""
    try:
        job: Any = factory.jobs.wait(number)
    except KeyboardInterrupt:
        _left_running(number)
    if as_json:
        show.as_json(job)
    else:
        ending(job)
    if job["state"] != "succeeded":
        raise typer.Exit(JOB_FAILED)


def ending(job: Any) -> None:
    """What became of a job that is over, on stderr: its own output is on stdout."""
    # The state may be coloured; everything from the factory is escaped.
    head = say("run.over", number=job["id"])
    print(f"{head} {state_word(job, sys.stderr)}", file=sys.stderr)
    if job["reason_sentence"]:
        show.note(f"{job['reason_sentence']} [{job['reason']}]")
    if job["way_out"] and job["state"] != "succeeded":
        show.note(f"{say('common.way_out')}: {job['way_out']}")
    used = [text for text in (*charges(job), energy(job)) if text]
    if used:
        show.note(say("run.used", used=", ".join(used)))
    if job["model_version"]:
        show.note(say("run.model", version=job["model_version"]))
    elif job["output"]:
        reference = f"{job['output']['dataset']}@{job['output']['version']}"
        show.note(say("run.output", reference=reference))


def charges(job: Any) -> list[str]:
    """The hours that were settled, as `0.0012 CPU-hours`."""
    return [
        f"{units.shown_amount(float(amount))} {say(f'access.{unit}')}"
        if known(f"access.{unit}")
        else f"{amount} {unit}"
        for unit, amount in job["charged"].items()
    ]


def energy(job: Any) -> str:
    """The job's energy, and whether it was measured or estimated."""
    found = job["energy"]
    if not found:
        return ""
    quality = found.get("quality", "")
    said = say(f"run.{quality}") if known(f"run.{quality}") else quality
    return f"{units.shown_energy(float(found['kwh']))} ({said})"


def state_word(job: Any, stream: Any = None) -> str:
    """The state in the person's language, coloured where a stream for it is given."""
    state = job["state"]
    text = say(f"run.state-{state}") if known(f"run.state-{state}") else str(state)
    return show.coloured(text, _COLOUR[state], stream) if stream and state in _COLOUR else text


def _left_running(number: int) -> None:
    show.note(f"\n{say('run.left-running', number=number)}")
    raise typer.Exit(130) from None
