"""reviews list, conflict, give; assign and decide, for operators."""

from typing import Annotated, Any

import typer

from fabriek_client.cli import ask, kit, show, units
from fabriek_client.words import say

app = typer.Typer(rich_markup_mode=None)
reviews = typer.Typer(rich_markup_mode=None, help=say("help.reviews"))
app.add_typer(reviews, name="reviews")

Number = Annotated[int, typer.Argument(metavar="NUMBER", help=say("access.arg-review"))]
Application = Annotated[int, typer.Argument(metavar="NUMBER", help=say("access.arg-application"))]
Reason = Annotated[str, typer.Option("--reason", help=say("access.opt-reason"))]
Verdict = Annotated[str, typer.Argument(metavar="grant|reject", help=say("access.arg-verdict"))]


@reviews.command("list", help=say("access.reviews-list"))
def list_all(as_json: kit.Json = False) -> None:
    """The reviews asked of this person."""
    with kit.factory() as factory:
        found = list(factory.reviews.list())
    if not as_json:
        found = [row | {"due": _due(row)} for row in found]
    columns = [("id", "number"), ("application.id", "application"), ("application.title", "title")]
    columns += [("kind", "kind"), ("state", "state"), ("due", "decision_by")]
    show.records(found, columns, as_json)


@reviews.command(help=say("access.reviews-conflict"))
def conflict(number: Number, reason: Reason = "") -> None:
    """Declare a conflict of interest."""
    reason = reason or ask.text(say("access.ask-reason"), "--reason")
    with kit.factory() as factory:
        factory.reviews.conflict(number, reason)
    show.out(say("access.conflict-noted", number=number))


@reviews.command(help=say("access.reviews-give"))
def give(number: Number, recommendation: Verdict, reason: Reason = "") -> None:
    """Give a review."""
    reason = reason or ask.text(say("access.ask-reason"), "--reason")
    with kit.factory() as factory:
        factory.reviews.give(number, recommendation, reason)
    show.out(say("access.review-given", number=number))


@app.command(help=say("help.assign"))
def assign(
    number: Application,
    reviewer: Annotated[str, typer.Argument(metavar="EMAIL", help=say("access.arg-reviewer"))],
) -> None:
    """Ask somebody to review an application."""
    with kit.factory() as factory:
        factory.applications.assign(number, reviewer)
    show.out(say("access.assigned", number=number, reviewer=reviewer))


@app.command(help=say("help.decide"))
def decide(number: Application, decision: Verdict, reason: Reason = "") -> None:
    """Decide on an application, with the reason that the applicant reads."""
    reason = reason or ask.text(say("access.ask-reason"), "--reason")
    with kit.factory() as factory:
        made = factory.applications.decide(number, decision, reason)
    show.out(say("access.decided", number=number, state=made["state"]))
    if made.get("project"):
        show.out(say("access.project-made", project=made["project"]))


def _due(review: dict[str, Any]) -> str:
    application = review["application"]
    return units.shown_time(application["decision_by"]) if application else ""
