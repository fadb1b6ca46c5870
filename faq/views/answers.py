"""Answers as the public pages show them: an entry with its place in the cascade, and its cached HTML."""

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
from faq.domain.markup import LinkTarget, place, place_links, place_without_links
from faq.models import Entry
from faq.selectors.entry_links import compiled_answer, find_link_targets
from faq.selectors.published import Snapshot
from faq.selectors.search.hits import Hits
from faq.views.states import branch_state, state_address

_HIERARCHY = (Facet.OFFER_TYPES, Facet.COULOIRS, Facet.DISPOSITIFS)
"""Facets that nest: the terms of each belong to terms of the one before."""

ANSWER_CACHE_BYTES = 6_000_000
"""Size of the cache of rendered answers in one process."""
_ADDRESS_PLACEHOLDER = secrets.token_urlsafe(12)
"""Stands for the address of the page in cached HTML; random, so that no text contains it."""
_PASSAGE_PLACEHOLDER = secrets.token_urlsafe(12)
"""Stands for the passage that a search found."""
_INDENT = re.compile(r"(?<!\s)[^\S\n]*+\n\s*+")
_answer_cache: LRUByteCache[str] = LRUByteCache(ANSWER_CACHE_BYTES)


@dataclass(frozen=True, slots=True)
class TermLink:
    """A term with the address of its answers."""

    label: str
    address: str


@dataclass(frozen=True)
class Answer:
    """A live entry with the taxonomy, which holds the present names of the terms of its live version."""

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
    def html(self) -> SafeString:
        """The HTML of the text on the page of the entry."""
        # The renderer sanitises the HTML, see faq.domain.markup.
        return mark_safe(place(self.compiled, targets=self.targets))  # noqa: S308

    @cached_property
    def compiled(self) -> str:
        """The HTML of the text before it is placed on a page."""
        return compiled_answer(self.entry.answer)

    @cached_property
    def targets(self) -> dict[int, LinkTarget]:
        """The entries to which references in the text lead: one query, or none without references."""
        return find_link_targets([self.compiled])

    @property
    def labels(self) -> list[str]:
        """The names of all terms."""
        return [term.label for terms in self.terms.values() for term in terms]

    @property
    def links(self) -> dict[Facet, list[TermLink]]:
        """The terms, each with the address of its branch of the cascade; a retired term has none."""
        return {
            facet: [
                TermLink(term.label, "" if term.retired else state_address(branch_state(term, self.taxonomy)))
                for term in terms
            ]
            for facet, terms in self.terms.items()
        }

    @property
    def place(self) -> State:
        """The most precise branch that holds the answer, going down while it has one place only."""
        state = {}
        for facet in _HIERARCHY:
            if len(self.terms.get(facet, ())) != 1 or self.terms[facet][0].retired:
                break
            [state[facet]] = self.terms[facet]
        return state


class AnswerRenderer:
    """Renders the answers of a list; the HTML of each is cached for all lists, until the entry or its terms change.

    References to other entries become links when a list is rendered.
    """

    def __init__(self, snapshot: Snapshot, site: str) -> None:
        self._snapshot = snapshot
        self._site = site

    def render(self, numbers: Iterable[int], address: str, hits: Hits | None = None) -> list[SafeString]:
        """Return the HTML of the answers of some entries, for the page at an address: two queries at most.

        The second one is for links between entries. The passage that a search found is shown with each. Entries that
        are not live any more are left out.
        """
        cached = {number: _answer_cache.get(self._key(number)) for number in numbers}
        entries = {number: hits.loaded[number] for number in cached if number in hits.loaded} if hits else {}
        missing = [number for number, html in cached.items() if (html is None or hits) and number not in entries]
        entries |= Entry.objects.with_live().live().in_bulk(missing) if missing else {}
        cached |= {number: self._render_and_cache(entry) for number, entry in entries.items() if cached[number] is None}
        escaped_address = conditional_escape(address)
        # The entries that an answer cites may change while it stays the same.
        targets = find_link_targets(html for html in cached.values() if html)
        return [
            _fill_placeholders(place_links(html, targets), escaped_address, _render_passage(entries.get(number), hits))
            for number, html in cached.items()
            if html
        ]

    def _render_and_cache(self, entry: Entry) -> str:
        answer = Answer(entry, self._snapshot.taxonomy)
        context = {
            "answer": answer,
            "html": mark_safe(place_without_links(answer.compiled, level=4, owner=entry.reference)),  # noqa: S308
            "site": self._site,
            "address": _ADDRESS_PLACEHOLDER,
            "passage": _PASSAGE_PLACEHOLDER,
        }
        html = _INDENT.sub("\n", get_template("faq/answer.html").render(context))
        _answer_cache.put(self._key(entry.pk), html, getsizeof(html))
        return html

    def _key(self, number: int) -> tuple[str, int, str]:
        return self._site, number, self._snapshot.version_key(number)


def _render_passage(entry: Entry | None, hits: Hits | None) -> str:
    if entry is None or hits is None:
        return ""
    pieces = [format_html("<mark>{}</mark>", text) if found else text for text, found in hits.extract(entry.answer)]
    return format_html(
        '<span class="answer__passage">{}</span>', format_html_join("", "{}", ((one,) for one in pieces))
    )


def _fill_placeholders(html: str, address: str, passage: str) -> SafeString:
    # Our templates rendered the HTML; the address and the passage are escaped.
    filled = html.replace(_ADDRESS_PLACEHOLDER, address).replace(_PASSAGE_PLACEHOLDER, passage)
    return mark_safe(filled)  # noqa: S308
