"""From nothing to a trained, documented and accounted model, as a newcomer would do it.

    .venv/bin/python demo/run.py [--input TABLE.csv --target COLUMN]

Starts a factory in a fresh folder, takes somebody through sign-up, access, data, a job, a model and
the report with the command `fabriek`, and prints a summary and, last, one line of JSON. Nothing of
it keeps running; the report and the model card stay in the folder it names.
"""

import argparse
import contextlib
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

import newcomer
from factory import Factory, person_environment
from newcomer import Table
from stage import Person, StepFailed, Steps, bold, say, tell

from fabriek_client.words import language

HERE = Path(__file__).parent
CODE = HERE.parent / "src/fabriek/compute/blueprints/learn-from-table/code"
NODE = HERE.parent / ".venv-node"


def main() -> int:
    """The whole demo; 1 when a step failed, 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--input", type=Path)
    parser.add_argument("--target", default="")
    given = parser.parse_args()
    fault = _fault(given.input, given.target)
    if fault:
        print(fault, file=sys.stderr)
        return 2
    # A stop from outside ends the demo as Ctrl-C does, so that the factory is stopped as well.
    signal.signal(signal.SIGTERM, _interrupt)
    folder = Path(tempfile.mkdtemp(prefix="fabriek-demo-"))
    factory, steps = Factory(folder, NODE), Steps()
    try:
        tell(bold(say("welcome")))
        steps.begin("starting", folder=folder)
        factory.start()
        tell(f"  {say('started', address=factory.address)}")
        steps.end()
        result = _perform(factory, steps, folder, given.input, given.target)
    except StepFailed as error:
        print(f"\n{say('failed', step=steps.current)}: {error}", file=sys.stderr)
        print(say("failed-log", log=factory.log), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\n{say('interrupted')}", file=sys.stderr)
        # The log is of interest only after a failure.
        factory.log.unlink(missing_ok=True)
        return 130
    finally:
        _clean_up(factory, folder)
    factory.log.unlink()
    tell(json.dumps(result))
    return 0


def _clean_up(factory: Factory, folder: Path) -> None:
    """Stop everything and wipe the keys and the token; what the demo made for people stays."""
    # One more Ctrl-C must not leave half a factory behind.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    factory.stop()
    for name in ("state", "person", "work"):
        shutil.rmtree(folder / name, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder.rmdir()  # only when nothing is in it


def _perform(
    factory: Factory, steps: Steps, folder: Path, given: Path | None, target: str
) -> dict[str, object]:
    work = folder / "work"
    work.mkdir()
    shutil.copytree(CODE, work / "job", ignore=shutil.ignore_patterns("__pycache__"))
    if given is None:
        tell(f"\n{say('sample')}")
        table = Table(_sample(work), "diagnosis", "care-research")
    else:
        tell(f"\n{say('own', file=given.name, target=target)}")
        table = Table(given.absolute(), target, "scientific-research")
    person = Person(person_environment(folder, language()), work)
    since = time.monotonic()
    seen = newcomer.perform(person, factory, steps, table, folder)
    seconds = round(time.monotonic() - since, 1)
    newcomer.summary(seen, seconds)
    return {"seconds": seconds} | newcomer.figures(seen)


def _sample(work: Path) -> Path:
    path = work / "breast-cancer.csv"
    command = [str(NODE / "bin" / "python"), str(HERE / "sample.py"), str(path)]
    subprocess.run(command, check=True)
    return path


def _fault(given: Path | None, target: str) -> str:
    """Why the demo cannot begin, for a person."""
    if not (NODE / "bin" / "python").exists():
        return say("no-environment", path=NODE)
    if given is not None and not given.is_file():
        return say("no-file", file=given)
    if (given is None) != (not target):
        return say("need-target")
    return ""


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
