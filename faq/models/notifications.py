"""The events that people are told of, the mails that tell them, and the choices of each about these."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from faq.enums import Delivery, NotificationKind
from faq.models.entries import Entry

EVENT_MAX_LENGTH = 60


class MailQuerySet(models.QuerySet):
    """Queries on mails."""

    def due(self, at: datetime):
        """Return the mails to hand to the server at that time, those that wait longest first."""
        waiting = self.filter(sent_at=None, failed_at=None, claimed_at=None, next_try_at__lte=at)
        return waiting.order_by("next_try_at", "pk")

    def unsent(self):
        """Return the mails that did not leave at the first try, or of which nobody knows: administrators see them."""
        return self.filter(Q(failed_at__isnull=False) | Q(sent_at=None, tries__gt=0))


class Mail(models.Model):
    """One mail to one person: it leaves once at most, and its Message-ID is the same at each try."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="destinataire"
    )
    digest_day = models.DateField("récapitulatif du", null=True)
    """Of a daily digest: its day, of which there is one mail per person."""
    message_id = models.CharField("Message-ID", max_length=250, unique=True)
    created_at = models.DateTimeField("préparé le")
    next_try_at = models.DateTimeField("prochain essai", db_index=True)
    tries = models.PositiveSmallIntegerField("essais", default=0)
    claimed_at = models.DateTimeField("remis au serveur le", null=True)
    """The time at which a process began to hand it over. It stays where the process ended before it knew the result:
    the mail may have left, and no process tries again by itself."""
    sent_at = models.DateTimeField("envoyé le", null=True)
    failed_at = models.DateTimeField("abandonné le", null=True)
    error = models.CharField("dernier échec", max_length=500, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = "courriel"
        verbose_name_plural = "courriels"
        ordering = ("-pk",)
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(fields=("recipient", "digest_day"), name="mail_one_digest_per_person_and_day"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(failed_at__isnull=True), name="mail_sent_or_given_up"
            ),
        ]

    def __str__(self):
        return f"Courriel {self.pk} à {self.recipient}"


class Notification(models.Model):
    """One event that a person is told of; the unique key sees to it that each is told once."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="destinataire"
    )
    kind = models.CharField("nature", max_length=12, choices=NotificationKind)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+", verbose_name="fiche")
    event = models.CharField("événement", max_length=EVENT_MAX_LENGTH)
    """The key of the event among those of its kind on its entry, such as « version 4 »."""
    text = models.CharField("texte", max_length=1000, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name="auteur"
    )
    created_at = models.DateTimeField("arrivé le", db_index=True)
    mail = models.ForeignKey(Mail, models.CASCADE, related_name="notifications", null=True, verbose_name="courriel")

    class Meta:
        verbose_name = "notification"
        verbose_name_plural = "notifications"
        ordering = ("pk",)
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=("recipient", "kind", "entry", "event"), name="notification_once_per_person_and_event"
            ),
            models.CheckConstraint(condition=Q(kind__in=NotificationKind.values), name="notification_kind_known"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} : {self.entry.reference}, à {self.recipient}"


class NotificationChoice(models.Model):
    """The choice of one person about one kind of event, where it is not the default."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_choices", verbose_name="personne"
    )
    kind = models.CharField("nature", max_length=12, choices=NotificationKind)
    delivery = models.CharField("envoi", max_length=10, choices=Delivery)

    class Meta:
        verbose_name = "préférence"
        verbose_name_plural = "préférences"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("user", "kind"), name="notification_choice_once_per_person_and_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=NotificationKind.values), name="notification_choice_kind_known"
            ),
            models.CheckConstraint(condition=Q(delivery__in=Delivery.values), name="notification_choice_known"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} : {self.get_delivery_display()}"
