"""Search indexes made without a database, as the services make them with one."""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from faq.domain.cascade import CascadeIndex
from faq.domain.facets import Facet, Taxonomy, Term
from faq.domain.search.analysis import analyse, surface_forms
from faq.domain.search.filing import TermFiling, TermLabels
from faq.domain.search.index import IndexMatches, SearchIndex
from faq.domain.search.postings import pack
from faq.domain.search.proximity import RERANK_DEPTH, Phrase, rerank_by_proximity
from faq.domain.search.queries import Synonyms, parse_query
from faq.domain.search.vocabulary import Vocabulary
from faq.domain.text import fingerprint
from tests.parsed_dumps import parse_dump

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
NO_SYNONYMS = Synonyms(())

Text = tuple[str, str]
"""A question and its answer."""


class Numbering:
    """Stems and forms numbered in the order in which they come, as the tables of words number them."""

    def __init__(self) -> None:
        self.stems: dict[str, int] = {}
        self.forms: dict[str, tuple[int, str, str]] = {}

    def stored(self, question: str, answer: str) -> bytes:
        """Return what is stored of an entry; words seen for the first time become known."""
        analysis = analyse(question, answer)
        weights = {self._number(key): weight for key, weight in analysis.weights.items()}
        shown = surface_forms(f"{question}\n{answer}")
        for form, key in analysis.forms.items():
            self.forms.setdefault(form, (len(self.forms) + 1, key, shown.get(form, form)))
        return pack(weights)

    def _number(self, key: str) -> int:
        return self.stems.setdefault(key, len(self.stems) + 1)

    def vocabulary(self, after: tuple[int, int] = (0, 0), before: Vocabulary | None = None) -> Vocabulary:
        """Return all words, or those before with those that became known after some numbers of stems and forms."""
        stems = [(number, key) for key, number in self.stems.items() if number > after[0]]
        forms = [(id, form, self.stems[key], shown) for form, (id, key, shown) in self.forms.items() if id > after[1]]
        return (before or Vocabulary.build((), ())).with_words(stems, forms)


def an_index(texts: Mapping[int, Text] | Iterable[Text]) -> SearchIndex:
    """Index texts, by number or numbered from 1."""
    numbered = texts if isinstance(texts, Mapping) else dict(enumerate(texts, start=1))
    numbering = Numbering()
    stored = [(number, numbering.stored(*text)) for number, text in sorted(numbered.items())]
    return SearchIndex.build(numbering.vocabulary(), stored, {})


def found(index: SearchIndex, query: str, synonyms: Synonyms = NO_SYNONYMS, *, typing: bool = False) -> list[int]:
    """Return the numbers that a query finds, best first."""
    return in_order(searched(index, query, synonyms, typing=typing))


def in_order(result: IndexMatches) -> list[int]:
    """Return the numbers of all that was found, best first."""
    return [number for number, _ in result.rank(result.entries).page(0, len(result.entries))]


def searched(index: SearchIndex, query: str, synonyms: Synonyms = NO_SYNONYMS, *, typing: bool = False) -> IndexMatches:
    """Return all that a query finds."""
    return index.search(parse_query(query), synonyms, typing=typing)


def best_found(
    index: SearchIndex, query: str, synonyms: Synonyms, filed: TermFiling, texts: Mapping[int, Text]
) -> list[int]:
    """Return the numbers that a query finds as visitors see them: filing and proximity count."""
    result = index.search(parse_query(query), synonyms, filed)
    ranked = result.rank(result.entries).page(0, len(result.entries))
    best = ranked[:RERANK_DEPTH]
    phrase = Phrase.from_terms(result.terms)
    rest = [number for number, _ in ranked[RERANK_DEPTH:]]
    texts_of_best = {number: texts[number] for number, _ in best}
    return rerank_by_proximity(best, phrase, texts_of_best, result.by_meaning) + rest


def demo_filing() -> TermFiling:
    """Return the filing of the demo FAQ, its entries numbered as `demo_texts` has them."""
    starter = json.loads((FIXTURES / "taxonomy.json").read_text(encoding="utf-8"))
    terms = [Term(id, facet, one["slug"], one["label"]) for facet in Facet for id, one in enumerate(starter[facet])]
    taxonomy = Taxonomy(tuple(terms))
    rows = _demo_rows()
    filed: dict[Facet, dict[int, list[int]]] = {facet: {} for facet in Facet}
    for number, key in enumerate(_demo_answers(), start=1):
        for facet in Facet:
            for slug in filter(None, rows[key][facet].split(" | ")):
                filed[facet].setdefault(taxonomy.by_slug[facet, slug].id, []).append(number)
    return TermFiling(TermLabels(taxonomy), CascadeIndex.build(taxonomy, range(1, len(rows) + 1), filed))


def starter_synonyms() -> Synonyms:
    """Those that an installation begins with."""
    groups = json.loads((FIXTURES / "synonyms.json").read_text(encoding="utf-8"))
    return Synonyms((group["expressions"], group.get("one_way", False)) for group in groups)


def demo_texts() -> list[Text]:
    """The demo FAQ, each answer once."""
    rows = _demo_rows()
    return [(rows[key]["question"], answer) for key, answer in _demo_answers().items()]


def _demo_rows() -> dict[str, dict[str, str]]:
    with (FIXTURES / "curation_demo.csv").open(encoding="utf-8", newline="") as file:
        return {row["fingerprint"]: row for row in csv.DictReader(file)}


def _demo_answers() -> dict[str, str]:
    passages = parse_dump((FIXTURES / "demo.txt").read_bytes()).passages
    return {fingerprint(passage.answer): passage.answer for passage in passages}
