"""Words for kinds, roles and countries, in the page's language."""

from babel import Locale
from django.utils.translation import gettext_lazy as _

from fabriek.web.language import page_language

KINDS = {
    "start-up": _("Start-up"),
    "sme": _("Small or medium-sized company"),
    "large-company": _("Large company"),
    "research": _("Research organisation"),
    "education": _("School or university"),
    "public-body": _("Public body"),
    "health-care": _("Health care"),
    "defence": _("Defence"),
}
ROLES = {"admin": _("Admin"), "member": _("Member")}


def country_name(code: str) -> str:
    """A country's name, by the Unicode consortium's list."""
    return str(Locale(page_language()).territories.get(code, code))
