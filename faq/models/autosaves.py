"""Autosaved forms: what somebody types and has not saved. Nobody else reads it, and it is no content."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.http import QueryDict

from faq.domain.limits import AUTOSAVE_ADDRESS_MAX_LENGTH
from faq.enums import FormKind

AUTOSAVE_LIFETIME = timedelta(days=30)
"""The time for which a form that nobody types on waits to be taken up."""
CLOSED_LIFETIME = timedelta(days=1)
"""The time for which the key of a saved form is refused; what a browser sent before the save comes within minutes."""
SUBJECT_MAX_LENGTH = 200


class AutosaveQuerySet(models.QuerySet):
    """Queries on autosaved forms."""

    def open(self):
        """Return the forms that are neither saved nor discarded."""
        return self.filter(closed_at__isnull=True)

    def outdated(self, at: datetime):
        """Return the forms that nobody took up in time, and the keys of closed ones that nothing can name any more."""
        return self.filter(Q(saved_at__lt=at - AUTOSAVE_LIFETIME) | Q(closed_at__lt=at - CLOSED_LIFETIME))


class AutosavedForm(models.Model):
    """The fields of one form in one tab of one person's browser.

    A closed form keeps its key for a while, without its fields: a request that comes late brings nothing back.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="autosaved_forms", verbose_name="personne"
    )
    key = models.UUIDField("clé")
    """The key that the browser drew for the form."""
    kind = models.CharField("formulaire", max_length=10, choices=FormKind, blank=True)
    subject = models.CharField("objet", max_length=SUBJECT_MAX_LENGTH, blank=True)
    """The subject of the form, such as the number of an entry; empty for a new one, and for a list."""
    title = models.CharField("intitulé", max_length=SUBJECT_MAX_LENGTH, blank=True)
    """The title of its page, in French."""
    address = models.CharField("adresse", max_length=AUTOSAVE_ADDRESS_MAX_LENGTH, blank=True)
    """The address of its page in the admin."""
    browser = models.UUIDField("navigateur", null=True)
    """A number drawn at random that tells a person's browsers apart."""
    tab = models.UUIDField("onglet", null=True)
    """The tab that writes; another one may only follow where it has seen the latest fields."""
    sequence = models.PositiveBigIntegerField("rang", default=0)
    """The rank of the fields among those that the tab sent: what comes late replaces nothing newer."""
    fields = models.TextField("champs", blank=True)
    """The names and values as browsers encode forms: ASCII, whatever was typed."""
    saved_at = models.DateTimeField("gardé le", db_index=True)
    closed_at = models.DateTimeField("clos le", null=True)

    objects = AutosaveQuerySet.as_manager()

    class Meta:
        verbose_name = "formulaire gardé"
        verbose_name_plural = "formulaires gardés"
        ordering = ("-saved_at", "-pk")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("user", "key"), name="autosaved_form_once_per_person_and_key"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, kind__in=FormKind.values) | Q(closed_at__isnull=False, kind=""),
                name="autosaved_form_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(fields="", subject="", title="", address=""),
                name="autosaved_form_closed_is_empty",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False) | Q(tab__isnull=False, sequence__gt=0),
                name="autosaved_form_open_has_a_tab",
            ),
        ]

    def __str__(self):
        return self.title or "formulaire clos"

    @property
    def typed(self) -> QueryDict:
        """The fields as a form takes them."""
        return QueryDict(self.fields, encoding="utf-8")
