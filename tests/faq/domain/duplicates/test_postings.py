"""Which documents are compared: all that share enough and are linked, up to the limits, and no others."""

from collections import defaultdict

import numpy as np
import pytest

from faq.domain.duplicates import postings
from faq.domain.duplicates.features import SIGNATURE, FeatureBatch, ProfileKind, is_anchor
from faq.domain.duplicates.pairs import Document
from faq.domain.duplicates.postings import LINKED, WORDED_ALIKE, Postings, reach_threshold
from tests.evaluation.dataset import build_dataset

DOCUMENTS = build_dataset(150, seed=11).documents
SHORT = [
    Document(len(DOCUMENTS) + n, "Que faire ?", text) for n, text in enumerate(("Oui.", "Oui !", "À vous de le dire"))
]
ALL = [*DOCUMENTS, *SHORT]


def profiles_of(*documents):
    batch = FeatureBatch()
    for document in documents:
        batch.add(document)
    return batch.profiles()


def held_by(profiles):
    """Return each profile as (key, kind, {feature: weight}, anchors, bits of its signature), in order."""
    held = []
    ends = np.cumsum(profiles.rows.lengths)
    for number, (key, kind) in enumerate(zip(profiles.keys.tolist(), profiles.kinds.tolist(), strict=True)):
        row = slice(ends[number] - profiles.rows.lengths[number], ends[number])
        mine = profiles.rows.features[row]
        features = dict(zip(mine.tolist(), profiles.rows.weights[row].tolist(), strict=True))
        anchors = set(mine[is_anchor(mine)].tolist())
        signed = set(np.flatnonzero(np.unpackbits(profiles.signatures[number].view(np.uint8))).tolist())
        weighing = {feature: weight for feature, weight in features.items() if feature not in anchors}
        held.append((key, ProfileKind(kind), weighing, anchors, signed))
    return held


def share(one, other):
    return sum(weight for feature, weight in one.items() if feature in other)


def total(profile):
    return sum(profile[2].values())


def have_similar_words(one, other):
    """Return whether two texts share enough telling words, beside those bits that they share by chance."""
    chance = len(one) * len(other) / SIGNATURE
    return len(one & other) - chance >= WORDED_ALIKE * (max(len(one), len(other)) - chance)


def find_by_definition(held):
    """Return, for each document, the earlier ones that are compared, most alike first, from the definition alone."""
    holders, anchored = defaultdict(list), defaultdict(list)
    for number, (_, _, features, anchors, _) in sorted(enumerate(held), key=lambda one: (one[1][0], one[0])):
        for feature in features:
            holders[feature].append(number)
        for anchor in anchors:
            anchored[anchor].append(number)
    found = defaultdict(lambda: defaultdict(int))
    for mine in held:
        for other, theirs in enumerate(held):
            if theirs[0] >= mine[0] or mine[1] is not theirs[1]:
                continue
            linking = [
                feature
                for feature in mine[2].keys() & theirs[2].keys()
                if sum(held[one][0] < mine[0] for one in holders[feature]) < postings.FIRST_HOLDERS
            ]
            light = min(total(mine), total(theirs))
            is_linked = sum(mine[2][feature] for feature in linking) >= LINKED * light and linking
            for anchor in mine[3] & theirs[3]:
                between = [one for one in anchored[anchor] if held[one][0] < mine[0]][-postings.NEIGHBOURS :]
                is_linked = is_linked or other in between
            weights = (np.array([float(total(one))]) for one in (mine, theirs))
            shared = share(mine[2], theirs[2])
            if not is_linked or not reach_threshold(np.array([shared]), *weights, np.array([mine[1]]))[0]:
                continue
            if mine[1] is ProfileKind.SKETCH and not have_similar_words(mine[4], theirs[4]):
                continue
            found[mine[0]][theirs[0]] += 1_000 * shared // total(mine) + 1_000 * shared // total(theirs)
    return {
        key: sorted(others, key=lambda other, others=others: (-others[other], -other)) for key, others in found.items()
    }


def look_up(index, keys):
    """Return, for each document, the earlier ones that are compared, most alike first."""
    nearest = index.find_nearest(index.query(np.array(keys)), 1_000, 1_000)
    found = defaultdict(list)
    for later, earlier in zip(nearest.later.tolist(), nearest.earlier.tolist(), strict=True):
        found[later].append(earlier)
    return found


@pytest.mark.parametrize(("first", "neighbours"), [(24, 3), (3, 1), (1, 2)])
def test_it_finds_what_the_definition_says(first, neighbours, monkeypatch):
    monkeypatch.setattr(postings, "FIRST_HOLDERS", first)
    monkeypatch.setattr(postings, "NEIGHBOURS", neighbours)
    profiles = profiles_of(*ALL)
    index = Postings()
    index.extend([profiles])
    wanted = find_by_definition(held_by(profiles))
    assert sum(map(len, wanted.values())) > 30
    assert look_up(index, [document.key for document in ALL]) == wanted


@pytest.mark.parametrize("recent", [1, 40])
def test_it_does_not_matter_in_which_order_documents_came(recent, monkeypatch):
    monkeypatch.setattr(postings, "_RECENT", recent)
    monkeypatch.setattr(postings, "FIRST_HOLDERS", 3)
    keys = [document.key for document in ALL]
    index, at_once = Postings(), Postings()
    for document in reversed(ALL):
        index.add(profiles_of(document))
    at_once.extend([profiles_of(*ALL)])
    assert look_up(index, keys) == look_up(at_once, keys)


def test_what_is_removed_leaves_no_trace(monkeypatch):
    monkeypatch.setattr(postings, "FIRST_HOLDERS", 3)
    kept = [document for document in ALL if document.key % 2]
    keys = [document.key for document in kept]
    index, without = Postings(), Postings()
    index.extend([profiles_of(*ALL)])
    for document in ALL:
        if document.key % 2 == 0:
            index.remove(document.key)
    without.extend([profiles_of(*kept)])
    assert look_up(index, keys) == look_up(without, keys)
    index.merge_segments()
    assert look_up(index, keys) == look_up(without, keys)
    assert len(index) == len(without)


def test_a_feature_that_all_hold_links_few():
    """The work is in proportion to the number of documents, however alike they are."""
    texts = [
        f"Le service numéro {n} du RIS doit transmettre le document au guichet sous dix jours." for n in range(600)
    ]
    sizes = []
    for number in (300, 600):
        index = Postings()
        index.extend([profiles_of(*(Document(key, None, text) for key, text in enumerate(texts[:number])))])
        sizes.append(len(index.find_nearest(index.query(np.arange(number)), 1_000, 1_000).later))
    assert sizes[1] < 2.1 * sizes[0] < 2.1 * 300 * (postings.FIRST_HOLDERS + 4 * postings.NEIGHBOURS)
