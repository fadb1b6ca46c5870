"""Votes on the usefulness of answers."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from faq.models import Entry, Version

VISITOR_HASH_LENGTH = 64


class Answer(models.TextChoices):
    """What a visitor answered to « Cette réponse vous a-t-elle été utile ? »."""

    YES = "oui", "Oui"
    NO = "non", "Non"
    WITHDRAWN = "retire", "retiré"


class VoteQuerySet(models.QuerySet):
    """Verbs that read votes."""

    def counted(self):
        """Votes that stand: not withdrawn, and not given again on the entry that theirs was merged into."""
        return self.exclude(answer=Answer.WITHDRAWN).exclude(given_again=True, entry__alias__isnull=False)

    def credited(self):
        """Tell, as `credited_to`, for which entry each vote counts: the one that its own was merged into, if any."""
        return self.annotate(credited_to=Coalesce("entry__alias__survivor", "entry"))

    def between(self, since=None, until=None):
        """Votes last given at or after `since` and before `until`, where these are given."""
        votes = self
        if since:
            votes = votes.filter(voted_at__gte=since)
        if until:
            votes = votes.filter(voted_at__lt=until)
        return votes


class Vote(models.Model):
    """One visitor's vote on one entry, given on the version that was read.

    Nothing here tells who voted, nor that two votes come from one person: the hash is keyed per
    visitor *and* entry, and no address and no browser name is stored.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="votes", verbose_name="fiche")
    version = models.ForeignKey(Version, models.PROTECT, related_name="votes", verbose_name="version lue")
    visitor_hash = models.CharField(max_length=VISITOR_HASH_LENGTH, editable=False)
    answer = models.CharField("vote", max_length=6, choices=Answer)
    first_voted_at = models.DateTimeField("premier vote le")
    voted_at = models.DateTimeField("voté le", db_index=True)

    given_again = models.BooleanField(
        "donné de nouveau",
        default=False,
        editable=False,
        help_text="Sur la fiche dans laquelle la sienne a été fusionnée ; ne joue que tant qu’elle l’est.",
    )
    """Not which vote it was: that would tell that two votes come from one person."""

    objects = VoteQuerySet.as_manager()

    class Meta:
        verbose_name = "vote"
        verbose_name_plural = "votes"
        ordering = ("-voted_at",)
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=("entry", "visitor_hash"), name="vote_one_per_visitor_and_entry"),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="vote_answer_known"),
            models.CheckConstraint(condition=~Q(visitor_hash=""), name="vote_has_visitor"),
        ]

    def __str__(self):
        return f"{self.get_answer_display()} sur {self.version}"
