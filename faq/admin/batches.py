"""« Lots »: everything that one import or bulk action changed, and the page that undoes it."""

from functools import reduce
from operator import or_

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils.html import format_html

from faq.admin.bulk_messages import link_entries
from faq.admin.display import NOTHING, format_moment, link_to, moment_column, person_name, state_badges
from faq.admin.entries.actions import SUBMIT
from faq.admin.lists import EditorsModelAdmin
from faq.admin.pages import AdminPage
from faq.admin.readonly import ReadOnlyMixin
from faq.enums import BatchKind, EntryStatus, Origin
from faq.models import Batch, Entry
from faq.models.entries import reference
from faq.services.content import EntryError
from faq.services.row_changes import name_row
from faq.services.schedules import OVERDUE
from faq.services.taxonomy_batches import get_changed_facet
from faq.services.undo import undo_batch
from faq.services.undo_rights import can_undo
from faq.services.versions import Provenance

_SHOWN = 100
"""Entries of one group that the page names."""
_NAMED = 20
"""Entries left as they are that messages name afterwards."""


class UndoPage(AdminPage):
    """The page that says what undoing a batch would do, and does it."""

    template_name = "admin/faq/batch/undo.html"
    breadcrumb = "Annuler"
    body_class = "undo-page"

    def has_permission(self):
        """Return whether the account may undo the batch: those who may undo all, and its author."""
        self.batch = get_object_or_404(Batch, pk=self.kwargs["number"])
        return super().has_permission() and can_undo(self.batch, self.request.user)

    def get(self, request, number):
        """Show what undoing would do: the real run, rolled back."""
        return self._run(number, self._preview, preview=True)

    def post(self, request, number):
        """Undo the batch."""
        return self._run(number, self._done, preview=False)

    def get_title(self):
        """Return a question, which the button answers."""
        return f"Annuler le lot {self.batch.pk} ?"

    def get_trail(self):
        """Add the batch."""
        return [*super().get_trail(), (f"Lot {self.batch.pk}", self._batch_address)]

    def _run(self, number, respond, *, preview):
        try:
            with transaction.atomic():
                report = undo_batch(self.batch.pk, Provenance(Origin.BULK_ACTION, self.request.user))
                transaction.set_rollback(preview)
        except (EntryError, PermissionDenied) as refusal:
            messages.error(self.request, str(refusal))
            return redirect(self._batch_address)
        return respond(report)

    def _preview(self, report):
        return self.render(
            batch=self.batch,
            author=person_name(self.batch.author),
            dumps=self.batch.dumps.defer("tail"),
            undone=self.batch.undoes,
            has_effect=report.has_effect,
            counted=_counts_text(report),
            groups=_groups(report),
            sections=[
                ("Adresses et passages", list(_addresses_and_passages(self.batch, report))),
                ("Planifications et refus", list(_plans_and_refusals(report))),
                ("Termes et synonymes", list(_rows(report))),
            ],
        )

    def _done(self, report):
        for name, reason in report.rows_left[:_NAMED]:
            messages.warning(self.request, f"« {name} » reste tel quel : {reason}.")
        for entry, reason in report.untouched[:_NAMED]:
            messages.warning(self.request, f"Fiche {entry.reference} laissée telle quelle : {reason}.")
        if report.batch is None:
            messages.warning(self.request, f"Rien n’a été annulé : le lot {self.batch.pk} reste à annuler.")
            return redirect(self._batch_address)
        undo = link_to("batch_change", report.batch.pk, f"lot {report.batch.pk}")
        entries = [*report.reverted, *report.archived]
        named = format_html("\u00a0: {}", link_entries(entry.pk for entry in entries[:_NAMED])) if entries else ""
        text = "Lot {} annulé par le {}\u00a0: {}{}."
        messages.success(self.request, format_html(text, self.batch.pk, undo, _counts_text(report), named))
        # One action on one entry was undone from the page of that entry.
        if self.batch.kind == BatchKind.ACTION and len(entries) == 1:
            return redirect("admin:faq_entry_change", entries[0].pk)
        return redirect(self._batch_address)

    @property
    def _batch_address(self):
        return reverse("admin:faq_batch_change", args=(self.batch.pk,))


@admin.register(Batch)
class BatchAdmin(ReadOnlyMixin, EditorsModelAdmin):
    """Batches are only read, and undone as a whole."""

    done_at = moment_column("created_at", "fait le")
    list_display = ("number", "kind", "label", "by", "done_at", "versions", "undone")
    list_display_links = ("number", "label")
    list_filter = ("kind",)
    list_per_page = 50
    search_fields = ("label",)
    fields = ("kind", "label", "by", "done_at", "versions", "undone")

    def get_queryset(self, request):
        """Return the batches with what the list shows."""
        batches = super().get_queryset(request).select_related("author")
        return batches.annotate(version_count=Count("versions"))

    @admin.display(description="n°", ordering="pk")
    def number(self, batch):
        """Return the number by which messages name it."""
        return batch.pk

    @admin.display(description="par", ordering="author")
    def by(self, batch):
        """Return who started it."""
        return person_name(batch.author)

    @admin.display(description="versions", ordering="version_count")
    def versions(self, batch):
        """Return the number of its versions, as a link to them."""
        if not batch.version_count:
            return 0
        address = f"{reverse('admin:faq_version_changelist')}?batch={batch.pk}"
        return format_html('<a href="{}">{}</a>', address, batch.version_count)

    @admin.display(description="annulé par")
    def undone(self, batch):
        """Return a link to the batch that undid it."""
        undo = batch.undone_by_id
        return link_to("batch_change", undo, f"Lot {undo}") if undo else NOTHING

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show the batch, with the undo button for those who may undo it."""
        batch = self.get_object(request, object_id)
        context = {} if batch is None else _batch_context(batch, request.user)
        return super().change_view(request, object_id, form_url, context)

    def get_urls(self):
        """Add the page that undoes a batch."""
        return [UndoPage.as_path("<int:number>/annuler/", "faq_batch_undo", self), *super().get_urls()]


def _batch_context(batch, user):
    """Return the entries that a batch changed, with what may be done with them, and whether it may be undone."""
    traces = (batch.versions, batch.assignment_changes, batch.verifications)
    concerned = reduce(or_, (Q(pk__in=rows.order_by().values("entry")) for rows in traces))
    light = (
        Entry.objects.filter(concerned)
        .select_related("head")
        .defer("answer", "search_text", "head__answer", "head__filing")
    )
    entries = list(light.order_by("pk")[: _SHOWN + 1])
    # What is not shown is not submitted: nobody would have seen it.
    is_whole = len(entries) <= _SHOWN and batch.undone_by_id is None
    offers = is_whole and user.has_perm(SUBMIT.right)
    return {
        "may_undo": can_undo(batch, user),
        "entries": [(entry, state_badges(entry)) for entry in entries[:_SHOWN]],
        "has_more": len(entries) > _SHOWN,
        "drafts": [entry for entry in entries if offers and _can_be_submitted(entry)],
    }


def _can_be_submitted(entry):
    is_draft = entry.head.status == EntryStatus.DRAFT and entry.status != EntryStatus.ARCHIVED
    return is_draft and bool(entry.head.question)


def _groups(report):
    """Return what becomes of entries: a heading, what it means, how many, and the first of them, each with a reason."""
    archived, reverted = ([(entry, "") for entry in entries] for entries in (report.archived, report.reverted))
    checked = [(entry, "") for entry in _only_checked(report)]
    reasons = {entry.pk: reason for entry, reason in report.left}
    refiled = [(one.entry, reasons.get(one.entry.pk, "")) for one in report.refiled]
    kinds = (
        ("Archivées", "Créées par le lot, elles iront à la corbeille.", archived),
        ("Remises comme avant", "Texte, classement et état d’avant le lot.", reverted),
        ("Laissées telles quelles", "Rien n’y revient : ni texte, ni état, ni planification.", report.untouched),
        ("Reclassées", "Leur texte et leur état restent ; leur classement suit les termes.", refiled),
        ("Vérification reprise", "Leur texte reste ; la vérification d’avant compte.", checked),
    )
    return [
        {"heading": heading, "meaning": meaning, "number": len(rows), "rows": rows[:_SHOWN], "more": len(rows[_SHOWN:])}
        for heading, meaning, rows in kinds
        if rows
    ]


def _only_checked(report):
    """Return the entries of which nothing but the last check becomes another."""
    told = {entry.pk for entry in (*report.archived, *report.reverted)}
    return [entry for entry in report.checks if entry.pk not in told]


def _addresses_and_passages(batch, report):
    """Return what leads back to the entries of a merge, in French; nothing for other batches."""
    survivor = reference(batch.survivor_id)
    for number, target in report.former_numbers.items():
        if target is None:
            yield f"L’adresse et la référence {reference(number)} ne mèneront plus à {survivor}."
        else:
            yield f"{reference(number)} mènera de nouveau à {reference(target)}."
    for number, many in report.passages.items():
        verb = pluralize(many, "revient,reviennent")
        yield f"{many} passage{pluralize(many)} d’extraction {verb} à {reference(number)}."


def _rows(report):
    """Return what becomes of terms and of groups of synonyms, in French."""
    for change in report.rows:
        name = name_row(change)
        if change.before is None:
            yield f"« {name} » est de nouveau là."
        elif change.after is None:
            yield f"« {name} », créé par le lot, disparaît."
        elif change.after.get("retired") and not change.before.get("retired") and not change.after["merged_into_id"]:
            yield f"« {name} » est retiré : des versions passées le nomment."
        elif change.after.get("merged_into_id") and not change.before.get("merged_into_id"):
            yield f"« {name} » n’est plus proposé ; son adresse mène à ce dont il vient."
        else:
            yield f"« {name} » est comme avant."
    for name, reason in report.rows_left:
        yield f"« {name} » reste tel quel : {reason}."


def _plans_and_refusals(report):
    """Return which plans and refusals stand again, and which plans do no more, in French."""
    for plan in report.planned:
        then = "l’heure est passée, un relecteur aura à en décider" if plan.error == OVERDUE else "de nouveau planifiée"
        yield f"{_plan_text(plan)} : {then}."
    for plan in report.dropped:
        yield f"{_plan_text(plan)} : de nouveau abandonnée."
    for entry, refusal in report.refusals:
        yield f"{entry.reference} est de nouveau refusée : « {refusal.comment} »"


def _plan_text(plan):
    return f"{plan.get_action_display().capitalize()} de {reference(plan.entry_id)}, le {format_moment(plan.due_at)}"


def _counts_text(report):
    terms = [change for change in report.rows if get_changed_facet(change)]
    groups = [change for change in report.rows if not get_changed_facet(change)]
    counts = (
        (report.archived, "fiche{0} archivée{0}"),
        (report.reverted, "fiche{0} remise{0} comme avant"),
        (report.untouched, "fiche{0} laissée{0} telle{0} quelle{0}"),
        (terms, "terme{0} comme avant"),
        (groups, "groupe{0} de synonymes comme avant"),
        (report.refiled, "fiche{0} reclassée{0}"),
        (_only_checked(report), "fiche{0} dont la vérification change"),
        (report.assigned, "fiche{0} attribuée{0} comme avant"),
    )
    return ", ".join(f"{len(rows)} {words.format(pluralize(rows))}" for rows, words in counts if rows) or "aucune fiche"
