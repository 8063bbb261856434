"""What may be asked of the audit log."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fabriek.core import audit_search
from fabriek.core.audit_search import Question
from fabriek.people import operator_queries

if TYPE_CHECKING:
    from fabriek.people.models import Person

FACTORY = "factory"
# No entry lies outside; at the ends of the calendar itself there is nothing to count with.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9000, 1, 1)


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=False, widget=widget)


class AuditForm(forms.Form):
    """A question to the audit log, by its address. Every field may stay empty."""

    person = forms.CharField(
        label=gettext_lazy("Who (e-mail, or factory)"), required=False, max_length=254
    )
    action = forms.ChoiceField(label=gettext_lazy("Action"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    number = forms.CharField(label=gettext_lazy("Its number"), required=False, max_length=100)
    since = _day(gettext_lazy("From"))
    until = _day(gettext_lazy("Up to and including"))
    text = forms.CharField(label=gettext_lazy("Text"), required=False, max_length=100)

    def __init__(self, data: Any, *, reader: "Person") -> None:
        super().__init__(data, label_suffix="")
        self._reader = reader
        everything = [("", _("All"))]
        for name, values in (
            ("action", audit_search.actions(reader)),
            ("kind", audit_search.kinds(reader)),
        ):
            choices = [*everything, *((value, value) for value in values)]
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean_person(self) -> int | None:
        """The number of whoever is meant; 0 for the factory itself."""
        asked = str(self.cleaned_data["person"]).strip()
        if not asked:
            return None
        if asked == FACTORY:
            return 0
        found = operator_queries.person_id(self._reader, asked)
        if found is None:
            raise forms.ValidationError(_("Nobody has or had an account with this address."))
        return found

    def clean(self) -> dict[str, Any]:
        """A number says nothing without its kind; days go forward."""
        asked = self.cleaned_data
        if asked.get("number") and not asked.get("kind"):
            self.add_error("kind", _("Choose what the number is of."))
        since, until = asked.get("since"), asked.get("until")
        if since and until and since > until:
            self.add_error("until", _("This day lies before the first one."))
        return asked

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was asked at all."""
        return any(self.data.get(name) for name in self.fields)

    def question(self) -> Question:
        """What is asked, once the form is valid."""
        asked = self.cleaned_data
        since, until = _within(asked["since"]), _within(asked["until"])
        return Question(
            actor_id=asked["person"],
            action=asked["action"],
            kind=asked["kind"],
            number=asked["number"],
            since=_midnight(since),
            until=_midnight(until + timedelta(days=1)) if until else None,
            text=asked["text"],
        )


def _within(day: date | None) -> date | None:
    return min(max(day, FIRST_DAY), LAST_DAY) if day else None


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time())) if day else None
