"""« Doublons possibles »: the pairs that the detector found, side by side, and what editors decide about them."""

from functools import cached_property
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html

from faq.admin.entries.duplicate_groups import Group, group_pairs, read_rows, separate_pairs
from faq.admin.entries.merging import MOST, merge_address
from faq.admin.entries.pair_card import Card, get_fingerprints, load_cards, with_latest_texts
from faq.admin.pages import AdminPage
from faq.admin.table_exports import TableExportView
from faq.enums import Decision
from faq.models import Entry, Pair
from faq.models.entries import number_of, reference
from faq.pair_filters import DECIDED, OPEN, SHELVES, SIBLINGS, PairFilters, pairs_on_shelf
from faq.resources import PairResource
from faq.services.content import EntryError
from faq.services.duplicates import compare_waiting, count_waiting, decide_pair, find_duplicates, has_outdated_pairs
from faq.services.merging import add_see_also, remove_see_also

GROUPS_PER_PAGE = 10
PAIRS_PER_GROUP = 6
"""Pairs of one group that are shown at once: the others follow when these are decided."""
_NO_PAIR = 0
_UNDO = "undo"
_CHANGED = "Cette paire a changé depuis que vous l’avez affichée : rien n’a été décidé. La voici telle qu’elle est."
_GONE = "Ces deux fiches ne se ressemblent plus, ou l’une n’est plus en service : rien n’a été décidé."


class PairExportView(TableExportView):
    """The pairs of the queue, as its filters leave them, as a table."""

    permission = "faq.view_pair"
    resource_class = PairResource

    def get_rows(self) -> QuerySet[Pair]:
        """Return the pairs of the shelf and the filters that the address names."""
        return PairFilters(self.request.GET).pairs


class DuplicatesPage(AdminPage):
    """The queue of pairs, the most useful groups first, where editors decide."""

    template_name = "admin/faq/entry/duplicates.html"
    breadcrumb = "Doublons possibles"
    body_class = "duplicates-page"
    permission = "faq.view_pair"
    post_permission = "faq.decide_pair"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Search for duplicates, or store a decision."""
        return self._search() if "search" in request.POST else self._decide()

    def _search(self) -> HttpResponse:
        report = find_duplicates()
        found = Pair.objects.open().count()
        message = f"{_pluralize(report.documents, 'fiche comparée', 'fiches comparées')} : "
        message += _pluralize(found, "doublon possible à examiner", "doublons possibles à examiner")
        message += f" ({report.new} de plus, {report.gone} de moins, voisines comprises)."
        messages.success(self.request, message)
        return redirect(self.request.path)

    def _decide(self) -> HttpResponse:
        """Store a decision on the texts as they were shown, or say why nothing was stored."""
        text = self.request.POST.get("decision", "")
        if text not in (_UNDO, *Decision.values):
            return self._refuse("Rien n’a été décidé : rechargez la page et recommencez.")
        decision = None if text == _UNDO else Decision(text)
        pair = _get_current_pair(number_of(self.request.POST.get("pair", "")) or _NO_PAIR)
        if pair is None:
            return self._refuse(_GONE)
        try:
            self._store_decision(pair, decision)
        except (EntryError, PermissionDenied) as refusal:
            return self._refuse(str(refusal))
        self._announce(pair, decision)
        return self._redirect_after(pair, decision)

    @transaction.atomic
    def _store_decision(self, pair: Pair, decision: Decision | None) -> None:
        """Store a decision, and add or remove the « Voir aussi » that goes with it.

        Raises EntryError where the pair is not what the page showed.
        """
        sent, author = self.request.POST, self.request.user
        if decision is Decision.RELATED:
            add_see_also(pair.left_id, pair.right_id, author)
        locked = Pair.objects.select_for_update().filter(pk=pair.pk).first()
        shown = (sent.get("left_text"), sent.get("right_text"), sent.get("was"))
        if locked is None or shown != (*get_fingerprints(pair), locked.decision):
            raise EntryError(_CHANGED)
        if decision is None and locked.decision == Decision.RELATED:
            remove_see_also(pair.left_id, pair.right_id, author)
        decide_pair(locked, decision, author)

    def _refuse(self, reason: str) -> HttpResponse:
        messages.warning(self.request, reason)
        return self.reload()

    def _announce(self, pair: Pair, decision: Decision | None) -> None:
        if decision is None:
            undone = " et leur renvoi « Voir aussi » est retiré" if pair.decision == Decision.RELATED else ""
            messages.success(self.request, f"{pair} : la décision est reprise{undone}.")
        else:
            query = urlencode({"vue": DECIDED, "fiche": pair.left_id})
            link = format_html('<a href="?{}#paire-{}">Revenir sur la décision</a>', query, pair.pk)
            messages.success(self.request, format_html("{} : {}. {}", pair, decision.label, link))

    def _redirect_after(self, pair: Pair, decision: Decision | None) -> HttpResponse:
        """Return a redirect to the merge of two duplicates, or to the next pair."""
        if decision is Decision.DUPLICATE and self.request.user.has_perm("faq.merge_entry"):
            return redirect(merge_address([pair.left_id, pair.right_id]))
        following = number_of(self.request.POST.get("next", ""))
        fragment = f"#paire-{following}" if following else ""
        return redirect(f"{self.request.get_full_path()}{fragment}")

    @cached_property
    def counts(self) -> dict[str, int]:
        """The number of pairs on every shelf."""
        return {name: pairs_on_shelf(name).count() for name in SHELVES}

    def get_title(self) -> str:
        """Return the title, with the number of pairs that wait for a decision."""
        return f"Doublons possibles ({self.counts[OPEN]})"

    def get_context(self, **context: Any) -> dict[str, Any]:
        """Return one page of the groups of a shelf, and the length of every shelf."""
        filters = PairFilters(self.request.GET)
        page = Paginator(_get_groups(filters), GROUPS_PER_PAGE).get_page(self.request.GET.get("page"))
        groups = _build_groups(page)
        waiting = count_waiting()
        user = self.request.user
        return super().get_context(
            total=self.counts[OPEN],
            decided=self.counts[DECIDED],
            shelves=[(name, label, self.counts[name]) for name, label in SHELVES.items()],
            shelf=filters.shelf,
            shelf_label=SHELVES[filters.shelf],
            page=page,
            groups=groups,
            ordered=filters.shelf not in (DECIDED, SIBLINGS),
            filters=filters,
            out_of_date=has_outdated_pairs(),
            waiting=waiting,
            entries_exist=bool(groups or waiting) or Entry.objects.exists(),
            may_decide=user.has_perm("faq.decide_pair"),
            may_relate=user.has_perm("faq.change_entry"),
            may_merge=user.has_perm("faq.merge_entry"),
            **context,
        )


def _get_groups(filters: PairFilters) -> list[Group]:
    """Return the groups of the shelf; where nothing is to be decided, every pair is a group of its own."""
    match filters.shelf:
        case "decidees":
            return separate_pairs(read_rows(filters.pairs, "-decided_at", "-pk"))
        case "voisines":
            return separate_pairs(read_rows(filters.pairs, "-score", "left", "right"))
        case _:
            return group_pairs(read_rows(filters.pairs))


def _build_groups(page: Page) -> list[dict[str, Any]]:
    """Return the part of each group that the page shows, each pair with the number of the following one."""
    shown_rows = [group.rows[:PAIRS_PER_GROUP] for group in page]
    numbers = [row.pk for rows in shown_rows for row in rows]
    following = dict(pairwise(numbers))
    cards = load_cards(numbers)
    return [
        {
            "rank": rank,
            "references": [reference(number) for number in group.numbers],
            "merge_address": merge_address(group.numbers) if 2 < len(group.numbers) <= MOST else "",
            # A pair may have been deleted since its row was read.
            "items": [_build_item(cards[row.pk], following) for row in rows if row.pk in cards],
            "more": len(group.rows) - len(rows),
        }
        for rank, (group, rows) in enumerate(zip(page, shown_rows, strict=True), page.start_index())
    ]


def _build_item(card: Card, following: dict[int, int]) -> dict[str, Any]:
    return {"card": card, "next": following.get(card.pair.pk, ""), "merge_address": merge_address(card.numbers)}


def _get_current_pair(number: int) -> Pair | None:
    """Return a pair, compared once more where one of its texts was changed since it was found."""
    pair = with_latest_texts().filter(pk=number).first()
    if pair is None or get_fingerprints(pair) == (pair.left_text, pair.right_text):
        return pair
    compare_waiting([pair.left_id, pair.right_id])
    return with_latest_texts().filter(pk=number).first()


def _pluralize(number: int, one: str, several: str) -> str:
    return f"{number} {one if number < 2 else several}"
