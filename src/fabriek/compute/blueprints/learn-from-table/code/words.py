"""What the training says, in the language of the person who submitted it."""

import json
import os

_LANGUAGE = json.loads(os.environ.get("FABRIEK_PARAMETERS", "{}")).get("language", "nl")
_TEXTS = {
    "read": (
        "Tabel gelezen: {rows} rijen, {numbers} kolommen met getallen, {texts} met tekst.",
        "Table read: {rows} rows, {numbers} columns of numbers, {texts} of text.",
    ),
    "left-out": (
        "Weggelaten, want overal gelijk of overal anders: {names}.",
        "Left out, being the same everywhere or different everywhere: {names}.",
    ),
    "no-target": (
        "{rows} rijen zonder waarde in {target} tellen niet mee.",
        "{rows} rows without a value in {target} do not count.",
    ),
    "rare": (
        "Klassen met te weinig rijen om iets van te leren, weggelaten: {names}.",
        "Classes with too few rows to learn from, left out: {names}.",
    ),
    "binary": ("Taak: twee klassen onderscheiden.", "Task: tell two classes apart."),
    "multi-class": (
        "Taak: {classes} klassen onderscheiden.",
        "Task: tell {classes} classes apart.",
    ),
    "regression": ("Taak: een getal voorspellen.", "Task: predict a number."),
    "tried": (
        "Geprobeerd op de leerrijen: {model}, {score} {value:.4f}",
        "Tried on the training rows: {model}, {score} {value:.4f}",
    ),
    "linear": ("lineair model", "linear model"),
    "trees": ("bomen", "trees"),
    "chosen": (
        "Gekozen: {model}. Op {rows} rijen die het model nooit zag: {figures}.",
        "Chosen: {model}. On {rows} rows the model never saw: {figures}.",
    ),
    "no-text": ("{file} is geen tekstbestand.", "{file} is no text file."),
    "no-csv": ("{file} is geen CSV-tabel: {why}.", "{file} is no CSV table: {why}."),
    "one-column": (
        "{file} heeft geen twee kolommen; de eerste regel moet de namen van de kolommen geven.",
        "{file} has not two columns; its first line must name the columns.",
    ),
    "double-names": (
        "Deze namen van kolommen komen vaker voor: {names}.",
        "These names of columns occur more than once: {names}.",
    ),
    "uneven": (
        "Rij {line} heeft {found} kolommen; de eerste regel noemt er {wanted}.",
        "Row {line} has {found} columns; the first line names {wanted}.",
    ),
    "unknown-target": (
        "Er is geen kolom {target}. Wel: {names}.",
        "There is no column {target}. There are: {names}.",
    ),
    "too-small": (
        "{rows} rijen met een waarde in {target} is te weinig; {least} is het minste.",
        "{rows} rows with a value in {target} is too few; {least} is the least.",
    ),
    "one-class": (
        "In {target} staat maar één klasse met genoeg rijen: er is niets te leren.",
        "{target} holds only one class with enough rows: there is nothing to learn.",
    ),
    "too-many-classes": (
        "{target} is tekst met {classes} waarden in {rows} rijen: dat zijn geen klassen.",
        "{target} is text with {classes} values in {rows} rows: those are no classes.",
    ),
    "no-numbers": (
        "In {target} staat ook iets anders dan getallen; dat is niet als getal te voorspellen.",
        "{target} also holds something other than numbers; it cannot be predicted as one.",
    ),
    "no-features": (
        "Naast {target} blijft geen bruikbare kolom over.",
        "Beside {target} no useful column is left.",
    ),
    "one-file": (
        "Er hoort precies één bestand in de invoer te staan, niet {found}.",
        "There should be exactly one file in the input, not {found}.",
    ),
}


def say(key: str, **facts: object) -> str:
    """A sentence with its facts."""
    return _TEXTS[key][_LANGUAGE == "en"].format(**facts)
