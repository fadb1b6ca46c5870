"""Which stored entry a new text looks like, asked chunk by chunk during an import."""

from collections.abc import Collection

from faq.domain.duplicates import SketchIndex, looks_like
from faq.enums import EntryStatus
from faq.models import Entry

CHUNK = 500
"""Answers read together: what bounds memory."""


class Lookalikes:
    """The answers of all entries in use, those that an import brings included."""

    def __init__(self) -> None:
        self._index: SketchIndex | None = None

    def take_in(self, created: dict[int, str]) -> dict[int, int | None]:
        """Add entries just created, by number and answer; give, per entry, the earlier one that it looks like."""
        index = self._index_without(created)
        texts = created | _answers({key for answer in created.values() for key in index.candidates(answer)})
        resembles = {}
        for number, answer in created.items():
            candidates = [(key, texts[key]) for key in index.candidates(answer) if key in texts]
            resembles[number] = looks_like(answer, candidates)
            index.add(number, answer)
        return resembles

    def _index_without(self, created: Collection[int]) -> SketchIndex:
        if self._index is None:
            self._index = SketchIndex()
            stored = Entry.objects.exclude(status=EntryStatus.ARCHIVED).exclude(pk__in=created)
            for number, answer in stored.values_list("pk", "head__answer").iterator(CHUNK):
                self._index.add(number, answer)
        return self._index


def _answers(numbers: Collection[int]) -> dict[int, str]:
    return dict(Entry.objects.filter(pk__in=numbers).values_list("pk", "head__answer"))
