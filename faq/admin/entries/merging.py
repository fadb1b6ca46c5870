"""The pages that merge entries: what to keep of each, then everything that will happen, before anything does."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from faq.admin.display import link_to
from faq.admin.entries.merge_choices import MergeForm, sides_of
from faq.admin.entries.merge_effects import effects, look
from faq.domain.facets import Facet
from faq.enums import EntryStatus, Origin
from faq.forms import EntryForm
from faq.models import Entry, EntryAlias
from faq.models.entries import number_of, reference
from faq.selectors.published import load_taxonomy
from faq.services.content import EntryError, InvalidContent, content_of
from faq.services.merging import merge_entries
from faq.services.roles import require
from faq.services.versions import Provenance

LEAST, MOST = 2, 10
"""Entries that one merge takes: as many as somebody can read side by side."""
_WITHOUT = "_without"
"""The button that leaves one entry out and keeps everything typed."""


def address_for(numbers):
    """Return the address of the page that merges these entries."""
    return f"{reverse('admin:faq_entry_merge')}?{urlencode([('fiche', number) for number in numbers])}"


class MergePage:
    """One request for a merge: `?fiche=12&fiche=15`. Nothing is written before « Fusionner » is pressed."""

    def __init__(self, model_admin, request):
        self.admin = model_admin
        self.request = request
        self.taxonomy = load_taxonomy()
        self.problems = []
        """Why nothing can be merged as things are, in French."""

    def respond(self):
        """Ask what to keep, tell what will happen, or do it."""
        if not self.admin.has_view_permission(self.request):
            raise PermissionDenied
        if self.request.method != "POST":
            require(self.request.user, "faq.merge_entry")
        sides = self._sides()
        if not LEAST <= len(sides) <= MOST:
            return self._refuse(len(sides))
        if self.request.method != "POST":
            return self._ask(MergeForm(None, sides, self.taxonomy))
        form = MergeForm(self._continued(sides), sides, self.taxonomy)
        for name, step in (("_merge", self._merge), ("_preview", self._preview)):
            if name in self.request.POST and not self.problems and form.is_valid():
                return self._try(step, form)
        return self._ask(form)

    def _sides(self):
        """Read the entries that the address names; say which cannot be merged."""
        asked = {text: number_of(text) for text in self.request.GET.getlist("fiche")}
        sides = sides_of(set(asked.values()) - {None})
        found = {side.number for side in sides}
        if unknown := ", ".join(f"« {text[:20]} »" for text, number in asked.items() if number not in found):
            messages.warning(self.request, f"Aucune fiche {unknown} : il n’en est pas tenu compte.")
        sides = [side for side in sides if str(side.number) != self.request.POST.get(_WITHOUT)]
        archived = [side for side in sides if side.entry.status == EntryStatus.ARCHIVED]
        self.problems += [_why_not(side.entry) for side in archived]
        # What was typed while an entry went out of use stays; nobody begins with one.
        return sides if self.request.method == "POST" else [side for side in sides if side not in archived]

    def _continued(self, sides):
        """Return what was typed, to go on from the versions of now; tell where these are not those that were shown."""
        data = self.request.POST.copy()
        for side in sides:
            field, latest = f"version-{side.number}", side.entry.head.number
            if data.get(field) != str(latest):
                self.problems.append(
                    f"La fiche {side.entry.reference} a été modifiée entre-temps (version {latest}, par "
                    f"{side.author}) : son texte ci-dessous est celui d’à présent. Relisez-le, puis continuez."
                )
                data[field] = str(latest)
        return data

    def _try(self, step, form):
        """Take a step; where it is refused, ask again, with everything typed."""
        try:
            return step(form)
        except InvalidContent as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        except (EntryError, PermissionDenied) as refusal:
            self.problems.append(str(refusal))
        return self._ask(form)

    def _run(self, form):
        absorbed = [side.number for side in form.sides if side.number != form.kept]
        provenance = Provenance(Origin.MERGE, self.request.user, comment=form.cleaned_data["comment"])
        return merge_entries(form.kept, absorbed, form.content(), provenance, bases=form.bases)

    def _merge(self, form):
        report = self._run(form)
        names = ", ".join(outcome.entry.reference for outcome in report.absorbed)
        for entry in (report.survivor, *(outcome.entry for outcome in report.absorbed)):
            self.admin.log_change(self.request, entry, report.batch.label)
        batch = link_to("batch_change", report.batch.pk, f"lot {report.batch.pk}")
        undo = ""
        if self.request.user.has_perm("faq.undo_batch"):
            undo = format_html(" {}.", link_to("batch_undo", report.batch.pk, "Annuler la fusion"))
        told = "Fusion faite ({}) : la fiche {} répond désormais aussi pour {}.{}"
        messages.success(self.request, format_html(told, batch, report.survivor.reference, names, undo))
        return redirect("admin:faq_entry_change", report.survivor.pk)

    def _preview(self, form):
        with transaction.atomic():
            before = look(form.kept, form.sides)
            told = effects(before, self._run(form))
            # What is told is the real merge, taken back.
            transaction.set_rollback(True)
        context = {
            "title": f"{_title(form)} : ce qui va se passer",
            "merge": form,
            "told": told,
            "form": self._as_read(told.survivor),
            "action": address_for(sorted(side.number for side in form.sides)),
        }
        return self._page("merge_preview", context)

    def _as_read(self, survivor):
        """Return the surviving text in the shape that the public preview takes."""
        content = content_of(survivor.head)
        data = {"question": content.question, "answer": content.answer}
        data |= {facet.value: sorted(content.filing[facet]) for facet in Facet}
        return EntryForm(data, taxonomy=self.taxonomy, head=survivor.head, may_name_themes=False)

    def _ask(self, form):
        numbers = sorted(side.number for side in form.sides)
        context = {
            "title": _title(form),
            "form": form,
            "problems": [*self.problems, *form.non_field_errors()],
            "columns": form.columns,
            "facets": form.facets,
            "versions": form.versions,
            "action": address_for(numbers),
            "may_leave_out": len(numbers) > LEAST,
        }
        return self._page("merge", context)

    def _refuse(self, many):
        """Return why this is nothing to merge, and lose nothing that was typed."""
        self.problems.append(
            f"Une fusion réunit {MOST} fiches au plus, et il y en a {many} ici."
            if many > MOST
            else "Une fusion réunit au moins deux fiches : cochez-les dans la liste, puis choisissez « Fusionner… »."
        )
        typed = [self.request.POST.get(name, "") for name in ("question_text", "answer_text", "comment")]
        context = {"problems": self.problems, "typed": [text for text in typed if text.strip()]}
        return self._page("merge_refused", {"title": "Fusionner des fiches", **context})

    def _page(self, template, context):
        context = {**self.admin.admin_site.each_context(self.request), "opts": Entry._meta, **context}
        self.request.current_app = self.admin.admin_site.name
        return TemplateResponse(self.request, f"admin/faq/entry/{template}.html", context)


def _title(form):
    names = [reference(number) for number in sorted(side.number for side in form.sides)]
    return f"Fusionner {', '.join(names[:-1])} et {names[-1]}"


def _why_not(entry):
    alias = EntryAlias.objects.filter(former=entry).first()
    if alias:
        into = reference(alias.survivor_id)
        return f"La fiche {entry.reference} a déjà été fusionnée dans {into} : c’est {into} qui peut l’être."
    return f"La fiche {entry.reference} est archivée : elle ne peut pas être fusionnée. Restaurez-la d’abord."


def merge(model_admin, request):
    """Answer with the pages that merge entries."""
    return MergePage(model_admin, request).respond()
