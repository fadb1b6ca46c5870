"""The services that store and follow up comments: one per visitor and entry, without personal data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from faq.domain.limits import VISITOR_COMMENT_MAX_LENGTH, VISITOR_COMMENT_MAX_READ
from faq.domain.personal_data import mask_personal_data
from faq.models import Version
from faq.services.content import normalize_line_ends
from faq.services.roles import Author, require
from feedback.limits import COMMENTS_PER_ENTRY, COMMENTS_PER_NETWORK, COMMENTS_PER_SITE
from feedback.models import Comment, CommentReason, FollowUpState, Standing, Vote
from feedback.networks import compute_source
from feedback.vote_upsert import Votable
from feedback.votes import compute_visitor_hash, get_version_read


class FollowUpRefused(ValueError):
    """A follow-up that does not fit a comment or a search; nothing was written. The message is in French."""


def clean_comment(text: str) -> str:
    """Return a visitor's text with personal data masked, then cut to its greatest length."""
    masked = mask_personal_data(
        normalize_line_ends(text[:VISITOR_COMMENT_MAX_READ]).strip(), finess=settings.MASK_FINESS
    )
    return masked[:VISITOR_COMMENT_MAX_LENGTH].strip()


@dataclass(frozen=True, slots=True)
class NewComment:
    """A comment as the visitor typed it."""

    reason: CommentReason | None = None
    text: str = ""
    version: int | None = None
    """The number of the version that was read, if known."""


@transaction.atomic
def save_comment(
    on: Votable, token: str, remark: NewComment, *, at: datetime | None = None, network: str = ""
) -> Standing | None:
    """Store why a visitor voted so, in place of an earlier comment by the same visitor, which editors see as new.

    `on` is the live entry, `network` where the comment comes from, as `network_of` gives it. Personal data is masked
    before anything is stored. Tells where the comment stands; None where nothing was said.
    """
    text = clean_comment(remark.text)
    if not (remark.reason or text):
        return None
    moment, visitor = at or timezone.now(), compute_visitor_hash(token, on.number)
    source = compute_source(network, on.number, moment)
    vote = Vote.objects.filter(entry=on.number, visitor_hash=visitor).values_list("answer", flat=True).first()
    comment = Comment(
        entry_id=on.number,
        version_id=get_version_read(on, remark.version),
        visitor_hash=visitor,
        answer=vote or "",
        reason=remark.reason or "",
        text=text,
        first_sent_at=moment,
        sent_at=moment,
        source=source,
        standing=_standing_of_new(on.number, source, moment),
    )
    return _store(comment)


def _standing_of_new(entry: int, source: str, moment: datetime) -> Standing:
    """Return the standing of a new comment: set aside if it is one too many of a burst."""
    sent = Comment.objects.filter(first_sent_at__lte=moment)
    limited = [(sent, COMMENTS_PER_SITE), (sent.filter(entry=entry), COMMENTS_PER_ENTRY)]
    if source:
        limited.append((sent.filter(entry=entry, source=source), COMMENTS_PER_NETWORK))
    burst = any(
        some.filter(first_sent_at__gt=moment - span).count() >= most
        for some, limits in limited
        for span, most in limits.items()
    )
    return Standing.SET_ASIDE if burst else Standing.COUNTED


def _store(comment: Comment) -> Standing:
    """Write a comment; a second one keeps the standing of the first, but a dismissed one is set aside again."""
    Comment.objects.bulk_create(
        [comment],
        update_conflicts=True,
        unique_fields=["entry", "visitor_hash"],
        update_fields=["version", "answer", "reason", "text", "sent_at", "state", "corrected_in"],
    )
    stored = Comment.objects.filter(entry=comment.entry_id, visitor_hash=comment.visitor_hash)
    stored.filter(standing=Standing.DISMISSED).update(standing=Standing.SET_ASIDE, judged_by=None, judged_at=None)
    return Standing(stored.values_list("standing", flat=True).get())


@transaction.atomic
def judge_comments(comments: Iterable[int], standing: Standing, author: Author) -> int:
    """Reinstate or dismiss comments that were set aside; return how many changed.

    `comments` are primary keys, `standing` is REINSTATED or DISMISSED. A judgement can be changed; comments that were
    never set aside are left alone. Raises PermissionDenied.
    """
    require(author, "feedback.change_comment")
    judged = Comment.objects.filter(pk__in=list(comments)).exclude(standing__in=(Standing.COUNTED, standing))
    return judged.update(standing=standing, judged_by=author, judged_at=timezone.now())


@transaction.atomic
def follow_up_comments(
    comments: Iterable[int],
    state: FollowUpState,
    author: Author,
    *,
    assigned_to: User | None,
    corrected_in: Version | None,
) -> int:
    """Store the state of comments, given by primary key, and who deals with them; return how many there are.

    `corrected_in` is the version that corrects what they are about: required for CORRECTED, and for no other state.
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


def check_correction(state: FollowUpState, corrected_in: Version | None, entry: int | None) -> None:
    """Raise FollowUpRefused unless a version of the entry is given for CORRECTED, and none for another state."""
    if state == FollowUpState.CORRECTED and corrected_in is None:
        raise FollowUpRefused("Indiquez la version qui corrige.")
    if state != FollowUpState.CORRECTED and corrected_in is not None:
        raise FollowUpRefused("Une version qui corrige ne va qu’avec le suivi « corrigé ».")
    if corrected_in is not None and entry is not None and corrected_in.entry_id != entry:
        raise FollowUpRefused(f"La version {corrected_in} est celle d’une autre fiche.")
