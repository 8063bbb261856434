"""Jobs, their inputs and their attempts."""

from django.db import models
from django.db.models import Q

from fabriek.compute.rules import ACTIVE, JobState
from fabriek.core.leases import Leased


class Job(models.Model):
    """One thing to run for one person in one project, as asked for and as it went.

    `reason` is a code of problems.toml that says why it waits or how it ended. Figures that came
    from outside (`usage`, `isolation`, `metrics`) are stored as reported; `charged` and `energy`
    are what the ledger and the energy room made of them.
    """

    project = models.ForeignKey("access.Project", on_delete=models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    command = models.JSONField()
    environment = models.JSONField(default=dict)
    parameters = models.JSONField(default=dict)
    purpose = models.CharField(max_length=60)
    code = models.ForeignKey(
        "data.DatasetVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )

    cpus = models.PositiveIntegerField()
    memory_mib = models.PositiveIntegerField()
    gpus = models.PositiveIntegerField(default=0)
    gpu_kind = models.CharField(max_length=40, blank=True)
    time_limit_s = models.PositiveIntegerField()
    disk_limit_mib = models.PositiveIntegerField()
    log_limit_mib = models.PositiveIntegerField()
    network = models.BooleanField(default=False)
    sandbox_required = models.BooleanField(default=False)

    output_kind = models.CharField(max_length=10)
    output_name = models.CharField(max_length=63, blank=True)
    output_dataset = models.ForeignKey(
        "data.Dataset", null=True, on_delete=models.PROTECT, related_name="+"
    )

    blueprint = models.CharField(max_length=63, blank=True, help_text="the template it came from")
    engine = models.CharField(max_length=30)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in JobState])
    reason = models.CharField(max_length=40, blank=True)
    reason_facts = models.JSONField(default=dict)
    stop_reason = models.CharField(max_length=40, blank=True, help_text="wanted stopped, and why")
    attempts = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    exit_code = models.IntegerField(null=True)
    usage = models.JSONField(default=dict)
    isolation = models.JSONField(default=dict)
    metrics = models.JSONField(default=dict)
    charged = models.JSONField(default=dict)
    energy = models.JSONField(default=dict)
    output = models.ForeignKey(
        "data.DatasetVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    model_version = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["project", "-id"]),
            models.Index(fields=["project", "state", "-id"]),
            # The reconciler and the queue look only at what is not over.
            models.Index(
                fields=["engine", "id"],
                name="jobs_not_over",
                condition=Q(state__in=["queued", *ACTIVE]),
            ),
        ]


class JobInput(models.Model):
    """A dataset version that the job sees read-only as inputs/NAME."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="inputs")
    name = models.CharField(max_length=100)
    version = models.ForeignKey("data.DatasetVersion", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "name"], name="one_input_a_name")]


class Attempt(models.Model):
    """One try at running a job. At most one attempt of a job counts at any moment.

    `nonce` is the number that the first agent to claim it chose: the same agent may repeat its
    claim when the answer was lost, another one may not.
    """

    class State(models.TextChoices):
        MADE = "made"
        SUBMITTED = "submitted"
        CLAIMED = "claimed"
        REPORTED = "reported"
        CLOSED = "closed"
        LOST = "lost"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120, unique=True, help_text="its name in the engine")
    state = models.CharField(max_length=10, choices=State.choices, default=State.MADE)
    nonce = models.CharField(max_length=64, blank=True)
    token_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    last_beat_at = models.DateTimeField(null=True)
    log_bytes = models.BigIntegerField(default=0)
    use = models.JSONField(default=list, help_text="over time, as use_series.py has it")
    report = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="one_attempt_each")]
        indexes = [
            models.Index(
                fields=["id"],
                name="attempts_not_over",
                condition=Q(state__in=["made", "submitted", "claimed", "reported"]),
            )
        ]


class Tally(models.Model):
    """How many of a project's jobs ended how, and the energy they took, added up as they end.

    One row for each way of ending and each source of energy figures, so that a report costs the
    same after a hundred jobs as after a million. Energy in whole micro-watt-hours.
    """

    project = models.ForeignKey("access.Project", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)
    source = models.CharField(max_length=40, blank=True)
    quality = models.CharField(max_length=20, blank=True)
    jobs = models.BigIntegerField(default=0)
    energy_microwh = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "state", "source", "quality"], name="one_tally_a_kind"
            )
        ]


class EngineLease(Leased):
    """One reconciler at a time looks after an engine."""

    engine = models.CharField(max_length=30, unique=True)
