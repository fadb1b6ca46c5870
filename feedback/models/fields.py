"""The fields that votes, comments and searches share."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from faq.models import Version
from feedback.enums import FollowUpState, Standing

VISITOR_HASH_LENGTH = 64
SOURCE_LENGTH = 32
LONGEST_COMMENT = 1_000
"""Characters of a comment that are kept."""

CREDITED_TO = Coalesce("entry__alias__survivor", "entry")
"""The entry that something counts for: the one that its own was merged into, if any."""


def state_field():
    """Return the field for the state of something in the editors' inbox."""
    return models.CharField("suivi", max_length=10, choices=FollowUpState, default=FollowUpState.NEW)


def person(verbose_name, **options):
    """Return the field for the person in charge, if there is one."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=verbose_name,
        **options,
    )


def standing_field():
    """Return the field that says whether it counts."""
    return models.CharField("prise en compte", max_length=11, choices=Standing, default=Standing.COUNTED)


def judgement_moment():
    """Return the field for the time at which an editor judged it."""
    return models.DateTimeField("réintégré ou écarté le", null=True, blank=True)


def source_field():
    """Return the field for a hash of the sender's network; it is emptied after the day it was sent."""
    return models.CharField(max_length=SOURCE_LENGTH, blank=True, editable=False)


def correction():
    """Return the field for the version in which what was said is corrected."""
    return models.ForeignKey(
        Version, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="corrigé dans la version"
    )


def corrected_exactly_by_a_version(name):
    """Return the constraint that a version is given where something was corrected, and nowhere else."""
    by_a_version = Q(corrected_in__isnull=False)
    corrected = Q(state=FollowUpState.CORRECTED)
    return models.CheckConstraint(condition=(corrected & by_a_version) | (~corrected & ~by_a_version), name=name)
