"""What a card says by itself, from the frozen facts of a job. Pure."""

from collections.abc import Mapping
from typing import Any, Literal

Language = Literal["nl", "en"]
_WORDS: Mapping[str, Mapping[Language, str]] = {
    "version": {"nl": "versie", "en": "version"},
    "files": {"nl": "bestanden", "en": "files"},
    "measured": {"nl": "gemeten", "en": "measured"},
    "estimated": {"nl": "geschat", "en": "estimated"},
    "job": {"nl": "taak", "en": "job"},
    "personal": {"nl": "met persoonsgegevens", "en": "with personal data"},
    "none": {"nl": "geen", "en": "none"},
    "cores": {"nl": "kernen", "en": "cores"},
    "on": {"nl": "op", "en": "on"},
    "missing": {"nl": "Nog in te vullen", "en": "Still to be filled in"},
    "card": {"nl": "Modelkaart", "en": "Model card"},
}


def word(key: str, language: Language) -> str:
    """One of the few words that cards are made of."""
    return _WORDS[key][language]


def from_records(facts: Mapping[str, Any], language: Language) -> dict[str, str]:
    """The texts of the fields that the records fill, as Markdown lines."""
    return {
        "contact": facts["person"]["name"],
        "purpose": facts["purpose"],
        "data": "\n".join(_data(entry, language) for entry in facts["inputs"])
        or word("none", language),
        "code": _code(facts["code"], language),
        "parameters": _table(facts["parameters"]) or word("none", language),
        "metrics": _table(facts["metrics"]) or word("none", language),
        "training": _training(facts, language),
        "energy": _energy(facts["energy"], language),
    }


def _data(entry: Mapping[str, Any], language: Language) -> str:
    personal = f", {word('personal', language)}" if entry["personal_data"] else ""
    return (
        f"- `{entry['reference']}`, {word('files', language)}: {entry['file_count']},"
        f" {entry['size_bytes']} bytes{personal}, BLAKE3 `{entry['digest'][:16]}`"
    )


def _code(entry: Mapping[str, Any] | None, language: Language) -> str:
    if entry is None:
        return word("none", language)
    return f"`{entry['reference']}`, BLAKE3 `{entry['digest'][:16]}`"


def _table(values: Mapping[str, Any]) -> str:
    return "\n".join(f"- {escape(str(key))}: {escape(_shown(v))}" for key, v in values.items())


def _shown(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _training(facts: Mapping[str, Any], language: Language) -> str:
    resources = facts["resources"]
    parts = [f"{word('cores', language)}: {resources['cpus']}", f"{resources['memory_mib']} MiB"]
    if resources["gpus"]:
        parts.append(f"{resources['gpus']} GPU")
    command = " ".join(facts["command"])
    job = f"{word('job', language).capitalize()} {facts['job']}, {str(facts['ended_at'])[:16]} UTC"
    shown = command.replace("`", " ")
    return f"{job}, {', '.join(parts)} {word('on', language)} {facts['engine']}: `{shown}`"


def _energy(energy: Mapping[str, Any], language: Language) -> str:
    quality = word(energy["quality"], language)
    return f"{energy['kwh']} kWh, {quality} ({energy['source']}, PUE {energy['pue']})"


def escape(text: str) -> str:
    """Text that is only text in Markdown: no markup, no HTML, one line."""
    flat = " ".join(text.split())
    for character in "\\`*_[]<>#|":
        flat = flat.replace(character, f"\\{character}")
    return flat
