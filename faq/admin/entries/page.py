"""The page of one entry: its form, what its buttons do, its sources and its history."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from faq.admin.bulk_messages import build_single_message
from faq.admin.display import answer_html, filing_rows, person_name, state_badges
from faq.admin.entries import assigning, checking, entry_links, history, moving, notes, planning, see_also
from faq.admin.entries.action_effects import ActionEffects
from faq.admin.entries.actions import PUBLISH, REFUSE, SUBMIT
from faq.admin.entries.change_list import find_sequence
from faq.admin.entries.comparison import comparison_address
from faq.admin.entries.conflict import ConflictPage
from faq.admin.entries.emptied import warn_of_emptied_facets
from faq.admin.entries.images import warn_of_undescribed_images
from faq.admin.entries.next_work import add_next_work_message
from faq.admin.entries.presence import note_and_list_others
from faq.admin.entries.review import get_refusal
from faq.admin.entries.similar import warn_of_duplicates
from faq.admin.pages import AdminPage
from faq.admin.passages import passage_address
from faq.domain.facets import Facet
from faq.domain.text import is_visible
from faq.enums import Action, EntryStatus, Origin
from faq.forms import EntryForm
from faq.models import Entry, Passage
from faq.models.entries import number_of
from faq.selectors.published import load_taxonomy
from faq.services.bulk import change_one
from faq.services.conflicts import Conflict
from faq.services.content import EntryError, InvalidContent
from faq.services.entries import create_entry, edit_entry
from faq.services.taxonomy import get_or_create_themes
from faq.services.taxonomy_batches import FACETS
from faq.services.versions import Provenance, lock_entries
from faq.unsaved_text import DISCARD_BUTTON, delete_unsaved_text, get_unsaved_text

_SOURCES_SHOWN = 50
_BACK_TO_LIVE = "enregistrée : elle dit de nouveau ce que lit le public, sans brouillon"
_MISSING = {"question": "Écrivez la question.", "answer": "Écrivez la réponse."}
SAVE_NEXT = "_save_next"
"""The button that saves, and goes on to the next entry of the list that the page was opened from."""


@dataclass(frozen=True)
class SaveButton:
    """A button that saves what was typed, and what a message says when it is done."""

    name: str
    label: str
    done: str
    then: Action | None = None
    permission: str = ""
    noun: str = ""
    """The word for the action in the label of its batch."""


SAVE_BUTTONS = (
    SaveButton("_save", "Enregistrer le brouillon", "enregistrée comme brouillon"),
    SaveButton(SAVE_NEXT, "Enregistrer et suivante", "enregistrée comme brouillon"),
    SaveButton("_submit", "Soumettre à la relecture", SUBMIT.done, Action.SUBMITTED, "faq.submit_entry", SUBMIT.noun),
    SaveButton("_publish", "Publier", PUBLISH.done, Action.PUBLISHED, "faq.publish_entry", PUBLISH.noun),
)


class EntryPage(AdminPage):
    """The page of one entry, or of a new one. `HANDLERS` says what each of its buttons does."""

    template_name = "admin/faq/entry/change_form.html"
    body_class = "change-form entry-page"

    def dispatch(self, request, *args, object_id=None):
        """Read the entry, once for the whole request unless a service refuses to change it."""
        self.entry = _read_entry(number_of(object_id)) if object_id else None
        if object_id and self.entry is None:
            return self.redirect_unknown(object_id)
        return super().dispatch(request, *args)

    def has_permission(self):
        """Return whether the account may view the entry, and change or add it with the button that it presses."""
        reads = self.request.method != "POST" or DISCARD_BUTTON in self.request.POST
        return super().has_permission() and (self.may_write or (reads and self.entry is not None))

    @property
    def may_write(self):
        """Return whether the account may change the entry, or add one."""
        if self.entry:
            return self.model_admin.has_change_permission(self.request)
        return self.model_admin.has_add_permission(self.request)

    def get_title(self):
        """Return the reference of the entry; its heading shows the question too."""
        return f"Fiche {self.entry.reference}" if self.entry else "Nouvelle fiche"

    def get_trail(self):
        """Lead back to the list with the filters that it had."""
        [(label, address)] = super().get_trail()
        return [(label, self._with_preserved_filters(address))]

    def get(self, request):
        """Show the form, with a text that could not be saved before the session expired."""
        unsaved = get_unsaved_text(request)
        return self.show(self.build_form(unsaved.fields if unsaved else None))

    def post(self, request):
        """Do what the pressed button asks; without a known button, show the form as it was typed."""
        handlers = HANDLERS if self.entry else NEW_ENTRY_HANDLERS
        pressed = next((name for name in handlers if name in request.POST), None)
        return handlers[pressed](self) if pressed else self.show(self.build_form(request.POST))

    def discard_unsaved_text(self):
        """Discard the text that could not be saved before the session expired."""
        delete_unsaved_text(self.request)
        messages.info(self.request, "Le texte gardé est abandonné ; la fiche n’a pas changé.")
        return self.reload()

    def run_block_handler(self, handler):
        """Do what a button of one of the blocks around the form asks."""
        try:
            is_complete = handler(self.request, self.entry)
        except (EntryError, PermissionDenied) as refusal:
            messages.error(self.request, str(refusal))
            is_complete = True
        return self.redirect_to(self.entry) if is_complete else self.show(self.build_form())

    def apply_action(self, action):
        """Take the entry to another state, or ask before."""
        try:
            outcome = moving.move(self, action)
        except (EntryError, PermissionDenied) as refusal:
            messages.error(self.request, str(refusal))
            return self.redirect_to(self.entry)
        return self._report_or_ask(outcome, action.done, action.verb, action.button_name)

    def refuse(self):
        """Return the text to its editors, with the comment that was typed."""
        form = self.build_form(self.request.POST)
        try:
            outcome = moving.refuse(self, form)
        except EntryError as refusal:
            return self.show(form, refusal_error=str(refusal))
        except PermissionDenied as refusal:
            form.add_error(None, str(refusal))
            return self.show(form)
        return self._report_or_ask(outcome, REFUSE.done, REFUSE.verb, REFUSE.button_name)

    def _report_or_ask(self, outcome, done, label, name):
        if isinstance(outcome, ActionEffects):
            return moving.ask(self, outcome, name)
        return self.report_saved(done, label, outcome)

    def save(self, button):
        """Save what was typed, or as it was decided on the page that joins two texts."""
        form = self.build_form(self.request.POST)
        # Before saving: what is saved may leave the list.
        sequence = self.sequence if button.name == SAVE_NEXT else None
        if form.is_valid() and self.entry and "theirs" in self.request.POST:
            conflict = ConflictPage.read(form, self.entry, self.request.POST)
            if conflict and not conflict.decisions.is_valid():
                return self.show_conflict(conflict)
            form = self.build_form(conflict.decided_data()) if conflict else form
        if not form.is_valid():
            return self.show(form)
        try:
            outcome = self._store(form, button)
        except InvalidContent as refusal:
            form.add_error(refusal.field, str(refusal))
        except Conflict as conflict:
            return self.show_conflict(ConflictPage.ask(form, conflict.base, conflict.theirs))
        except (EntryError, PermissionDenied) as refusal:
            form.add_error(None, str(refusal))
            for name, told in _MISSING.items() if button.then else ():
                # The reason stands where one looks, too.
                if not is_visible(form.cleaned_data.get(name, "")):
                    form.add_error(name, told)
        else:
            response = self._report_or_ask(outcome, button.done, button.label, button.name)
            if isinstance(outcome, ActionEffects):
                return response
            before, after = form.content_before.filing, outcome.version.filed_under
            warn_of_emptied_facets(self.request, form.taxonomy, before, after)
            warn_of_undescribed_images(self.request, form.content_before.answer, outcome.version.answer)
            return self.redirect_to_next(sequence) if sequence else response
        self.entry = _read_entry(self.entry.pk) if self.entry else None
        return self.show(form)

    @transaction.atomic
    def _store(self, form, button):
        """Write text, filing, new thématiques and state, together or not at all; or return what is to be confirmed."""
        author = self.request.user
        typed = form.cleaned_data
        provenance = Provenance(Origin.FORM, author, comment=typed["comment"], minor=typed.get("minor", False))
        names = typed.get("new_themes", ())
        if self.entry and (names or button.then):
            # Before the taxonomy, in the order of all writers.
            lock_entries([self.entry.pk])
        if effects := moving.find_effects_to_confirm(self.request, self.entry, form, button.then):
            return effects
        content = form.content(get_or_create_themes(names, author))

        def write(told):
            if self.entry is None:
                return create_entry(content, told, then=button.then)
            return edit_entry(self.entry.pk, content, told, base=typed["base"], then=button.then)

        return change_one(write, button.noun, provenance) if button.then else write(provenance)

    def report_saved(self, done, label, outcome):
        """Say what was saved, and return to the page of the entry."""
        entry, version = outcome.entry, outcome.version
        delete_unsaved_text(self.request)
        if outcome.joined:
            self._report_joined(outcome)
        elif not outcome.changed:
            same = f"Rien n’a changé : la fiche {entry.reference} reste à la version {version.number}."
            messages.info(self.request, same)
        else:
            is_back = version.action == Action.EDITED and version.pk == entry.live_id
            text = f"Fiche {entry.reference} {_BACK_TO_LIVE if is_back else done} (version {version.number})."
            messages.success(self.request, build_single_message(self.request, text, outcome))
        if outcome.changed:
            log = self.model_admin.log_change if self.entry else self.model_admin.log_addition
            log(self.request, entry, label)
            warn_of_duplicates(self.request, entry)
            entry_links.warn_of_dead_references(self.request, version)
            add_next_work_message(self.request, version.action, entry)
        return self.redirect_to(entry)

    def _report_joined(self, outcome):
        """Say which two texts were joined: nobody has read the result yet."""
        theirs, mine = outcome.joined, outcome.version
        address = comparison_address(outcome.entry.pk)
        link = format_html('<a href="{}?from={}&amp;to={}">Comparer</a>', address, theirs.number, mine.number)
        text = (
            "{} avait enregistré la version {} entre-temps : vos changements et les siens sont réunis dans la "
            "version {}, un brouillon. Relisez-la avant de la publier. {}"
            if outcome.changed
            else "{} avait enregistré la version {} entre-temps, et elle dit déjà tout ce que vous vouliez : "
            "rien n’a été écrit. La fiche reste à la version {}. {}"
        )
        messages.warning(self.request, format_html(text, person_name(theirs.author), theirs.number, mine.number, link))

    def redirect_to(self, entry):
        """Return a redirect to the page of the entry, which keeps the filters of the list."""
        return redirect(self._with_preserved_filters(_entry_address(entry)))

    def redirect_to_next(self, sequence):
        """Return a redirect to the next entry of the list, or from the last one to the list."""
        if sequence.after:
            return redirect(self._with_preserved_filters(reverse("admin:faq_entry_change", args=(sequence.after,))))
        messages.info(self.request, "C’était la dernière fiche de la liste.")
        return redirect(self._with_preserved_filters(reverse("admin:faq_entry_changelist")))

    @cached_property
    def sequence(self):
        """The place of the entry in the filtered list that the page was opened from, if it was."""
        return find_sequence(self.model_admin, self.request, self.entry.pk) if self.entry else None

    def _with_preserved_filters(self, address):
        filters = self.model_admin.get_preserved_filters(self.request)
        return add_preserved_filters({"opts": self.model_admin.opts, "preserved_filters": filters}, address)

    def build_form(self, data=None):
        """Return the form of the entry, filled in with these data or with its latest text."""
        form = EntryForm(
            data,
            taxonomy=load_taxonomy(),
            head=self.entry.head if self.entry else None,
            may_name_themes=self.request.user.has_perm("faq.add_theme"),
        )
        for model, facet in FACETS.items():
            if facet == Facet.THEMES and "new_themes" in form.fields:
                continue  # a field of the form creates them already
            if self.request.user.has_perm(f"faq.add_{model._meta.model_name}"):
                add = reverse(f"admin:faq_{model._meta.model_name}_add")
                form.fields[facet].add_address = f"{add}?{IS_POPUP_VAR}=1"
        return form

    def show_conflict(self, conflict):
        """Show the page that joins two texts."""
        return self.render(
            template_name=conflict.template_name,
            title=f"{self.get_title()} : deux textes à réunir",
            trail=[*self.get_trail(), (self.entry.reference, _entry_address(self.entry))],
            entry=self.entry,
            **conflict.get_context(),
        )

    def show(self, form, **problems):
        """Show the page with this form, or the text alone where it cannot be changed."""
        entry, user = self.entry, self.request.user
        can_be_changed = form.is_bound or not entry or entry.status != EntryStatus.ARCHIVED
        return self.render(
            breadcrumb=entry.reference if entry else "Nouvelle fiche",
            entry=entry,
            form=form if self.may_write and can_be_changed else None,
            unsaved=get_unsaved_text(self.request),
            save_buttons=self._offer_save_buttons(),
            transition_buttons=moving.get_buttons(entry, user) if self.may_write else [],
            may_relate=self.may_write and can_be_changed,
            preview=answer_html(form.answer_to_preview),
            preview_address=reverse("admin:faq_entry_preview"),
            similar_address=reverse("admin:faq_entry_similar"),
            **(self._stored_entry_context() if entry else {}),
            **problems,
        )

    def _offer_save_buttons(self):
        """Return the buttons that the person may press; the next entry is that of a filtered list."""
        buttons = _permitted(SAVE_BUTTONS, self.request.user)
        goes_on = self.sequence is not None
        offered = [button for button in buttons if goes_on or button.name != SAVE_NEXT]
        waits = self.entry is not None and self.entry.head.status == EntryStatus.IN_REVIEW
        # Who reviews a text is there to publish it; saving a draft would take it out of the queue.
        return sorted(offered, key=lambda button: button.then != Action.PUBLISHED) if waits else offered

    def _link_sequence(self):
        """Return the place of the entry in its list, with the addresses of the entries beside it."""
        if self.sequence is None:
            return None
        before, after = (
            number and self._with_preserved_filters(reverse("admin:faq_entry_change", args=(number,)))
            for number in (self.sequence.before, self.sequence.after)
        )
        return {"place": self.sequence, "before": before, "after": after}

    def _stored_entry_context(self):
        """Return what stands around the form of a stored entry."""
        entry, user = self.entry, self.request.user
        return {
            "sequence": self._link_sequence(),
            "badges": state_badges(entry),
            "filing": filing_rows(entry.head.filing),
            "author": person_name(entry.head.author),
            "passages": [(passage, passage_address(passage)) for passage in _sources(entry)],
            "refusal": get_refusal(entry),
            "presence": note_and_list_others(entry, user, timezone.now()) if self.may_write else [],
            **{name: value for block in BLOCKS for name, value in block.get_context(self.request, entry).items()},
            **moving.get_context(self.request, entry),
            **history.get_context(entry),
        }


BlockHandler = Callable[[HttpRequest, Entry], bool]
"""Does what a button of a block asks and adds a message; returns False where what was typed is to be corrected.

May raise EntryError and PermissionDenied, whose text becomes a message.
"""
BLOCKS = (assigning, checking, entry_links, notes, planning, see_also)
BLOCK_HANDLERS: dict[str, BlockHandler] = {
    name: handler for block in BLOCKS for name, handler in block.HANDLERS.items()
}

Handler = Callable[[EntryPage], HttpResponse]
NEW_ENTRY_HANDLERS: dict[str, Handler] = {
    DISCARD_BUTTON: EntryPage.discard_unsaved_text,
    **{button.name: partial(EntryPage.save, button=button) for button in SAVE_BUTTONS},
}
"""The handlers of the buttons on the page of a new entry, by their names."""
HANDLERS: dict[str, Handler] = {
    **NEW_ENTRY_HANDLERS,
    **{action.button_name: partial(EntryPage.apply_action, action=action) for action in moving.BUTTONS},
    REFUSE.button_name: EntryPage.refuse,
    **{name: partial(EntryPage.run_block_handler, handler=handler) for name, handler in BLOCK_HANDLERS.items()},
}
"""The handlers of the buttons on the page of a stored entry, by their names."""


def _read_entry(number):
    related = ("head__author", "live", "verification__author", "alias__survivor__head")
    return Entry.objects.select_related(*related).filter(pk=number).first()


def _entry_address(entry):
    return reverse("admin:faq_entry_change", args=(entry.pk,))


def _permitted(buttons, user):
    return [button for button in buttons if not button.permission or user.has_perm(button.permission)]


def _sources(entry):
    passages = Passage.objects.not_undone().filter(entry=entry).select_related("dump")
    light = passages.defer("lead", "answer", "closing", "dump__tail")
    return light.order_by("dump", "position")[:_SOURCES_SHOWN]
