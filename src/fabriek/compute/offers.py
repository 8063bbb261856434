"""What the form for a new job has to offer: data, files, columns, room and budget."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Max

from fabriek.access import queries as access
from fabriek.compute import catalogue
from fabriek.compute.blueprints.rules import Blueprint, Parameter, Sizes
from fabriek.core.numbers import whole
from fabriek.core.problems import Problem
from fabriek.data import queries as datasets
from fabriek.data import tables
from fabriek.ledger import queries as ledger

if TYPE_CHECKING:
    from fabriek.people.models import Person

MOST_DATASETS = 200
LOOKED_AT = 3
FOR_CODE = ("code",)
FOR_INPUT = ("data", "output", "model")
FOR_TABLE = ("data", "output")
Options = list[tuple[str, str]]


@dataclass(frozen=True)
class Offer:
    """The options of each question that has some, by its name, and how much one may ask.

    `budget`: CPU-hours (left, granted); None for a project without an allocation.
    """

    options: Mapping[str, Options]
    most: Sizes
    budget: tuple[Decimal, Decimal] | None


def offer(
    person: "Person", project_id: int, blueprint: Blueprint, answered: Mapping[str, Any]
) -> Offer:
    """For these answers so far. Where there is no answer yet, the first option counts."""
    named = {str(ref) for one in answered.values() for ref in (one if _is_list(one) else [one])}
    kinds = FOR_INPUT if any(one.many for one in blueprint.inputs) else FOR_TABLE
    data = _versions(project_id, kinds, named)
    options: dict[str, Options] = {one.name: data for one in blueprint.inputs}
    if blueprint.takes_code:
        options["code"] = _versions(project_id, FOR_CODE, named)
    for parameter in blueprint.parameters:
        if parameter.type == "file" and not answered.get(parameter.of):
            look = _Looking(person, project_id, options, answered)
            options[parameter.of] = _tables_first(look, options[parameter.of])
        if parameter.type in ("file", "column"):
            look = _Looking(person, project_id, options, answered)
            options[parameter.name] = _of_data(look, blueprint, parameter)
    here = catalogue.site()
    most = Sizes(
        here.cpus,
        here.memory_mib,
        catalogue.limits().time_limit_s,
        max(here.gpus.values(), default=0),
    )
    return Offer(options, most, _budget(project_id))


def chosen(options: Options, answer: Any) -> str:
    """The answer where it is one of the options, else the first of them."""
    values = [value for value, _ in options]
    return str(answer) if answer in values else next(iter(values), "")


def _versions(project_id: int, kinds: Sequence[str], named: set[str]) -> Options:
    """The newest version of each dataset, and the versions named: kind by kind, newest first."""
    rows = list(
        datasets.of_project(project_id)
        .filter(kind__in=kinds, erased_at=None, last_number__gt=0)
        .order_by("-pk")[:MOST_DATASETS]
    )
    # What people brought in comes before what jobs left.
    rows.sort(key=lambda row: kinds.index(row.kind))
    kept = datasets.kept_versions(row.pk for row in rows).order_by().values("dataset_id")
    newest = {one["dataset_id"]: one["most"] for one in kept.annotate(most=Max("number"))}
    found = []
    for row in rows:
        if row.pk not in newest:
            continue
        latest = f"{row.slug}@{newest[row.pk]}"
        older = {name for name in named if _is_older(name, row.slug, newest[row.pk])}
        found += [(name, f"{row.title} ({name})") for name in (latest, *sorted(older))]
    return found


@dataclass(frozen=True)
class _Looking:
    """Who looks at what, with the options known so far and what was answered."""

    person: "Person"
    project_id: int
    options: Mapping[str, Options]
    answered: Mapping[str, Any]

    def files(self, data: str) -> Options:
        """The tables in the data chosen as the answer to this question."""
        reference = chosen(self.options[data], self.answered.get(data))
        return [(path, path) for path in self.tables_in(reference)]

    def columns(self, data: str, file: str) -> Options:
        """The columns of the file chosen."""
        path = chosen(self.options[file], self.answered.get(file))
        reference = chosen(self.options[data], self.answered.get(data))
        version = datasets.version_for(self.person, self.project_id, reference)
        return [(one.name, one.name) for one in tables.columns(self.person, version, path)]

    def tables_in(self, reference: str) -> list[str]:
        """The files of a version that may be tables."""
        version = datasets.version_for(self.person, self.project_id, reference)
        return tables.table_paths(self.person, version)


def _is_older(name: str, slug: str, newest: int) -> bool:
    """Whether this is a version `slug@number` before the newest one."""
    number = name.removeprefix(f"{slug}@")
    return number != name and 0 < (whole(number, 9) or 0) < newest


def _of_data(look: _Looking, blueprint: Blueprint, parameter: Parameter) -> Options:
    """The files of the data that were chosen, or the columns of the file that was."""
    try:
        if parameter.type == "file":
            return look.files(parameter.of)
        file = next(one for one in blueprint.parameters if one.name == parameter.of)
        return look.columns(file.of, file.name)
    except Problem:
        # Nothing is chosen yet, or it is no table: the question is then asked as text.
        return []


def _tables_first(look: _Looking, data: Options) -> Options:
    """The data with the first that hold a table in front, as far as a look at a few goes."""
    for place, option in enumerate(data[:LOOKED_AT]):
        with suppress(Problem):
            if look.tables_in(option[0]):
                return [option, *data[:place], *data[place + 1 :]]
    return data


def _budget(project_id: int) -> tuple[Decimal, Decimal] | None:
    try:
        account = access.accounts(project_id).cpu_hour
    except Problem:
        return None
    balance = ledger.balances([account])[account]
    return balance.left, balance.granted


def _is_list(answer: Any) -> bool:
    return isinstance(answer, list | tuple)
