"""What visitors say of the answers: votes, comments, and what becomes of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from faq.models import Entry, Version
from faq.models.failed_searches import LONGEST_KEPT

VISITOR_HASH_LENGTH = 64
SOURCE_LENGTH = 32
LONGEST_COMMENT = 1_000
"""Characters of a comment that are kept."""

_CREDITED_TO = Coalesce("entry__alias__survivor", "entry")
"""The entry that something counts for: the one that its own was merged into, if any."""


class Answer(models.TextChoices):
    """What a visitor answered to « Cette réponse vous a-t-elle été utile ? »."""

    YES = "oui", "Oui"
    NO = "non", "Non"
    WITHDRAWN = "retire", "retiré"


class Standing(models.TextChoices):
    """Whether a vote counts, and who said so."""

    COUNTED = "compte", "compté"
    SET_ASIDE = "quarantaine", "en quarantaine"
    REINSTATED = "reintegre", "réintégré"
    DISMISSED = "ecarte", "écarté"


COUNTING = (Standing.COUNTED, Standing.REINSTATED)


class Reason(models.TextChoices):
    """What a visitor finds wrong with an answer."""

    OFF_TOPIC = "hors-sujet", "Elle ne répond pas à ma question"
    INCOMPLETE = "incomplete", "Il y manque quelque chose"
    UNCLEAR = "pas-claire", "Elle est difficile à comprendre"
    WRONG = "erreur", "Elle est fausse ou dépassée"
    BROKEN_LINK = "lien", "Un lien ne marche pas"
    OTHER = "autre", "Autre chose"


class State(models.TextChoices):
    """What editors made of a comment, or of a search that found nothing."""

    NEW = "nouveau", "nouveau"
    IN_PROGRESS = "en-cours", "en cours"
    CORRECTED = "corrige", "corrigé"
    NO_ACTION = "sans-suite", "sans suite"


OPEN = (State.NEW, State.IN_PROGRESS)


def _state_field():
    return models.CharField("suivi", max_length=10, choices=State, default=State.NEW)


def _person(verbose_name):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=verbose_name
    )


def _correction():
    return models.ForeignKey(
        Version, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="corrigé dans la version"
    )


def _corrected_exactly_by_a_version(name):
    by_a_version = Q(corrected_in__isnull=False)
    corrected = Q(state=State.CORRECTED)
    return models.CheckConstraint(condition=(corrected & by_a_version) | (~corrected & ~by_a_version), name=name)


class VoteQuerySet(models.QuerySet):
    """Verbs that read votes."""

    def counted(self):
        """Votes that count: not withdrawn, not set aside, not given again on the entry that theirs was merged into."""
        standing = self.filter(standing__in=COUNTING).exclude(answer=Answer.WITHDRAWN)
        return standing.exclude(given_again=True, entry__alias__isnull=False)

    def set_aside(self):
        """Votes that wait for an editor's word."""
        return self.filter(standing=Standing.SET_ASIDE).exclude(answer=Answer.WITHDRAWN)

    def credited(self):
        """Tell, as `credited_to`, for which entry each vote counts: the one that its own was merged into, if any."""
        return self.annotate(credited_to=_CREDITED_TO)

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
    standing = models.CharField("prise en compte", max_length=11, choices=Standing, default=Standing.COUNTED)
    judged_by = _person("réintégré ou écarté par")
    judged_at = models.DateTimeField("réintégré ou écarté le", null=True, blank=True)
    source = models.CharField(max_length=SOURCE_LENGTH, blank=True, editable=False)
    """What tells, on the day of the vote, that others on the same entry came from the same network; then empty."""

    objects = VoteQuerySet.as_manager()

    class Meta:
        verbose_name = "vote"
        verbose_name_plural = "votes"
        ordering = ("-voted_at",)
        default_permissions = ("view",)
        permissions = [("judge_vote", "Peut réintégrer et écarter des votes")]
        constraints = [
            models.UniqueConstraint(fields=("entry", "visitor_hash"), name="vote_one_per_visitor_and_entry"),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="vote_answer_known"),
            models.CheckConstraint(condition=~Q(visitor_hash=""), name="vote_has_visitor"),
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="vote_standing_known"),
        ]
        indexes = [
            models.Index(fields=("entry", "first_voted_at"), name="vote_recent_on_entry"),
            models.Index(fields=("first_voted_at",), condition=~Q(source=""), name="vote_with_source"),
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


class MonthlyCount(models.Model):
    """What is left of the votes of one month on one version when they are too old to be kept."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="+", verbose_name="version lue")
    month = models.DateField("mois")
    yes = models.PositiveIntegerField("oui", default=0)
    no = models.PositiveIntegerField("non", default=0)
    comments = models.PositiveIntegerField("commentaires", default=0)

    class Meta:
        verbose_name = "compte du mois"
        verbose_name_plural = "comptes par mois"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("version", "month"), name="monthly_count_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="monthly_count_of_a_month"),
        ]

    def __str__(self):
        return f"{self.version}, {self.month:%m/%Y}"


class CommentQuerySet(models.QuerySet):
    """Verbs that read comments."""

    def open(self):
        """Comments that nobody has done with."""
        return self.filter(state__in=OPEN)

    def credited(self):
        """Tell, as `credited_to`, which entry each comment is about now."""
        return self.annotate(credited_to=_CREDITED_TO)


class Comment(models.Model):
    """Why one visitor voted so on one entry: a reason, words, or both, without personal data."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="comments", verbose_name="fiche")
    version = models.ForeignKey(Version, models.PROTECT, related_name="comments", verbose_name="version lue")
    visitor_hash = models.CharField(max_length=VISITOR_HASH_LENGTH, editable=False)
    answer = models.CharField("vote", max_length=6, choices=Answer, blank=True)
    """As it was when the comment was sent; none where the visitor's vote is not known."""
    reason = models.CharField("motif", max_length=10, choices=Reason, blank=True)
    text = models.TextField("commentaire", max_length=LONGEST_COMMENT, blank=True)
    first_sent_at = models.DateTimeField("premier envoi le")
    sent_at = models.DateTimeField("envoyé le", db_index=True)
    state = _state_field()
    assigned_to = _person("attribué à")
    corrected_in = _correction()

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = "commentaire"
        verbose_name_plural = "commentaires"
        ordering = ("-sent_at",)
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(fields=("entry", "visitor_hash"), name="comment_one_per_visitor_and_entry"),
            models.CheckConstraint(condition=~Q(reason="") | ~Q(text=""), name="comment_says_something"),
            models.CheckConstraint(condition=Q(reason__in=["", *Reason.values]), name="comment_reason_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="comment_state_known"),
            _corrected_exactly_by_a_version("comment_corrected_by_a_version"),
        ]
        indexes = [models.Index(fields=("state", "-sent_at"), name="comment_by_state")]

    def __str__(self):
        return f"Commentaire sur {self.version}"


class SearchFollowUp(models.Model):
    """What editors made of a search that found nothing; without one it is new."""

    query = models.CharField("recherche", max_length=LONGEST_KEPT, unique=True)
    state = _state_field()
    assigned_to = _person("attribué à")
    corrected_in = _correction()
    entry = models.ForeignKey(
        Entry, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="fiche créée"
    )
    followed_on = models.DateField("suivi le")

    class Meta:
        verbose_name = "suivi d’une recherche"
        verbose_name_plural = "suivis de recherches"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="search_follow_up_state_known"),
            _corrected_exactly_by_a_version("search_follow_up_corrected_by_a_version"),
        ]

    def __str__(self):
        return self.query
