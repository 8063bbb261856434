"""Form fields and forms that this room's pages share."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from fabriek.access import amounts, wording
from fabriek.access.request_schemas import MOST
from fabriek.access.rules import Finding
from fabriek.core.problems import Problem
from fabriek.web.formats import amount
from fabriek.web.forms import ActionForm
from fabriek.web.language import page_language


class AmountField(forms.Field):
    """A number that is never below zero, typed the Dutch or the English way. Empty is zero."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "size": 14}))
        super().__init__(required=False, **more)

    def to_python(self, value: Any) -> Any:
        """The number; a ValidationError that says how to type one."""
        text = str(value or "").strip()
        if not text:
            return Decimal(0)
        found = amounts.read(text, page_language())
        if found is None or found > MOST:
            raise ValidationError(
                _("This is no number. Type it like this: %(example)s.")
                % {"example": amount(Decimal("1234.5"))}
            )
        return found

    def prepare_value(self, value: Any) -> Any:
        """A number as the page's language writes it; what was typed stays as it was."""
        return amount(value, amounts.PLACES) if isinstance(value, Decimal) else value


class LongText(forms.CharField):
    """Text of several lines."""

    def __init__(self, *, rows: int = 5, **more: Any) -> None:
        more.setdefault("max_length", 10_000)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **more)


class FindingsForm(ActionForm):
    """A form of which the rules may find several things wrong, each told at its field."""

    def refuse(self, problem: Problem) -> None:
        """Findings go to their fields; any other problem as in every form."""
        listed: Any = problem.facts.get("problems")
        if not listed:
            super().refuse(problem)
            return
        for entry in listed:
            finding = Finding(entry["field"], entry["code"], entry["facts"])
            self.find(finding)

    def find(self, finding: Finding) -> None:
        """Tell a finding at its field, unless what was typed there is no value at all."""
        field = finding.field if finding.field in self.fields else None
        if field is None or field not in self.errors:
            self.add_error(field, wording.told(finding))
