"""The way to a page of a project, as the line above its heading shows it."""

from typing import Protocol

from django.urls import reverse
from django.utils.translation import gettext as _

Crumb = tuple[str, str]


class Named(Protocol):
    """What a line needs of a project."""

    slug: str
    title: str


def of_project(project: Named, *rest: Crumb) -> list[Crumb]:
    """The projects, this one, and `rest`: each a text and its address, empty for this page."""
    here = (project.title, reverse("project", args=[project.slug]))
    return [(_("Projects"), reverse("projects")), here, *rest]
