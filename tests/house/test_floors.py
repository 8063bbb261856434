"""What import-linter cannot see: foreign keys written as strings, and migrations."""

import importlib
import pkgutil
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).parents[2]


def floors() -> dict[str, int]:
    """The floor of each room, counted from below, as the import contract has it."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = contracts["contracts"][0]["layers"]
    return {
        room.strip(): height
        for height, layer in enumerate(reversed(layers))
        for room in layer.split("|")
    }


def house_models() -> list[type]:
    return [m for m in apps.get_models() if m.__module__.startswith("fabriek.")]


def test_foreign_keys_point_down_and_leave_no_accessor() -> None:
    height = floors()
    crossing = 0
    for model in house_models():
        room = model._meta.app_label
        for field in model._meta.get_fields():
            if not (field.many_to_one or field.one_to_one) or field.auto_created:
                continue
            target = field.related_model._meta.app_label
            if target == room:
                continue
            crossing += 1
            where = f"{room}.{model.__name__}.{field.name}"
            assert height[target] < height[room], f"{where} points up or sideways to {target}"
            assert field.remote_field.related_name == "+", f"{where} needs related_name='+'"
    assert crossing > 5  # the walk really found the house's foreign keys


def test_migrations_depend_downward() -> None:
    height = floors()
    loader = MigrationLoader(None)
    seen = 0
    for (room, name), migration in loader.disk_migrations.items():
        if room not in height:
            continue
        for other, _ in migration.dependencies:
            seen += 1
            if other != room:
                assert height[other] < height[room], f"{room}.{name} depends on {other}"
    assert seen > 3


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_room_says_what_it_is_for() -> None:
    for room in floors():
        assert (ROOT / "src/fabriek" / room / "README.md").stat().st_size > 100, room


def test_models_of_a_room_are_named_by_string_elsewhere() -> None:
    """Modules of the house can each be imported by themselves: no hidden order of imports."""
    import fabriek

    for found in pkgutil.walk_packages(fabriek.__path__, "fabriek."):
        if ".tests" not in found.name and ".migrations" not in found.name:
            importlib.import_module(found.name)
