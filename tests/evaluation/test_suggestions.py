"""Suggestions on the demo FAQ: no change may do worse on it than today."""

import pytest

from faq.domain.facets import Facet
from faq.domain.suggestions import TermNames
from tests.evaluation.suggestions import leave_one_out, read_filed_texts, read_synonym_groups, read_taxonomy

LEAST = {
    False: {"offer_types": 0.76, "couloirs": 0.94, "dispositifs": 0.6, "products": 0.78, "themes": 0.77},
    True: {"offer_types": 0.78, "couloirs": 0.93, "dispositifs": 0.57, "products": 0.81, "themes": 0.76},
}
"""The precision among at most three suggestions, by facet; with questions, and without."""


@pytest.mark.parametrize("titled", [False, True])
def test_most_suggestions_are_what_curators_chose(titled):
    taxonomy = read_taxonomy()
    filed = read_filed_texts("demo", taxonomy, titled=titled)
    scores = leave_one_out(filed, TermNames(taxonomy, read_synonym_groups())).by_facet
    assert len(filed) >= 100
    for facet, score in scores.items():
        assert score.precision >= LEAST[titled][facet], (facet, score)
        assert score.made >= 40
    assert set(scores) == set(Facet)
