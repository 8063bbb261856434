"""The options of `run`, each with its explanation."""

from typing import Annotated

from typer import Argument, Option

from fabriek_client.words import say

Command = Annotated[list[str], Argument(metavar="COMMAND...", help=say("run.arg-command"))]
Inputs = Annotated[list[str] | None, Option("--input", "-i", help=say("run.opt-input"))]
Cpus = Annotated[int, Option("--cpus", help=say("run.opt-cpus"))]
Memory = Annotated[str, Option("--memory", help=say("run.opt-memory"))]
Gpus = Annotated[int, Option("--gpus", help=say("run.opt-gpus"))]
GpuKind = Annotated[str, Option("--gpu-kind", help=say("run.opt-gpu-kind"))]
Time = Annotated[str, Option("--time", help=say("run.opt-time"))]
Name = Annotated[str, Option("--name", help=say("run.opt-name"))]
Param = Annotated[list[str] | None, Option("--param", help=say("run.opt-param"))]
Env = Annotated[list[str] | None, Option("--env", help=say("run.opt-env"))]
Network = Annotated[bool, Option("--network", help=say("run.opt-network"))]
Purpose = Annotated[str, Option("--purpose", help=say("run.opt-purpose"))]
Code = Annotated[str, Option("--code", help=say("run.opt-code"))]
NoCode = Annotated[bool, Option("--no-code", help=say("run.opt-no-code"))]
Model = Annotated[str, Option("--model", help=say("run.opt-model"))]
Output = Annotated[str, Option("--output", help=say("run.opt-output"))]
Follow = Annotated[bool, Option("--follow", "-f", help=say("run.opt-follow"))]
Wait = Annotated[bool, Option("--wait", "-w", help=say("run.opt-wait"))]
