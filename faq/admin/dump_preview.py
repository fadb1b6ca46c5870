"""The preview of an import of dumps: its files, a verdict and a choice per answer, and the button that imports them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from faq.admin.display import pluralize_count
from faq.admin.dump_cards import get_choice_labels, load_cards
from faq.admin.dump_import import RIGHT, ImportPage, preview_address, read_sent, show_preview
from faq.admin.pages import AdminPage
from faq.admin.streaming import run_long_work
from faq.domain.duplicates.index import ProgressCallback
from faq.domain.limits import DUMP_NAME_MAX_LENGTH
from faq.enums import DumpChoice, DumpVerdict
from faq.models import DumpPreview
from faq.models.entries import number_of
from faq.services.content import ImportRefused
from faq.services.dump_confirmation import PreviewOutdated, confirm_preview
from faq.services.dump_files import PreviewFile, SentFile, find_close_names, find_faults
from faq.services.dump_previews import (
    CHOICES,
    abandon_preview,
    change_files,
    compute_preview,
    get_files,
    get_preview,
    is_running,
    store_choice_for_all,
    store_choices,
)

ANSWERS_PER_PAGE = 25
_GONE = "Cet aperçu n’existe plus, ou il est à quelqu’un d’autre : envoyez de nouveau les fichiers."
_RECOMPUTED = "recalcule"
TO_CHOOSE, RENEWED = "a-choisir", "nouveau-verdict"
FILTERS = {
    "": "Toutes",
    TO_CHOOSE: "Avec un choix",
    RENEWED: "Changées depuis l’aperçu",
    "nouvelle": "Nouvelles",
    "connue": "Déjà connues",
    "ressemble": "Ressemblent à une autre",
    "changee": "Changées",
    "vide": "Vides",
    "disparue": "Disparues",
}
"""The filters of the preview, by their value in the address."""
_VERDICTS = {
    "nouvelle": DumpVerdict.NEW,
    "connue": DumpVerdict.KNOWN,
    "ressemble": DumpVerdict.LOOKS_LIKE,
    "changee": DumpVerdict.CHANGED,
    "vide": DumpVerdict.EMPTY,
    "disparue": DumpVerdict.VANISHED,
}


class PreviewPage(AdminPage):
    """The page of one preview: its files, its answers page by page, and the button that imports them."""

    template_name = "admin/faq/dump/preview.html"
    title = "Aperçu de l’import"
    breadcrumb = "Aperçu"
    permission = RIGHT
    body_class = "dump-preview-page"

    def dispatch(self, request: HttpRequest, *args: Any, key: str) -> HttpResponse:
        """Read the preview, once the account is known to have the right."""
        self.key = key
        return super().dispatch(request, *args)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the preview, or what became of it."""
        return self._with_preview(self._show)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take one of the forms of the page."""
        answers = {
            "files": self._change_files,
            "compute": self._compute,
            "choose": self._choose,
            "all": self._choose_for_all,
            "confirm": self._confirm,
            "abandon": self._abandon,
        }
        return self._with_preview(answers.get(request.POST.get("do", ""), self._show_again))

    def _with_preview(self, answer) -> HttpResponse:
        try:
            self.preview = get_preview(UUID(self.key), self.request.user)
        except (DumpPreview.DoesNotExist, ValueError):
            messages.warning(self.request, _GONE)
            return redirect("admin:faq_dump_import")
        if self.preview.batch_id:
            return redirect("admin:faq_dump_result", self.preview.batch_id)
        return answer()

    def _show(self) -> HttpResponse:
        return self.render()

    def _show_again(self) -> HttpResponse:
        return redirect(self.request.get_full_path())

    def _change_files(self) -> HttpResponse:
        """Rename, remove, replace and add files; what has no fault any more is computed at once if it is small."""
        sent, files = self.request.POST, get_files(self.preview)
        names = {rank: sent[f"name-{rank}"] for rank in range(len(files)) if f"name-{rank}" in sent}
        replaced = {
            rank: SentFile(upload.name, upload, names.get(rank))
            for rank in range(len(files))
            if (upload := self.request.FILES.get(f"file-{rank}"))
        }
        removed = {rank for rank in range(len(files)) if f"remove-{rank}" in sent}
        added = read_sent(self.request)
        try:
            change_files(self.preview, names=names, removed=removed, replaced=replaced, added=added)
        except ImportRefused as refusal:
            return self.render(problems=refusal.reasons)
        return show_preview(self.request, self.preview)

    def _compute(self) -> HttpResponse:
        def work(progress: ProgressCallback | None) -> str:
            compute_preview(self.preview, progress)
            return preview_address(self.preview)

        return run_long_work(self.request, work, preview_address(self.preview))

    def _store_choices(self) -> int:
        sent = self.request.POST
        named = {name: number_of(name.removeprefix("choice-")) for name in sent if name.startswith("choice-")}
        return store_choices(self.preview, {number: sent[name] for name, number in named.items() if number})

    def _choose(self) -> HttpResponse:
        number = self._store_choices()
        if self.request.headers.get("Accept") == "application/json":
            return JsonResponse({"plan": self._plan()})
        messages.success(self.request, pluralize_count(number, "choix enregistré", "choix enregistrés") + ".")
        return self.reload()

    def _choose_for_all(self) -> HttpResponse:
        sent = self.request.POST
        try:
            verdict, choice = DumpVerdict(sent.get("verdict", "")), DumpChoice(sent.get("choice", ""))
        except ValueError:
            return self.reload()
        number = store_choice_for_all(self.preview, verdict, choice)
        messages.success(self.request, pluralize_count(number, "choix changé", "choix changés") + ".")
        return self.reload()

    def _confirm(self) -> HttpResponse:
        self._store_choices()
        author = self.request.user

        def work(progress: ProgressCallback | None) -> str:
            try:
                done = confirm_preview(self.preview.key, author, progress)
            except PreviewOutdated:
                compute_preview(self.preview, progress, marking=True)
                return f"{preview_address(self.preview)}?{_RECOMPUTED}=1"
            return reverse("admin:faq_dump_result", args=(done.batch_id,))

        return run_long_work(self.request, work, self.request.get_full_path())

    def _abandon(self) -> HttpResponse:
        abandon_preview(self.preview)
        messages.success(self.request, "L’aperçu et ses fichiers sont supprimés ; rien n’a été importé.")
        return redirect("admin:faq_dump_import")

    def get_trail(self):
        """Add the page that takes the files."""
        return [*super().get_trail(), (ImportPage.title, reverse("admin:faq_dump_import"))]

    def get_context(self, **context: Any) -> dict[str, Any]:
        """Add the files, and one page of the answers."""
        files = get_files(self.preview)
        faults = find_faults(files)
        described = [
            {"rank": rank, "file": file, "faults": reasons, "close": close}
            for rank, (file, reasons, close) in enumerate(zip(files, faults, find_close_names(files), strict=True))
        ]
        computed = self._describe_answers(files) if self.preview.computed_at else {}
        started = self.preview.started_at
        return super().get_context(
            preview=self.preview,
            files=described,
            faulty=sum(map(bool, faults)),
            recomputed=_RECOMPUTED in self.request.GET,
            running=is_running(self.preview) if started else False,
            started=started,
            name_max_length=DUMP_NAME_MAX_LENGTH,
            **computed,
            **context,
        )

    def _describe_answers(self, files) -> dict[str, Any]:
        counts = self._count_verdicts()
        chosen = self._count_choices()
        by_verdict = _sum_by_verdict(counts)
        numbers = {name: by_verdict[verdict] for name, verdict in _VERDICTS.items()}
        numbers[""] = sum(counts.values())
        numbers[TO_CHOOSE] = sum(chosen.values())
        numbers[RENEWED] = self.preview.answers.filter(renewed=True).count()
        shown = self.request.GET.get("verdict", "")
        shown = shown if shown in FILTERS else ""
        page = Paginator(self._filter(shown), ANSWERS_PER_PAGE).get_page(self.request.GET.get("page"))
        cards = load_cards(self.preview, page, files)
        return {
            "table": [(file, [counts[rank, verdict] for verdict in DumpVerdict]) for rank, file in enumerate(files)],
            "totals": [by_verdict[verdict] for verdict in DumpVerdict],
            "total": sum(file.answers for file in files),
            "plan": _describe_plan(files, by_verdict, chosen),
            "all_unchanged": all(file.unchanged for file in files),
            "filters": [
                (name, label, numbers[name]) for name, label in FILTERS.items() if numbers[name] or name in ("", shown)
            ],
            "shown": shown,
            "page": page,
            "cards": cards,
            "compared": any(card.sides for card in cards),
            "for_all": [
                (verdict, DumpVerdict(verdict).label, get_choice_labels(DumpVerdict(verdict)))
                for verdict in CHOICES
                if any(chosen[verdict, choice] for choice in DumpChoice)
            ],
        }

    def _filter(self, shown: str):
        rows = self.preview.answers.select_related("entry__head", "former")
        rows = rows.defer("entry__answer", "entry__search_text", "former__lead", "former__closing").order_by("pk")
        if shown == TO_CHOOSE:
            return rows.exclude(choice="")
        if shown == RENEWED:
            return rows.filter(renewed=True)
        return rows.filter(verdict=_VERDICTS[shown]) if shown else rows

    def _count_verdicts(self) -> Counter:
        """Return the number of answers by file and verdict."""
        rows = self.preview.answers.order_by().values_list("file", "verdict").annotate(Count("pk"))
        return Counter({(file, verdict): number for file, verdict, number in rows})

    def _count_choices(self) -> Counter:
        """Return the number of answers by verdict and choice, of those that leave one."""
        rows = self.preview.answers.exclude(choice="").order_by().values_list("verdict", "choice").annotate(Count("pk"))
        return Counter({(verdict, choice): number for verdict, choice, number in rows})

    def _plan(self) -> list[str]:
        files = get_files(self.preview)
        return _describe_plan(files, _sum_by_verdict(self._count_verdicts()), self._count_choices())


def _sum_by_verdict(counts: Mapping[tuple[int, str], int]) -> Counter[str]:
    """Return the number of answers by verdict, of all files."""
    numbers: Counter[str] = Counter()
    for (_, verdict), number in counts.items():
        numbers[verdict] += number
    return numbers


def _describe_plan(files: Sequence[PreviewFile], by_verdict: Counter[str], chosen: Counter) -> list[str]:
    """Return what the import would make, in French; the numbers add up to the number of answers."""
    by_choice = {choice: sum(chosen[verdict, choice] for verdict in CHOICES) for choice in DumpChoice}
    attached = by_choice[DumpChoice.KEEP] + by_choice[DumpChoice.PROPOSE]
    created = sum(by_verdict[one] for one in (DumpVerdict.NEW, *CHOICES)) - attached
    unchanged = sum(file.answers for file in files if file.unchanged)
    told = (
        (created, "nouvelle fiche, en brouillon", "nouvelles fiches, en brouillon"),
        (
            by_choice[DumpChoice.PROPOSE],
            "texte proposé à sa fiche, en brouillon",
            "textes proposés à leur fiche, en brouillon",
        ),
        (
            by_choice[DumpChoice.KEEP],
            "réponse rattachée à une fiche, sans la changer",
            "réponses rattachées à une fiche, sans la changer",
        ),
        (by_verdict[DumpVerdict.KNOWN], "réponse déjà connue", "réponses déjà connues"),
        (by_verdict[DumpVerdict.EMPTY], "réponse vide", "réponses vides"),
        (unchanged, "réponse d’un fichier déjà importé", "réponses de fichiers déjà importés"),
    )
    return [pluralize_count(number, one, several) for number, one, several in told if number]
