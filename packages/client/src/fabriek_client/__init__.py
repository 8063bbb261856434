"""Fabriek's command line and Python SDK.

from fabriek_client import Factory

with Factory("https://factory.example", token) as factory:
    for job in factory.jobs.list("my-project"):
        print(job["id"], job["state"])
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fabriek_client.errors import FactoryError
    from fabriek_client.sdk import Factory

__all__ = ["Factory", "FactoryError"]


def __getattr__(name: str) -> object:
    # Only when asked for: `fabriek --help` need not wait for an HTTP client.
    if name == "Factory":
        from fabriek_client.sdk import Factory

        return Factory
    if name == "FactoryError":
        from fabriek_client.errors import FactoryError

        return FactoryError
    raise AttributeError(name)
