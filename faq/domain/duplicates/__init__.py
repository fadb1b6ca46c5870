"""The detector of duplicates: candidate pairs from an inverted index, then a verdict with its reason on each pair.

Three steps that can be looked at one by one: `AnalysedText` (the words of a text), `DocumentIndex.candidates`
(the documents worth comparing), `compare_documents` (the verdict). A verdict depends on its two documents alone.
"""

from faq.domain.duplicates.analysis import AnalysedText
from faq.domain.duplicates.comparison import AnalysedDocument, compare_documents
from faq.domain.duplicates.evidence import Evidence, Mark, MarkedSpan, explain
from faq.domain.duplicates.index import DocumentIndex
from faq.domain.duplicates.material import material_fingerprint
from faq.domain.duplicates.pairs import GENERATION, Cause, Document, FoundPair, PairKind, Reason, Verdict

__all__ = [
    "GENERATION",
    "AnalysedDocument",
    "AnalysedText",
    "Cause",
    "Document",
    "DocumentIndex",
    "Evidence",
    "FoundPair",
    "Mark",
    "MarkedSpan",
    "PairKind",
    "Reason",
    "Verdict",
    "compare_documents",
    "explain",
    "material_fingerprint",
]
