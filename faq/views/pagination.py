"""One page of a list of answers, and the links to the other pages."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from faq.views.states import page_address

ANSWERS_PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link to a page; without an address it is the ellipsis that stands for the pages in between."""

    label: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True)
class Pagination:
    """The links to the other pages of a list; an address is "" where there is no such page."""

    previous: str
    next: str
    links: list[PageLink]


def get_nearest_page(numbers: Iterable[int], requested: int) -> Page:
    """Return the requested page of entry numbers, or the last page where that one does not exist."""
    paginator = Paginator(numbers, ANSWERS_PER_PAGE)
    return paginator.page(min(requested, paginator.num_pages))


def build_pagination(page: Page, first: str) -> Pagination | None:
    """Return the links to all pages, the first of which has the address `first`; None where there is one page."""
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
