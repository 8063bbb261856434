"""The form for a new job, made from what its blueprint asks."""

from decimal import ROUND_FLOOR, Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fabriek.compute.blueprint_actions import Answers
from fabriek.compute.blueprints.rules import Blueprint, Input, Parameter
from fabriek.compute.offers import Offer, chosen
from fabriek.core import names
from fabriek.core.problems import Problem
from fabriek.web.formats import amount
from fabriek.web.forms import ActionForm
from fabriek.web.language import page_language
from fabriek.web.telling import tell

MIB_A_GIB = 1024
LEAST_GIB = Decimal("0.05")


class JobForm(ActionForm):
    """Data, questions and sizes. The fields of `data_fields` change with each other's answers."""

    name = forms.CharField(max_length=100, required=False)

    def __init__(
        self, *args: Any, blueprint: Blueprint, offer: Offer, address: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.blueprint, self.offer = blueprint, offer
        language = page_language()
        live = _asks_again(address, "job-data")
        for one in blueprint.inputs:
            self.fields[one.name] = self._input(one, live)
        if blueprint.takes_code:
            self.fields["code"] = self._code()
        for parameter in blueprint.parameters:
            field = self._question(parameter, live)
            words = parameter.words[language]
            field.label, field.help_text = words.label, words.hint
            self.fields[parameter.name] = field
        self._sizes(_asks_again(address, "job-hold", "change, keyup changed delay:400ms"))
        self._results()
        self.data_names = [
            *(one.name for one in blueprint.inputs),
            *(["code"] if blueprint.takes_code else []),
            *(parameter.name for parameter in blueprint.parameters),
        ]

    @property
    def data_fields(self) -> list[forms.BoundField]:
        """Data and questions, in the order of the blueprint."""
        return [self[name] for name in self.data_names]

    @property
    def size_fields(self) -> list[forms.BoundField]:
        """How much the job may use."""
        return [
            self[name] for name in ("cpus", "memory_gib", "minutes", "gpus") if name in self.fields
        ]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        """What may be left as it is."""
        return [self["name"], self["output_name"]]

    def answers(self, input_names: dict[str, str], kept: dict[str, Any]) -> Answers:
        """What was answered, as the action takes it. `input_names`: under which name the job sees
        a version, where that is not its dataset's."""
        given = self.cleaned_data
        inputs: dict[str, str] = {}
        for one in self.blueprint.inputs:
            if not one.many:
                inputs[one.name] = given[one.name]
                continue
            for reference in given[one.name]:
                name = input_names.get(reference, reference.partition("@")[0])
                inputs[name if name not in inputs else reference.replace("@", "-")] = reference
        asked = {one.name: given[one.name] for one in self.blueprint.parameters}
        return Answers(
            inputs={name: reference for name, reference in inputs.items() if reference},
            parameters={name: value for name, value in asked.items() if value not in (None, "")},
            code=given.get("code", ""),
            name=given["name"],
            output_name=given["output_name"],
            sizes={
                "cpus": given["cpus"],
                "memory_mib": min(_mib(given["memory_gib"]), self.offer.most.memory_mib),
                "time_limit_s": given["minutes"] * 60,
                "gpus": given.get("gpus") or 0,
            },
            kept=kept,
        )

    def _input(self, one: Input, live: dict[str, str]) -> forms.Field:
        words = one.words[page_language()]
        options = self.offer.options[one.name]
        about: dict[str, Any] = {
            "label": words.label,
            "help_text": words.hint,
            "required": not one.optional,
        }
        if one.many:
            boxes = forms.CheckboxSelectMultiple
            return forms.MultipleChoiceField(choices=options, widget=boxes, **about)
        return forms.ChoiceField(choices=options, widget=forms.Select(attrs=live), **about)

    def _code(self) -> forms.Field:
        return forms.ChoiceField(
            choices=[("", _("No code, only the command")), *self.offer.options["code"]],
            required=False,
            label=_("Code"),
            help_text=_("A dataset of the kind code. The command starts in its folder."),
        )

    def _question(self, parameter: Parameter, live: dict[str, str]) -> forms.Field:
        options = self.offer.options.get(parameter.name, [])
        if parameter.type == "file":
            return forms.ChoiceField(choices=options, widget=forms.Select(attrs=live))
        if parameter.type == "column" and options:
            return forms.ChoiceField(choices=options)
        if parameter.type == "choice":
            language = page_language()
            named = [(option.value, option.words[language]) for option in parameter.options]
            return forms.ChoiceField(choices=named)
        if parameter.type == "number":
            return forms.IntegerField(min_value=parameter.least, max_value=parameter.most)
        return forms.CharField(max_length=8000 if parameter.type == "words" else 200)

    def _sizes(self, live: dict[str, str]) -> None:
        most = self.offer.most
        memory = gib(most.memory_mib)
        self.fields["cpus"] = forms.IntegerField(
            label=_("Processors"),
            help_text=_("At most %(most)s here.") % {"most": most.cpus},
            min_value=1,
            max_value=most.cpus,
            widget=forms.NumberInput(attrs=live),
        )
        self.fields["memory_gib"] = forms.DecimalField(
            label=_("Memory, in GiB"),
            help_text=_("At most %(most)s here.") % {"most": amount(_floor(memory))},
            min_value=LEAST_GIB,
            max_value=memory,
            widget=forms.NumberInput(attrs={"step": "any"}),
        )
        self.fields["minutes"] = forms.IntegerField(
            label=_("Time, in minutes"),
            help_text=_("The job is stopped after this. A short time may let it start earlier."),
            min_value=1,
            max_value=most.time_limit_s // 60,
            widget=forms.NumberInput(attrs=live),
        )
        if most.gpus:
            self.fields["gpus"] = forms.IntegerField(
                label=_("GPUs"), min_value=0, max_value=most.gpus, required=False
            )

    def _results(self) -> None:
        self.fields["name"].label = _("Name of the job")
        is_model = self.blueprint.output_kind == "model"
        self.fields["output_name"] = forms.CharField(
            label=_("Name for the model") if is_model else _("Name for the result"),
            help_text=_("Small letters, digits and hyphens. The same name gives a new version."),
            max_length=63,
            required=False,
        )


class ModelNameForm(ActionForm):
    """Under which name what a job left becomes a model."""

    name = forms.CharField(
        label=gettext_lazy("Name of the model"),
        help_text=gettext_lazy(
            "Small letters, digits and hyphens. The name of a model that is there gives its next"
            " version."
        ),
        max_length=63,
    )

    def clean_name(self) -> str:
        try:
            return names.checked_slug(self.cleaned_data["name"].strip())
        except Problem as problem:
            raise forms.ValidationError(str(tell(problem))) from None


def usual(blueprint: Blueprint, offer: Offer) -> dict[str, Any]:
    """The form's answers before anybody gave one."""
    size = blueprint.sizes
    found: dict[str, Any] = {
        "name": blueprint.name[page_language()],
        "output_name": blueprint.output_name,
        "cpus": min(size.cpus, offer.most.cpus),
        "memory_gib": gib(min(size.memory_mib, offer.most.memory_mib)),
        "minutes": min(size.time_limit_s, offer.most.time_limit_s) // 60,
        "gpus": min(size.gpus, offer.most.gpus),
    }
    for one in blueprint.inputs:
        if not one.many:
            found[one.name] = chosen(offer.options[one.name], None)
    for parameter in blueprint.parameters:
        options = offer.options.get(parameter.name, [])
        # The last column is what most tables are about.
        last = options[-1][0] if options and parameter.type == "column" else None
        found[parameter.name] = parameter.default or last
    return found


def gib(mib: int) -> Decimal:
    """As the form asks for it."""
    return (Decimal(mib) / MIB_A_GIB).quantize(Decimal("0.001")).normalize()


def _floor(gib: Decimal) -> Decimal:
    """As people read it, and never more than there is."""
    return gib.quantize(Decimal("0.1"), ROUND_FLOOR)


def _mib(gib: Decimal) -> int:
    return round(gib * MIB_A_GIB)


def _asks_again(address: str, target: str, trigger: str = "change") -> dict[str, str]:
    """A change of this field asks for the form again, and takes one part of it."""
    return {
        "hx-post": address,
        "hx-vals": '{"look": "1"}',
        "hx-trigger": trigger,
        "hx-select": f"#{target}",
        "hx-target": f"#{target}",
        "hx-swap": "outerHTML",
    }
