"""The command fabriek-server: what an operator does on the factory's own machine."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from fabriek.people.models import Person

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
vault_app = typer.Typer(no_args_is_help=True, help="The encrypted store.")
ledger_app = typer.Typer(no_args_is_help=True, help="The accounts.")
audit_app = typer.Typer(no_args_is_help=True, help="The audit log.")
person_app = typer.Typer(no_args_is_help=True, help="People with a role in the factory.")
app.add_typer(vault_app, name="vault")
app.add_typer(ledger_app, name="ledger")
app.add_typer(audit_app, name="audit")
app.add_typer(person_app, name="person")


def main() -> None:
    """The command, with a sentence instead of a traceback for what an operator can mend."""
    from fabriek.core.keyfiles import LostKeyFile, UnsafeKeyFile
    from fabriek.core.problems import Problem

    try:
        app()
    except Problem as problem:
        raise SystemExit(f"{problem.sentence('en')} {problem.way_out('en')}") from None
    except (LostKeyFile, UnsafeKeyFile) as error:
        raise SystemExit(str(error)) from None


def _factory() -> None:
    """Set up for a command about a factory that is there."""
    state = Path(os.environ.get("FABRIEK_STATE", ".state")).absolute()
    if not (state / "fabriek.sqlite3").exists():
        raise SystemExit(f"There is no factory in {state}. Say where it is with FABRIEK_STATE.")
    migrate()


def _django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fabriek.processes.settings")
    os.umask(0o077)
    import django

    django.setup()


@app.command()
def migrate() -> None:
    """Bring the databases up to date."""
    _django()
    from django.core.management import call_command

    for database in ("default", "wraps"):
        call_command("migrate", database=database, verbosity=0, interactive=False)
    call_command("createcachetable", database="default", verbosity=0)


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8800,
    host: Annotated[str, typer.Option()] = "127.0.0.1",
) -> None:
    """Run a whole factory on this machine: web and worker. Stop it with Ctrl-C."""
    os.environ.setdefault("FABRIEK_ADDRESS", f"http://{host}:{port}")
    from fabriek.processes.serve import refuse_taken_port
    from fabriek.processes.serve import serve as run

    refuse_taken_port(host, port)
    migrate()
    from django.conf import settings

    from fabriek.compute import catalogue

    facts = catalogue.engine().describe()
    print(f"Fabriek listens at {settings.ADDRESS}", flush=True)
    print(f"Its files are in {settings.STATE_DIR}", flush=True)
    print(f"Jobs run here with sandbox {facts.sandbox}, limits {facts.limits}", flush=True)
    for note in facts.notes:
        print(f"  {note}", flush=True)
    raise typer.Exit(run(host, port))


@app.command()
def worker() -> None:
    """Run one worker: jobs, mail, deadlines, the audit seal."""
    _django()
    from fabriek.processes.worker import Worker

    Worker().run()


@vault_app.command("verify")
def vault_verify() -> None:
    """Read and check every stored object. Status 1 when anything is wrong."""
    _factory()
    from fabriek.data import maintenance

    _report([str(finding) for finding in maintenance.verify()], "the vault is whole")


@vault_app.command("erase")
def vault_erase(
    project: Annotated[str, typer.Argument()],
    dataset: Annotated[str, typer.Argument()],
    operator: Annotated[str, typer.Option(help="your e-mail address, for the audit log")],
    reason: Annotated[str, typer.Option(help="why, for the audit log")],
) -> None:
    """Destroy a dataset's keys and objects. There is no way back."""
    _factory()
    from fabriek.access import queries as access
    from fabriek.data import maintenance
    from fabriek.data import queries as data

    person = _operator(operator)
    found = data.of_project(access.project_id(project)).filter(slug=dataset).first()
    if found is None:
        raise typer.BadParameter(f"project {project} has no dataset {dataset}")
    maintenance.erase(found, by=person, reason=reason)
    print(f"{project}/{dataset} is erased")


@ledger_app.command("check")
def ledger_check() -> None:
    """Prove that the books are right. Status 1 when they are not."""
    _factory()
    from fabriek.compute import queries as compute
    from fabriek.data import queries as data
    from fabriek.ledger import queries as ledger

    findings = ledger.check(lambda s: compute.live_subjects(s) | data.live_subjects(s))
    _report(findings, "every hold ended in a settlement or a release, or is still in use")


@audit_app.command("verify")
def audit_verify() -> None:
    """Check the chain against the heads kept outside the database. Status 1 on a finding."""
    _factory()
    from fabriek.core import audit

    _report(audit.verify(), "the audit log is whole")


@person_app.command("role")
def person_role(
    email: Annotated[str, typer.Argument()],
    operator: Annotated[bool | None, typer.Option("--operator/--no-operator")] = None,
    reviewer: Annotated[bool | None, typer.Option("--reviewer/--no-reviewer")] = None,
) -> None:
    """Make somebody an operator or a reviewer, or end that."""
    _factory()
    from fabriek.people import actions

    person = actions.appoint(email, operator=operator, reviewer=reviewer)
    print(f"{person.email}: operator {person.is_operator}, reviewer {person.is_reviewer}")


@person_app.command("close")
def person_close(
    email: Annotated[str, typer.Argument()],
    operator: Annotated[str, typer.Option(help="your e-mail address, for the audit log")],
) -> None:
    """Close somebody's account: their tokens stop working at once."""
    _factory()
    from fabriek.people import actions
    from fabriek.people import queries as people

    person = people.person_by_email(email)
    if person is None:
        raise typer.BadParameter(f"nobody here has the address {email}")
    actions.close_account(person, by=_operator(operator))
    print(f"{email} is closed")


@person_app.command("forget-factors")
def person_forget_factors(
    email: Annotated[str, typer.Argument()],
    operator: Annotated[str, typer.Option(help="your e-mail address, for the audit log")],
) -> None:
    """Take away somebody's passkeys, app and recovery codes, when they have lost them all.

    First make sure who is asking: afterwards the password alone opens the account.
    """
    _factory()
    from fabriek.people import factors
    from fabriek.people import queries as people

    person = people.person_by_email(email)
    if person is None:
        raise typer.BadParameter(f"nobody here has the address {email}")
    factors.reset(person, by=_operator(operator))
    print(f"{email} signs in with the password alone")


@app.command()
def openapi(output: Annotated[Path | None, typer.Option()] = None) -> None:
    """Write the OpenAPI document of the REST API."""
    _django()
    import json

    from fabriek.api.app import api

    text = json.dumps(api.get_openapi_schema(), indent=1, ensure_ascii=False)
    if output:
        output.write_text(text + "\n", "utf-8")
    else:
        print(text)


def _operator(email: str) -> "Person":
    from fabriek.people import queries as people

    person = people.person_by_email(email)
    if person is None or not person.is_operator:
        raise typer.BadParameter(f"{email} is not an operator")
    return person


def _report(findings: list[str], fine: str) -> None:
    for finding in findings:
        print(finding)
    if findings:
        print(f"{len(findings)} findings", file=sys.stderr)
        raise typer.Exit(1)
    print(fine)


if __name__ == "__main__":
    main()
