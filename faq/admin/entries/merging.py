"""The pages that merge entries: what to keep of each, then everything that will happen, before anything does."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from faq.admin.display import link_to
from faq.admin.entries.merge_choices import MergeForm, read_sides
from faq.admin.entries.merge_effects import describe_effects, read_before
from faq.admin.pages import AdminPage
from faq.domain.facets import Facet
from faq.enums import EntryStatus, FormKind, Origin
from faq.forms import EntryForm
from faq.models import EntryAlias
from faq.models.entries import number_of, reference
from faq.selectors.published import load_taxonomy
from faq.services.content import EntryError, InvalidContent, content_of
from faq.services.merging import merge_entries
from faq.services.roles import require
from faq.services.versions import Provenance
from faq.unsaved_text import delete_unsaved_text, get_autosaved_text

LEAST, MOST = 2, 10
"""Entries that one merge takes: as many as somebody can read side by side."""
_LEAVE_OUT_BUTTON = "_without"
"""The button that leaves one entry out and keeps everything typed."""


def merge_address(numbers):
    """Return the address of the page that merges these entries."""
    return f"{reverse('admin:faq_entry_merge')}?{urlencode([('fiche', number) for number in numbers])}"


class MergePage(AdminPage):
    """A merge of the entries that the address names: `?fiche=12&fiche=15`. Only « Fusionner » writes anything."""

    template_name = "admin/faq/entry/merge.html"
    body_class = "merge-page"

    def dispatch(self, request, *args):
        """Start without obstacles."""
        self.taxonomy = load_taxonomy()
        self.problems = []
        """Reasons why nothing can be merged as things are, in French."""
        return super().dispatch(request, *args)

    def get(self, request):
        """Ask what to keep of each entry.

        Only here is the right to merge needed: where it is taken away meanwhile, the service refuses what
        the form sends, and the page shows it again with the reason.
        """
        require(request.user, "faq.merge_entry")
        sides = [side for side in self._read_sides() if side.entry.status != EntryStatus.ARCHIVED]
        if not _can_merge(sides):
            return self._refuse(len(sides))
        unsaved = get_autosaved_text(request, FormKind.MERGE)
        data = self._rebase(unsaved.fields, sides) if unsaved else None
        return self._ask(MergeForm(data, sides, self.taxonomy), unsaved)

    def post(self, request):
        """Show what will happen, do it, or ask again."""
        sides = self._read_sides()
        if not _can_merge(sides):
            return self._refuse(len(sides))
        form = MergeForm(self._rebase(request.POST, sides), sides, self.taxonomy)
        step = self._merge if "_merge" in request.POST else self._preview if "_preview" in request.POST else None
        if step is None or self.problems or not form.is_valid():
            return self._ask(form)
        try:
            return step(form)
        except InvalidContent as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        except (EntryError, PermissionDenied) as refusal:
            self.problems.append(str(refusal))
        return self._ask(form)

    def _read_sides(self):
        """Return the entries that the address names, but for one that is left out; note which cannot be merged."""
        asked = {text: number_of(text) for text in self.request.GET.getlist("fiche")}
        sides = read_sides(set(asked.values()) - {None})
        found = {side.number for side in sides}
        if unknown := ", ".join(f"« {text[:20]} »" for text, number in asked.items() if number not in found):
            messages.warning(self.request, f"Aucune fiche {unknown} : il n’en est pas tenu compte.")
        sides = [side for side in sides if str(side.number) != self.request.POST.get(_LEAVE_OUT_BUTTON)]
        archived = [side.entry for side in sides if side.entry.status == EntryStatus.ARCHIVED]
        self.problems += [_archived_problem(entry) for entry in archived]
        return sides

    def _rebase(self, typed, sides):
        """Return what was typed, based on the latest versions; note which of them the editor has not seen."""
        data = typed.copy()
        for side in sides:
            field, latest = f"version-{side.number}", side.entry.head.number
            if data.get(field) != str(latest):
                self.problems.append(
                    f"La fiche {side.entry.reference} a été modifiée entre-temps (version {latest}, par "
                    f"{side.author}) : son texte ci-dessous est celui d’à présent. Relisez-le, puis continuez."
                )
                data[field] = str(latest)
        return data

    def _merge_entries(self, form):
        absorbed = [side.number for side in form.sides if side.number != form.survivor_number]
        provenance = Provenance(Origin.MERGE, self.request.user, comment=form.cleaned_data["comment"])
        return merge_entries(form.survivor_number, absorbed, form.content(), provenance, bases=form.bases)

    def _merge(self, form):
        report = self._merge_entries(form)
        names = ", ".join(outcome.entry.reference for outcome in report.absorbed)
        for entry in (report.survivor, *(outcome.entry for outcome in report.absorbed)):
            self.model_admin.log_change(self.request, entry, report.batch.label)
        delete_unsaved_text(self.request)
        batch = link_to("batch_change", report.batch.pk, f"lot {report.batch.pk}")
        undo = ""
        if self.request.user.has_perm("faq.undo_batch"):
            undo = format_html(" {}.", link_to("batch_undo", report.batch.pk, "Annuler la fusion"))
        text = "Fusion faite ({}) : la fiche {} répond désormais aussi pour {}.{}"
        messages.success(self.request, format_html(text, batch, report.survivor.reference, names, undo))
        return redirect("admin:faq_entry_change", report.survivor.pk)

    def _preview(self, form):
        """Show everything that the merge does: the real one, rolled back."""
        with transaction.atomic():
            before = read_before(form.survivor_number, form.sides)
            effects = describe_effects(before, self._merge_entries(form))
            transaction.set_rollback(True)
        return self.render(
            template_name="admin/faq/entry/merge_preview.html",
            title=f"{_title(form)} : ce qui va se passer",
            merge=form,
            effects=effects,
            preview_form=self._preview_form(effects.survivor),
            action=merge_address(sorted(side.number for side in form.sides)),
            autosave_subject=_subject(form),
        )

    def _preview_form(self, survivor):
        """Return the surviving text as the form that the public preview takes."""
        content = content_of(survivor.head)
        data = {"question": content.question, "answer": content.answer}
        data |= {facet.value: sorted(content.filing[facet]) for facet in Facet}
        return EntryForm(data, taxonomy=self.taxonomy, head=survivor.head, may_name_themes=False)

    def _ask(self, form, unsaved=None):
        numbers = sorted(side.number for side in form.sides)
        return self.render(
            title=_title(form),
            form=form,
            problems=[*self.problems, *form.non_field_errors()],
            columns=form.columns,
            facets=form.facets,
            versions=form.versions,
            action=merge_address(numbers),
            autosave_subject=_subject(form),
            unsaved=unsaved,
            may_leave_out=len(numbers) > LEAST,
        )

    def _refuse(self, count):
        """Show why this number of entries cannot be merged, with everything that was typed."""
        self.problems.append(
            f"Une fusion réunit {MOST} fiches au plus, et il y en a {count} ici."
            if count > MOST
            else "Une fusion réunit au moins deux fiches : cochez-les dans la liste, puis choisissez « Fusionner… »."
        )
        typed = [self.request.POST.get(name, "") for name in ("question_text", "answer_text", "comment")]
        return self.render(
            template_name="admin/faq/entry/merge_refused.html",
            title="Fusionner des fiches",
            problems=self.problems,
            typed=[text for text in typed if text.strip()],
        )


def _can_merge(sides):
    return LEAST <= len(sides) <= MOST


def _subject(form):
    return " ".join(str(number) for number in sorted(side.number for side in form.sides))


def _title(form):
    names = [reference(number) for number in sorted(side.number for side in form.sides)]
    return f"Fusionner {', '.join(names[:-1])} et {names[-1]}"


def _archived_problem(entry):
    alias = EntryAlias.objects.filter(former=entry).first()
    if alias:
        into = reference(alias.survivor_id)
        return f"La fiche {entry.reference} a déjà été fusionnée dans {into} : c’est {into} qui peut l’être."
    return f"La fiche {entry.reference} est archivée : elle ne peut pas être fusionnée. Restaurez-la d’abord."
