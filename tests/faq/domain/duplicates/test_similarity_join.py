"""Which couples are judged: all that share as much as the thresholds ask for, and no others."""

from itertools import pairwise

import numpy as np
import pytest

from faq.domain.duplicates import postings, segments, similarity_join
from faq.domain.duplicates.features import FeatureBatch, ProfileKind
from faq.domain.duplicates.pairs import Document
from faq.domain.duplicates.postings import FRAMED_AND_WORDED, Postings, reach_threshold
from faq.domain.duplicates.similarity_join import SimilarityJoin, merge_pairs
from tests.evaluation.dataset import build_dataset

DOCUMENTS = build_dataset(150, seed=11).documents
SHORT = [Document(-1 - n, "Que faire ?", text) for n, text in enumerate(("Oui.", "Oui !", "À vous de le dire"))]


def views_of(*documents):
    batch = FeatureBatch()
    for owner, document in enumerate(documents):
        batch.add(owner, document)
    return batch.profiles()


def held_by(profiles):
    """Return each profile as (owner, kind, {feature: weight}), in order."""
    rows = map(profiles.rows.row, range(len(profiles.owners)))
    held = [dict(zip(row.features.tolist(), row.weights.tolist(), strict=True)) for row in rows]
    return list(zip(profiles.owners.tolist(), map(ProfileKind, profiles.kinds.tolist()), held, strict=True))


def share(one, other):
    return sum(weight for feature, weight in one.items() if feature in other)


def likeness(one, other):
    return share(one, other) / max(sum(one.values()), sum(other.values()))


def are_judged(profiles, one, other):
    """Look at two profiles by themselves, as the thresholds are stated."""
    (_, kind, mine), (_, kind_other, theirs) = profiles[one], profiles[other]
    weights = (np.array([float(sum(held.values()))]) for held in (mine, theirs))
    if kind != kind_other or not reach_threshold(np.array([share(mine, theirs)]), *weights, np.array([kind]))[0]:
        return False
    worded = likeness(profiles[one - 1][2], profiles[other - 1][2]) if kind is ProfileKind.FRAME else 1
    return likeness(mine, theirs) + worded >= FRAMED_AND_WORDED


@pytest.fixture(scope="module")
def batch():
    return views_of(*DOCUMENTS, *SHORT)


@pytest.fixture(scope="module")
def judged(batch):
    profiles = held_by(batch)
    couples = ((one, other) for other in range(len(profiles)) for one in range(other))
    return {
        frozenset((profiles[one][0], profiles[other][0])) for one, other in couples if are_judged(profiles, one, other)
    }


def joined(batch, parts=1):
    index = Postings()
    index.extend([batch])
    limits = np.linspace(0, len(index), parts + 1).astype(int).tolist()
    join = SimilarityJoin(index)
    return set(map(frozenset, merge_pairs([join.pairs(*part) for part in pairwise(limits)]).tolist()))


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"_CHUNK": 7, "_SHORT_LIST": 0},
        {"_CHUNK": 50, "_SHORT_LIST": 3, "_SPARSE": 0},
        {"_SPARSE": 10**9, "_MARGIN": 0.0},
        {"_MARGIN": 0.2},
    ],
    ids=str,
)
def test_no_shortcut_changes_what_is_judged(settings, batch, judged, monkeypatch):
    for name, value in settings.items():
        monkeypatch.setattr(similarity_join, name, value)
    assert len(judged) > 30
    assert joined(batch, parts=3) == judged


def test_a_large_index_is_sorted_in_parts(batch, judged, monkeypatch):
    monkeypatch.setattr(segments, "_SORTED_IN_PARTS_FROM", 1)
    assert joined(batch) == judged


def test_a_text_by_itself_is_compared_with_the_same_ones(batch, judged, monkeypatch):
    monkeypatch.setattr(postings, "_RECENT", 40)
    documents = [*DOCUMENTS, *SHORT]
    index = Postings()
    for owner, document in enumerate(documents):
        one = FeatureBatch()
        one.add(owner, document)
        index.add(one.profiles())
    for owner in range(0, len(documents), 10):
        found = index.find_similar(views_of(documents[owner])) - {owner}
        assert found == {other for couple in judged if owner in couple for other in couple - {owner}}


def test_what_is_forgotten_is_not_found_and_leaves_no_trace(batch):
    index, without = Postings(), Postings()
    index.extend([batch])
    for owner in range(0, len(DOCUMENTS), 2):
        index.remove(owner)
    kept = FeatureBatch()
    for owner, document in enumerate([*DOCUMENTS, *SHORT]):
        if owner % 2 or owner >= len(DOCUMENTS):
            kept.add(owner, document)
    without.extend([kept.profiles()])
    looked_for = views_of(DOCUMENTS[0])
    assert index.find_similar(looked_for) == without.find_similar(looked_for)
    assert (
        SimilarityJoin(index).pairs(0, len(index)).tolist() == SimilarityJoin(without).pairs(0, len(without)).tolist()
    )
    assert len(index) == len(without)
