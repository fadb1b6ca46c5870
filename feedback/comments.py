"""Comments: one per visitor and entry, without personal data; and what editors make of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from faq.domain.personal_data import mask_personal_data
from faq.models import Version
from faq.services.content import normalize_line_ends
from faq.services.roles import Author, require
from feedback.models import LONGEST_COMMENT, Comment, CommentReason, FollowUpState, Standing, Vote
from feedback.networks import compute_source
from feedback.vote_upsert import HOUR, MINUTE, Votable
from feedback.votes import compute_visitor_hash, get_version_read

COMMENTS_PER_NETWORK = {MINUTE: 10, HOUR: 60}
"""New comments on one entry that editors get at once; a whole hospital may come from one network."""
COMMENTS_PER_ENTRY = {MINUTE: 30}
"""New comments on one entry that they get at once, wherever these come from."""
COMMENTS_PER_SITE = {HOUR: 200}
"""New comments that they get at once, whatever they are about: nobody reads more."""

_LONGEST_READ = 4 * LONGEST_COMMENT
"""Characters that are looked at for personal data: what is kept is cut afterwards, so that no number is cut in two."""


class FollowUpRefused(ValueError):
    """Something that cannot be said of a comment or a search; nothing was written. The message is in French."""


def clean_comment(text: str) -> str:
    """Return what may be stored of what a visitor typed: personal data masked, then cut to its length."""
    return mask_personal_data(normalize_line_ends(text[:_LONGEST_READ]).strip())[:LONGEST_COMMENT].strip()


@dataclass(frozen=True, slots=True)
class NewComment:
    """What a visitor says of an answer, as it was typed."""

    reason: CommentReason | None = None
    text: str = ""
    version: int | None = None
    """The number of the version that was read, if it is told."""


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
    """Return whether a new comment is one too many of a burst."""
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
    """Write a comment; who says something again keeps the standing of the first, but is not dismissed unread."""
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
    """Have comments that were set aside read like all others after all, or never; return how many there were.

    `comments` are their primary keys, `standing` is REINSTATED or DISMISSED. Those that somebody judged already may
    be judged anew; comments that were never set aside are left alone. Raises PermissionDenied.
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
    """Return what becomes of comments, by their primary keys; return how many there are.

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


def check_correction(state: FollowUpState, corrected_in: Version | None, entry: int | None) -> None:
    """Raise FollowUpRefused unless a version of the entry is given exactly where something was corrected."""
    if state == FollowUpState.CORRECTED and corrected_in is None:
        raise FollowUpRefused("Indiquez la version qui corrige.")
    if state != FollowUpState.CORRECTED and corrected_in is not None:
        raise FollowUpRefused("Une version qui corrige ne va qu’avec le suivi « corrigé ».")
    if corrected_in is not None and entry is not None and corrected_in.entry_id != entry:
        raise FollowUpRefused(f"La version {corrected_in} est celle d’une autre fiche.")
