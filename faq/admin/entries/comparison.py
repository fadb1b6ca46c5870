"""The page that compares two versions of an entry, and brings back what one of them said."""

from functools import cached_property

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from faq.admin.display import person
from faq.admin.entries.differences import differences, replaced
from faq.enums import EntryStatus, Origin
from faq.models import Entry
from faq.models.entries import number_of
from faq.services.conflicts import NO_VERSION
from faq.services.content import EntryError
from faq.services.entries import FIELDS, restore_version
from faq.services.versions import Provenance


class ComparisonPage:
    """One request for the comparison of two versions: `?from=3&to=5`."""

    def __init__(self, model_admin, request, object_id):
        self.admin = model_admin
        self.request = request
        self.object_id = object_id
        self.entry = Entry.objects.select_related("head").filter(pk=number_of(object_id)).first()

    def respond(self):
        """Show the comparison, or bring a version back."""
        if self.entry is None:
            return self.admin._get_obj_does_not_exist_redirect(self.request, Entry._meta, self.object_id)
        if not self.admin.has_view_permission(self.request):
            raise PermissionDenied
        return self._restore() if self.request.method == "POST" else self._show()

    @cached_property
    def _versions(self):
        """All versions of the entry by number, the latest first, without their long texts."""
        versions = self.entry.versions.select_related("author").defer("answer", "filing").order_by("-number")
        return {version.number: version for version in versions}

    def _pair(self):
        """Return the numbers asked for, the older first; else live against draft, or the latest change."""
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
        """Return the number of a version that the address names; say so where there is no such version."""
        text = self.request.GET.get(parameter, "")
        number = number_of(text)
        if text and number not in self._versions:
            many = len(self._versions)
            has = f"elle en a {many}" if many > 1 else "elle n’en a qu’une"
            unknown = f"La fiche {self.entry.reference} n’a pas de version « {text[:20]} » : {has}."
            messages.warning(self.request, unknown)
            return None
        return number

    def _restore(self):
        if not self.admin.has_change_permission(self.request):
            raise PermissionDenied
        number, _, field = self.request.POST.get("restore", "").partition(" ")
        version = self.entry.versions.filter(number=number_of(number)).first()
        if version is None or field not in ("", *FIELDS):
            return self._stay("Rien n’a été repris : rechargez la page et recommencez.")
        base = number_of(self.request.POST.get("base", "")) or NO_VERSION
        provenance = Provenance(Origin.FORM, self.request.user)
        try:
            outcome = restore_version(version, provenance, fields=(field,) if field else FIELDS, base=base)
        except (EntryError, PermissionDenied) as refusal:
            return self._stay(str(refusal))
        return self._tell(outcome, base)

    def _stay(self, reason):
        messages.error(self.request, reason)
        return redirect(self.request.get_full_path())

    def _tell(self, outcome, base):
        reference, version = self.entry.reference, outcome.version
        if outcome.changed:
            self.admin.log_change(self.request, outcome.entry, version.comment)
            seen = f"{address_of(self.entry.pk)}?from={base}&to={version.number}"
            link = format_html('<a href="{}">Voir ce qui a changé</a>', seen)
            done = "Fiche {} : « {} » C’est un brouillon, version {}. {}"
            messages.success(self.request, format_html(done, reference, version.comment, version.number, link))
        else:
            messages.info(self.request, f"Rien n’a changé : la fiche {reference} dit déjà cela.")
        return redirect("admin:faq_entry_change", self.entry.pk)

    def _show(self):
        old, new = self._pair()
        context = {
            **self.admin.admin_site.each_context(self.request),
            "opts": Entry._meta,
            "title": f"{self.entry.reference} : comparaison de versions",
            "entry": self.entry,
            "address": address_of(self.entry.pk),
            "choices": [self._card(version) for version in self._versions.values()],
            "from_number": old,
            "to_number": new,
            "earlier": old - 1,
            "later": new + 1 if new < self.entry.head.number else None,
            "archived": self.entry.status == EntryStatus.ARCHIVED,
            "may_change": self.admin.has_change_permission(self.request),
            **(self._compared(old, new) if old != new else {}),
        }
        self.request.current_app = self.admin.admin_site.name
        return TemplateResponse(self.request, "admin/faq/entry/comparison.html", context)

    def _compared(self, old, new):
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
            "author": person(version.author),
            "live": version.pk == self.entry.live_id,
            "latest": version.pk == self.entry.head_id,
        }


def address_of(number):
    """Return the address of the comparison of an entry's versions."""
    return reverse("admin:faq_entry_compare", args=(number,))


def compare(model_admin, request, object_id):
    """Answer with the comparison of two versions of an entry."""
    return ComparisonPage(model_admin, request, object_id).respond()
