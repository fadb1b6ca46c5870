"""What is known of words, read from the tables as far as it changed: both kinds of search read queries by it."""

from faq.domain.search.vocabulary import Vocabulary
from faq.models.search import SearchForm, SearchStem
from faq.models.synonyms import SynonymGroup

Groups = tuple[tuple[tuple[str, ...], bool], ...]
"""Expressions that mean the same, and whether that holds one way only."""
ROWS = 5_000


def with_new_words(vocabulary: Vocabulary) -> Vocabulary:
    """Return a vocabulary with the words that became known since its own.

    Words are read before entries: an entry read may hold a word that is not, never the other way round.
    """
    stem, form = vocabulary.latest
    forms = SearchForm.objects.filter(pk__gt=form).values_list("pk", "form", "stem")
    stems = SearchStem.objects.filter(pk__gt=stem).values_list("pk", "key")
    return vocabulary.with_words(stems.iterator(chunk_size=ROWS), forms.iterator(chunk_size=ROWS))


def synonym_groups() -> Groups:
    """Return the groups that searches obey."""
    rows = SynonymGroup.objects.in_use().order_by("pk").values_list("expressions", "one_way")
    return tuple((tuple(expressions), one_way) for expressions, one_way in rows)
