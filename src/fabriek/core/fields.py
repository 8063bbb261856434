"""Exact decimals in any database."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models

PLACES = 6
_UNIT = Decimal(10) ** PLACES

if TYPE_CHECKING:
    _Base = models.Field[Decimal | int | models.F, Decimal]
else:
    _Base = models.BigIntegerField


class ExactDecimalField(_Base):
    """A Decimal with six places, stored as a whole number of millionths.

    SQLite keeps Django's DecimalField as floating point, where sums drift and a CHECK on a balance
    means little. As integers, sums, comparisons and conditional updates are exact everywhere.
    Range: about plus or minus 9.2e12. Only adding and comparing make sense in a query.
    """

    description = "Decimal with six places, stored exactly"

    def from_db_value(self, value: int | None, *_: object) -> Decimal | None:
        return None if value is None else Decimal(value) / _UNIT

    def to_python(self, value: Any) -> Any:
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return Decimal(value)
        except ArithmeticError as error:
            raise ValidationError(f"{value!r} is not a decimal number") from error

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        scaled = Decimal(value) * _UNIT
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {PLACES} places")
        return int(scaled)
