"""The epoch, which names the current state of the published FAQ, and the log of what changed."""

import uuid
from collections.abc import Collection
from typing import NamedTuple

from django.db import connection, models
from django.db.models import Q

_READ = "SELECT token, terms FROM faq_epoch"
_READ_AND_SHARE = "SELECT token, terms FROM faq_epoch FOR KEY SHARE"


class EpochTokens(NamedTuple):
    """The tokens in the row of the epoch; each changes with what it stands for. False before the first change."""

    published: str = ""
    """The token of all that the public reads."""
    terms: str = ""
    """The token of the taxonomy alone, which changes far less often."""

    def __bool__(self) -> bool:
        return bool(self.published)


class Epoch(models.Model):
    """The single row that names the current state of the published FAQ."""

    token = models.CharField(max_length=32)
    """A random token: a counter would take the same value again after a rollback, for other content."""
    terms = models.CharField(max_length=32, default="")
    """The token of the taxonomy alone."""

    class Meta:
        verbose_name = "époque"
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(id=1), name="epoch_one_row")]

    def __str__(self):
        return self.token

    @classmethod
    def tokens(cls, *, share: bool = False) -> EpochTokens:
        """Return the current tokens: one query.

        With `share` the taxonomy stays as it is until the transaction ends: `hold` waits for all who share the row,
        while they neither wait for each other nor for those who move it.
        """
        # Every request runs this: a queryset would take longer than all the rest of a cached page.
        with connection.cursor() as cursor:
            is_locked = share and connection.features.has_select_for_update
            cursor.execute(_READ_AND_SHARE if is_locked else _READ)
            return EpochTokens(*(cursor.fetchone() or ()))

    @classmethod
    def now(cls) -> str:
        """Return the current token of all that the public reads; "" before the first change."""
        return cls.tokens().published

    @classmethod
    def move(cls, numbers: Collection[int] | None = None, *, terms: bool = False) -> None:
        """Invalidate what was read before; to be called in the transaction that changes what the public reads.

        `numbers` are those of the entries whose page or address may change; None stands for all. `terms` says that
        the taxonomy changes too.
        """
        token = uuid.uuid4().hex
        changed = {"token": token, "terms": token} if terms or numbers is None else {"token": token}
        # The row stays locked until the transaction ends: rows of the log are numbered in the order of commits.
        if not cls.objects.filter(pk=1).update(**changed):
            cls.objects.update_or_create(pk=1, defaults=changed)
        ChangeLog.record(token, numbers)

    @classmethod
    def hold(cls) -> None:
        """Lock the row until the transaction ends, after waiting for a transaction that moves it."""
        list(cls.objects.select_for_update().filter(pk=1))

    @classmethod
    def changed_since(cls, token: str, upto: str) -> set[int] | None:
        """Return the numbers of the entries that changed between two tokens; None where the log does not tell.

        The set is empty where `upto` came before `token`.
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
