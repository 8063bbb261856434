"""The Python SDK: `Factory` with the factory's rooms as attributes."""

from types import TracebackType

import httpx

from fabriek_client.sdk.access import Applications, Projects, Reviews
from fabriek_client.sdk.compute import Jobs
from fabriek_client.sdk.connection import Connection
from fabriek_client.sdk.data import Data
from fabriek_client.sdk.people import Organisations, People
from fabriek_client.sdk.registry import Models
from fabriek_client.words import Language

__all__ = ["Factory"]


class Factory:
    """A factory, reached at an address, as the person whose token it is.

    Refusals are FactoryError, in the given language (`nl` or `en`; else the environment's).
    """

    def __init__(
        self,
        address: str,
        token: str = "",
        language: Language | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.connection = Connection(address, token, language, transport=transport)
        self.people = People(self.connection)
        self.organisations = Organisations(self.connection)
        self.applications = Applications(self.connection)
        self.reviews = Reviews(self.connection)
        self.projects = Projects(self.connection)
        self.data = Data(self.connection)
        self.jobs = Jobs(self.connection)
        self.models = Models(self.connection)

    def close(self) -> None:
        """Close the kept connections."""
        self.connection.close()

    def __enter__(self) -> "Factory":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
