"""The state of an entry after each of its versions: the live version, and the refusal that stood."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from faq.enums import Action, EntryStatus
from faq.models import Version

_EDITS = (Action.CREATED, Action.EDITED, Action.REVERTED, Action.REFILED)
"""Actions after which a refusal still stands."""
_OFFLINE = (Action.CREATED, Action.WITHDRAWN, Action.RESTORED, Action.MERGED)
"""Actions after which nothing is live, unless they publish."""


class EntryState(NamedTuple):
    """An entry after one of its versions; versions are named by their primary keys."""

    version: int
    live: int | None = None
    """The version that the public read."""
    refusal: int | None = None
    """The version that refused the text, as long as it was neither submitted again nor taken elsewhere."""


def read_entry_states(numbers: Iterable[int]) -> dict[int, list[EntryState]]:
    """Return, per entry, its state after each version in the order of their numbers: one query, without texts."""
    states: dict[int, list[EntryState]] = defaultdict(list)
    by_version: dict[int, EntryState] = {}
    versions = Version.objects.filter(entry__in=list(numbers)).order_by("entry", "number")
    for entry, pk, status, action, returns_to in versions.values_list("entry", "pk", "status", "action", "returns_to"):
        last = states[entry][-1] if states[entry] else EntryState(0)
        before = by_version.get(returns_to) or last
        # A draft that is refiled stays beside what is live now.
        beside = last if action == Action.REFILED else before
        live = None if status == EntryStatus.ARCHIVED or action in _OFFLINE else beside.live
        # What the public reads is not refused, be it a draft that was brought back to the live text.
        stands = (action in _EDITS or returns_to) and status != EntryStatus.PUBLISHED
        refusal = before.refusal if stands else None
        by_version[pk] = EntryState(
            pk,
            live=pk if status == EntryStatus.PUBLISHED else live,
            refusal=pk if action == Action.REFUSED else refusal,
        )
        states[entry].append(by_version[pk])
    return states
