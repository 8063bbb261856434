"""Drafts, applications, appeals, reviews, projects, members, allocations, extensions."""

from django.db import models
from django.db.models import Q

from fabriek.access.states import (
    AllocationState,
    AppealState,
    ApplicationState,
    ExtensionState,
    ReviewState,
)
from fabriek.core.fields import ExactDecimalField


class Application(models.Model):
    """What an organisation asks for, and what became of it."""

    mode = models.CharField(max_length=30, help_text="an id of data/modes.toml")
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    applicant = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=100)
    summary = models.TextField(help_text="for the public, when it is granted")
    purpose = models.CharField(max_length=60, help_text="an id of governance/data/purposes.toml")
    purpose_text = models.TextField(blank=True)
    gpu_hours = ExactDecimalField()
    cpu_hours = ExactDecimalField()
    storage_gib = ExactDecimalField()
    months = models.PositiveSmallIntegerField()
    personal_data = models.BooleanField()
    data_sources = models.TextField(blank=True)
    ai_act_notes = models.TextField(blank=True)
    experience = models.TextField(blank=True)
    state = models.CharField(
        max_length=10, choices=ApplicationState.choices, default=ApplicationState.SUBMITTED
    )
    takes_place = models.BooleanField(
        default=False, help_text="holds its organisation's one place in this mode"
    )
    submitted_at = models.DateTimeField()
    decision_by = models.DateTimeField(help_text="the deadline that the mode promises")
    escalated_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        "people.Person",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="empty after a decision: the mode's rule decided",
    )
    decision_reason = models.TextField(blank=True)
    again_of = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="again", help_text="made from"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "mode"],
                condition=Q(takes_place=True),
                name="one_place_each",
            )
        ]
        indexes = [
            models.Index(fields=["applicant", "-id"]),
            models.Index(fields=["organisation", "-id"]),
            models.Index(fields=["state", "escalated_at", "decision_by"]),
        ]


class Draft(models.Model):
    """An application that is being written: the fields as far as they are filled in. One's own."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    fields = models.JSONField(help_text="field to text, numbers in their canonical form")
    again_of = models.ForeignKey(
        Application, null=True, on_delete=models.SET_NULL, related_name="+", help_text="made from"
    )
    made_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "-id"])]


class Appeal(models.Model):
    """What the applicant says against a rejection, once, and what another operator decides.

    The rejection is kept here: a grant puts its own decision on the application.
    """

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="appeal")
    text = models.TextField()
    state = models.CharField(max_length=10, choices=AppealState.choices, default=AppealState.ASKED)
    asked_at = models.DateTimeField()
    decision_by = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True)
    rejected_at = models.DateTimeField()
    rejected_by = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+"
    )
    rejected_reason = models.TextField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decision_reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "escalated_at", "decision_by"])]


class Review(models.Model):
    """One reviewer's work on one application."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, help_text="technical, peer or expert")
    state = models.CharField(max_length=10, choices=ReviewState.choices, default=ReviewState.ASKED)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    recommendation = models.CharField(
        max_length=10, blank=True, choices=[("grant", "grant"), ("reject", "reject")]
    )
    reason = models.TextField(blank=True, help_text="of the recommendation, or of the conflict")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "reviewer"], name="one_review_each")
        ]
        indexes = [
            models.Index(fields=["reviewer", "-id"]),
            models.Index(fields=["state", "reviewer"]),
        ]


class Project(models.Model):
    """Where the work happens: people with roles, data, jobs, models. Made by a grant."""

    slug = models.SlugField(unique=True, max_length=63)
    title = models.CharField(max_length=100)
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, related_name="project"
    )
    purpose = models.CharField(max_length=60, help_text="the declared one; it binds")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()


class ProjectMember(models.Model):
    """A person in a project."""

    class Role(models.TextChoices):
        MANAGER = "manager"
        MEMBER = "member"
        VIEWER = "viewer"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=Role.choices)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "person"], name="one_role_each")]


class Allocation(models.Model):
    """A project's right to use the factory between two moments: three accounts of the ledger."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="allocations")
    state = models.CharField(
        max_length=10, choices=AllocationState.choices, default=AllocationState.RUNNING
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    gpu_hour = models.ForeignKey("ledger.Account", on_delete=models.PROTECT, related_name="+")
    cpu_hour = models.ForeignKey("ledger.Account", on_delete=models.PROTECT, related_name="+")
    storage_gib = models.ForeignKey("ledger.Account", on_delete=models.PROTECT, related_name="+")
    noticed_days = models.PositiveSmallIntegerField(
        null=True, help_text="the last notice before the end was for this many days"
    )

    class Meta:
        indexes = [models.Index(fields=["state", "ends_at"])]


class Extension(models.Model):
    """More time or more hours for a project, asked by a manager, decided by an operator."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="extensions")
    asker = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    months = models.PositiveSmallIntegerField(default=0)
    gpu_hours = ExactDecimalField(default=0)
    cpu_hours = ExactDecimalField(default=0)
    storage_gib = ExactDecimalField(default=0)
    reason = models.TextField()
    state = models.CharField(
        max_length=10, choices=ExtensionState.choices, default=ExtensionState.ASKED
    )
    asked_at = models.DateTimeField()
    decision_by = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decision_reason = models.TextField(blank=True)
    until = models.DateTimeField(null=True, help_text="the project's new end, once granted")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state=ExtensionState.ASKED),
                name="one_open_extension_each",
            )
        ]
        indexes = [
            models.Index(fields=["project", "-id"]),
            models.Index(fields=["state", "escalated_at", "decision_by"]),
        ]
