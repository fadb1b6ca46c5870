"""Votes, and the key by which bursts of them are recognised."""

from django.db import models
from django.db.models import Q

from faq.models import Entry, Version
from feedback.enums import COUNTING, Standing, VoteAnswer
from feedback.models.fields import CREDITED_TO, VISITOR_HASH_LENGTH, Judged, person


class VoteQuerySet(models.QuerySet):
    """Verbs that read votes."""

    def counted(self):
        """Votes that count: not withdrawn, not set aside, not given again on the entry that theirs was merged into."""
        standing = self.filter(standing__in=COUNTING).exclude(answer=VoteAnswer.WITHDRAWN)
        return standing.exclude(given_again=True, entry__alias__isnull=False)

    def set_aside(self):
        """Votes that wait for an editor's word."""
        return self.filter(standing=Standing.SET_ASIDE).exclude(answer=VoteAnswer.WITHDRAWN)

    def credited(self):
        """Annotate, as `credited_to`, the entry that each vote counts for: or the survivor of its merge."""
        return self.annotate(credited_to=CREDITED_TO)

    def between(self, since=None, until=None):
        """Votes last given at or after `since` and before `until`, where these are given."""
        votes = self
        if since:
            votes = votes.filter(voted_at__gte=since)
        if until:
            votes = votes.filter(voted_at__lt=until)
        return votes


class Vote(Judged):
    """One visitor's vote on one entry, given on the version that was read.

    Nothing here tells who voted, nor that two votes come from one person: the hash is keyed per
    visitor *and* entry, and no address and no browser name is stored.
    """

    # Every index costs every vote. The unique constraint serves for entries; versions are never looked for alone.
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="votes", verbose_name="fiche", db_index=False)
    version = models.ForeignKey(
        Version, models.PROTECT, related_name="votes", verbose_name="version lue", db_index=False
    )
    visitor_hash = models.CharField(max_length=VISITOR_HASH_LENGTH, editable=False)
    answer = models.CharField("vote", max_length=6, choices=VoteAnswer)
    first_voted_at = models.DateTimeField("premier vote le")
    voted_at = models.DateTimeField("voté le", db_index=True)

    given_again = models.BooleanField(
        "donné de nouveau",
        default=False,
        editable=False,
        help_text="Sur la fiche dans laquelle la sienne a été fusionnée ; ne joue que tant qu’elle l’est.",
    )
    """Not which vote it was: that would tell that two votes come from one person."""
    judged_by = person("réintégré ou écarté par", db_index=False)
    changed = models.BooleanField(default=False, editable=False)
    """Since it was added up, or written for an earlier day: see feedback.subtotals."""

    objects = VoteQuerySet.as_manager()

    class Meta:
        verbose_name = "vote"
        verbose_name_plural = "votes"
        ordering = ("-voted_at",)
        default_permissions = ("view",)
        permissions = [("judge_vote", "Peut réintégrer et écarter des votes")]
        constraints = [
            models.UniqueConstraint(fields=("entry", "visitor_hash"), name="vote_one_per_visitor_and_entry"),
            models.CheckConstraint(condition=Q(answer__in=VoteAnswer.values), name="vote_answer_known"),
            models.CheckConstraint(condition=~Q(visitor_hash=""), name="vote_has_visitor"),
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="vote_standing_known"),
        ]
        indexes = [
            models.Index(fields=("entry", "first_voted_at"), name="vote_recent_on_entry"),
            models.Index(fields=("source", "first_voted_at"), condition=~Q(source=""), name="vote_with_source"),
            models.Index(fields=("judged_by",), condition=Q(judged_by__isnull=False), name="vote_judged_by"),
            models.Index(fields=("entry",), condition=Q(changed=True), name="vote_changed"),
            models.Index(fields=("voted_at",), condition=Q(standing=Standing.SET_ASIDE), name="vote_set_aside"),
        ]

    def __str__(self):
        return f"{self.get_answer_display()} sur {self.version}"


class SourceKey(models.Model):
    """The random key of one day, without which nobody can tell which network a vote came from. Gone the day after."""

    day = models.DateField(primary_key=True)
    key = models.CharField(max_length=64)

    class Meta:
        verbose_name = "clé du jour"
        default_permissions = ()

    def __str__(self):
        return str(self.day)
