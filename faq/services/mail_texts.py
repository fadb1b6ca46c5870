"""The texts of mails: what the recipient may read when one leaves, and no words of anybody in its headers."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from faq.domain.text.dates import format_day
from faq.enums import EntryStatus, NotificationKind
from faq.models import Assignment, Mail, Notification

LINES_MAX = 50
"""Events that one mail tells of; the others are counted, and stand in « Mon travail »."""
_SENTENCES = {
    NotificationKind.REFUSED: "{} a refusé votre texte",
    NotificationKind.ASSIGNED: "{} vous a attribué cette fiche",
    NotificationKind.MENTIONED: "{} vous cite dans une note",
    NotificationKind.PLAN_FAILED: "Ce que vous aviez planifié n’a pas pu se faire",
    NotificationKind.REVIEW_DUE: "Cette fiche est à revoir",
    NotificationKind.SUBMITTED: "{} a soumis ce texte à la relecture",
}
_SUBJECTS = {
    NotificationKind.REFUSED: "texte refusé",
    NotificationKind.ASSIGNED: "fiche attribuée",
    NotificationKind.MENTIONED: "une note vous cite",
    NotificationKind.PLAN_FAILED: "planification en échec",
    NotificationKind.REVIEW_DUE: "fiche à revoir",
    NotificationKind.SUBMITTED: "texte à relire",
}
_RIGHT = "faq.view_entry"


@dataclass(frozen=True)
class Line:
    """One event of a mail."""

    kind: NotificationKind
    sentence: str
    reference: str
    question: str
    text: str
    address: str


def build_message(mail: Mail) -> EmailMultiAlternatives | None:
    """Return a mail as it leaves now, or None where its recipient may read nothing of it any more."""
    person = mail.recipient
    if not (person.is_active and person.email and person.has_perm(_RIGHT)):
        return None
    lines = [_build_line(row) for row in _read_rows(mail)]
    if not lines:
        return None
    context = {
        "lines": lines[:LINES_MAX],
        "more": len(lines[LINES_MAX:]),
        "home": _absolute(reverse("admin:index")),
        "preferences": _absolute(reverse("admin:faq_preferences")),
    }
    message = EmailMultiAlternatives(
        subject=_build_subject(mail, lines),
        body=render_to_string("admin/mail/notifications.txt", context),
        to=[person.email],
        headers={
            "Message-ID": mail.message_id,
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{context['preferences']}>",
        },
    )
    message.attach_alternative(render_to_string("admin/mail/notifications.html", context), "text/html")
    return message


def _read_rows(mail: Mail) -> list[Notification]:
    """Return the events that still hold: an entry that is somebody else's by now, or no longer to do, is no news.

    What is to be done to an entry is told once, however often it was asked for.
    """
    rows = mail.notifications.select_related("author", "entry__head").defer("entry__answer", "entry__search_text")
    found = list(rows.order_by("pk"))
    own = Assignment.objects.filter(assignee=mail.recipient, entry__in=[row.entry_id for row in found])
    assigned = set(own.values_list("entry", flat=True))
    still = {
        NotificationKind.ASSIGNED: lambda entry: entry.pk in assigned,
        NotificationKind.SUBMITTED: lambda entry: entry.head is not None and entry.head.status == EntryStatus.IN_REVIEW,
        NotificationKind.REVIEW_DUE: lambda entry: entry.review_before and entry.review_before <= timezone.localdate(),
    }
    latest = {(row.kind, row.entry_id): row.pk for row in found}

    def holds(row: Notification) -> bool:
        is_to_do = still.get(NotificationKind(row.kind))
        return is_to_do is None or (latest[row.kind, row.entry_id] == row.pk and bool(is_to_do(row.entry)))

    return list(filter(holds, found))


def _build_line(row: Notification) -> Line:
    author = _name(row.author)
    head = row.entry.head
    page = reverse("admin:faq_entry_change", args=(row.entry_id,))
    kind = NotificationKind(row.kind)
    return Line(
        kind=kind,
        sentence=_SENTENCES[kind].format(author),
        reference=row.entry.reference,
        question=(head.question if head else "") or "(sans question)",
        text=row.text,
        address=_absolute(f"{page}#notes" if kind is NotificationKind.MENTIONED else page),
    )


def _build_subject(mail: Mail, lines: list[Line]) -> str:
    number = len(lines)
    if mail.digest_day:
        day = format_day(mail.digest_day)
        return f"[faqcms] Récapitulatif du {day}\u00a0: {number} événement{'s' if number > 1 else ''}"
    if number > 1:
        return f"[faqcms] {number} événements vous concernent"
    return f"[faqcms] {lines[0].reference}\u00a0: {_SUBJECTS[lines[0].kind]}"


def _absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def _name(user: User | None) -> str:
    return (user.get_full_name() or user.get_username()) if user else "Le système"
