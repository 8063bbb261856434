"""Forms whose refusals are the actions' own problems, told on the form."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.forms.renderers import TemplatesSetting
from django.views.decorators.http import require_http_methods

from fabriek.core.problems import Problem
from fabriek.web.telling import tell

T = TypeVar("T")
# A page with a form: looking at it shows the form, sending it acts.
form_page = require_http_methods(["GET", "HEAD", "POST"])


class Renderer(TemplatesSetting):
    """Renders forms and fields with our templates."""

    form_template_name = "web/form_fields.html"
    field_template_name = "web/field.html"


class ActionForm(forms.Form):
    """A form that ends in an action. What the action refuses is shown as the form's error."""

    # Browsers would mark an empty field as wrong before anybody typed; labels say what may be so.
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def act(self, call: Callable[[], T]) -> T | None:
        """What the action returns; None when it was refused, with the problem on the form.

        The sentence goes to the field that the problem's fact `where` names, where the form has it;
        otherwise to the top of the form, with the way out below it. Only for actions that return
        something: use `done` for the others.
        """
        try:
            return call()
        except Problem as problem:
            self.refuse(problem)
            return None

    def done(self, call: Callable[[], object]) -> bool:
        """Whether the action went through; for actions that may return nothing."""
        try:
            call()
        except Problem as problem:
            self.refuse(problem)
            return False
        return True

    def refuse(self, problem: Problem) -> None:
        """Show a problem on the form."""
        field = str(problem.facts.get("where", ""))
        self.add_error(field if field in self.fields else None, str(tell(problem)))

    @property
    def status(self) -> int:
        """The HTTP status to show the form with: 200 before it was sent, 422 with errors."""
        return 422 if self.is_bound and self.errors else 200
