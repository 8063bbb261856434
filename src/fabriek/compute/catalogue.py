"""The limits and the engine of this factory."""

import hashlib
import os
import tomllib
from functools import cache
from pathlib import Path

from django.conf import settings

from fabriek.compute.blueprints.rules import Sizes
from fabriek.compute.engines.contract import Engine
from fabriek.compute.engines.local import LocalEngine
from fabriek.compute.rules import Limits, Site
from fabriek.scheduling.resources import Resources

EMBEDDED = "embedded"


@cache
def limits() -> Limits:
    """What any one job may ask for, from data/limits.toml."""
    path = Path(__file__).parent / "data" / "limits.toml"
    return Limits(**tomllib.loads(path.read_text("utf-8")))


@cache
def engine() -> Engine:
    """The engine that jobs go to. One machine, one engine; a cluster is another engine here."""
    from fabriek.compute.engines.node import this_node

    return LocalEngine(
        spool=Path(settings.STATE_DIR) / "spool",
        node=this_node(Path(settings.STATE_DIR) / "scratch"),
    )


@cache
def site() -> Site:
    """What the engine offers, as admission needs it. Asked once: hardware changes at a restart."""
    here, facts = engine().capacity(), engine().describe()
    return Site(
        cpus=here.cpus,
        memory_mib=here.memory_mib,
        gpus=dict(here.gpus),
        confidential=facts.holds_confidential,
        network=facts.offers_network,
    )


@cache
def factory_id() -> str:
    """Tells this factory's jobs from another's on the same engine."""
    return hashlib.sha256(f"factory id:{settings.SECRET_KEY}".encode()).hexdigest()[:8]


def capacity() -> Resources:
    """The engine's size as scheduling counts it."""
    here = site()
    return Resources(here.cpus, here.memory_mib, sum(here.gpus.values()))


def fitting(sizes: Sizes) -> Sizes:
    """What a blueprint usually needs, or as much of it as there is here."""
    here = site()
    return Sizes(
        min(sizes.cpus, here.cpus),
        min(sizes.memory_mib, here.memory_mib),
        min(sizes.time_limit_s, limits().time_limit_s),
        min(sizes.gpus, max(here.gpus.values(), default=0)),
    )


def api_url() -> str:
    """Where agents reach the API."""
    return os.environ.get("FABRIEK_AGENT_API", f"{settings.ADDRESS}/api/v1")
