"""The page that compares two versions of an entry, and brings back what one of them said."""

from functools import cached_property

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from faq.admin.bulk_messages import build_single_message
from faq.admin.display import person_name
from faq.admin.entries.differences import differences, replaced
from faq.admin.pages import AdminPage
from faq.enums import EntryStatus, Origin
from faq.models import Entry
from faq.models.entries import number_of
from faq.services.bulk import change_one
from faq.services.conflicts import NO_VERSION
from faq.services.content import EntryError
from faq.services.entries import FIELDS, restore_version
from faq.services.versions import Provenance


class ComparisonPage(AdminPage):
    """The comparison of two versions of an entry: `?from=3&to=5`."""

    template_name = "admin/faq/entry/comparison.html"
    breadcrumb = "Comparaison de versions"
    body_class = "comparison-page"

    def dispatch(self, request, *args, object_id):
        """Read the entry."""
        self.entry = Entry.objects.select_related("head").filter(pk=number_of(object_id)).first()
        return super().dispatch(request, *args) if self.entry else self.redirect_unknown(object_id)

    def has_permission(self):
        """Return whether the account may view entries, or change them where a version is brought back."""
        if self.request.method == "POST":
            return self.model_admin.has_change_permission(self.request)
        return super().has_permission()

    def get_title(self):
        """Return the title of the window; the heading names the two versions."""
        return f"{self.entry.reference} : comparaison de versions"

    def get_trail(self):
        """Add the entry."""
        return [*super().get_trail(), (self.entry.reference, reverse("admin:faq_entry_change", args=(self.entry.pk,)))]

    def get_context(self):
        """Add the versions to choose from, and what differs between the two that are asked for."""
        old, new = self._pair()
        return super().get_context(
            entry=self.entry,
            address=comparison_address(self.entry.pk),
            choices=[self._card(version) for version in self._versions.values()],
            from_number=old,
            to_number=new,
            earlier=old - 1,
            later=new + 1 if new < self.entry.head.number else None,
            archived=self.entry.status == EntryStatus.ARCHIVED,
            may_change=self.model_admin.has_change_permission(self.request),
            **(self._compare(old, new) if old != new else {}),
        )

    def post(self, request):
        """Bring back a version, or one of its fields."""
        number, _, field = request.POST.get("restore", "").partition(" ")
        version = self.entry.versions.filter(number=number_of(number)).first()
        if version is None or field not in ("", *FIELDS):
            return self._refuse("Rien n’a été repris : rechargez la page et recommencez.")
        base = number_of(request.POST.get("base", "")) or NO_VERSION
        provenance = Provenance(Origin.FORM, request.user)
        try:
            outcome = change_one(
                lambda told: restore_version(version, told, fields=(field,) if field else FIELDS, base=base),
                f"Retour à la version {version.number}",
                provenance,
            )
        except (EntryError, PermissionDenied) as refusal:
            return self._refuse(str(refusal))
        self._report(outcome, base)
        return redirect("admin:faq_entry_change", self.entry.pk)

    def _refuse(self, reason):
        messages.error(self.request, reason)
        return self.reload()

    def _report(self, outcome, base):
        reference, version = self.entry.reference, outcome.version
        if not outcome.changed:
            messages.info(self.request, f"Rien n’a changé : la fiche {reference} dit déjà cela.")
            return
        self.model_admin.log_change(self.request, outcome.entry, version.comment)
        seen = f"{comparison_address(self.entry.pk)}?from={base}&to={version.number}"
        link = format_html('<a href="{}">Voir ce qui a changé</a>', seen)
        is_back = version.pk == outcome.entry.live_id
        became = "La fiche dit de nouveau ce que lit le public" if is_back else "C’est un brouillon"
        text = "Fiche {} : « {} » {}, version {}. {}"
        text = format_html(text, reference, version.comment, became, version.number, link)
        messages.success(self.request, build_single_message(self.request, text, outcome))

    @cached_property
    def _versions(self):
        """Return all versions of the entry by number, the latest first, without their long texts."""
        versions = self.entry.versions.select_related("author").defer("answer", "filing").order_by("-number")
        return {version.number: version for version in versions}

    def _pair(self):
        """Return the two numbers asked for, the older first; by default live and draft, or the latest change."""
        old, new = self._asked("from"), self._asked("to")
        latest = self.entry.head.number
        if old and new:
            return min(old, new), max(old, new)
        if old:
            return old, latest
        if new:
            return max(1, new - 1), new
        if self.entry.has_draft:
            return self.entry.live.number, latest
        return max(1, latest - 1), latest

    def _asked(self, parameter):
        """Return the number of a version that the address names; add a message where there is no such version."""
        text = self.request.GET.get(parameter, "")
        number = number_of(text)
        if text and number not in self._versions:
            many = len(self._versions)
            has = f"elle en a {many}" if many > 1 else "elle n’en a qu’une"
            unknown = f"La fiche {self.entry.reference} n’a pas de version « {text[:20]} » : {has}."
            messages.warning(self.request, unknown)
            return None
        return number

    def _compare(self, old, new):
        both = self.entry.versions.select_related("author").filter(number__in=(old, new))
        before, after = both.order_by("number")
        return {
            "cards": [self._card(version) for version in (before, after)],
            "differences": differences(before, after, self.entry.head),
            "status": [replaced(before.get_status_display(), after.get_status_display())],
        }

    def _card(self, version):
        return {
            "version": version,
            "author": person_name(version.author),
            "live": version.pk == self.entry.live_id,
            "latest": version.pk == self.entry.head_id,
        }


def comparison_address(number):
    """Return the address of the comparison of an entry's versions."""
    return reverse("admin:faq_entry_compare", args=(number,))
