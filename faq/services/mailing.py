"""Mails of what people are told of: prepared from the outbox, and handed to the mail server once at most.

A mail is claimed in a transaction of its own before it is handed over, and marked after. Where a process ends between
the two, or the server does not answer to the text of a mail, the mail may have left: no process sends it again by
itself, and administrators see it. A mail that certainly did not leave is tried again, a limited number of times, under
the same Message-ID.
"""

import logging
import smtplib
import uuid
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from faq.enums import Delivery, NotificationKind
from faq.models import Entry, Mail, Notification, NotificationChoice
from faq.services.mail_texts import build_message
from faq.services.notifications import Event, notify_all
from faq.services.roles import Author, require
from faq.services.smtp import DeliveryUncertain

DEFAULTS = {
    NotificationKind.REFUSED: Delivery.IMMEDIATE,
    NotificationKind.ASSIGNED: Delivery.IMMEDIATE,
    NotificationKind.MENTIONED: Delivery.IMMEDIATE,
    NotificationKind.PLAN_FAILED: Delivery.IMMEDIATE,
    NotificationKind.REVIEW_DUE: Delivery.DAILY,
    NotificationKind.SUBMITTED: Delivery.DAILY,
}
"""The deliveries of people who have not chosen others."""
PAUSES = (timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12))
"""The time between two tries; after one more than these, a mail is given up."""
OUTDATED_AFTER = timedelta(days=7)
"""The age from which an event is no news: where mails were switched off, nobody gets months of them at once."""
STORED_FOR = timedelta(days=90)
_HANDED_OVER_WITHIN = timedelta(minutes=10)
"""The time within which a process that claimed a mail knows the result, or has ended."""
_SMTP = "django.core.mail.backends.smtp.EmailBackend"
_CAUTIOUS = "faq.services.smtp.CautiousEmailBackend"
_ERROR_MAX_LENGTH = 500
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class SendReport:
    """The result of one run."""

    is_off: bool = False
    """Whether no mail server is configured."""
    sent: int = 0
    postponed: int = 0
    given_up: int = 0
    uncertain: int = 0
    """Mails that the server did not answer to."""
    server_failure: str = ""
    """Why the server could not be reached; what was not tried waits for the next run."""


def send_notifications(at: datetime | None = None) -> SendReport:
    """Prepare the mails that are due, and hand them to the mail server. Safe to repeat, and to run several at once."""
    if not settings.SENDS_MAIL:
        return SendReport(is_off=True)
    at = at or timezone.now()
    announce_due_reviews(at)
    prepare_mails(at)
    report = _send_due(at)
    _delete_old(at)
    return report


@transaction.atomic
def announce_due_reviews(at: datetime) -> None:
    """Store that those who answer for due entries are to be told: the assignee, or else who checked them last."""
    told = Notification.objects.filter(
        kind=NotificationKind.REVIEW_DUE, entry=OuterRef("pk"), created_at__date__gte=OuterRef("review_before")
    )
    due = Entry.objects.due(timezone.localdate(at)).filter(~Exists(told))
    light = due.select_related("assignment__assignee", "verification__author", "head").defer("answer", "search_text")
    notify_all(
        Event(_get_responsible(entry), NotificationKind.REVIEW_DUE, entry, key=f"échéance {entry.review_before}")
        for entry in light
    )


def _get_responsible(entry: Entry) -> User | None:
    assignment = getattr(entry, "assignment", None)
    if assignment:
        return assignment.assignee  # type: ignore[no-any-return]
    return entry.verification.author if entry.verification else None


def prepare_mails(at: datetime) -> None:
    """Make one mail of what each person is to be told of at once, and once a day one of the rest."""
    waiting = Notification.objects.filter(mail=None, created_at__gt=at - OUTDATED_AFTER)
    people = User.objects.filter(pk__in=waiting.values("recipient"), is_active=True).exclude(email="")
    for person in people.order_by("pk"):
        # Two processes that prepare the digest of one day at once: the second finds nothing to do.
        with suppress(IntegrityError), transaction.atomic():
            _prepare(person, waiting, at)


def _prepare(person: User, waiting: QuerySet[Notification], at: datetime) -> None:
    own = waiting.filter(recipient=person).select_for_update(skip_locked=True)
    rows = defaultdict(list)
    deliveries = get_deliveries(person)
    for number, kind in own.order_by("pk").values_list("pk", "kind"):
        rows[deliveries[NotificationKind(kind)]].append(number)
    if rows[Delivery.IMMEDIATE]:
        _create_mail(person, rows[Delivery.IMMEDIATE], at)
    local = timezone.localtime(at)
    if rows[Delivery.DAILY] and local.hour >= settings.DIGEST_HOUR:
        digests = Mail.objects.filter(recipient=person, digest_day=local.date())
        if not digests.exists():
            _create_mail(person, rows[Delivery.DAILY], at, local)


def _create_mail(person: User, numbers: list[int], at: datetime, day: datetime | None = None) -> None:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    mail = Mail.objects.create(
        recipient=person,
        digest_day=day.date() if day else None,
        message_id=f"<{uuid.uuid4().hex}@{domain}>",
        created_at=at,
        next_try_at=at,
    )
    Notification.objects.filter(pk__in=numbers).update(mail=mail)


def get_deliveries(person: User) -> dict[NotificationKind, Delivery]:
    """Return how a person is told of each kind of event."""
    chosen = NotificationChoice.objects.filter(user=person).values_list("kind", "delivery")
    return DEFAULTS | {NotificationKind(kind): Delivery(delivery) for kind, delivery in chosen}


@transaction.atomic
def store_deliveries(person: User, deliveries: dict[NotificationKind, Delivery]) -> None:
    """Store how a person wants to be told; what is the default is not stored."""
    NotificationChoice.objects.filter(user=person).delete()
    NotificationChoice.objects.bulk_create(
        NotificationChoice(user=person, kind=kind, delivery=delivery)
        for kind, delivery in deliveries.items()
        if delivery != DEFAULTS[kind]
    )


def _send_due(at: datetime) -> SendReport:
    report = SendReport()
    connection = get_connection(_CAUTIOUS if settings.EMAIL_BACKEND == _SMTP else None)
    try:
        # What fails is due later, and what is claimed is due no more: every turn leaves less to do.
        while not report.server_failure and (mail := _claim_next(at)):
            _send(mail, connection, report, at)
    finally:
        _close(connection)
    return report


@transaction.atomic
def _claim_next(at: datetime) -> Mail | None:
    """Claim the mail that waits longest, and return it; None where another process has what is left."""
    # SQLite has no locks of rows: there, one transaction writes at a time.
    mail: Mail | None = Mail.objects.due(at).select_for_update(skip_locked=True).first()
    if mail is None:
        return None
    mail.claimed_at, mail.tries = timezone.now(), mail.tries + 1
    claimed = Mail.objects.filter(pk=mail.pk, claimed_at=None, sent_at=None, failed_at=None)
    return mail if claimed.update(claimed_at=mail.claimed_at, tries=mail.tries) else None


def _send(mail: Mail, connection: BaseEmailBackend, report: SendReport, at: datetime) -> None:
    """Hand a claimed mail to the server, and store the result."""
    message = build_message(mail)
    if message is None:
        # Nothing is left of it that the person may read.
        mail.delete()
        return
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as failure:
        report.server_failure = _describe(failure)
        _postpone(mail, failure, report, at)
        return
    _hand_over(mail, message, connection, report, at)


def _hand_over(
    mail: Mail, message: EmailMultiAlternatives, connection: BaseEmailBackend, report: SendReport, at: datetime
) -> None:
    try:
        connection.send_messages([message])
    except DeliveryUncertain as failure:
        _log.warning("mail %s may have left: %s", mail.pk, failure)
        Mail.objects.filter(pk=mail.pk).update(error=_describe(failure))
        report.uncertain += 1
        _close(connection)
    except (OSError, smtplib.SMTPException, ValueError) as failure:
        if _is_final(failure):
            _give_up(mail, failure, report)
        else:
            _postpone(mail, failure, report, at)
        _close(connection)
    else:
        Mail.objects.filter(pk=mail.pk).update(sent_at=timezone.now(), error="")
        report.sent += 1


def _is_final(failure: Exception) -> bool:
    """Return whether another try would fail the same: the server says so, or the address is none."""
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        codes: Iterable[int] = [code for code, _ in failure.recipients.values()]
    elif isinstance(failure, smtplib.SMTPAuthenticationError):
        return False
    elif isinstance(failure, smtplib.SMTPResponseException):
        codes = [failure.smtp_code]
    else:
        return isinstance(failure, ValueError)
    return all(code >= 500 for code in codes)


def _postpone(mail: Mail, failure: Exception, report: SendReport, at: datetime) -> None:
    """Let a mail that did not leave wait for its next try, or give it up after the last."""
    if mail.tries > len(PAUSES):
        _give_up(mail, failure, report)
        return
    next_try_at = max(at, timezone.now()) + PAUSES[mail.tries - 1]
    Mail.objects.filter(pk=mail.pk).update(claimed_at=None, next_try_at=next_try_at, error=_describe(failure))
    report.postponed += 1


def _give_up(mail: Mail, failure: Exception, report: SendReport) -> None:
    _log.warning("mail %s is given up: %s", mail.pk, failure)
    Mail.objects.filter(pk=mail.pk).update(claimed_at=None, failed_at=timezone.now(), error=_describe(failure))
    report.given_up += 1


def retry_mails(mails: QuerySet[Mail], author: Author) -> int:
    """Let mails that were given up, or may have left, be sent at the next run; return their number.

    One that had left comes twice, under the same Message-ID: who asks for it knows that. Raises PermissionDenied.
    """
    require(author, "faq.change_mail")
    now = timezone.now()
    # What a process hands over right now is its own.
    settled = mails.filter(Q(claimed_at=None) | Q(claimed_at__lt=now - _HANDED_OVER_WITHIN)).filter(sent_at=None)
    unsent = settled.filter(Q(failed_at__isnull=False) | Q(tries__gt=0))
    return unsent.update(claimed_at=None, failed_at=None, tries=0, next_try_at=now)


def _describe(failure: Exception) -> str:
    return f"{type(failure).__name__} : {failure}".replace("\0", "")[:_ERROR_MAX_LENGTH]


def _close(connection: BaseEmailBackend) -> None:
    # A connection that is broken already cannot say goodbye.
    with suppress(OSError, smtplib.SMTPException):
        connection.close()


def _delete_old(at: datetime) -> None:
    """Delete what was told, or is no news any more, some months later."""
    Mail.objects.filter(created_at__lt=at - STORED_FOR).delete()
    Notification.objects.filter(mail=None, created_at__lt=at - STORED_FOR).delete()
