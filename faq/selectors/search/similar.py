"""The live entries most similar to one, for « voir aussi »."""

from pyroaring import BitMap

from faq.domain.search.postings import unpack
from faq.models.search import SearchedEntry
from faq.selectors.published import Snapshot
from faq.selectors.search.backend import FallbackSearch


def find_similar_entries(number: int, snapshot: Snapshot, among: BitMap, *, limit: int) -> list[int]:
    """Return the live entries most similar to one, best first: one query, two with a search server."""
    words = SearchedEntry.objects.filter(pk=number).values_list("words", flat=True).first()
    if words is None:
        return []
    weights = unpack(bytes(words))
    found = FallbackSearch(snapshot).ask(lambda backend: backend.find_similar(weights))
    similar = [other for other in found if other != number and other in among and other in snapshot.index.live]
    return sorted(similar, key=lambda other: (-found[other], other))[:limit]
