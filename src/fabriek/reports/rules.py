"""The report as Markdown, from its facts. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

Language = Literal["nl", "en"]
WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("Verslag van project", "Report of project"),
    "made": ("Gemaakt op", "Made on"),
    "purpose": ("Doel", "Purpose"),
    "runs": (
        "Het tegoed loopt van {start} tot {end}.",
        "The allocation runs from {start} to {end}.",
    ),
    "no-allocation": ("Er is geen tegoed.", "There is no allocation."),
    "budgets": ("Tegoed", "Budget"),
    "unit": ("Eenheid", "Unit"),
    "granted": ("Toegekend", "Granted"),
    "settled": ("Gebruikt", "Used"),
    "held": ("Gereserveerd", "Held"),
    "left": ("Over", "Left"),
    "jobs": ("Taken", "Jobs"),
    "job": ("Taak", "Job"),
    "state": ("Toestand", "State"),
    "person": ("Wie", "Who"),
    "charged": ("Uren", "Hours"),
    "data": ("Gegevens", "Data"),
    "name": ("Naam", "Name"),
    "kind": ("Soort", "Kind"),
    "versions": ("Versies", "Versions"),
    "size": ("Omvang", "Size"),
    "models": ("Modellen", "Models"),
    "version": ("Versie", "Version"),
    "metrics": ("Uitkomsten", "Metrics"),
    "card": ("Modelkaart mist", "Card lacks"),
    "energy": ("Energie", "Energy"),
    "energy-of": (
        "{kwh} kWh, {quality} (bron: {source}).",
        "{kwh} kWh, {quality} (source: {source}).",
    ),
    "runs-out": (
        "{unit}: in dit tempo hebt u uren tot {date}.",
        "{unit}: at this pace the hours last until {date}.",
    ),
    "lasts": (
        "{unit}: in dit tempo houdt u {percent}% ongebruikt over.",
        "{unit}: at this pace you keep {percent}% unused.",
    ),
    "nothing": ("Nog niets.", "Nothing yet."),
    "estimated": ("geschat", "estimated"),
    "measured": ("gemeten", "measured"),
    "gpu-hour": ("GPU-uur", "GPU-hours"),
    "cpu-hour": ("CPU-uur", "CPU-hours"),
    "storage-gib": ("opslag (GiB)", "storage (GiB)"),
    "queued": ("wacht", "queued"),
    "starting": ("start", "starting"),
    "running": ("loopt", "running"),
    "succeeded": ("geslaagd", "succeeded"),
    "failed": ("mislukt", "failed"),
    "cancelled": ("geannuleerd", "cancelled"),
    "output": ("uitvoer", "output"),
    "model": ("model", "model"),
    "code": ("code", "code"),
}


def word(key: str, language: Language) -> str:
    """A word or sentence of the report; the key itself for one that is the same everywhere."""
    return WORDS[key][0 if language == "nl" else 1] if key in WORDS else key


def markdown(report: Mapping[str, Any], language: Language) -> str:
    """The whole report as Markdown."""
    project, allocation = report["project"], report["allocation"]
    lines = [
        f"# {word('title', language)} {_cell(project['title'])}",
        "",
        f"{word('made', language)} {report['made_at'][:16].replace('T', ' ')} UTC."
        f" {word('purpose', language)}: {project['purpose']}.",
    ]
    if allocation:
        dates = {"start": allocation["starts_at"][:10], "end": allocation["ends_at"][:10]}
        lines += ["", word("runs", language).format(**dates)]
    else:
        lines += ["", word("no-allocation", language)]
    for title, heads, rows in (
        ("budgets", ("unit", "granted", "settled", "held", "left"), _budgets(report, language)),
        ("jobs", ("job", "name", "state", "person", "charged", "kWh"), _jobs(report, language)),
        ("data", ("name", "kind", "versions", "size"), _data(report, language)),
        ("models", ("version", "metrics", "job", "card"), _models(report)),
    ):
        lines += _section(title, heads, rows, language)
        if title == "budgets":
            lines += _outlooks(report, language)
    lines += ["", f"## {word('energy', language)}", ""]
    lines += _energy(report["energy"], language)
    return "\n".join(lines) + "\n"


def _section(
    title: str, heads: Sequence[str], rows: Sequence[Sequence[object]], language: Language
) -> list[str]:
    lines = ["", f"## {word(title, language)}", ""]
    if not rows:
        return [*lines, word("nothing", language)]
    lines.append("| " + " | ".join(word(head, language) for head in heads) + " |")
    lines.append("|" + "---|" * len(heads))
    return lines + ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]


def _budgets(report: Mapping[str, Any], language: Language) -> list[list[str]]:
    columns = ("granted", "settled", "held", "left")
    return [
        [word(row["unit"], language), *(row[column] for column in columns)]
        for row in report["budgets"]
    ]


def _outlooks(report: Mapping[str, Any], language: Language) -> list[str]:
    """Where the pace of each budget of hours leads, where that can be said."""
    said = []
    for row in report["budgets"]:
        found = row["outlook"]
        if found["kind"] in {"runs-out", "lasts"}:
            facts = {
                "unit": word(row["unit"], language),
                "date": str(found["runs_out_at"])[:10],
                "percent": round(found["left_share_at_end"] * 100),
            }
            said.append("- " + word(found["kind"], language).format(**facts))
    return ["", *said] if said else []


def _jobs(report: Mapping[str, Any], language: Language) -> list[list[object]]:
    return [
        [
            row["id"],
            row["name"],
            word(row["state"], language),
            row["person"],
            ", ".join(f"{v} {word(u, language)}" for u, v in row["charged"].items()) or "0",
            row["kwh"] or "0",
        ]
        for row in report["jobs"]["items"]
    ]


def _data(report: Mapping[str, Any], language: Language) -> list[list[object]]:
    return [
        [row["name"], word(row["kind"], language).lower(), row["versions"], size(row["size_bytes"])]
        for row in report["data"]
    ]


def _models(report: Mapping[str, Any]) -> list[list[object]]:
    return [
        [
            row["version"],
            ", ".join(f"{key} {value:.4g}" for key, value in row["metrics"].items()),
            row["job"],
            ", ".join(row["card_missing"]) or "-",
        ]
        for row in report["models"]
    ]


def _energy(energy: Mapping[str, Any], language: Language) -> list[str]:
    if not energy["by_source"]:
        return [word("nothing", language)]
    return [
        "- "
        + word("energy-of", language).format(
            kwh=row["kwh"], quality=word(row["quality"], language), source=row["source"]
        )
        for row in energy["by_source"]
    ]


def size(size_bytes: int) -> str:
    """Bytes in the largest unit that keeps a figure before the point."""
    amount = float(size_bytes)
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"


def _cell(value: object) -> str:
    text = " ".join(str(value).split())
    for character in "\\`*_[]<>|":
        text = text.replace(character, f"\\{character}")
    return text
