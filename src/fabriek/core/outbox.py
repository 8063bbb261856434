"""Outgoing mail: a row in the transaction, the sending outside it."""

import logging
import smtplib
from datetime import timedelta

from django.core.mail import EmailMessage
from django.db.models import Q

from fabriek.core import clock, leases
from fabriek.core.models import Mail

log = logging.getLogger(__name__)
BATCH = 50


def post(to: str, subject: str, body: str) -> None:
    """Write a message; it leaves when the transaction has committed and a worker comes by."""
    Mail.objects.create(to=to, subject=subject[:200], body=body, written_at=clock.now())


def deliver() -> int:
    """Send what is due; returns how many went out. A failure waits longer each time, up to 1 h.

    A crash between sending and recording sends a message twice, never zero times.
    """
    due = Mail.objects.filter(Q(retry_at=None) | Q(retry_at__lte=clock.now()), sent_at=None)
    sent = 0
    for mail in list(due.order_by("pk")[:BATCH]):
        if not leases.claim(due, mail.pk, for_s=120):
            continue
        try:
            EmailMessage(mail.subject, mail.body, to=[mail.to]).send()
        except (OSError, smtplib.SMTPException) as error:
            wait = timedelta(seconds=min(3600, 10 * 2**mail.tries))
            log.warning("mail %s could not be sent: %s", mail.pk, type(error).__name__)
            Mail.objects.filter(pk=mail.pk).update(
                tries=mail.tries + 1, retry_at=clock.now() + wait, leased_until=None
            )
            continue
        Mail.objects.filter(pk=mail.pk).update(sent_at=clock.now(), leased_until=None)
        sent += 1
    return sent
