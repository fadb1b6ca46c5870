"""« Doublons possibles »: the pairs that the detector found, side by side, and what editors decide about them."""

from itertools import pairwise
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html

from faq.admin.entries.duplicate_groups import grouped, one_by_one, rows_of
from faq.admin.entries.merging import MOST, address_for
from faq.admin.entries.pair_card import cards, fingerprints, with_texts
from faq.enums import Decision
from faq.filters import DECIDED, OPEN, SHELVES, SIBLINGS, PairFilters, pairs_on_shelf
from faq.models import Entry, Pair
from faq.models.entries import number_of, reference
from faq.services.content import EntryError
from faq.services.duplicates import compare_waiting, decide_pair, find_duplicates, has_outdated_pairs
from faq.services.merging import add_see_also, remove_see_also

GROUPS_PER_PAGE = 10
PAIRS_PER_GROUP = 6
"""Pairs of one group that show at once: the others come up as these are decided."""
_NO_PAIR = 0
_UNDO = "undo"
_CHANGED = "Cette paire a changé depuis que vous l’avez affichée : rien n’a été décidé. La voici telle qu’elle est."
_GONE = "Ces deux fiches ne se ressemblent plus, ou l’une n’est plus en service : rien n’a été décidé."


class DuplicatesPage:
    """One request for the queue, the groups from which an editor gains most first."""

    def __init__(self, model_admin, request):
        self.admin = model_admin
        self.request = request
        self.may_decide = request.user.has_perm("faq.decide_pair")

    def respond(self):
        """Show the queue, or do what was asked and show the queue again."""
        if not self.request.user.has_perm("faq.view_pair"):
            raise PermissionDenied
        if self.request.method != "POST":
            return self._show()
        if not self.may_decide:
            raise PermissionDenied
        return self._search() if "search" in self.request.POST else self._decide()

    def _search(self):
        report = find_duplicates()
        found = Pair.objects.open().count()
        told = f"{_many(report.documents, 'fiche comparée', 'fiches comparées')} : "
        told += _many(found, "doublon possible à examiner", "doublons possibles à examiner")
        messages.success(self.request, f"{told} ({report.new} de plus, {report.gone} de moins, voisines comprises).")
        return redirect(self.request.path)

    def _decide(self):
        """Write a decision on the texts as they were shown, or say why not."""
        text = self.request.POST.get("decision", "")
        if text not in (_UNDO, *Decision.values):
            return self._stay("Rien n’a été décidé : rechargez la page et recommencez.")
        decision = None if text == _UNDO else Decision(text)
        pair = _present(number_of(self.request.POST.get("pair", "")) or _NO_PAIR)
        if pair is None:
            return self._stay(_GONE)
        try:
            self._write(pair, decision)
        except (EntryError, PermissionDenied) as refusal:
            return self._stay(str(refusal))
        return self._tell(pair, decision)

    @transaction.atomic
    def _write(self, pair, decision):
        """Decide, and relate or part the two entries where that is the decision."""
        shown, author = self.request.POST, self.request.user
        if decision is Decision.RELATED:
            add_see_also(pair.left_id, pair.right_id, author)
        locked = Pair.objects.select_for_update().filter(pk=pair.pk).first()
        seen = (shown.get("left_text"), shown.get("right_text"), shown.get("was"))
        if locked is None or seen != (*fingerprints(pair), locked.decision):
            raise EntryError(_CHANGED)
        if decision is None and locked.decision == Decision.RELATED:
            remove_see_also(pair.left_id, pair.right_id, author)
        decide_pair(locked, decision, author)

    def _stay(self, reason):
        messages.warning(self.request, reason)
        return redirect(self.request.get_full_path())

    def _tell(self, pair, decision):
        """Return what was decided, and go on: to the merge, or to the next pair."""
        if decision is None:
            told = "{} : la décision est reprise{}."
            messages.success(self.request, told.format(pair, _parted(pair)))
        else:
            query = urlencode({"vue": DECIDED, "fiche": pair.left_id})
            link = format_html('<a href="?{}#paire-{}">Revenir sur la décision</a>', query, pair.pk)
            messages.success(self.request, format_html("{} : {}. {}", pair, decision.label, link))
        if decision is Decision.DUPLICATE and self.request.user.has_perm("faq.merge_entry"):
            return redirect(address_for([pair.left_id, pair.right_id]))
        following = number_of(self.request.POST.get("next", ""))
        fragment = f"#paire-{following}" if following else ""
        return redirect(f"{self.request.get_full_path()}{fragment}")

    def _show(self):
        filters = PairFilters(self.request.GET)
        page = Paginator(_groups(filters), GROUPS_PER_PAGE).get_page(self.request.GET.get("page"))
        counts = {name: pairs_on_shelf(name).count() for name in SHELVES}
        context = {
            **self.admin.admin_site.each_context(self.request),
            "opts": Entry._meta,
            "title": f"Doublons possibles ({counts[OPEN]})",
            "total": counts[OPEN],
            "decided": counts[DECIDED],
            "shelves": [(name, label, counts[name]) for name, label in SHELVES.items()],
            "shelf": filters.shelf,
            "shelf_label": SHELVES[filters.shelf],
            "page": page,
            "groups": self._shown(page),
            "ordered": filters.shelf not in (DECIDED, SIBLINGS),
            "filters": filters,
            "out_of_date": has_outdated_pairs(),
            "entries_exist": Entry.objects.exists(),
            "may_decide": self.may_decide,
            "may_relate": self.request.user.has_perm("faq.change_entry"),
            "may_merge": self.request.user.has_perm("faq.merge_entry"),
        }
        self.request.current_app = self.admin.admin_site.name
        return TemplateResponse(self.request, "admin/faq/entry/duplicates.html", context)

    def _shown(self, page):
        """Return what the page shows of its groups, each pair with the one that comes after it."""
        parts = [group.rows[:PAIRS_PER_GROUP] for group in page]
        numbers = [row.pk for rows in parts for row in rows]
        following = dict(pairwise(numbers))
        read = cards(numbers)
        return [
            {
                "rank": rank,
                "references": [reference(number) for number in group.numbers],
                "merge_address": address_for(group.numbers) if 2 < len(group.numbers) <= MOST else "",
                # A pair may have gone since its row was read.
                "items": [_item(read[row.pk], following) for row in rows if row.pk in read],
                "more": len(group.rows) - len(rows),
            }
            for rank, (group, rows) in enumerate(zip(page, parts, strict=True), page.start_index())
        ]


def _groups(filters):
    """Return the groups of the shelf; on those where nothing is to be decided, every pair is one."""
    match filters.shelf:
        case "decidees":
            return one_by_one(rows_of(filters.pairs, "-decided_at", "-pk"))
        case "voisines":
            return one_by_one(rows_of(filters.pairs, "-score", "left", "right"))
        case _:
            return grouped(rows_of(filters.pairs))


def _item(card, following):
    return {"card": card, "next": following.get(card.pair.pk, ""), "merge_address": address_for(card.numbers)}


def _present(number):
    """Return a pair, brought up to date where one of its texts was changed since it was found."""
    pair = with_texts().filter(pk=number).first()
    if pair is None or fingerprints(pair) == (pair.left_text, pair.right_text):
        return pair
    compare_waiting()
    return with_texts().filter(pk=number).first()


def _parted(pair):
    return " et leur renvoi « Voir aussi » est retiré" if pair.decision == Decision.RELATED else ""


def _many(number, one, several):
    return f"{number} {one if number < 2 else several}"


def duplicates(model_admin, request):
    """Answer with the pairs that look like duplicates."""
    return DuplicatesPage(model_admin, request).respond()
