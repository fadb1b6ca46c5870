"""The page that an import of dumps leads to: what it made, and what is left to do with it."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode

from faq.admin.display import person_name, pluralize_count
from faq.admin.dump_import import RIGHT
from faq.admin.pages import AdminPage
from faq.enums import Action, BatchKind, EntryStatus
from faq.models import Batch, Entry, Pair, Passage
from faq.services.dumps_export import describe_end


class ResultPage(AdminPage):
    """The entries that one import made, and the work left on them."""

    template_name = "admin/faq/dump/result.html"
    title = "Import terminé"
    breadcrumb = "Import"
    body_class = "dump-result-page"

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        """Show the import."""
        self.batch = Batch.objects.select_related("author").filter(pk=number, kind=BatchKind.DUMP_IMPORT).first()
        if self.batch is None:
            messages.warning(request, "Ce lot n’est pas un import d’extraction.")
            return redirect("admin:faq_dump_changelist")
        return self.render()

    def get_context(self, **context: Any) -> dict[str, Any]:
        """Add the dumps of the batch, each with its numbers and links."""
        actions = Counter(dict(self.batch.versions.order_by().values_list("action").annotate(Count("pk"))))
        counts = {"answers": Count("passages"), "filled": Count("passages__entry")}
        dumps = list(self.batch.dumps.annotate(**counts))
        created = Entry.objects.filter(versions__batch=self.batch, versions__action=Action.CREATED)
        answers = sum(dump.answers for dump in dumps)
        empty = answers - sum(dump.filled for dump in dumps)
        told = (
            (actions[Action.CREATED], "nouvelle fiche, en brouillon", "nouvelles fiches, en brouillon"),
            (
                answers - empty - actions[Action.CREATED],
                "réponse dont la fiche existait, ou vient de ce lot",
                "réponses dont la fiche existait, ou vient de ce lot",
            ),
            (empty, "réponse vide", "réponses vides"),
        )
        also = (
            (actions[Action.EDITED], "texte proposé en brouillon", "textes proposés en brouillon"),
            (actions[Action.RESTORED], "fiche sortie de la corbeille", "fiches sorties de la corbeille"),
        )
        held = Entry.objects.filter(pk__in=Passage.objects.filter(dump__batch=self.batch).values("entry"))
        numbers = created.values("pk")
        pairs = Pair.objects.open().filter(Q(left__in=numbers) | Q(right__in=numbers))
        return super().get_context(
            batch=self.batch,
            author=person_name(self.batch.author),
            answers=answers,
            told=[pluralize_count(number, one, several) for number, one, several in told if number],
            also=[pluralize_count(number, one, several) for number, one, several in also if number],
            dumps=[
                {"dump": dump, "query": urlencode({"extraction": dump.pk}), "note": describe_end(dump)}
                for dump in dumps
            ],
            untitled=held.filter(head__question="").exclude(status=EntryStatus.ARCHIVED).count(),
            pairs=pairs.count(),
            may_undo=self.request.user.has_perm("faq.undo_batch") and not self.batch.undone_by_id,
            may_import=self.request.user.has_perm(RIGHT),
            **context,
        )
