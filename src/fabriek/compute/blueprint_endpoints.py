"""The blueprints' door."""

from dataclasses import asdict
from typing import Any

from ninja import Router, Status

from fabriek.compute import blueprint_actions, queries, schemas
from fabriek.compute.blueprint_actions import Answers
from fabriek.compute.blueprints import loading
from fabriek.compute.blueprints.rules import Blueprint, Parameter
from fabriek.compute.endpoints import full
from fabriek.core.problems import Language, language_of
from fabriek.people.auth import Request, person_token

router = Router(tags=["blueprints"], auth=person_token)


@router.get("/blueprints", response=list[schemas.BlueprintOut])
def blueprints(request: Request) -> list[dict[str, Any]]:
    """Jobs that somebody has prepared, with the questions that each asks."""
    language = language_of(request)
    return [_described(one, language) for one in loading.blueprints().values()]


@router.post("/projects/{slug}/blueprints/{blueprint_id}/jobs", response={201: schemas.JobOut})
def submit(
    request: Request, slug: str, blueprint_id: str, body: schemas.BlueprintJobIn
) -> Status[dict[str, Any]]:
    """Submit a job from a blueprint: admitted, with its hours held, or refused with a code."""
    asked = {name: getattr(body, name) for name in ("cpus", "memory_mib", "time_limit_s", "gpus")}
    sizes = {name: size for name, size in asked.items() if size is not None}
    answers = Answers(body.inputs, body.parameters, body.code, body.name, body.output_name, sizes)
    job = blueprint_actions.submit_blueprint(
        request.person, slug, blueprint_id, answers, language_of(request)
    )
    return Status(201, full(request, queries.job_for(request.person, job.pk)))


def _described(one: Blueprint, language: Language) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name[language],
        "text": one.text[language],
        "output": one.output[language],
        "takes_code": one.takes_code,
        "inputs": [
            {
                "name": found.name,
                "optional": found.optional,
                "many": found.many,
                **asdict(found.words[language]),
            }
            for found in one.inputs
        ],
        "parameters": [_question(found, language) for found in one.parameters],
        "sizes": asdict(one.sizes),
    }


def _question(found: Parameter, language: Language) -> dict[str, Any]:
    bounded = found.type == "number"
    return {
        "name": found.name,
        "type": found.type,
        **asdict(found.words[language]),
        "of": found.of,
        "default": found.default,
        "options": [
            {"value": option.value, "label": option.words[language]} for option in found.options
        ],
        "least": found.least if bounded else None,
        "most": found.most if bounded else None,
    }
