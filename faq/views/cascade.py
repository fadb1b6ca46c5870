"""The cascade: five questions that narrow the FAQ down, and the answers that remain."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from faq.domain.facets import Question, State, Term, positions
from faq.models.live import Snapshot, live_snapshot
from faq.views.addresses import moved_permanently
from faq.views.answers import Answer, entries_with_live
from faq.views.states import read_state, renamed_slugs, state_address

ANSWERS_PER_PAGE = 20
_LONGEST_PAGE_NUMBER = 9
"""Digits. No longer number is read: it could only name a page far beyond the last."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice of the visitor's, and where taking it back leads: an address, and how many answers there."""

    term: Term
    without: str
    count: int


@dataclass(frozen=True, slots=True)
class PageLink:
    """One step of the pagination; no address stands for the pages left out."""

    label: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True)
class Pagination:
    """The way to the other pages of a state; no address where there is no such page."""

    previous: str
    next: str
    links: list[PageLink]


@require_safe
@conditional_page
@cache_control(public=True, no_cache=True)
def cascade(request):
    """Show the questions worth asking in the state that the address names, and the answers of that state."""
    snapshot = live_snapshot()
    if renamed := renamed_slugs(request.GET, snapshot.taxonomy):
        return _with_present_slugs(request.GET, renamed)
    reading = read_state(request.GET, snapshot.taxonomy)
    questions = snapshot.index.questions(reading.state)
    page = _page(snapshot, reading.state, request.GET.get("page", ""))
    address = state_address(reading.state, page.number)
    context = {
        "notices": reading.notices,
        "questions": questions,
        "filters": _filters(questions, reading.state),
        "page": page,
        "pagination": _pagination(page, reading.state) if page.has_other_pages() else None,
        "answers": _answers_on(page, snapshot),
        "address": address,
        "canonical": request.build_absolute_uri(address),
        "site": f"{request.scheme}://{request.get_host()}",
    }
    return render(request, "faq/cascade.html", context)


def _with_present_slugs(query, renamed: dict[str, str]):
    present = query.copy()
    for parameter, slug in renamed.items():
        present[parameter] = slug
    return moved_permanently(f"{reverse('faq:cascade')}?{present.urlencode()}")


def _filters(questions: Iterable[Question], state: State) -> list[Filter]:
    return [
        Filter(question.chosen, _address_without(question.chosen, state), question.everything)
        for question in questions
        if question.chosen
    ]


def _address_without(term: Term, state: State) -> str:
    return state_address({facet: other for facet, other in state.items() if other != term})


def _page(snapshot: Snapshot, state: State, wanted: str) -> Page:
    """Give the wanted page of entry numbers, or the nearest that there is."""
    numbers = [snapshot.numbers[position] for position in positions(snapshot.index.select(state))]
    paginator = Paginator(numbers, ANSWERS_PER_PAGE)
    number = int(wanted[:_LONGEST_PAGE_NUMBER]) if wanted.isascii() and wanted.isdecimal() else 1
    return paginator.page(min(max(number, 1), paginator.num_pages))


def _pagination(page: Page, state: State) -> Pagination:
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return Pagination(
        previous=state_address(state, page.previous_page_number()) if page.has_previous() else "",
        next=state_address(state, page.next_page_number()) if page.has_next() else "",
        links=[_page_link(page, number, state) for number in shown],
    )


def _page_link(page: Page, number: int | str, state: State) -> PageLink:
    address = "" if number == Paginator.ELLIPSIS else state_address(state, number)
    return PageLink(str(number), address, number == page.number)


def _answers_on(page: Page, snapshot: Snapshot) -> list[Answer]:
    entries = entries_with_live().live().filter(pk__in=page.object_list).order_by("pk")
    return [Answer(entry, snapshot.taxonomy) for entry in entries]
