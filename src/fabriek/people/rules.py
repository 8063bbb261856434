"""Numbers that identify organisations, and countries. Pure: text in, tidy text or a Problem out."""

import re
import tomllib
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import stdnum
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError

from fabriek.core import names
from fabriek.core.problems import Problem

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_ROR = re.compile(r"(?:(?:https?://)?ror\.org/)?(0[a-hj-km-np-tv-z0-9]{6}[0-9]{2})")


def is_slug(text: str) -> bool:
    """Whether this can be a slug at all; what cannot need not be looked up."""
    try:
        return bool(names.checked_slug(text))
    except Problem:
        return False


@cache
def countries() -> dict[str, str]:
    """ISO 3166-1 alpha-2 code to its group: `eu`, `associated` or `other`."""
    text = (Path(__file__).parent / "data" / "countries.toml").read_text("utf-8")
    return {code: group for group, codes in tomllib.loads(text).items() for code in codes}


def country(text: str) -> str:
    """A country code in capitals; Problem `unknown-country`."""
    code = text.strip().upper()
    if code not in countries():
        raise Problem("unknown-country", country=ascii(text[:20]))
    return code


def kvk(text: str) -> str:
    """A number of the Dutch trade register: 8 digits. Problem `invalid-kvk`.

    Source: kvk.nl, "KVK-nummer: alles wat je moet weten". It has no check digit.
    """
    tidy = re.sub(r"[ .]", "", text)
    if not re.fullmatch(r"[0-9]{8}", tidy) or tidy == "0" * 8:
        raise Problem("invalid-kvk", value=ascii(text[:20]))
    return tidy


def ror(text: str) -> str:
    """A ROR identifier as its full address, `https://ror.org/0...`. Problem `invalid-ror`.

    Source: ROR's documentation, "ROR identifier pattern": a leading 0, six characters of
    Crockford's base 32, and two check digits after ISO/IEC 7064 MOD 97-10 over the number that
    the characters spell.
    """
    match = _ROR.fullmatch(text.strip().lower())
    if match is None or match[1][7:] != ror_check_digits(match[1][1:7]):
        raise Problem("invalid-ror", value=ascii(text[:60]))
    return f"https://ror.org/{match[1]}"


def ror_check_digits(characters: str) -> str:
    """The two digits that belong to these six base-32 characters."""
    number = 0
    for character in characters:
        number = number * 32 + _CROCKFORD.index(character)
    return f"{98 - number * 100 % 97:02d}"


def vat(text: str, of_country: str) -> str:
    """A VAT number without spaces, checked by its country's own rule. Problem `invalid-vat`.

    Inside the EU the number starts with the country's letters (Directive 2006/112/EC, Art. 215);
    elsewhere python-stdnum's module for that country decides, and where there is none a number of 4
    to 15 letters and digits is taken as it is.
    """
    tidy = re.sub(r"[ .\-]", "", text).upper()
    try:
        if countries()[of_country] == "eu":
            return str(eu_vat.validate(tidy))
        module = stdnum.get_cc_module(of_country.lower(), "vat")
        if module is not None:
            return str(module.validate(tidy))
    except ValidationError:
        raise Problem("invalid-vat", value=ascii(text[:30])) from None
    if not re.fullmatch(r"[A-Z0-9]{4,15}", tidy):
        raise Problem("invalid-vat", value=ascii(text[:30]))
    return tidy


def pic(text: str) -> str:
    """A participant identification code of the EU's funding portal: 9 digits. `invalid-pic`.

    Source: European Commission, Funding & Tenders Portal, "Participant register".
    """
    tidy = text.strip()
    if not re.fullmatch(r"[0-9]{9}", tidy):
        raise Problem("invalid-pic", value=ascii(text[:20]))
    return tidy


def website(text: str) -> str:
    """The address of a site on the web, with https:// put before a bare host. `invalid-website`."""
    tidy = text.strip()
    tidy = tidy if "://" in tidy else f"https://{tidy}"
    try:
        parts = urlsplit(tidy)
        host = parts.hostname or ""
        sound = parts.scheme in {"http", "https"} and not parts.username and parts.port != 0
    except ValueError:
        host, sound = "", False
    printable = tidy.isascii() and tidy.isprintable() and not re.search(r"[\s\"<>\\^`{|}]", tidy)
    if not (sound and printable and _HOST.fullmatch(host) and len(tidy) <= 200):
        raise Problem("invalid-website", value=ascii(text[:60]))
    return tidy
