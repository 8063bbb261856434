"""Words for kinds and classes of data, in the language of the page."""

from django.utils.translation import gettext_lazy as _

from fabriek.data.table_rules import ColumnKind

KINDS = {
    "data": _("Data"),
    "code": _("Code"),
    "output": _("Output of a job"),
    "model": _("Model"),
}
CLASSES = {
    "open": _("Open"),
    "internal": _("Internal"),
    "confidential": _("Confidential"),
}
CLASSES_EXPLAINED = {
    "open": _("Open: anybody may know this. Still only your project can reach it here."),
    "internal": _("Internal: for the people in your project. Right for most data."),
    "confidential": _(
        "Confidential: only in jobs without network, in a sandbox. What is made from it is"
        " confidential too."
    ),
}
COLUMN_KINDS = {
    ColumnKind.WHOLE: _("Whole numbers"),
    ColumnKind.NUMBER: _("Numbers"),
    ColumnKind.DATE: _("Dates"),
    ColumnKind.YES_NO: _("Yes or no"),
    ColumnKind.CATEGORY: _("Categories"),
    ColumnKind.TEXT: _("Text"),
    ColumnKind.EMPTY: _("Nothing filled in"),
}
DELIMITERS = {
    ",": _("comma"),
    ";": _("semicolon"),
    "\t": _("tab"),
    "|": _("vertical bar"),
}
