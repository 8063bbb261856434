"""Mail is written in the transaction and sent outside it, at least once."""

import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as django_mail
from django.db import transaction

from fabriek.core import clock, outbox
from fabriek.core.models import Mail

pytestmark = pytest.mark.django_db


def test_a_message_goes_out_once() -> None:
    outbox.post("anna@example.org", "Hello", "text")
    assert outbox.deliver() == 1
    assert outbox.deliver() == 0
    assert [m.subject for m in django_mail.outbox] == ["Hello"]


def test_a_transaction_that_fails_sends_nothing() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.post("anna@example.org", "Hello", "text")
        1 / 0  # noqa: B018
    assert outbox.deliver() == 0


def test_a_server_that_is_away_is_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise smtplib.SMTPServerDisconnected("gone")

    outbox.post("anna@example.org", "Hello", "text")
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", away)
        assert outbox.deliver() == 0
    assert outbox.deliver() == 0  # not yet: it waits
    row = Mail.objects.get()
    assert row.tries == 1 and row.retry_at is not None
    Mail.objects.update(retry_at=clock.now() - timedelta(seconds=1))
    assert outbox.deliver() == 1
