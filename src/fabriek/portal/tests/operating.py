"""An operator's day: a factory with one of everything that the operator's pages show."""

from decimal import Decimal

import kit
import pytest
from django.test import Client

from fabriek.access import actions as access
from fabriek.access.actions import Story
from fabriek.access.checking import Asked
from fabriek.access.models import Application
from fabriek.compute import actions as compute
from fabriek.compute.models import Job
from fabriek.people import queries as people

SHARP = "<img src=x onerror=alert(1)>"


class Office:
    """Olga runs the factory; Ada has a project, a job in the queue, and asks for more."""

    def __init__(self) -> None:
        self.olga = kit.person("olga", operator=True)
        self.rita = kit.person("rita", reviewer=True)
        self.ada = kit.person("ada")
        self.project = kit.project(self.ada)
        self.organisation = people.organisations_of(self.ada)[0]
        self.application = self.apply()
        self.job = self.submit("first")
        self.browser = kit.browser(self.olga)

    def apply(self, title: str = "Old maps", mode: str = "fast-lane") -> Application:
        asked = Asked(
            mode=mode,
            organisation=self.organisation.slug,
            gpu_hours=Decimal(100),
            cpu_hours=Decimal(1000),
            storage_gib=Decimal(10),
            months=3,
            purpose="product-development",
            experience="Two years.",
        )
        return access.apply(self.ada, asked, Story(title=title, summary="To read them."))

    def submit(self, name: str, time_limit_s: int = 3600) -> Job:
        asked = compute.Request(
            command=["true"], name=name, cpus=1, memory_mib=100, time_limit_s=time_limit_s
        )
        return compute.submit(self.ada, self.project.slug, asked)

    def get(self, path: str, **given: str) -> str:
        """The text of an operator's page in English."""
        answer = self.browser.get(f"/en/operator/{path}", given)
        assert answer.status_code == 200, answer.content.decode()
        return answer.content.decode()

    def main(self, path: str, **given: str) -> str:
        """The same without what stands around it."""
        return self.get(path, **given).split("<main")[1].split("</main")[0]

    def addresses(self) -> list[str]:
        """Every operator's page that can be looked at."""
        return [
            *("", "health/", "engines/", "queue/", "people/", "organisations/", "projects/"),
            *("applications/", "applications/all/", "audit/", "audit/export/"),
            f"people/{self.ada.pk}/",
            f"people/{self.ada.pk}/close/",
            f"organisations/{self.organisation.slug}/",
        ]


@pytest.fixture
def office(db: None) -> Office:
    return Office()


def status(client: Client, path: str) -> int:
    """The status of a page."""
    return int(client.get(path).status_code)
