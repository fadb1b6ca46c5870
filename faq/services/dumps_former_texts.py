"""The comparison of new answers with what the previous edition said, where editors have rewritten its entries since."""

from collections.abc import Iterator

from faq.domain.chunks import split_in_chunks
from faq.domain.duplicates.index import DocumentIndex
from faq.domain.duplicates.pairs import Document, FoundPair
from faq.enums import EntryStatus
from faq.models import Entry, Passage
from faq.services.dumps_report import DumpReport

_CHUNK = 500


def find_pairs_with_former_texts(report: DumpReport) -> Iterator[FoundPair]:
    """Yield the pairs of an entry's former text, which vanished from the dump, and a new answer of the report.

    Only entries in use count whose text is another now: the others are compared with all new answers anyway.
    """
    index = DocumentIndex(_read_former_texts(report))
    if not len(index):
        return
    created = [finding.number for finding in report.findings if finding.number and finding.is_created]
    for numbers in split_in_chunks(created, _CHUNK):
        for number, answer in Entry.objects.filter(pk__in=numbers).values_list("pk", "head__answer"):
            for pair in index.check(Document(number, None, answer)):
                # Former texts go by their entries' numbers below zero, so they stand on the left.
                yield FoundPair(-pair.left, pair.right, pair.verdict)


def _read_former_texts(report: DumpReport) -> Iterator[Document]:
    passages = [finding.passage for finding in report.vanished if finding.passage]
    for keys in split_in_chunks(passages, _CHUNK):
        rows = Passage.objects.filter(pk__in=keys).exclude(entry__status=EntryStatus.ARCHIVED)
        for entry, answer, text, head in rows.values_list(
            "entry", "answer", "fingerprint", "entry__head__answer_fingerprint"
        ):
            if text != head:
                yield Document(-entry, None, answer)
