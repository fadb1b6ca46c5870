"""The words, synonyms and filing that both backends expand queries with, read again only as far as they changed."""

from faq.domain.facets import Taxonomy
from faq.domain.search.filing import TermFiling, TermLabels
from faq.domain.search.vocabulary import Vocabulary
from faq.models.search import SearchForm, SearchStem
from faq.models.synonyms import SynonymGroup
from faq.selectors.published import Snapshot

SynonymGroups = tuple[tuple[tuple[str, ...], bool], ...]
"""Expressions that mean the same, and whether only the first finds the others."""
ROWS = 5_000
"""Rows read from the database at a time."""

_latest_labels = TermLabels(Taxonomy(()))


def extend_vocabulary(vocabulary: Vocabulary) -> Vocabulary:
    """Return a vocabulary with the words that were stored since it was read.

    To be called before entries are read: a vocabulary may hold words of no entry, but no entry unknown words.
    """
    stem, form = vocabulary.latest
    forms = SearchForm.objects.filter(pk__gt=form).values_list("pk", "form", "stem", "shown")
    stems = SearchStem.objects.filter(pk__gt=stem).values_list("pk", "key")
    return vocabulary.with_words(stems.iterator(chunk_size=ROWS), forms.iterator(chunk_size=ROWS))


def read_synonym_groups() -> SynonymGroups:
    """Return the groups of synonyms that are in use."""
    rows = SynonymGroup.objects.in_use().order_by("pk").values_list("expressions", "one_way")
    return tuple((tuple(expressions), one_way) for expressions, one_way in rows)


def get_filing(snapshot: Snapshot) -> TermFiling:
    """Return the filing of a snapshot; the labels of one taxonomy are analysed once."""
    global _latest_labels
    labels = _latest_labels
    if labels.taxonomy is not snapshot.taxonomy:
        labels = _latest_labels = TermLabels(snapshot.taxonomy)
    return TermFiling(labels, snapshot.index)
