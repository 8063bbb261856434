"""The models' pages: lists, versions with their lineage, and cards."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fabriek.access import crumbs
from fabriek.access import queries as access
from fabriek.access.queries import Right
from fabriek.people.session import PageRequest, signed_in
from fabriek.registry import actions, queries, showing
from fabriek.registry.forms import CardForm
from fabriek.registry.lineage import picture
from fabriek.registry.models import Model, ModelVersion
from fabriek.web.forms import form_page
from fabriek.web.language import page_language
from fabriek.web.lists import Column, Listing


@require_safe
@signed_in
def models(request: PageRequest, slug: str) -> HttpResponse:
    """The project's models."""
    project = access.project_for(request.person, slug, Right.VIEW)
    listing: Listing[Model] = Listing(
        request,
        queries.with_newest(project.pk),
        columns=(
            Column("name", _("Model"), "name"),
            Column("versions", _("Versions"), "versions_made", numeric=True),
            Column("newest", _("Newest version"), "newest_at"),
            Column("figures", _("Its figures")),
            Column("card", _("Its card")),
        ),
        search=("name",),
        sort="-newest",
    )
    context = {
        **_project(project, _("Models")),
        "listing": listing,
        "rows": showing.with_newest(listing.rows, page_language()),
        "may_run": access.may(request.person, project.pk, Right.RUN),
    }
    return render(request, "registry/models.html", context)


@require_safe
@signed_in
def model(request: PageRequest, slug: str, name: str) -> HttpResponse:
    """A model's versions, with how its figures went from version to version."""
    project = access.project_for(request.person, slug, Right.VIEW)
    found = queries.model_for(request.person, slug, name)
    listing: Listing[ModelVersion] = Listing(
        request,
        found.versions.select_related("made_by"),
        columns=(
            Column("number", _("Version"), "number", numeric=True),
            Column("made", _("Made"), "made_at"),
            Column("by", _("By"), "made_by__name"),
            Column("figures", _("Figures")),
            Column("card", _("Card")),
        ),
        search=("made_by__name",),
        sort="-number",
    )
    context = {
        **_project(project, found.name, (_("Models"), reverse("models", args=[slug]))),
        "model": found,
        "listing": listing,
        "rows": showing.versions(listing.rows, page_language()),
        "charts": showing.courses(queries.metrics_by_version(found)),
    }
    return render(request, "registry/model.html", context)


@require_safe
@signed_in
def model_version(request: PageRequest, slug: str, name: str, number: int) -> HttpResponse:
    """One version: what it came from, its figures, and its card with what is missing."""
    version = queries.version_for(request.person, slug, name, number)
    project = access.project_for(request.person, slug, Right.VIEW)
    context = {
        **_project(
            project,
            str(number),
            (_("Models"), reverse("models", args=[slug])),
            (name, reverse("model", args=[slug, name])),
        ),
        **showing.version(version, page_language()),
        "picture": picture(version, slug),
        "may_run": access.may(request.person, project.pk, Right.RUN),
    }
    return render(request, "registry/model_version.html", context)


@form_page
@signed_in
def card_edit(request: PageRequest, slug: str, name: str, number: int) -> HttpResponse:
    """Fill in what only a person can know."""
    project = access.project_for(request.person, slug, Right.RUN)
    version = queries.version_for(request.person, slug, name, number)
    back = reverse("model_version", args=[slug, name, number])
    texts = queries.card(version, page_language()).texts
    form = CardForm(request.POST if request.method == "POST" else None, texts=texts)
    if form.is_valid():
        changed = form.changed()
        if not changed or form.done(
            lambda: actions.complete_card(request.person, slug, name, number, changed)
        ):
            messages.success(request, _("The card is saved."))
            return redirect(back)
    context = {
        **_project(
            project,
            _("Card"),
            (_("Models"), reverse("models", args=[slug])),
            (name, reverse("model", args=[slug, name])),
            (str(number), back),
        ),
        "version": version,
        "form": form,
        "back": back,
    }
    return render(request, "registry/card_edit.html", context, status=form.status)


@require_safe
@signed_in
def card_file(request: PageRequest, slug: str, name: str, number: int) -> HttpResponse:
    """The card as a Markdown file."""
    version = queries.version_for(request.person, slug, name, number)
    text = queries.card_markdown(version, page_language())
    response = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{number}-card.md"'
    return response


def _project(project: Any, here: str, *between: tuple[str, str]) -> dict[str, Any]:
    way = crumbs.of_project(project, *between, (here, ""))
    return {"project": project, "section": "models", "crumbs": way}
