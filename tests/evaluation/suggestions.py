"""python -m tests.evaluation.suggestions: measure suggestions of terms on curated filings, each entry left out in turn.

The demo FAQ and the real dumps, as far as they are at hand; with questions, and without, as imports come.
"""

import csv
import json
import os
import sys
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import django

from faq.domain.facets import Facet, Filing, Taxonomy, Term
from faq.domain.neighbours import FiledText, Neighbourhood
from faq.domain.search.analysis import analyse
from faq.domain.suggestions import MOST_NEIGHBOURS, TermNames, suggest_terms
from faq.domain.text import fingerprint
from tests.evaluation.search import DUMPS
from tests.parsed_dumps import parse_dump
from tests.searching import FIXTURES, Text


@dataclass(frozen=True)
class CuratedText:
    """A question, its answer, and where curators filed them."""

    text: Text
    filing: Filing


@dataclass(slots=True)
class FacetScore:
    """The suggestions of one facet: all that were made, the right ones, and the terms that were to be found."""

    made: int = 0
    right: int = 0
    wanted: int = 0

    def add(self, suggested: Sequence[int], wanted: AbstractSet[int]) -> None:
        """Count the suggestions for one text."""
        self.made += len(suggested)
        self.right += sum(id in wanted for id in suggested)
        self.wanted += len(wanted)

    @property
    def precision(self) -> float:
        """The share of suggestions that curators chose too."""
        return self.right / self.made if self.made else 1.0

    @property
    def recall(self) -> float:
        """The share of the curators' terms that were suggested."""
        return self.right / self.wanted if self.wanted else 1.0


@dataclass(slots=True)
class SuggestionScores:
    """The scores by facet."""

    by_facet: dict[Facet, FacetScore] = field(default_factory=lambda: {facet: FacetScore() for facet in Facet})


def read_taxonomy() -> Taxonomy:
    """Return the starter taxonomy."""
    rows = json.loads((FIXTURES / "taxonomy.json").read_text(encoding="utf-8"))
    ids = {(facet, row["slug"]): number for facet in Facet for number, row in enumerate(rows[facet], start=1)}
    return Taxonomy(
        tuple(
            Term(
                ids[facet, row["slug"]],
                facet,
                row["slug"],
                row["label"],
                frozenset(ids[facet.parent, slug] for slug in _parents(row, facet) if facet.parent),
            )
            for facet in Facet
            for row in rows[facet]
        )
    )


def _parents(row: Mapping[str, object], facet: Facet) -> Sequence[str]:
    if facet is Facet.COULOIRS:
        return [str(row["offer_type"])]
    parents = row.get(facet.parent, []) if facet.parent else []
    return [str(one) for one in parents] if isinstance(parents, list) else []


def read_synonym_groups() -> list[tuple[list[str], bool]]:
    """Return the starter synonyms."""
    groups = json.loads((FIXTURES / "synonyms.json").read_text(encoding="utf-8"))
    return [(group["expressions"], group.get("one_way", False)) for group in groups]


def read_filed_texts(name: str, taxonomy: Taxonomy, *, titled: bool) -> list[CuratedText]:
    """Return the curated entries of the demo, or of the real dumps, equal answers once."""
    with (FIXTURES / f"curation_{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["fingerprint"]: row for row in csv.DictReader(file)}
    files = [FIXTURES / "demo.txt"] if name == "demo" else sorted(DUMPS.glob("*.txt"))
    answers = {
        fingerprint(passage.answer): passage.answer
        for path in files
        for passage in parse_dump(path.read_bytes()).passages
    }
    return [
        CuratedText((rows[key]["question"] if titled else "", answer), _filing(rows[key], taxonomy))
        for key, answer in answers.items()
        if key in rows
    ]


def _filing(row: Mapping[str, str], taxonomy: Taxonomy) -> Filing:
    return {
        facet: frozenset(taxonomy.by_slug[facet, slug].id for slug in row[facet].split(" | ") if slug)
        for facet in Facet
    }


def leave_one_out(filed: Sequence[CuratedText], names: TermNames) -> SuggestionScores:
    """Return the scores of suggestions for each text from all others."""
    scores = SuggestionScores()
    analysed = [FiledText(number, analyse(*one.text).weights, one.filing) for number, one in enumerate(filed)]
    neighbourhood = Neighbourhood(analysed)
    for one, known in zip(filed, analysed, strict=True):
        near = neighbourhood.find_nearest(known.weights, without=known.number, limit=MOST_NEIGHBOURS)
        for facet, ones in suggest_terms(*one.text, names, near).items():
            scores.by_facet[facet].add([each.term.id for each in ones], one.filing[facet])
    return scores


def main() -> None:
    """Print precision and recall per facet."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "faqcms.settings.test")
    django.setup()
    taxonomy = read_taxonomy()
    names = TermNames(taxonomy, read_synonym_groups())
    _print(f"{'':32}" + "".join(f"{facet.label:>22}" for facet in Facet))
    for name, label in (("demo", "démonstration"), ("ans", "extractions réelles")):
        for titled in (False, True):
            filed = read_filed_texts(name, taxonomy, titled=titled)
            if not filed:
                _print(f"{label}\u00a0: pas là, rien à mesurer")
                continue
            scores = leave_one_out(filed, names).by_facet.values()
            cells = (f"{score.precision:.2f} / {score.recall:.2f} ({score.made})" for score in scores)
            title = f"{label}, {'avec' if titled else 'sans'} question"
            _print(f"{title:32}" + "".join(f"{cell:>22}" for cell in cells))
    _print("précision à 3 / rappel (suggestions faites)")


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
