"""Every mail of every room stands in both languages, with the same facts."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import kit
import pytest

from fabriek.people import notices

FILES = sorted(Path(notices.__file__).parent.parent.glob("*/notices.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_both_languages_say_it_all(path: Path) -> None:
    for key, text in tomllib.loads(path.read_text("utf-8")).items():
        assert set(text) == {"subject_nl", "subject_en", "body_nl", "body_en"}, key
        for part in ("subject", "body"):
            dutch, english = (text[f"{part}_{language}"].strip() for language in ("nl", "en"))
            assert dutch and english and dutch != english, key
            assert set(re.findall(r"{(\w+)}", dutch)) == set(re.findall(r"{(\w+)}", english)), key


def test_moments_are_told_in_amsterdam() -> None:
    at = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # half an hour after the clock went forward
    assert notices.moment(at, "nl") == "29 maart 2026 03:30"
    assert notices.moment(at, "en") == "29 March 2026 03:30"


@pytest.mark.django_db
def test_facts_are_shown_in_the_readers_language(tmp_path: Path, mails) -> None:
    path = tmp_path / "notices.toml"
    path.write_text(
        '[k]\nsubject_nl="s {m}"\nsubject_en="s {m}"\nbody_nl="b {at}"\nbody_en="b {at}"\n'
    )
    someone = kit.person("ada")
    someone.language = "en"
    at = datetime(2026, 7, 1, 12, tzinfo=UTC)
    notices.Notices(path).post(someone, "k", m={"nl": "een", "en": "one"}, at=at)
    mail = mails(someone.email)[0]
    assert (mail.subject, mail.body) == ("s one", "b 1 July 2026 14:00\n\nFabriek\n")
