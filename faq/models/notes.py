"""Notes: what editors write to each other about an entry. The public never reads them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from faq.domain.limits import NOTE_MAX_LENGTH
from faq.models.entries import Entry
from faq.models.versions import ImmutableModel, VersionQuerySet


class NoteThreadQuerySet(models.QuerySet):
    """Queries on threads of notes."""

    def of_entry(self, number: int):
        """Return the threads of an entry and of those merged into it, which follow it as long as they are merged."""
        return self.filter(Q(entry=number) | Q(entry__alias__survivor=number))

    def open(self):
        """Return the threads that nobody has marked as settled."""
        return self.filter(settled_at__isnull=True)


class NoteThread(models.Model):
    """A first note about an entry and the answers to it, which are settled together."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="note_threads", verbose_name="fiche")
    settled_at = models.DateTimeField("réglée le", null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="réglée par"
    )

    objects = NoteThreadQuerySet.as_manager()

    class Meta:
        verbose_name = "échange de notes"
        verbose_name_plural = "échanges de notes"
        ordering = ("pk",)
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=False) | Q(settled_by__isnull=True),
                name="note_thread_settled_at_a_time",
            )
        ]

    def __str__(self):
        return f"Notes sur la fiche {self.entry.reference}"


class Note(ImmutableModel):
    """One note: it is added, and then neither changed nor deleted."""

    thread = models.ForeignKey(NoteThread, models.PROTECT, related_name="notes", verbose_name="échange")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="auteur")
    text = models.CharField("note", max_length=NOTE_MAX_LENGTH)
    created_at = models.DateTimeField("écrite le")
    mentions = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="notes_mentioning", blank=True, verbose_name="personnes citées"
    )

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = "note"
        verbose_name_plural = "notes"
        ordering = ("pk",)
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="note_says_something")]

    def __str__(self):
        return f"Note de {self.author} sur la fiche {self.thread.entry.reference}"
