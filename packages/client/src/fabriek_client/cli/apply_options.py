"""The options of `apply`, each with its explanation."""

from typing import Annotated

from typer import Option

from fabriek_client.words import say

Mode = Annotated[str, Option("--mode", help=say("access.opt-mode"))]
Organisation = Annotated[str, Option("--organisation", "-o", help=say("access.opt-organisation"))]
Title = Annotated[str, Option("--title", help=say("access.opt-title"))]
Summary = Annotated[str, Option("--summary", help=say("access.opt-summary"))]
Purpose = Annotated[str, Option("--purpose", help=say("access.opt-purpose"))]
PurposeText = Annotated[str, Option("--purpose-text", help=say("access.opt-purpose-text"))]
GpuHours = Annotated[str, Option("--gpu-hours", help=say("access.opt-gpu"))]
CpuHours = Annotated[str, Option("--cpu-hours", help=say("access.opt-cpu"))]
StorageGib = Annotated[str, Option("--storage-gib", help=say("access.opt-gib"))]
Months = Annotated[int | None, Option("--months", help=say("access.opt-months"))]
PersonalData = Annotated[
    bool | None, Option("--personal-data/--no-personal-data", help=say("access.opt-personal"))
]
DataSources = Annotated[str, Option("--data-sources", help=say("access.opt-sources"))]
AiActNotes = Annotated[str, Option("--ai-act-notes", help=say("access.opt-ai"))]
Experience = Annotated[str, Option("--experience", help=say("access.opt-experience"))]
