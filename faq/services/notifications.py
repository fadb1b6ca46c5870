"""Telling people of what concerns them: rows of an outbox, written in the transaction of the event.

`faq.services.mailing` makes mails of them. A row says who is told of what, once: the unique key of `Notification`
ignores an event that is stored already. Nobody is told of what they did themselves, and no closed account is told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils import timezone

from faq.enums import Action, EntryStatus, NotificationKind
from faq.models import Entry, Notification, Version
from faq.services.roles import Author

_TEXT_MAX_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that one person is to be told of."""

    recipient: User | None
    kind: NotificationKind
    entry: Entry
    text: str = ""
    author: Author = None
    key: str = ""
    """The key of the event among those of its kind on the entry; empty: the latest version of the entry."""

    @property
    def is_told(self) -> bool:
        """Whether the person is told: it is somebody else's doing, and their account is open."""
        return self.recipient is not None and self.recipient.is_active and self.recipient != self.author


def notify(
    recipient: User | None,
    kind: NotificationKind,
    entry: Entry,
    *,
    text: str = "",
    author: Author = None,
    key: str = "",
) -> None:
    """Store that a person is to be told of an event on an entry, such as a refusal and its comment.

    To be called in the transaction of the event. Does nothing where there is nobody to tell.
    """
    notify_all([Event(recipient, kind, entry, text, author, key)])


def notify_all(events: Iterable[Event]) -> None:
    """Store several events, of which each person is told once, in one statement."""
    at = timezone.now()
    rows = [
        Notification(
            recipient=event.recipient,
            kind=event.kind,
            entry=event.entry,
            event=event.key or f"version {event.entry.head.number if event.entry.head else 0}",
            text=event.text[:_TEXT_MAX_LENGTH],
            author=event.author,
            created_at=at,
        )
        for event in events
        if event.is_told
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)


def announce_review(recorded: Sequence[tuple[Entry, Version]]) -> None:
    """Store that reviewers are to be told of submitted texts, and those who submitted texts of their refusals.

    `recorded` are entries, still as they were, with the versions just written. Takes a constant number of queries,
    and none where neither happened.
    """
    refused = [(entry, version) for entry, version in recorded if version.action == Action.REFUSED]
    submitted = [(entry, version) for entry, version in recorded if _is_submission(version)]
    events: list[Event] = []
    if refused:
        waiting = Entry.objects.filter(pk__in=[entry.pk for entry, _ in refused]).to_review()
        submitters = dict(waiting.values_list("pk", "submitter"))
        people = User.objects.in_bulk(set(submitters.values()) - {None})
        events += [
            _build_event(people.get(submitters.get(entry.pk)), NotificationKind.REFUSED, entry, version)
            for entry, version in refused
        ]
    if submitted:
        reviewers = get_reviewers()
        events += [
            _build_event(reviewer, NotificationKind.SUBMITTED, entry, version)
            for entry, version in submitted
            for reviewer in reviewers
        ]
    notify_all(events)


def _is_submission(version: Version) -> bool:
    """Return whether somebody submits a text, and no undo or change of the taxonomy brings it back to the reviewers."""
    is_brought_back = version.action in (Action.UNDONE, Action.REFILED)
    return version.status == EntryStatus.IN_REVIEW and not is_brought_back


def _build_event(recipient: User | None, kind: NotificationKind, entry: Entry, version: Version) -> Event:
    return Event(recipient, kind, entry, version.comment, version.author, f"version {version.number}")


def get_reviewers() -> list[User]:
    """Return the people whose role lets them publish; a superuser without a role is not told of every text."""
    return list(User.objects.with_perm("faq.publish_entry", include_superusers=False).order_by("pk"))
