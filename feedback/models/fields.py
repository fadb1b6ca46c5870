"""The fields that votes, comments and searches share."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from faq.models import Version
from feedback.enums import FollowUpState, Standing

VISITOR_HASH_LENGTH = 64
SOURCE_LENGTH = 32

CREDITED_TO = Coalesce("entry__alias__survivor", "entry")
"""The entry that something counts for: the one that its own was merged into, if any."""


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


class FollowedUp(models.Model):
    """The columns of what stands in the editors' inbox."""

    state = models.CharField("suivi", max_length=10, choices=FollowUpState, default=FollowUpState.NEW)
    assigned_to = person("attribué à")
    corrected_in = models.ForeignKey(
        Version, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="corrigé dans la version"
    )

    class Meta:
        abstract = True


class Judged(models.Model):
    """The columns of what visitors send, which counts unless it comes in a burst, until an editor judges it."""

    standing = models.CharField("prise en compte", max_length=11, choices=Standing, default=Standing.COUNTED)
    judged_by = person("réintégré ou écarté par")
    judged_at = models.DateTimeField("réintégré ou écarté le", null=True, blank=True)
    source = models.CharField(max_length=SOURCE_LENGTH, blank=True, editable=False)
    """A hash of the sender's network; it is emptied after the day it was sent."""

    class Meta:
        abstract = True


def corrected_exactly_by_a_version(name):
    """Return the constraint that a version is given where something was corrected, and nowhere else."""
    by_a_version = Q(corrected_in__isnull=False)
    corrected = Q(state=FollowUpState.CORRECTED)
    return models.CheckConstraint(condition=(corrected & by_a_version) | (~corrected & ~by_a_version), name=name)
