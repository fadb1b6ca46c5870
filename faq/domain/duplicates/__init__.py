"""Which texts say the same: candidates without a miss, then a verdict on each pair that explains itself.

Three steps, each to be looked at by itself: `Reading` (normalised words), `Index.candidates` (what
is worth judging), `compare` (the verdict). A verdict depends on its two texts alone.
"""

from faq.domain.duplicates.comparison import ReadDocument, compare
from faq.domain.duplicates.evidence import Evidence, Mark, Stretch, explain
from faq.domain.duplicates.index import Index
from faq.domain.duplicates.material import material_fingerprint
from faq.domain.duplicates.pairs import GENERATION, Cause, Document, Pair, PairKind, Reason, Verdict
from faq.domain.duplicates.reading import Reading

__all__ = [
    "GENERATION",
    "Cause",
    "Document",
    "Evidence",
    "Index",
    "Mark",
    "Pair",
    "PairKind",
    "ReadDocument",
    "Reading",
    "Reason",
    "Stretch",
    "Verdict",
    "compare",
    "explain",
    "material_fingerprint",
]
