"""How long there is until a deadline, by today's clock and the factory's holidays."""

from datetime import datetime

from fabriek.access import data_files
from fabriek.access.rules import AMSTERDAM
from fabriek.access.working_days import working_days_until
from fabriek.core import clock


def days_left(due: datetime) -> int:
    """How many working days are left after today; 0 on the day itself and later."""
    today = clock.now().astimezone(AMSTERDAM).date()
    return working_days_until(today, due.astimezone(AMSTERDAM).date(), data_files.holidays())


def has_passed(due: datetime) -> bool:
    """Whether that moment has come."""
    return clock.now() >= due
