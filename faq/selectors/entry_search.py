"""The search of entries in the admin: by words of their texts, and by what stands around them.

The public search ranks; this one lets through whatever holds every word, for lists that have an order of their own.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from faq.domain.facets import Facet
from faq.domain.limits import ADMIN_SEARCH_MAX_LENGTH, ADMIN_SEARCH_MAX_WORDS
from faq.domain.text import fold
from faq.models import Dump, Entry, EntryAlias, Passage, Version
from faq.models.entries import filing_table, number_of
from faq.selectors.published import load_taxonomy

_PLURAL = re.compile(r"(?<=\w{3})[sx]$")
"""The ending of a plural; a shorter word, such as « INS », is none."""
_NAME_MIN_LENGTH = 2
"""Letters of a word that is looked for in the names of terms, dumps and people: one letter stands in most of them."""


def split_words(text: str) -> list[str]:
    """Return the words of a search, folded, each once; what exceeds the limits of a search does not count."""
    # PostgreSQL refuses NUL in a text.
    typed = text[:ADMIN_SEARCH_MAX_LENGTH].replace("\0", " ")
    return list(dict.fromkeys(fold(typed).split()))[:ADMIN_SEARCH_MAX_WORDS]


def search_entries(entries: QuerySet[Entry], text: str) -> QuerySet[Entry]:
    """Return the entries that answer to every word, and the one that a reference (« Q-214 ») names or leads to.

    A word counts where it stands in the live or latest text, in a term that the entry is filed under, in the name of a
    current dump that holds its answer, or in the name of somebody who wrote a version of it.
    """
    # As for the public, a plural finds the singular; the other way, a word finds what it begins.
    words = [_PLURAL.sub("", word) for word in split_words(text)]
    names = _Names(words)
    found = Q()
    for word in words:
        found &= Q(search_text__contains=word) | names.find(word)
    number = number_of(text)
    if number is None:
        return entries.filter(found)
    survivor = EntryAlias.objects.filter(former=number).values("survivor")
    return entries.filter(found | Q(pk=number) | Q(pk__in=survivor))


class _Names:
    """The names of terms, dumps and people, in which words are looked for; one query for dumps, one for people."""

    def __init__(self, words: Iterable[str]) -> None:
        is_needed = any(len(word) >= _NAME_MIN_LENGTH for word in words)
        terms = load_taxonomy().by_facet if is_needed else {}
        dumps = Dump.objects.current().values_list("pk", "name") if is_needed else ()
        people = User.objects.values_list("pk", "username", "first_name", "last_name") if is_needed else ()
        self.terms = {facet: [(term.id, fold(term.label)) for term in each] for facet, each in terms.items()}
        self.dumps = [(pk, fold(name)) for pk, name in dumps]
        self.people = [(pk, fold(" ".join(names)).split()) for pk, *names in people]

    def find(self, word: str) -> Q:
        """Return the condition that a word stands in one of the names around an entry."""
        if len(word) < _NAME_MIN_LENGTH:
            return Q()
        found = Q()
        for facet, terms in self.terms.items():
            if chosen := [pk for pk, label in terms if word in label]:
                found |= Q(pk__in=_find_filed(facet, chosen))
        if dumps := [pk for pk, name in self.dumps if word in name]:
            found |= Q(pk__in=Passage.objects.filter(dump__in=dumps).values("entry"))
        if people := [pk for pk, parts in self.people if any(part.startswith(word) for part in parts)]:
            found |= Q(pk__in=Version.objects.filter(author__in=people).values("entry"))
        return found


def _find_filed(facet: Facet, terms: list[int]) -> Any:
    """Return the query of the numbers of the entries under one of the terms."""
    table, entry_column, term_column = filing_table(facet)
    return table.objects.filter(**{f"{term_column}__in": terms}).values(entry_column)
