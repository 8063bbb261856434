"""Amounts, sizes and durations as people read them, in the page's language."""

from datetime import timedelta
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_WRITTEN_OUT = (Decimal("1e-12"), Decimal("1e18"))
_SIZES = ("bytes", "kB", "MB", "GB", "TB", "PB")
_ENERGY = (("GWh", 6), ("MWh", 3), ("kWh", 0), ("Wh", -3), ("mWh", -6))


def amount(value: Decimal | float | int | str, places: int = 2) -> str:
    """A number with at most so many decimals, grouped by thousands: 1.234,5 or 1,234.5.

    A number too small for the places keeps two digits that count, so that it never reads as zero;
    one beyond what anybody writes out has its power of ten: 1,5E+30.
    """
    exact = Decimal(str(value))
    if not exact.is_finite():
        return str(exact)
    if exact and not _WRITTEN_OUT[0] <= abs(exact) < _WRITTEN_OUT[1]:
        return f"{exact:.3G}".replace(".", number_format("0.5", use_l10n=True)[1])
    if exact and abs(exact) < Decimal(10) ** -places:
        places = -exact.adjusted() + 1
    rounded = round(exact, places)
    if rounded == rounded.to_integral():
        places = 0
    else:
        places = min(places, -int(rounded.normalize().as_tuple().exponent))
    return number_format(rounded, decimal_pos=places, use_l10n=True, force_grouping=True)


def size(size_bytes: int) -> str:
    """Bytes in the decimal unit that gives one to three digits before the comma."""
    value, unit = Decimal(size_bytes), 0
    while abs(value) >= 1000 and unit < len(_SIZES) - 1:
        value, unit = value / 1000, unit + 1
    return f"{amount(value, 1 if unit else 0)} {_SIZES[unit]}"


def duration(seconds: float | timedelta) -> str:
    """A length of time in its two largest units."""
    if isinstance(seconds, timedelta):
        seconds = seconds.total_seconds()
    if 0 < seconds < 10:
        return _("%(seconds)s seconds") % {"seconds": amount(seconds, 1)}
    whole = int(seconds)
    days, rest = divmod(whole, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    parts = [
        text
        for number, text in (
            (days, ngettext("%(n)s day", "%(n)s days", days) % {"n": amount(days)}),
            (hours, _("%(n)s h") % {"n": hours}),
            (minutes, _("%(n)s min") % {"n": minutes}),
            (left, _("%(n)s s") % {"n": left}),
        )
        if number
    ]
    return " ".join(parts[:2]) or _("%(n)s s") % {"n": 0}


def energy(kwh: Decimal | float | str) -> str:
    """Kilowatt-hours in the unit that reads best."""
    exact = Decimal(str(kwh))
    for unit, power in _ENERGY:
        if abs(exact) >= Decimal(10) ** power:
            return f"{amount(exact.scaleb(-power), 2)} {unit}"
    return f"{amount(exact.scaleb(3), 2)} Wh"
