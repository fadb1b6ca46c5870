"""The page of one entry: what it says, what saving does, where it comes from, what became of it."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from faq.admin.display import answer_html, filing_rows, person, state_badges
from faq.admin.dumps import passage_address
from faq.admin.entries import checking, planning, presence, see_also
from faq.admin.entries.conflict import ConflictPage
from faq.admin.entries.history import history
from faq.admin.entries.review import refusal_of
from faq.admin.entries.similar import tell_duplicates
from faq.enums import Action, EntryStatus, Origin
from faq.forms import EntryForm
from faq.kept_text import GIVE_UP, forget, kept_for
from faq.models import Entry, Passage
from faq.models.entries import number_of
from faq.selectors.published import load_taxonomy
from faq.services.bulk import Operation
from faq.services.conflicts import NO_VERSION, Conflict
from faq.services.content import EntryError, InvalidContent
from faq.services.entries import create_entry, edit_entry
from faq.services.taxonomy import get_or_create_themes
from faq.services.versions import Provenance
from faq.services.workflow import archive_entry, restore_entry, withdraw_entry

_SOURCES_SHOWN = 50


@dataclass(frozen=True)
class SaveButton:
    """One way to save what was typed, and what is said when it is done."""

    name: str
    label: str
    done: str
    then: Action | None = None
    right: str = ""


@dataclass(frozen=True)
class MoveButton:
    """One way to take a stored entry to another state."""

    name: str
    label: str
    done: str
    service: Operation
    right: str


SAVING = (
    SaveButton("_save", "Enregistrer le brouillon", "enregistrée comme brouillon"),
    SaveButton("_submit", "Soumettre à la relecture", "remise aux relecteurs", Action.SUBMITTED, "faq.submit_entry"),
    SaveButton("_publish", "Publier", "mise en ligne", Action.PUBLISHED, "faq.publish_entry"),
)
WITHDRAW = MoveButton("_withdraw", "Retirer du site", "retirée du site", withdraw_entry, "faq.publish_entry")
ARCHIVE = MoveButton("_archive", "Archiver", "archivée", archive_entry, "faq.archive_entry")
RESTORE = MoveButton("_restore", "Restaurer en brouillon", "restaurée", restore_entry, "faq.archive_entry")
MOVING = (WITHDRAW, ARCHIVE, RESTORE)


class EntryPage:
    """One request for the page of one entry, or of a new one."""

    def __init__(self, model_admin, request, object_id):
        self.admin = model_admin
        self.request = request
        self.object_id = object_id
        self.entry = _find(number_of(object_id)) if object_id else None

    def respond(self):
        """Show the page, or do what was asked and show the page again."""
        if self.object_id and self.entry is None:
            return self.admin._get_obj_does_not_exist_redirect(self.request, Entry._meta, self.object_id)
        if not self.admin.has_view_permission(self.request) or not (self.entry or self._may_write):
            raise PermissionDenied
        if self.request.method != "POST":
            kept = kept_for(self.request)
            return self._show(self._form(kept.fields if kept else None))
        if GIVE_UP in self.request.POST:
            return self._give_up()
        if not self._may_write:
            raise PermissionDenied
        return self._check() or self._schedule() or self._relate() or self._move() or self._save()

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

    def _give_up(self):
        """Drop the text that was kept over an expired session."""
        forget(self.request)
        messages.info(self.request, "Le texte gardé est abandonné ; la fiche n’a pas changé.")
        return redirect(self.request.get_full_path())

    def _check(self):
        """Find the entry still right, or take that back."""
        if self.entry is None or not checking.asked(self.request):
            return None
        checking.answer(self.request, self.entry)
        return self._leave(self.entry)

    def _schedule(self):
        """Plan, or give a plan up, as one of the buttons of that block asks."""
        if self.entry is None or not planning.asked(self.request):
            return None
        return self._leave(self.entry) if planning.answer(self.request, self.entry) else self._show(self._form())

    def _relate(self):
        """Add or take away a mention under « Voir aussi »."""
        if self.entry is None or not see_also.asked(self.request):
            return None
        return self._leave(self.entry) if see_also.answer(self.request, self.entry) else self._show(self._form())

    def _move(self):
        """Take a stored entry to another state, as one of the page's lower buttons asks."""
        button = _pressed(MOVING, self.request)
        if button is None or self.entry is None:
            return None
        base = number_of(self.request.POST.get("base", "")) or NO_VERSION
        try:
            outcome = button.service(self.entry.pk, Provenance(Origin.FORM, self.request.user), base=base)
        except (EntryError, PermissionDenied) as refusal:
            messages.error(self.request, str(refusal))
            return self._leave(self.entry)
        return self._tell(button, outcome)

    def _save(self):
        form = self._form(self.request.POST)
        button = _pressed(SAVING, self.request)
        if button is None or not form.is_valid():
            return self._show(form)
        if "theirs" in self.request.POST and self.entry:
            decided, page = ConflictPage(self.admin, self.request, self.entry, form).answer()
            if page:
                return page
            form = self._form(decided)
            if not form.is_valid():
                return self._show(form)
        return self._write(form, button)

    def _write(self, form, button):
        try:
            outcome = self._store(form, button)
        except InvalidContent as refusal:
            form.add_error(refusal.field, str(refusal))
        except Conflict as conflict:
            return ConflictPage(self.admin, self.request, self.entry, form).ask(conflict.base, conflict.theirs)
        except (EntryError, PermissionDenied) as refusal:
            form.add_error(None, str(refusal))
        else:
            return self._tell(button, outcome)
        return self._show(form)

    @transaction.atomic
    def _store(self, form, button):
        """Write text, filing, new thématiques and state, together or not at all."""
        author = self.request.user
        typed = form.cleaned_data
        provenance = Provenance(Origin.FORM, author, comment=typed["comment"], minor=typed.get("minor", False))
        content = form.content(get_or_create_themes(typed.get("new_themes", ()), author))
        if self.entry is None:
            return create_entry(content, provenance, then=button.then)
        return edit_entry(self.entry.pk, content, provenance, base=typed["base"], then=button.then)

    def _tell(self, button, outcome):
        entry, version = outcome.entry, outcome.version
        forget(self.request)
        if outcome.joined:
            self._tell_joined(outcome)
        elif not outcome.changed:
            same = f"Rien n’a changé : la fiche {entry.reference} reste à la version {version.number}."
            messages.info(self.request, same)
        else:
            messages.success(self.request, f"Fiche {entry.reference} {button.done} (version {version.number}).")
        if outcome.changed:
            log = self.admin.log_change if self.entry else self.admin.log_addition
            log(self.request, entry, button.label)
            tell_duplicates(self.request, entry)
        return self._leave(entry)

    def _tell_joined(self, outcome):
        """Return what was joined: nobody has read the whole of it yet."""
        theirs, mine = outcome.joined, outcome.version
        compare = reverse("admin:faq_entry_compare", args=(outcome.entry.pk,))
        link = format_html('<a href="{}?from={}&amp;to={}">Comparer</a>', compare, theirs.number, mine.number)
        told = (
            "{} avait enregistré la version {} entre-temps : vos changements et les siens sont réunis dans la "
            "version {}, un brouillon. Relisez-la avant de la publier. {}"
            if outcome.changed
            else "{} avait enregistré la version {} entre-temps, et elle dit déjà tout ce que vous vouliez : "
            "rien n’a été écrit. La fiche reste à la version {}. {}"
        )
        messages.warning(self.request, format_html(told, person(theirs.author), theirs.number, mine.number, link))

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
            "kept": kept_for(self.request),
            "saving": offered(SAVING, self.request.user),
            "moving": offered(_ways_out(entry), self.request.user) if self._may_write else [],
            "may_relate": self._may_write and typing,
            "preview": answer_html(form["answer"].value() or ""),
            "preview_address": reverse("admin:faq_entry_preview"),
            "similar_address": reverse("admin:faq_entry_similar"),
            **(self._surroundings(entry) if entry else {}),
        }
        self.request.current_app = self.admin.admin_site.name
        return TemplateResponse(self.request, "admin/faq/entry/change_form.html", context)

    def _surroundings(self, entry):
        """Return what stands around the form of a stored entry."""
        return {
            "badges": state_badges(entry),
            "filing": filing_rows(entry.head.filing),
            "author": person(entry.head.author),
            "passages": [(passage, passage_address(passage)) for passage in _sources(entry)],
            "refusal": refusal_of(entry),
            "presence": presence.arrive(entry, self.request.user, timezone.now()) if self._may_write else [],
            **checking.context(self.request, entry),
            **planning.context(self.request, entry),
            **see_also.context(self.request, entry),
            **history(entry),
        }


def offered(buttons, user):
    """Return the buttons that somebody may press."""
    return [button for button in buttons if not button.right or user.has_perm(button.right)]


def _find(number):
    return Entry.objects.select_related("head__author", "live", "verification__author").filter(pk=number).first()


def _pressed(buttons, request):
    return next((button for button in buttons if button.name in request.POST), None)


def _ways_out(entry):
    if entry is None:
        return ()
    if entry.status == EntryStatus.ARCHIVED:
        # Merged away, it comes back with the whole merge undone.
        return () if hasattr(entry, "alias") else (RESTORE,)
    return (WITHDRAW, ARCHIVE) if entry.status == EntryStatus.PUBLISHED else (ARCHIVE,)


def _sources(entry):
    passages = Passage.objects.not_undone().filter(entry=entry).select_related("dump")
    light = passages.defer("lead", "answer", "closing", "dump__tail")
    return light.order_by("dump", "position")[:_SOURCES_SHOWN]
