"""What else a reader of an answer may want to see: the live entries that speak of the same things."""

from pyroaring import BitMap

from faq.domain.search.postings import unpack
from faq.domain.search.similarity import MIN_SIMILARITY, Words, find_similar, select_key_stems, shared
from faq.models.search import SearchedEntry
from faq.selectors.published import Snapshot
from faq.selectors.search.memory import index_at
from faq.selectors.search.remote import about, words_at
from faq.selectors.search.server import Server, ServerFault, search_server

_CANDIDATES = 50


def nearest_entries(number: int, snapshot: Snapshot, among: BitMap, *, limit: int) -> list[int]:
    """Return the live entries nearest to one, among some, the nearest first: one query, two with a search server."""
    words = SearchedEntry.objects.filter(pk=number).values_list("words", flat=True).first()
    if words is None:
        return []
    found = _shared_by(unpack(bytes(words)), snapshot)
    near = [other for other in found if other != number and other in among and other in snapshot.index.live]
    return sorted(near, key=lambda other: (-found[other], other))[:limit]


def _shared_by(mine: Words, snapshot: Snapshot) -> dict[int, float]:
    server = search_server()
    if server and not server.rests:
        try:
            return _on_server(server, mine, snapshot)
        except ServerFault as fault:
            server.failed(fault)
    index = index_at(snapshot.epoch).index
    return find_similar(index, mine, select_key_stems(mine, index.postings.frequencies, len(index.entries)))


def _on_server(server: Server, mine: Words, snapshot: Snapshot) -> dict[int, float]:
    """Ask the server for candidates, and reckon here what they share."""
    words = words_at(snapshot.epoch, server)
    telling = select_key_stems(mine, words.counts, len(snapshot.index))
    if not telling:
        return {}
    rows = SearchedEntry.objects.filter(pk__in=about(server, words, telling, _CANDIDATES)).values_list("pk", "words")
    found = {other: shared(mine, unpack(bytes(theirs)), telling) for other, theirs in rows}
    return {other: share for other, share in found.items() if share >= MIN_SIMILARITY}
