"""A signed-in person before a browser: Django's test client, in one language."""

from typing import Any

import kit


class Browser:
    """Pages as one person sees them; addresses without the language."""

    def __init__(self, person: Any, language: str = "en") -> None:
        self.client = kit.browser(person)
        self.prefix = "/en" if language == "en" else ""

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Status and text of a page."""
        answer = self.client.get(self.prefix + path, headers=headers)
        return answer.status_code, answer.content.decode()

    def post(self, path: str, **fields: Any) -> tuple[int, str]:
        """Status and text, or where it leads."""
        answer = self.client.post(self.prefix + path, fields)
        return answer.status_code, answer.headers.get("Location", answer.content.decode())
