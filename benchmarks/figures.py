"""A figure, and whether it met its target."""

from typing import Any


def at_most(what: str, value: float, target: float, unit: str) -> dict[str, Any]:
    """A figure that should not pass its target."""
    return _figure(what, value, unit) | {"target": f"<= {target:g}", "met": value <= target}


def at_least(what: str, value: float, target: float, unit: str) -> dict[str, Any]:
    """A figure that should reach its target."""
    return _figure(what, value, unit) | {"target": f">= {target:g}", "met": value >= target}


def beside(what: str, value: float, unit: str) -> dict[str, Any]:
    """A figure to know, without a target."""
    return _figure(what, value, unit)


def _figure(what: str, value: float, unit: str) -> dict[str, Any]:
    return {"what": what, "value": float(f"{value:.4g}"), "unit": unit}
