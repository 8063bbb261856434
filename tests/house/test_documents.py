"""The documents say what is so: links, commands, options, settings, tables, both languages."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

ROOT = Path(__file__).parents[2]
USERS = ROOT / "docs" / "users"
LANGUAGES = ("en", "nl")
GROUPS = (
    *("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "demo/README.md"),
    *("docs/**/*.md", "decisions/*.md", "src/fabriek/*/README.md", "packages/*/README.md"),
)
DOCUMENTS = sorted(path for group in GROUPS for path in ROOT.glob(group))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"^(?:\$ )?(?:[A-Z_]+=\S+ )*(?:\S*/)?(fabriek(?:-server)? .*)$")
VARIABLE = re.compile(r"""environ(?:\.get\(|\.setdefault\(|\[)\s*"(FABRIEK_\w+)""")


def test_there_are_documents() -> None:
    assert len(DOCUMENTS) > 35


def parts(path: Path) -> tuple[list[str], list[str]]:
    """The lines of a document's text, and those of its code blocks."""
    text, code, inside = [], [], False
    for line in path.read_text("utf-8").splitlines():
        if line.lstrip().startswith("```"):
            inside = not inside
            continue
        (code if inside else text).append(line)
    assert not inside, f"{path}: a code block without an end"
    return text, code


def headings(path: Path) -> list[tuple[int, str]]:
    """The level and words of each heading."""
    found = (re.match(r"(#+) (.*)", line) for line in parts(path)[0])
    return [(len(match[1]), match[2]) for match in found if match]


def anchors(path: Path) -> set[str]:
    """The #names of a document's headings, as code hosts make them."""
    names = (re.sub(r"[^\w\- ]", "", words.lower()) for _, words in headings(path))
    return {name.replace(" ", "-") for name in names}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in LINK.findall("\n".join(parts(path)[0])):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        assert there.is_relative_to(ROOT) and there.exists(), target
        if anchor:
            assert anchor in anchors(there), target


def shown(path: Path) -> Iterator[list[str]]:
    """The words of each `fabriek` and `fabriek-server` command that a document shows."""
    text, code = parts(path)
    whole = re.sub(r"\s*\\?\n\s+--", " --", "\n".join(code))
    spans = re.findall(r"`([^`]+)`", "\n".join(text))
    for line in (*whole.splitlines(), *spans):
        match = COMMAND.match(line.strip())
        if match:
            yield shlex.split(match[1], comments=True)


@cache
def command(name: str) -> Any:
    """A command of the client by its first word, or the whole of the server's."""
    if name == "fabriek-server":
        from fabriek.processes.cli import app

        return typer.main.get_command(app)
    from fabriek_client.cli.root import MODULE_OF, load

    return load(name) if name in MODULE_OF else None


def walk(words: list[str]) -> tuple[Any, list[str]]:
    """The command that the words name, and the words behind it; None when there is no such one."""
    if words[0] == "fabriek-server":
        found, rest = command("fabriek-server"), words[1:]
    else:
        found, rest = command(words[1]), words[2:]
    while found is not None and getattr(found, "commands", None) and rest:
        if rest[0].startswith("-"):
            break
        found, rest = found.commands.get(rest[0]), rest[1:]
    return found, rest


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_shown_exists(path: Path) -> None:
    for words in shown(path):
        if words[1].startswith("-") or words[1].isupper():
            continue  # `fabriek --help`, `fabriek COMMAND`
        found, rest = walk(words)
        assert found is not None, f"no such command: {' '.join(words)}"
        options = {
            name for option in found.params for name in (*option.opts, *option.secondary_opts)
        }
        ours = rest[: rest.index("--")] if "--" in rest else rest
        given = {word.partition("=")[0] for word in ours if re.match(r"--?[a-z]", word)}
        assert given <= options | {"--help"}, f"{given - options}: {' '.join(words)}"


def test_commands_are_really_found_in_the_documents() -> None:
    seen = {tuple(words[:2]) for path in DOCUMENTS for words in shown(path)}
    assert {("fabriek", "run"), ("fabriek", "apply"), ("fabriek-server", "vault")} <= seen
    assert len(seen) > 25


def test_the_readme_lists_every_command_and_no_other() -> None:
    from fabriek_client.cli.root import MODULE_OF

    text = (ROOT / "README.md").read_text("utf-8").partition("## The commands")[2]
    table = text.partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("|")]
    listed = [span.split() for row in rows for span in re.findall(r"`([^`]+)`", row)]
    for words in listed:
        assert walk(["fabriek", *words])[0] is not None, words
    assert {words[0] for words in listed} == set(MODULE_OF)
    server = re.findall(r"`([a-z]+)`", table.rpartition("|")[2])
    assert set(server) == set(command("fabriek-server").commands)


def test_every_make_target_shown_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shown_targets = set()
    for path in DOCUMENTS:
        text, code = parts(path)
        spans = re.findall(r"`([^`]+)`", "\n".join(text))
        lines = [line.strip().removeprefix("$ ") for line in (*code, *spans)]
        shown_targets |= {line.split()[1] for line in lines if re.match(r"make [a-z]", line)}
    assert {"demo", "serve", "test"} <= shown_targets <= targets


def test_every_setting_is_told_to_operators() -> None:
    told = (ROOT / "docs" / "operators.md").read_text("utf-8")
    read = {
        name
        for path in (ROOT / "src" / "fabriek").rglob("*.py")
        if not {"tests", "blueprints"} & set(path.parts)  # what a job reads is no setting
        for name in VARIABLE.findall(path.read_text("utf-8"))
    }
    assert len(read) > 8
    assert not {name for name in read if f"`{name}`" not in told and f"`{name}=" not in told}


def test_both_languages_have_the_same_pages() -> None:
    pages = {lang: sorted(p.name for p in (USERS / lang).glob("*.md")) for lang in LANGUAGES}
    assert pages["en"] == pages["nl"]
    assert len(pages["en"]) >= 6
    for name in pages["en"]:
        levels = [[level for level, _ in headings(USERS / lang / name)] for lang in LANGUAGES]
        assert levels[0] == levels[1], name
        blocks = [len(parts(USERS / lang / name)[1]) for lang in LANGUAGES]
        assert blocks[0] == blocks[1], f"{name}: the examples differ in length"


def table(lang: str, page: str, mark: str) -> list[list[str]]:
    """The rows, without the head, of the table behind `<!-- mark -->`."""
    text = (USERS / lang / page).read_text("utf-8").partition(f"<!-- {mark} -->\n")[2]
    lines = text.partition("\n\n")[0].splitlines()
    assert len(lines) > 2, f"{lang}/{page}: no table {mark}"
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def numbers(cell: str) -> list[int]:
    """The whole numbers in a cell, `1,000` and `1.000` being one."""
    return [int(re.sub(r"[.,]", "", found)) for found in re.findall(r"\d+(?:[.,]\d{3})*", cell)]


def data(path: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "src" / "fabriek" / path).read_text("utf-8"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_mode_tables_are_those_of_the_data(lang: str) -> None:
    modes = data("access/data/modes.toml")
    no, yes = {"en": ("no", "yes"), "nl": ("nee", "ja")}[lang]
    rows = [row[1:] for row in table(lang, "applying.md", "modes")]
    for column, (key, mode) in enumerate(modes.items()):
        cells = [row[column] for row in rows]
        assert cells[0] == f"`{key}`"
        amounts = (mode["gpu_hours"]["most"], mode["gpu_hours"].get("over"))
        assert numbers(cells[1]) == [amounts[0]], key
        assert numbers(cells[2]) == ([amounts[1]] if amounts[1] else []), key
        assert numbers(cells[3]) == [mode["cpu_hours"]["most"]], key
        assert numbers(cells[4]) == list(mode["storage_gib"].values()), key
        assert [int(month) for month in cells[5].split(",")] == mode["months"], key
        assert numbers(cells[6]) == [mode["decision"]["working_days"]], key
        assert numbers(cells[7]) == mode["decision"].get("cutoff_days", []), key
        at_once = cells[8] == rows[8][0]
        assert at_once == (mode["grant"] == "at-once"), key
        reviews = [] if cells[9] in ("none", "geen") else cells[9].split(", ")
        assert reviews == mode["reviews"], key
        assert cells[10] == (yes if mode.get("needs_experience") else no), key
        assert numbers(cells[11]) == [mode["extension_months"]], key
    found = {
        row[0].split()[0]: [bool(cell) for cell in row[1:]]
        for row in table(lang, "applying.md", "organisations")
    }
    kinds = {kind for mode in modes.values() for kind in mode["organisations"]}
    assert found == {k: [k in mode["organisations"] for mode in modes.values()] for k in kinds}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_tables_of_jobs_have_every_code_and_limit(lang: str) -> None:
    told = {code for code, entry in data("compute/problems.toml").items() if entry["status"] == 200}
    waits = {code for code in told if "waiting" in code}
    for mark, codes in (("waiting", waits), ("endings", told - waits)):
        listed = [row[0].strip("`") for row in table(lang, "jobs.md", mark)]
        assert sorted(listed) == sorted(codes), mark
    found = data("compute/data/limits.toml")
    rows = [numbers(row[1])[0] for row in table(lang, "jobs.md", "limits")]
    wanted = [found[key] for key in ("disk_limit_mib", "log_limit_mib", "process_limit", "inputs")]
    wanted += [found["waiting_per_project"], found["grace_s"]]
    assert rows == [found["time_limit_s"] // 3600, *wanted]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_fields_of_a_card_that_people_fill_in_are_explained(lang: str) -> None:
    fields = data("registry/data/card_fields.toml")
    by_person = [name for name, entry in fields.items() if entry["from"] == "person"]
    text = (USERS / lang / "models.md").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == by_person
