"""« Courriels »: what left and what did not, for administrators; and the preferences of everybody about them."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Count
from django.urls import reverse

from faq.admin.display import NOTHING, format_moment, person_name
from faq.admin.lists import EditorsModelAdmin
from faq.admin.pages import AdminPage
from faq.admin.readonly import ReadOnlyMixin
from faq.enums import Delivery, NotificationKind
from faq.models import Mail
from faq.services.mailing import get_deliveries, retry_mails, store_deliveries


class StateFilter(admin.SimpleListFilter):
    """Mails that left, that wait, or that administrators have to see to."""

    title, parameter_name = "suite", "suite"

    def lookups(self, request, model_admin):
        """Return the three choices."""
        return [("echec", "à voir"), ("attente", "en attente"), ("envoyes", "envoyés")]

    def queryset(self, request, queryset):
        """Return the mails of the chosen kind."""
        match self.value():
            case "echec":
                return queryset.unsent()
            case "attente":
                return queryset.filter(sent_at=None, failed_at=None, tries=0)
            case "envoyes":
                return queryset.exclude(sent_at=None)
            case _:
                return queryset


@admin.register(Mail)
class MailAdmin(ReadOnlyMixin, EditorsModelAdmin):
    """Mails are only read here, and sent again where they did not leave; their texts are nobody else's."""

    list_display = ("to", "events", "prepared", "outcome", "tries", "error")
    list_display_links = None
    list_filter = (StateFilter,)
    list_per_page = 50
    actions = ("retry",)

    def get_queryset(self, request):
        """Return the mails, the latest first, with the number of events that each tells of."""
        mails = super().get_queryset(request).select_related("recipient")
        return mails.annotate(event_count=Count("notifications"))

    def has_retry_permission(self, request):
        """Return whether the account may have mails sent again."""
        return request.user.has_perm("faq.change_mail")

    @admin.action(description="Réessayer", permissions=["retry"])
    def retry(self, request, queryset):
        """Let mails that did not leave, or may have left, be sent at the next run."""
        number = retry_mails(Mail.objects.filter(pk__in=queryset.values("pk")), request.user)
        several = "s" if number > 1 else ""
        text = f"{number} courriel{several} repartir{'ont' if several else 'a'} au prochain envoi."
        messages.success(request, text if number else "Aucun de ces courriels n’est à renvoyer.")

    @admin.display(description="à", ordering="recipient")
    def to(self, mail):
        """Return whom it is for."""
        return person_name(mail.recipient)

    @admin.display(description="événements", ordering="event_count")
    def events(self, mail):
        """Return how many events it tells of, and whether it is a daily digest."""
        return f"{mail.event_count}, récapitulatif" if mail.digest_day else mail.event_count

    @admin.display(description="préparé le", ordering="created_at")
    def prepared(self, mail):
        """Return when it was prepared."""
        return format_moment(mail.created_at)

    @admin.display(description="suite")
    def outcome(self, mail):
        """Return what became of it."""
        if mail.sent_at:
            return f"envoyé le {format_moment(mail.sent_at)}"
        if mail.failed_at:
            return f"abandonné le {format_moment(mail.failed_at)}"
        if mail.claimed_at:
            return f"peut-être parti le {format_moment(mail.claimed_at)}"
        return f"prochain essai le {format_moment(mail.next_try_at)}" if mail.tries else NOTHING

    def get_urls(self):
        """Add the page of the preferences."""
        return [PreferencesPage.as_path("preferences/", "faq_preferences", self), *super().get_urls()]


class PreferencesForm(forms.Form):
    """The choices of a person, one per kind of event."""

    def __init__(self, data, deliveries):
        super().__init__(data, initial={kind.value: delivery.value for kind, delivery in deliveries.items()})
        for kind in NotificationKind:
            self.fields[kind.value] = forms.ChoiceField(label=kind.label, choices=Delivery.choices)


class PreferencesPage(AdminPage):
    """« Mes préférences »: everybody chooses how mails tell them of what concerns them."""

    template_name = "admin/faq/preferences.html"
    title = "Mes préférences"
    body_class = "preferences-page"

    def has_permission(self):
        """Return that everybody who opens the admin has preferences."""
        return True

    def get_trail(self):
        """Stand right below the home page."""
        return []

    def get(self, request):
        """Show what is chosen."""
        return self._show(PreferencesForm(None, get_deliveries(request.user)))

    def post(self, request):
        """Store what was chosen."""
        form = PreferencesForm(request.POST, get_deliveries(request.user))
        if not form.is_valid():
            return self._show(form)
        chosen = {NotificationKind(kind): Delivery(value) for kind, value in form.cleaned_data.items()}
        store_deliveries(request.user, chosen)
        messages.success(request, "Vos préférences sont enregistrées.")
        return self.reload()

    def _show(self, form):
        return self.render(
            form=form,
            sends_mail=settings.SENDS_MAIL,
            mailbox=self.request.user.email,
            digest_hour=settings.DIGEST_HOUR,
            home=reverse("admin:index"),
        )
