"""Comments: one per visitor and entry, without personal data; and what editors make of them."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from faq.domain.personal_data import masked
from faq.models import Version
from faq.services.content import one_line_end
from faq.services.roles import Author, require
from feedback.models import LONGEST_COMMENT, Comment, Reason, State, Vote
from feedback.services import Votable, version_read, visitor_hash

_LONGEST_READ = 4 * LONGEST_COMMENT
"""Characters that are looked at for personal data: what is kept is cut afterwards, so that no number is cut in two."""


class FollowUpRefused(ValueError):
    """Something that cannot be said of a comment or a search; nothing was written. The message is in French."""


def clean_comment(text: str) -> str:
    """Give what may be stored of what a visitor typed: personal data masked, then cut to its length."""
    return masked(one_line_end(text[:_LONGEST_READ]).strip())[:LONGEST_COMMENT].strip()


def save_comment(
    on: Votable,
    token: str,
    *,
    reason: Reason | None = None,
    text: str = "",
    version: int | None = None,
    at: datetime | None = None,
) -> bool:
    """Store why a visitor voted so, in place of an earlier comment by the same visitor, which editors see as new.

    `on` is the live entry, `version` the number of the version that was read. Personal data is masked before
    anything is stored. Tells whether anything was said.
    """
    kept = clean_comment(text)
    if not (reason or kept):
        return False
    moment = at or timezone.now()
    visitor = visitor_hash(token, on.number)
    vote = Vote.objects.filter(entry=on.number, visitor_hash=visitor).values_list("answer", flat=True).first()
    comment = Comment(
        entry_id=on.number,
        version_id=version_read(on, version),
        visitor_hash=visitor,
        answer=vote or "",
        reason=reason or "",
        text=kept,
        first_sent_at=moment,
        sent_at=moment,
    )
    Comment.objects.bulk_create(
        [comment],
        update_conflicts=True,
        unique_fields=["entry", "visitor_hash"],
        update_fields=["version", "answer", "reason", "text", "sent_at", "state", "corrected_in"],
    )
    return True


@transaction.atomic
def follow_up(
    comments: Iterable[int], state: State, author: Author, *, assigned_to: User | None, corrected_in: Version | None
) -> int:
    """Say what becomes of comments, by their primary keys; give how many there are.

    `corrected_in` is the version that corrects what they are about: given for CORRECTED, and for no other state.
    Raises PermissionDenied, and FollowUpRefused where that version does not fit.
    """
    require(author, "feedback.change_comment")
    chosen = Comment.objects.filter(pk__in=list(comments)).credited().select_related("version")
    for comment in chosen:
        check_correction(state, corrected_in, comment.credited_to)
        if corrected_in and corrected_in.entry_id == comment.entry_id and corrected_in.pk <= comment.version_id:
            raise FollowUpRefused(
                f"Ce commentaire a été fait sur la version {comment.version.number} : "
                f"la version {corrected_in.number} ne peut pas l’avoir corrigé."
            )
    numbers = [comment.pk for comment in chosen]
    return Comment.objects.filter(pk__in=numbers).update(
        state=state, assigned_to=assigned_to, corrected_in=corrected_in
    )


def check_correction(state: State, corrected_in: Version | None, entry: int | None) -> None:
    """Raise FollowUpRefused unless a version of the entry is given exactly where something was corrected."""
    if state == State.CORRECTED and corrected_in is None:
        raise FollowUpRefused("Indiquez la version qui corrige.")
    if state != State.CORRECTED and corrected_in is not None:
        raise FollowUpRefused("Une version qui corrige ne va qu’avec le suivi « corrigé ».")
    if corrected_in is not None and entry is not None and corrected_in.entry_id != entry:
        raise FollowUpRefused(f"La version {corrected_in} est celle d’une autre fiche.")
