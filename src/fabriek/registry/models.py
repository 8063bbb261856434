"""Models, their versions, and what people wrote on their cards."""

from django.db import models


class Model(models.Model):
    """A named model of a project."""

    project = models.ForeignKey("access.Project", on_delete=models.PROTECT, related_name="+")
    name = models.SlugField(max_length=63)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="one_model_a_name")]


class ModelVersion(models.Model):
    """What one job made, with the facts of that job frozen. Never altered; its card is apart."""

    model = models.ForeignKey(Model, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    files = models.ForeignKey("data.DatasetVersion", on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField(help_text="lineage: code, data, parameters, metrics, person, energy")
    made_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "number"], name="one_model_version_a_number"),
            models.UniqueConstraint(fields=["model", "files"], name="one_version_a_folder"),
        ]


class CardText(models.Model):
    """What somebody wrote in one field of a card; the newest counts, the others stay."""

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="texts")
    field = models.CharField(max_length=40)
    text = models.TextField()
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["version", "field", "-id"])]
