"""What axe-core finds on a page."""

import json
from typing import Any

from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def findings(page: Page, source: str, only: list[str] | None = None) -> list[str]:
    """Every violation of WCAG 2.2 AA and of axe's best practice, in a line each.

    Run in a world of its own beside the page's scripts, so that the page keeps its strict policy.
    """
    options: dict[str, Any] = {"resultTypes": ["violations", "incomplete"]}
    options["runOnly"] = (
        {"type": "rule", "values": only} if only else {"type": "tag", "values": RULES}
    )
    session = page.context.new_cdp_session(page)
    tree = session.send("Page.getFrameTree")
    world = session.send(
        "Page.createIsolatedWorld",
        {"frameId": tree["frameTree"]["frame"]["id"], "worldName": "axe"},
    )["executionContextId"]
    session.send("Runtime.evaluate", {"expression": source, "contextId": world})
    answer = session.send(
        "Runtime.evaluate",
        {
            "expression": f"axe.run(document, {json.dumps(options)})",
            "contextId": world,
            "awaitPromise": True,
            "returnByValue": True,
        },
    )
    session.detach()
    assert "value" in answer["result"], answer
    found = answer["result"]["value"]
    return [
        f"{entry['id']}: {entry['help']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for entry in found["violations"]
        for node in entry["nodes"]
    ]
