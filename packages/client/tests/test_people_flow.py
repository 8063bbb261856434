"""Signing up and in, tokens, organisations and access, against a real factory."""

import json
import re
import stat
from pathlib import Path
from typing import Any

import live
import pytest

pytestmark = pytest.mark.xdist_group("client")
PASSWORD = "correct horse battery staple"


def test_a_newcomer_at_a_terminal(factory: live.Factory, terminal: Any) -> None:
    terminal.language = "nl"
    answers = (
        ("Uw naam: ", "Pat de Vries\n"),
        ("Wachtwoord: ", f"{PASSWORD}\n"),
        ("Nog een keer: ", "something else\n"),
        ("Wachtwoord: ", f"{PASSWORD}\n"),
        ("Nog een keer: ", f"{PASSWORD}\n"),
    )
    shown, code = terminal.types(
        "signup", terminal.email, "--address", factory.address, answers=answers
    )
    assert code == 0, shown
    assert "niet twee keer hetzelfde" in shown
    assert PASSWORD not in shown
    answers = (("De code uit de mail: ", f"{factory.mailed_code(terminal.email)}\n"),)
    shown, code = terminal.types("confirm", terminal.email, answers=answers)
    assert code == 0, shown
    answers = (("Wachtwoord: ", f"{PASSWORD}\n"),)
    shown, code = terminal.types("login", terminal.email, answers=answers)
    assert code == 0, shown
    assert PASSWORD not in shown
    assert "Pat de Vries" in terminal.ok("me")


def test_signing_in_before_the_address_is_confirmed(factory: live.Factory, terminal: Any) -> None:
    secret = {"stdin": f"{PASSWORD}\n"}
    to = ("--address", factory.address)
    terminal.ok("signup", terminal.email, "--name", "Pat", *to, "--password-stdin", **secret)
    done = terminal.run("login", terminal.email, "--password-stdin", **secret)
    assert done.returncode == 1
    assert "[email-not-confirmed]" in done.stderr
    terminal.ok("confirm", terminal.email, "--again")
    done = terminal.run("confirm", terminal.email, "AAAA-AAAA")
    assert "[confirmation-failed]" in done.stderr


def test_the_token_is_kept_well_and_ends_at_logout(person: Any) -> None:
    kept = json.loads(person.settings.read_text())
    assert stat.S_IMODE(person.settings.stat().st_mode) == 0o600
    token = kept["token"]
    listed = json.loads(person.ok("tokens", "list", "--json"))
    assert [row["id"] for row in listed] == [kept["token_id"]]
    for command in (["tokens", "list"], ["config", "show"], ["me", "--json"]):
        assert token not in person.ok(*command)
    person.ok("logout")
    assert token not in person.settings.read_text()
    done = person.run("me", FABRIEK_TOKEN=token)
    assert done.returncode == 1
    assert re.search(r"\[token-\w+\]", done.stderr), done.stderr
    assert person.ok("logout") == "You were not signed in.\n"


def test_a_token_made_elsewhere_is_kept(person: Any, tmp_path: Path) -> None:
    kept = json.loads(person.settings.read_text())
    elsewhere = {"FABRIEK_CONFIG": str(tmp_path / "elsewhere.json")}
    words = ("login", "--token", "--address", kept["address"])
    said = person.ok(*words, stdin=f"{kept['token']}\n", **elsewhere)
    assert person.email in said and kept["token"] not in said
    assert json.loads((tmp_path / "elsewhere.json").read_text()) == kept
    assert person.email in person.ok("me", **elsewhere)
    shown, code = person.types(*words, answers=(("Token: ", f"{kept['token']}\n"),), **elsewhere)
    assert code == 0 and kept["token"] not in shown
    for wrong in ("", "x", "fbp_é", "Bearer " + kept["token"], PASSWORD):
        done = person.run(*words, stdin=f"{wrong}\n", **elsewhere)
        assert done.returncode == 1 and "[not-a-token]" in done.stderr
    done = person.run(*words, stdin="fbp_" + "x" * 43 + "\n", **elsewhere)
    assert "[token-unknown]" in done.stderr


def test_a_token_can_be_revoked_from_elsewhere(person: Any, tmp_path: Path) -> None:
    number = json.loads(person.settings.read_text())["token_id"]
    secret = {"stdin": f"{PASSWORD}\n"}
    elsewhere = tmp_path / "elsewhere.json"
    address = json.loads(person.settings.read_text())["address"]
    words = ("login", person.email, "--address", address, "--name", "spare", "--days", "2")
    person.ok(*words, "--password-stdin", **secret, FABRIEK_CONFIG=str(elsewhere))
    assert "spare" in person.ok("tokens", "list")
    person.ok("tokens", "revoke", number, FABRIEK_CONFIG=str(elsewhere))
    assert person.run("me").returncode == 1
    assert "revoked" in person.ok("tokens", "list", FABRIEK_CONFIG=str(elsewhere))


def test_an_organisation_and_who_joins_it(factory: live.Factory, person: Any, member: Any) -> None:
    done = person.run("org", "make", "X", "--kind", "pirates")
    assert done.returncode == 1
    done = person.run("org", "make", "X", "--kind", "sme", "--kvk", "12")
    assert "[invalid-kvk]" in done.stderr
    slug = member.project
    person.ok("org", "join", slug)
    waiting = json.loads(member.ok("org", "members", slug, "--json"))
    asked = next(row for row in waiting if row["email"] == person.email)
    assert asked["state"] == "asked"
    member.ok("org", "accept", slug, asked["person_id"])
    assert slug in person.ok("org", "list")
    assert slug in person.ok("org", "show", slug)
    assert person.email in person.ok("org", "members", slug)
    member.ok("org", "end", slug, asked["person_id"])
    assert person.run("org", "members", slug).returncode == 1


def test_applying_without_an_organisation(person: Any) -> None:
    done = person.run("apply", "--mode", "playground")
    assert done.returncode == 1
    assert "fabriek org make" in done.stderr


def test_what_is_missing_is_named_where_nobody_can_be_asked(member: Any) -> None:
    done = member.run("apply", "--mode", "playground", "--title", "x")
    assert done.returncode == 2
    assert "--summary, --purpose, --months, --personal-data" in done.stderr


def test_findings_come_before_anything_is_sent(member: Any) -> None:
    before = member.ok("applications", "list", "--json")
    words = ["--title", "x", "--summary", "x", "--purpose", "product-development"]
    done = member.run(
        *("apply", "--mode", "fast-lane", *words, "--no-personal-data"),
        *("--gpu-hours", "600000", "--months", "9"),
    )
    assert done.returncode == 1
    for code in ("gpu-hours-too-many", "months-not-allowed", "experience-missing"):
        assert f"[{code}]" in done.stderr
    assert done.stderr.count("What you can do") >= 3
    assert "was not sent" in done.stderr
    assert member.ok("applications", "list", "--json") == before


def test_the_form_at_a_terminal(member: Any) -> None:
    answers = (
        ("Mode of access", "nonsense\n"),
        ("Choose from: playground", "fast-lane\n"),
        ("Title of the project: ", "Better bread\n"),
        ("Summary", "Baking with models.\n"),
        ("Purpose", "product-development\n"),
        ("GPU-hours [0]: ", "12,5\n"),
        ("CPU-hours [0]: ", "\n"),
        ("Storage in GiB [10]: ", "\n"),
        ("Months", "2\n"),
        ("personal data involved? [yes/no]: ", "perhaps\n"),
        ("personal data involved? [yes/no]: ", "no\n"),
        ("own words: ", "\n"),
        ("come from: ", "our own ovens\n"),
        ("AI Act", "\n"),
        ("Experience", "Five years of Slurm.\n"),
        ("Send it? [yes/no]: ", "yes\n"),
    )
    shown, code = member.types("apply", answers=answers)
    assert code == 0, shown
    assert "Decision by" in shown
    mine = json.loads(member.ok("applications", "list", "--json"))[0]
    assert (mine["title"], mine["gpu_hours"], mine["state"]) == (
        "Better bread",
        12.5,
        mine["state"],
    )
    shown = member.ok("applications", "show", mine["id"])
    assert "our own ovens" in shown
    member.ok("applications", "withdraw", mine["id"])
    assert "withdrawn" in member.ok("applications", "show", mine["id"])
    assert member.run("applications", "withdraw", mine["id"]).returncode == 1


def test_every_mode_is_shown(member: Any) -> None:
    shown = member.ok("modes")
    assert "Playground" in shown and "Education" in shown
    assert len(json.loads(member.ok("modes", "--json"))) == 5
    member = type(member)(member.folder, member.email, member.settings, "nl")
    assert "werkdagen" in member.ok("modes")


def test_a_review_from_request_to_decision(
    factory: live.Factory, tmp_path: Path, member: Any
) -> None:
    from_scratch = type(member)
    people = {}
    for role in ("reviewer", "operator"):
        folder = tmp_path / role
        folder.mkdir()
        email = f"{role}@example.org"
        people[role] = from_scratch(folder, email, folder / "settings.json")
        secret = {"stdin": f"{PASSWORD}\n"}
        to = ("--address", factory.address)
        people[role].ok("signup", email, "--name", role, *to, "--password-stdin", **secret)
        people[role].ok("confirm", email, factory.mailed_code(email))
        people[role].ok("login", email, "--password-stdin", **secret)
        assert factory.server("person", "role", email, f"--{role}").returncode == 0
    words = ["--title", "Big", "--summary", "x", "--purpose", "product-development"]
    amounts = ["--gpu-hours", "100", "--months", "1", "--no-personal-data", "--experience", "Much."]
    sent = json.loads(member.ok("apply", "--mode", "fast-lane", *words, *amounts, "--json"))
    number = sent["id"]
    assert "operator of the factory" in people["operator"].ok("me")
    if not json.loads(people["reviewer"].ok("reviews", "list", "--json")):
        people["operator"].ok("assign", number, "reviewer@example.org")
    review = json.loads(people["reviewer"].ok("reviews", "list", "--json"))[0]
    assert "Big" in people["reviewer"].ok("reviews", "list")
    people["reviewer"].ok("reviews", "give", review["id"], "grant", "--reason", "Sound.")
    assert "Sound." in people["operator"].ok("applications", "show", number)
    assert member.run("decide", number, "grant", "--reason", "mine").returncode == 1
    shown = people["operator"].ok("decide", number, "grant", "--reason", "Good work.")
    assert "The project is called:" in shown
    assert "Good work." in member.ok("applications", "show", number)
    assert len(json.loads(member.ok("projects", "list", "--json"))) == 2
    done = member.run("jobs")
    assert done.returncode == 2
    assert "[which-project]" in done.stderr
    member.ok("use", member.project)
    assert member.run("jobs").returncode == 0


def test_members_of_a_project(member: Any, person: Any) -> None:
    project = member.project
    assert person.run("projects", "show", project).returncode == 1
    member.ok("projects", "members", "add", project, person.email, "--role", "viewer")
    assert "viewer" in person.ok("projects", "show", project)
    listed = json.loads(member.ok("projects", "members", "list", project, "--json"))
    number = next(row["person_id"] for row in listed if row["email"] == person.email)
    member.ok("projects", "members", "remove", project, number)
    assert "[not-found]" in person.run("projects", "show", project).stderr
    assert "[no-project]" in person.run("jobs").stderr
