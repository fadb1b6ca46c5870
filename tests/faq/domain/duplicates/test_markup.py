"""Markup does not count where answers are compared: references to files, pipes, marks of lines."""

import pytest

from faq.domain.duplicates.evidence import Mark, explain
from faq.domain.duplicates.index import DocumentIndex
from faq.domain.duplicates.material import material_fingerprint
from faq.domain.duplicates.pairs import Document, PairKind

ONE, OTHER = (f"media:{digit * 32}.png" for digit in "ab")
WORDS = "Le lecteur de cartes se branche sur le poste avant l’ouverture du logiciel, puis la session démarre seule."
RICH = f"## Brancher le lecteur\n{WORDS}\n\n![Le lecteur]({ONE})\n\n| Voyant | Sens |\n|---|---|\n| vert | prêt |"


def found(left: str, right: str) -> PairKind | None:
    [pair] = DocumentIndex([Document(1, None, left)]).check(Document(2, None, right)) or [None]
    return pair and pair.verdict.kind


@pytest.mark.parametrize(
    "other",
    [
        RICH.replace(ONE, OTHER),
        RICH.replace("## ", "### ").replace("|---|---|", "| :-- | --: |"),
    ],
    ids=["another image", "other marks"],
)
def test_answers_that_differ_by_markup_say_the_same(other: str) -> None:
    assert found(RICH, other) in (PairKind.EXACT, PairKind.NEAR)
    assert material_fingerprint(Document(1, None, RICH)) == material_fingerprint(Document(1, None, other))


def test_answers_that_share_markup_alone_have_nothing_in_common() -> None:
    table = "|---|---|"
    left = f"| Nuage | Pluie |\n{table}\n| gris | froide |\n\n![]({ONE})"
    right = f"| Facture | Devis |\n{table}\n| payée | accepté |\n\n![]({ONE})"
    assert found(left, right) is None


def test_the_evidence_marks_words_in_their_places() -> None:
    other = RICH.replace("prêt", "occupé")
    evidence = explain(RICH, other)
    assert [RICH[span.start : span.end] for span in evidence.left if span.mark is not Mark.SAME] == ["prêt"]
    assert [other[span.start : span.end] for span in evidence.right if span.mark is not Mark.SAME] == ["occupé"]
