"""Getting into the pages, for tests."""

import re
from typing import Any

from django.test import Client

PASSWORD = "four loose words here"


def enter(client: Client, person: Any, password: str = PASSWORD, after: str = "") -> Any:
    """Sign in with a password."""
    path = f"/en/login/?next={after}" if after else "/en/login/"
    return client.post(path, {"login": person.email, "password": password})


def is_in(client: Client) -> bool:
    """Whether somebody is signed in with this browser."""
    return client.get("/en/account/").status_code == 200


def code_in(mail: Any) -> str:
    """The code that stands in a mail."""
    found = re.search(r"\b([A-Z0-9]{4}-[A-Z0-9]{4})\b", mail.body)
    assert found
    return found.group(1)


def link_in(mail: Any) -> str:
    """The path of the link that stands in a mail."""
    found = re.search(r"https?://[^/]+(/\S+)", mail.body)
    assert found
    return found.group(1)


def told(answer: Any) -> str:
    """What a page says, without its code and its request's number."""
    text = answer.content.decode()
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
    return re.sub(r"Request: \w+", "", text)
