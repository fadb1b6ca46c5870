"""Which texts say the same: candidates without a miss, then a verdict on each pair that explains itself.

Three steps, each to be looked at by itself: `AnalysedText` (normalised words), `DocumentIndex.candidates` (what
is worth judging), `compare` (the verdict). A verdict depends on its two texts alone.
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
