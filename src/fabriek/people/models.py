"""People, organisations, memberships, tokens."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q


class PersonManager(BaseUserManager["Person"]):
    """Finds people by their e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    """Somebody with an account. `email` is kept in lower case and is the login name."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100)
    language = models.CharField(max_length=2, default="nl", choices=[("nl", "nl"), ("en", "en")])
    email_confirmed_at = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False, help_text="runs the factory")
    is_reviewer = models.BooleanField(default=False, help_text="may be asked to review")
    joined_at = models.DateTimeField()

    objects: ClassVar[PersonManager] = PersonManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name


class EmailConfirmation(models.Model):
    """A code sent to an address to prove that it is the person's; only its hash is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="confirmations")
    code_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    mark = models.CharField(
        max_length=64, blank=True, default="", help_text="hash of a secret of who signed up"
    )


class Organisation(models.Model):
    """A legal entity that people belong to and that applies for access."""

    class Kind(models.TextChoices):
        STARTUP = "start-up"
        SME = "sme"
        LARGE = "large-company"
        RESEARCH = "research"
        EDUCATION = "education"
        PUBLIC = "public-body"
        CARE = "health-care"
        DEFENCE = "defence"

    slug = models.SlugField(unique=True, max_length=63)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2")
    kvk = models.CharField(max_length=8, blank=True, help_text="Dutch trade register")
    ror = models.CharField(max_length=40, blank=True, help_text="Research Organization Registry")
    vat = models.CharField(max_length=20, blank=True)
    pic = models.CharField(max_length=9, blank=True, help_text="EU participant code")
    made_at = models.DateTimeField()
    about = models.TextField(blank=True, help_text="what it does; applications start from it")
    website = models.URLField(blank=True, max_length=200)
    sector = models.CharField(max_length=100, blank=True)
    experience = models.TextField(blank=True, help_text="with supercomputers")

    class Meta:
        # A number names one legal entity. VAT is left out: a fiscal unit shares one.
        constraints = [
            models.UniqueConstraint(fields=["kvk"], condition=~Q(kvk=""), name="one_kvk_each"),
            models.UniqueConstraint(fields=["ror"], condition=~Q(ror=""), name="one_ror_each"),
            models.UniqueConstraint(fields=["pic"], condition=~Q(pic=""), name="one_pic_each"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in an organisation. Who asks to join waits until an admin of it says yes."""

    class Role(models.TextChoices):
        ADMIN = "admin"
        MEMBER = "member"

    class State(models.TextChoices):
        ASKED = "asked"
        ACTIVE = "active"
        ENDED = "ended"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    state = models.CharField(max_length=10, choices=State.choices)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "organisation"], name="one_membership_each")
        ]


class Token(models.Model):
    """What a person or an agent shows with each request; only its SHA-256 is kept.

    `scope` is {"kind": "person"} for everything the person may do, or
    {"kind": "attempt", "attempt": id, "read": [[dataset, version], ...], "write": [dataset, ...]}
    for the agent of one attempt of one job.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    hint = models.CharField(max_length=12, help_text="its first characters, to recognise it by")
    hash = models.CharField(max_length=64, unique=True)
    scope = models.JSONField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-id"])]


class Attempts(models.Model):
    """How often something secret was guessed at lately, by what was guessed at and from where."""

    key = models.CharField(max_length=120, unique=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
