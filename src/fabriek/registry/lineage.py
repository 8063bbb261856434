"""Where a version came from, as a picture: from its frozen facts alone."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from fabriek.registry.models import ModelVersion
from fabriek.web.pictures import Node, lineage

Facts = Mapping[str, Any]
Edges = list[tuple[str, str]]


def picture(version: ModelVersion, project_slug: str) -> SafeString:
    """Data and code on the left, the model on the right, and what was before them further left."""
    title = f"{version.model.name}@{version.number}"
    nodes, edges = graph(version.facts, title, project_slug)
    return lineage(nodes, edges)


def graph(facts: Facts, title: str, project_slug: str) -> tuple[list[Node], Edges]:
    """The nodes and edges of the picture."""
    nodes: dict[str, Node] = {}
    edges: Edges = []

    def stored(entry: Facts, note: str = "") -> str:
        key = f"data:{entry['reference']}"
        nodes.setdefault(key, _stored(key, entry, note, project_slug))
        return key

    def worked(entry: Facts, inputs: list[Facts], code: Facts | None) -> str:
        key = f"job:{entry['job']}"
        href = reverse("job", kwargs={"job_id": entry["job"]})
        title = entry["job_name"] or str(entry["job"])
        nodes.setdefault(key, Node(key, "job", title, str(entry["job"]), href))
        edges.extend((stored(one), key) for one in inputs)
        if code:
            edges.append((stored(code, _("code")), key))
        return key

    for origin in facts.get("origins", []):
        key = worked(origin, origin["inputs"], origin["code"])
        edges.append((key, stored(origin["output"])))
    job = worked(facts, facts["inputs"], facts["code"])
    nodes["model"] = Node("model", "model", title)
    edges.append((job, "model"))
    return list(nodes.values()), edges


def _stored(key: str, entry: Facts, note: str, project_slug: str) -> Node:
    named = {
        "slug": project_slug,
        "dataset": entry["dataset_slug"],
        "number": entry["number"],
    }
    if entry.get("personal_data"):
        note = ", ".join(filter(None, (note, _("personal data"))))
    return Node(key, "data", entry["reference"], note, reverse("version", kwargs=named))
