"""Which state of the published FAQ is current, and what changed on the way to it."""

import uuid
from collections.abc import Collection
from typing import NamedTuple

from django.db import connection, models
from django.db.models import Q


class EpochTokens(NamedTuple):
    """What the row of the epoch says: both change whenever what they stand for does. False before the first change."""

    published: str = ""
    """Of all that the public reads."""
    terms: str = ""
    """Of the taxonomy alone, which changes far more seldom."""

    def __bool__(self) -> bool:
        return bool(self.published)


class Epoch(models.Model):
    """The one row that says which state of the published FAQ is current."""

    token = models.CharField(max_length=32)
    """Random rather than counted: a number would come back after a rollback, with other content behind it."""
    terms = models.CharField(max_length=32, default="")
    """The same for the terms of the taxonomy alone, which change far more seldom."""

    class Meta:
        verbose_name = "époque"
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(id=1), name="epoch_one_row")]

    def __str__(self):
        return self.token

    @classmethod
    def tokens(cls) -> EpochTokens:
        """Return the current tokens: one query."""
        # Every request asks: a queryset would take longer than all the rest of a page that is cached.
        with connection.cursor() as cursor:
            cursor.execute("SELECT token, terms FROM faq_epoch")
            return EpochTokens(*(cursor.fetchone() or ()))

    @classmethod
    def now(cls) -> str:
        """Return the current token of all that the public reads; "" before the first change."""
        return cls.tokens().published

    @classmethod
    def move(cls, numbers: Collection[int] | None = None, *, terms: bool = False) -> None:
        """Make what was read before out of date; called in the transaction that changes what the public sees.

        `numbers` are those of the entries that may read otherwise, or at other addresses, from now on; None
        stands for everything. With `terms`, the taxonomy reads otherwise, too.
        """
        token = uuid.uuid4().hex
        changed = {"token": token, "terms": token} if terms or numbers is None else {"token": token}
        # The row stays locked until the transaction ends: steps are numbered in the order in which they come true.
        if not cls.objects.filter(pk=1).update(**changed):
            cls.objects.update_or_create(pk=1, defaults=changed)
        ChangeLog.record(token, numbers)

    @classmethod
    def hold(cls) -> None:
        """Wait for whoever moves it, and have others wait, until the transaction ends."""
        list(cls.objects.select_for_update().filter(pk=1))

    @classmethod
    def changed_since(cls, token: str, upto: str) -> set[int] | None:
        """Return the numbers of the entries that changed between two tokens; None where that is not known.

        Where `upto` came before `token`, nothing changed on the way.
        """
        places = dict(ChangeLog.objects.filter(token__in=(token, upto)).values_list("token", "pk"))
        if token not in places or upto not in places:
            return None
        between = ChangeLog.objects.filter(pk__gt=places[token], pk__lte=places[upto])
        steps = list(between.values_list("entries", flat=True))
        return None if None in steps else {number for numbers in steps for number in numbers}


class ChangeLog(models.Model):
    """The entries that one move of the epoch changed; kept for as long as a worker may still be at the token before."""

    KEEP = 1_000
    """Rows. A worker that asks for the changes of an older token reads everything again."""
    PRUNE_EVERY = 50
    """Rows after which those beyond KEEP are deleted."""
    MAX_ENTRIES = 10_000
    """Entries in one row. After a larger change everything is read again, which takes no longer."""

    token = models.CharField(max_length=32, unique=True)
    entries = models.JSONField(null=True)
    """The numbers of the entries that changed; None where everything may have changed."""

    class Meta:
        verbose_name = "journal des changements"
        default_permissions = ()

    def __str__(self):
        return self.token

    @classmethod
    def record(cls, token: str, numbers: Collection[int] | None) -> None:
        """Store what a move changed, and delete now and then the rows that are too old."""
        is_known = numbers is not None and len(numbers) <= cls.MAX_ENTRIES
        row = cls.objects.create(token=token, entries=sorted(numbers) if is_known else None)
        if row.pk % cls.PRUNE_EVERY == 0:
            cls.objects.filter(pk__lte=row.pk - cls.KEEP).delete()
