"""Submitting a job from a blueprint: its code is stored with the project, its questions checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from blake3 import blake3

from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.compute import actions, catalogue
from fabriek.compute.blueprints import loading, rules
from fabriek.compute.blueprints.rules import Blueprint
from fabriek.compute.models import Job
from fabriek.core.problems import Language, Problem, Reason
from fabriek.data import actions as data
from fabriek.data import commits, contents, uploads
from fabriek.data import queries as datasets

if TYPE_CHECKING:
    from fabriek.people.models import Person


@dataclass(frozen=True)
class Answers:
    """What somebody answered. `inputs`: the data for each input, as `slug@number`; `code` likewise,
    for a blueprint that takes one's own. `sizes` by the names of `Sizes`; what is left out is what
    the blueprint usually needs. `kept`: fields of a Request as an earlier job had them."""

    inputs: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""
    name: str = ""
    output_name: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, Any] = field(default_factory=dict)


def submit_blueprint(
    person: "Person",
    project_slug: str,
    blueprint_id: str,
    answers: Answers,
    language: Language,
) -> Job:
    """Submit the job that the blueprint and the answers make. Problems as those of `submit`, and
    `invalid-input` for an answer, with the name of the question as `where`.

    The code's version may be stored also when the job is then refused; it is used the next time.
    """
    project = access.project_for(person, project_slug, Right.RUN)
    blueprint = loading.blueprint(blueprint_id)
    values = rules.checked(blueprint, answers.parameters)
    inputs = _inputs(blueprint, answers.inputs)
    _check_files(person, project.pk, blueprint, inputs, values)
    if blueprint.takes_code:
        code, parameters = answers.code or None, {}
    else:
        code = _own_code(person, project.pk, blueprint)
        parameters = {**values, **blueprint.fixed, "language": language}
    size = replace(catalogue.fitting(blueprint.sizes), **answers.sizes)
    request = actions.Request(
        command=rules.command(blueprint, values),
        cpus=size.cpus,
        memory_mib=size.memory_mib,
        time_limit_s=size.time_limit_s,
        gpus=size.gpus,
        name=answers.name or blueprint.name[language],
        code=code,
        inputs=inputs,
        parameters=parameters,
        output_kind=blueprint.output_kind,
        output_name=answers.output_name or blueprint.output_name,
        blueprint=blueprint.id,
    )
    return actions.submit(person, project_slug, replace(request, **answers.kept))


def _inputs(blueprint: Blueprint, given: Mapping[str, str]) -> list[tuple[str, str]]:
    if any(one.many for one in blueprint.inputs):
        return [(name, reference) for name, reference in given.items() if reference]
    known = {one.name for one in blueprint.inputs}
    for name in given:
        if name not in known:
            where = ascii(str(name)[:60])
            raise Problem("invalid-input", where=where, why=Reason("no-such-parameter"))
    for one in blueprint.inputs:
        if not one.optional and not given.get(one.name):
            raise Problem("invalid-input", where=one.name, why=Reason("input-missing"))
    return [(one.name, given[one.name]) for one in blueprint.inputs if given.get(one.name)]


def _check_files(
    person: "Person",
    project_id: int,
    blueprint: Blueprint,
    inputs: list[tuple[str, str]],
    values: Mapping[str, Any],
) -> None:
    """Each file that was answered must be in the version it is of; Problem `no-such-file`."""
    versions = dict(inputs)
    for parameter in blueprint.parameters:
        if parameter.type == "file" and parameter.of in versions:
            version = datasets.version_for(person, project_id, versions[parameter.of])
            contents.file_entry(contents.manifest_of(version), values[parameter.name])


def _own_code(person: "Person", project_id: int, blueprint: Blueprint) -> str:
    """The blueprint's code as a version of a dataset of the project, `slug@number`; the version
    that holds the same files is found again."""
    files = loading.code(blueprint.id)
    whole = b"".join(files.values())
    dataset = data.ensure_dataset(
        project_id,
        _free_slug(project_id, blueprint.id),
        kind="code",
        by=person,
        # It came with the factory: there is nothing in it to protect.
        classification="open",
    )
    mark = blake3(repr(files).encode()).hexdigest()
    upload = uploads.open_upload(person, dataset, len(whole), mark)
    chunk = uploads.put_plain(upload, whole)
    parts, offset = [], 0
    for path, content in files.items():
        extents = [(chunk, offset, len(content))] if content else []
        parts.append(commits.PlainFile(path, len(content), False, extents))
        offset += len(content)
    version = commits.commit_plain(upload, parts)
    return f"{dataset.slug}@{version.number}"


def _free_slug(project_id: int, wanted: str) -> str:
    """The name, or the first one like it that is not that of other data."""
    rows = datasets.of_project(project_id).filter(slug__startswith=wanted)
    taken = {row.slug for row in rows if row.kind != "code" or row.erased_at}
    names = [wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)
