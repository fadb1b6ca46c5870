"""The page of one entry: what it says, what saving does, where it comes from, what became of it."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from faq.admin.display import answer_html, filing_rows, person, state_badges
from faq.admin.dumps import passage_address
from faq.enums import EntryStatus, Origin
from faq.forms import EntryForm
from faq.models import Entry, Passage
from faq.models.entries import number_of
from faq.models.live import load_taxonomy
from faq.services.bulk import Operation
from faq.services.content import EntryError, InvalidContent
from faq.services.entries import (
    StaleVersion,
    archive_entry,
    create_entry,
    edit_entry,
    publish_entry,
    restore_entry,
    submit_entry,
    withdraw_entry,
)
from faq.services.taxonomy import themes_named
from faq.services.versions import Provenance

_VERSIONS_SHOWN = 20
_SOURCES_SHOWN = 50


@dataclass(frozen=True)
class Button:
    """One thing that an editor may do with an entry, and what is said when it is done."""

    name: str
    label: str
    done: str
    service: Operation | None = None
    """What to do besides storing text and filing."""
    right: str = ""


SAVE = Button("_save", "Enregistrer le brouillon", "enregistrée comme brouillon")
SUBMIT = Button("_submit", "Soumettre à la relecture", "remise aux relecteurs", submit_entry, "faq.submit_entry")
PUBLISH = Button("_publish", "Publier", "mise en ligne", publish_entry, "faq.publish_entry")
WITHDRAW = Button("_withdraw", "Retirer du site", "retirée du site", withdraw_entry, "faq.publish_entry")
ARCHIVE = Button("_archive", "Archiver", "archivée", archive_entry, "faq.archive_entry")
RESTORE = Button("_restore", "Restaurer en brouillon", "restaurée", restore_entry, "faq.archive_entry")

SAVING = (SAVE, SUBMIT, PUBLISH)
MOVING = (WITHDRAW, ARCHIVE, RESTORE)


class EntryPage:
    """One request for the page of one entry, or of a new one."""

    def __init__(self, model_admin, request, object_id):
        self.admin = model_admin
        self.request = request
        self.object_id = object_id
        self.entry = _find(number_of(object_id)) if object_id else None
        self.theirs = None
        """The version that somebody else wrote while this one was being typed."""

    def respond(self):
        """Show the page, or do what was asked and show the page again."""
        if self.object_id and self.entry is None:
            return self.admin._get_obj_does_not_exist_redirect(self.request, Entry._meta, self.object_id)
        if not self.admin.has_view_permission(self.request) or not (self.entry or self._may_write):
            raise PermissionDenied
        if self.request.method != "POST":
            return self._show(self._form())
        if not self._may_write:
            raise PermissionDenied
        return self._move() or self._save()

    @property
    def _may_write(self):
        if self.entry:
            return self.admin.has_change_permission(self.request)
        return self.admin.has_add_permission(self.request)

    def _form(self, data=None):
        return EntryForm(
            data,
            taxonomy=load_taxonomy(),
            head=self.entry.head if self.entry else None,
            may_name_themes=self.request.user.has_perm("faq.add_theme"),
        )

    def _move(self):
        """Take a stored entry to another state, as one of the page's lower buttons asks."""
        button = _pressed(MOVING, self.request)
        if button is None or self.entry is None:
            return None
        try:
            outcome = button.service(self.entry.pk, Provenance(Origin.FORM, self.request.user))
        except (EntryError, PermissionDenied) as refusal:
            messages.error(self.request, str(refusal))
            return self._leave(self.entry)
        return self._tell(button, outcome.entry, outcome.version, outcome.changed)

    def _save(self):
        form = self._form(self.request.POST)
        button = _pressed(SAVING, self.request)
        if button is None:
            return self._show(form)
        if not form.is_valid():
            return self._show(form)
        try:
            outcome, changed = self._store(form, button)
        except InvalidContent as refusal:
            form.add_error(refusal.field, str(refusal))
        except StaleVersion as refusal:
            self.theirs = refusal.theirs
            form.start_again_from(refusal.theirs)
            form.add_error(None, str(refusal))
        except (EntryError, PermissionDenied) as refusal:
            form.add_error(None, str(refusal))
        else:
            return self._tell(button, outcome.entry, outcome.version, changed)
        return self._show(form)

    @transaction.atomic
    def _store(self, form, button):
        """Write text, filing and state, together or not at all; tell also whether anything changed."""
        author = self.request.user
        provenance = Provenance(Origin.FORM, author, comment=form.cleaned_data["comment"])
        content = form.content(themes_named(form.cleaned_data.get("new_themes", ()), author))
        if self.entry:
            written = edit_entry(self.entry.pk, content, provenance, base=form.cleaned_data["base"])
        else:
            written = create_entry(content, provenance)
        if button.service is None:
            return written, written.changed
        moved = button.service(written.entry.pk, provenance)
        return moved, written.changed or moved.changed

    def _tell(self, button, entry, version, changed):
        if not changed:
            same = f"Rien n’a changé : la fiche {entry.reference} reste à la version {version.number}."
            messages.info(self.request, same)
            return self._leave(entry)
        if self.entry:
            self.admin.log_change(self.request, entry, button.label)
        else:
            self.admin.log_addition(self.request, entry, button.label)
        messages.success(self.request, f"Fiche {entry.reference} {button.done} (version {version.number}).")
        return self._leave(entry)

    def _leave(self, entry):
        address = reverse("admin:faq_entry_change", args=(entry.pk,))
        filters = self.admin.get_preserved_filters(self.request)
        return redirect(f"{address}?{filters}" if filters else address)

    def _show(self, form):
        entry = self.entry = _find(self.entry.pk) if self.entry else None
        typing = form.is_bound or not entry or entry.status != EntryStatus.ARCHIVED
        context = {
            **self.admin.admin_site.each_context(self.request),
            "opts": Entry._meta,
            "preserved_filters": self.admin.get_preserved_filters(self.request),
            "title": f"Fiche {entry.reference}" if entry else "Nouvelle fiche",
            "entry": entry,
            "form": form if self._may_write and typing else None,
            "saving": self._offered(SAVING),
            "moving": self._offered(_ways_out(entry)),
            "preview": answer_html(form["answer"].value() or ""),
            "preview_address": reverse("admin:faq_entry_preview"),
            "theirs": self.theirs,
            **(_surroundings(entry) if entry else {}),
        }
        self.request.current_app = self.admin.admin_site.name
        return TemplateResponse(self.request, "admin/faq/entry/change_form.html", context)

    def _offered(self, buttons):
        return [button for button in buttons if not button.right or self.request.user.has_perm(button.right)]


def _find(number):
    return Entry.objects.select_related("head__author", "live").filter(pk=number).first()


def _pressed(buttons, request):
    return next((button for button in buttons if button.name in request.POST), None)


def _ways_out(entry):
    if entry is None:
        return ()
    if entry.status == EntryStatus.ARCHIVED:
        return (RESTORE,)
    return (WITHDRAW, ARCHIVE) if entry.status == EntryStatus.PUBLISHED else (ARCHIVE,)


def _surroundings(entry):
    """Give what stands around the form of a stored entry."""
    return {
        "badges": state_badges(entry),
        "filing": filing_rows(entry.head.filing),
        "author": person(entry.head.author),
        "versions": [
            {"version": version, "author": person(version.author), "live": version.pk == entry.live_id}
            for version in entry.versions.select_related("author").order_by("-number")[:_VERSIONS_SHOWN]
        ],
        "passages": [(passage, passage_address(passage)) for passage in _sources(entry)],
    }


def _sources(entry):
    passages = Passage.objects.kept().filter(entry=entry).select_related("dump")
    light = passages.defer("lead", "answer", "closing", "dump__tail")
    return light.order_by("dump", "position")[:_SOURCES_SHOWN]
