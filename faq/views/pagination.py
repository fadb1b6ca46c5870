"""One page of a list of answers, and the way to the others."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from faq.views.states import page_address

ANSWERS_PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class PageLink:
    """One step of the pagination; no address stands for the pages left out."""

    label: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True)
class Pagination:
    """The way to the other pages of a list; no address where there is no such page."""

    previous: str
    next: str
    links: list[PageLink]


def nearest_page(numbers: Iterable[int], wanted: int) -> Page:
    """Return the wanted page of entry numbers, or the nearest that there is."""
    paginator = Paginator(numbers, ANSWERS_PER_PAGE)
    return paginator.page(min(wanted, paginator.num_pages))


def pagination(page: Page, first: str) -> Pagination | None:
    """Return the way to the other pages, the first of which has that address; None where there is no other."""
    if not page.has_other_pages():
        return None
    shown = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return Pagination(
        previous=page_address(first, page.number - 1) if page.has_previous() else "",
        next=page_address(first, page.number + 1) if page.has_next() else "",
        links=[_link(number, page.number, first) for number in shown],
    )


def _link(number: int | str, current: int, first: str) -> PageLink:
    address = "" if number == Paginator.ELLIPSIS else page_address(first, number)
    return PageLink(str(number), address, number == current)
