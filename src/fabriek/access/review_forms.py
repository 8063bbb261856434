"""Forms of those who judge."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fabriek.access import conflicts
from fabriek.access.fields import LongText
from fabriek.access.models import Application
from fabriek.people import queries as people
from fabriek.web.forms import ActionForm

VERDICTS = [("grant", _("Grant")), ("reject", _("Reject"))]


class VerdictForm(ActionForm):
    """A reviewer's recommendation."""

    recommendation = forms.ChoiceField(
        label=_("What do you recommend?"), choices=VERDICTS, widget=forms.RadioSelect
    )
    reason = LongText(
        label=_("Why?"), help_text=_("Who decides reads this. The applicant does not."), rows=8
    )


class ConflictForm(ActionForm):
    """A reviewer steps back."""

    reason = LongText(label=_("What ties do you have?"), rows=3, max_length=2000)


class DecisionForm(ActionForm):
    """An operator's decision on an application."""

    decision = forms.ChoiceField(label=_("Decision"), choices=VERDICTS, widget=forms.RadioSelect)
    reason = LongText(label=_("Reason"), help_text=_("The applicant gets this text."), rows=8)


class AppealDecisionForm(ActionForm):
    """An operator's decision on an appeal."""

    decision = forms.ChoiceField(
        label=_("Decision on the appeal"),
        choices=[("uphold", _("Grant after all")), ("dismiss", _("The rejection stands"))],
        widget=forms.RadioSelect,
    )
    reason = LongText(label=_("Reason"), help_text=_("The applicant gets this text."), rows=8)


class ExtensionDecisionForm(ActionForm):
    """An operator's decision on an extension."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("grant", _("Grant")), ("refuse", _("Refuse"))],
        widget=forms.RadioSelect,
    )
    reason = LongText(
        label=_("Reason"), help_text=_("The managers of the project get this text."), rows=6
    )


class AssignForm(ActionForm):
    """Which reviewer to ask: those without a conflict who were not asked yet."""

    reviewer = forms.ChoiceField(label=_("Reviewer"))

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = {review.reviewer_id for review in application.reviews.all()}
        free = [row for row in people.reviewers() if row.pk not in asked]
        barred = conflicts.of_application(application, free)
        field = self.fields["reviewer"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(row.email, row.name) for row in free if barred[row.pk] is None]
