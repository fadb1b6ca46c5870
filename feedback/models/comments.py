"""The comments that come with votes."""

from django.db import models
from django.db.models import Q

from faq.domain.limits import VISITOR_COMMENT_MAX_LENGTH
from faq.models import Entry, Version
from feedback.enums import COUNTING, OPEN, CommentReason, FollowUpState, Standing, VoteAnswer
from feedback.models.fields import (
    CREDITED_TO,
    VISITOR_HASH_LENGTH,
    FollowedUp,
    Judged,
    corrected_exactly_by_a_version,
)


class CommentQuerySet(models.QuerySet):
    """Verbs that read comments."""

    def counted(self):
        """Comments that are not set aside, or were reinstated."""
        return self.filter(standing__in=COUNTING)

    def set_aside(self):
        """Comments of bursts, which wait for an editor's word."""
        return self.filter(standing=Standing.SET_ASIDE)

    def open(self):
        """Comments that nobody has done with, but for those that are set aside."""
        return self.counted().filter(state__in=OPEN)

    def credited(self):
        """Annotate, as `credited_to`, the entry that each comment is about now."""
        return self.annotate(credited_to=CREDITED_TO)


class Comment(FollowedUp, Judged):
    """Why one visitor voted so on one entry: a reason, words, or both, without personal data."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="comments", verbose_name="fiche")
    version = models.ForeignKey(Version, models.PROTECT, related_name="comments", verbose_name="version lue")
    visitor_hash = models.CharField(max_length=VISITOR_HASH_LENGTH, editable=False)
    answer = models.CharField("vote", max_length=6, choices=VoteAnswer, blank=True)
    """As it was when the comment was sent; none where the visitor's vote is not known."""
    reason = models.CharField("motif", max_length=10, choices=CommentReason, blank=True)
    text = models.TextField("commentaire", max_length=VISITOR_COMMENT_MAX_LENGTH, blank=True)
    first_sent_at = models.DateTimeField("premier envoi le")
    sent_at = models.DateTimeField("envoyé le", db_index=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = "commentaire"
        verbose_name_plural = "commentaires"
        ordering = ("-sent_at",)
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(fields=("entry", "visitor_hash"), name="comment_one_per_visitor_and_entry"),
            models.CheckConstraint(condition=~Q(reason="") | ~Q(text=""), name="comment_says_something"),
            models.CheckConstraint(condition=Q(reason__in=["", *CommentReason.values]), name="comment_reason_known"),
            models.CheckConstraint(condition=Q(state__in=FollowUpState.values), name="comment_state_known"),
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="comment_standing_known"),
            corrected_exactly_by_a_version("comment_corrected_by_a_version"),
        ]
        indexes = [
            models.Index(fields=("state", "-sent_at"), name="comment_by_state"),
            models.Index(fields=("first_sent_at",), name="comment_recent"),
        ]

    def __str__(self):
        return f"Commentaire sur {self.version}"
