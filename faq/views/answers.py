"""Answers as the public pages show them: an entry, and where it stands in the cascade."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from sys import getsizeof

from django.template.loader import get_template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from faq.caching import LRUByteCache
from faq.domain.facets import Facet, State, Taxonomy, Term
from faq.models import Entry
from faq.selectors.published import Snapshot
from faq.selectors.search.hits import Hits
from faq.views.states import branch, state_address

_SPINE = (Facet.OFFER_TYPES, Facet.COULOIRS, Facet.DISPOSITIFS)
"""The facets of which each is part of the one before."""

WRITTEN_BYTES = 6_000_000
"""Of answers as lists show them, in each process."""
_HERE = secrets.token_urlsafe(12)
"""Stands for the address of the page, which no text of an answer can know."""
_PASSAGE = secrets.token_urlsafe(12)
"""Stands for what a search found in the answer."""
_MARK = "<mark>{}</mark>"
_INDENT = re.compile(r"\s*\n\s*")
_written: LRUByteCache[str] = LRUByteCache(WRITTEN_BYTES)


@dataclass(frozen=True, slots=True)
class TermLink:
    """A term, and the address of its answers."""

    label: str
    address: str


@dataclass(frozen=True)
class Answer:
    """A live entry, and the taxonomy that gives the terms of its live version their present names."""

    entry: Entry
    taxonomy: Taxonomy

    @cached_property
    def terms(self) -> dict[Facet, list[Term]]:
        """The terms that the entry is filed under, in screen order; facets without any are left out."""
        filing = self.entry.live.filing
        found = {}
        for facet, terms in self.taxonomy.by_facet.items():
            ids = {term["id"] for term in filing.get(facet, ())}
            if filed := [term for term in terms if term.id in ids]:
                found[facet] = filed
        return found

    @property
    def labels(self) -> list[str]:
        """The names of all terms."""
        return [term.label for terms in self.terms.values() for term in terms]

    @property
    def links(self) -> dict[Facet, list[TermLink]]:
        """The terms, each with the address of its branch of the cascade; a retired term has none."""
        return {
            facet: [
                TermLink(term.label, "" if term.retired else state_address(branch(term, self.taxonomy)))
                for term in terms
            ]
            for facet, terms in self.terms.items()
        }

    @property
    def place(self) -> State:
        """The most precise branch that holds the answer, going down while it has one place only."""
        state = {}
        for facet in _SPINE:
            if len(self.terms.get(facet, ())) != 1 or self.terms[facet][0].retired:
                break
            [state[facet]] = self.terms[facet]
        return state


class AnswerList:
    """The answers of one page of a list, each written once for all lists and as long as it stays the same."""

    def __init__(self, snapshot: Snapshot, site: str) -> None:
        self._snapshot = snapshot
        self._site = site

    def written(self, numbers: Iterable[int], address: str, hits: Hits | None = None) -> list[SafeString]:
        """Return the HTML of the answers of these numbers, for the page of that address, in one query at most.

        Of those that a search found, the passage that it found is shown. Those that are not live any more are
        left out.
        """
        kept = {number: _written.get(self._key(number)) for number in numbers}
        entries = {number: hits.loaded[number] for number in kept if number in hits.loaded} if hits else {}
        missing = [number for number, html in kept.items() if (html is None or hits) and number not in entries]
        entries |= Entry.objects.with_live().live().in_bulk(missing) if missing else {}
        kept |= {number: self._write(entry) for number, entry in entries.items() if kept[number] is None}
        here = conditional_escape(address)
        # Our own templates wrote these; the address and the passage are escaped.
        return [
            mark_safe(html.replace(_HERE, here).replace(_PASSAGE, _passage(entries.get(number), hits)))  # noqa: S308
            for number, html in kept.items()
            if html
        ]

    def _write(self, entry: Entry) -> str:
        context = {
            "answer": Answer(entry, self._snapshot.taxonomy),
            "site": self._site,
            "address": _HERE,
            "passage": _PASSAGE,
        }
        html = _INDENT.sub("\n", get_template("faq/answer.html").render(context))
        _written.put(self._key(entry.pk), html, getsizeof(html))
        return html

    def _key(self, number: int) -> tuple[str, int, str]:
        return self._site, number, self._snapshot.stamp(number)


def _passage(entry: Entry | None, hits: Hits | None) -> str:
    if entry is None or hits is None:
        return ""
    pieces = [format_html("<mark>{}</mark>", text) if found else text for text, found in hits.extract(entry.answer)]
    return format_html(
        '<span class="answer__passage">{}</span>', format_html_join("", "{}", ((one,) for one in pieces))
    )
