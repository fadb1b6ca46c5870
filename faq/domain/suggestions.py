"""Suggestions of terms for a text, each with its evidence: names found in it, and where its neighbours are filed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from faq.domain.facets import Facet, Taxonomy, Term
from faq.domain.neighbours import Neighbour
from faq.domain.search.analysis import truncate_word
from faq.domain.search.queries import StemKeys, parse_expression, significant_tokens

MOST_PER_FACET = 3
MOST_NEIGHBOURS = 8
"""The nearest entries that count."""
_MOST_CHARACTERS = 20_000
"""Characters of an answer that are read: what it is about stands far above."""
_LEAST_SCORE = 0.4
"""Below this, measured on curated filings, hardly one suggestion of three is right."""
_CITED, _CITED_IN_QUESTION = 0.5, 0.6
"""The score of a term that a text names, without neighbours."""
_VARIANT = re.compile(r"(?<!\s)\s+vague\s+\d+$", re.IGNORECASE)
"""The words that tell apart the terms of one kind of software: « RIS vague 1 » is a « RIS »."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A term for a text, and the evidence for it."""

    term: Term
    score: float
    """From 0 to 1."""
    cited: str
    """How the text names it; empty where it does not."""
    neighbours: int
    """How many of the near entries are filed there."""

    @property
    def evidence(self) -> str:
        """The evidence in French."""
        cited = [f"cité\u00a0: «\u00a0{self.cited}\u00a0»"] if self.cited else []
        if self.neighbours == 1:
            cited.append("1 fiche proche y est classée")
        elif self.neighbours:
            cited.append(f"{self.neighbours} fiches proches y sont classées")
        return "\u00a0; ".join(cited)


@dataclass(frozen=True, slots=True)
class Citation:
    """The first place where a text names a term."""

    surface: str
    in_question: bool


class TermNames:
    """The names of terms by their stems: labels, what is common to the variants of one, and synonyms. Never changed."""

    def __init__(self, taxonomy: Taxonomy, groups: Iterable[tuple[Sequence[str], bool]]) -> None:
        """Store the names; `groups` are the synonyms, as (expressions, one way)."""
        self._terms: dict[StemKeys, dict[Term, None]] = {}
        self._labels: dict[Term, frozenset[str]] = {}
        others = _read_synonyms(groups)
        for term in taxonomy.terms:
            if term.retired:
                continue
            self._labels[term] = frozenset(parse_expression(term.label))
            own = [parse_expression(term.label), parse_expression(_VARIANT.sub("", term.label))]
            for name in (*own, *(other for one in own for other in others.get(one, ()))):
                if name:
                    self._terms.setdefault(name, {})[term] = None
        self._longest = max(map(len, self._terms), default=0)

    @property
    def terms(self) -> Iterable[Term]:
        """The terms in use."""
        return self._labels

    def find(self, question: str, answer: str) -> dict[Term, Citation]:
        """Return the terms that a text names, in the order in which it does; the longest names count."""
        found: dict[Term, Citation] = {}
        stems: set[str] = set()
        for text, in_question in ((question, True), (answer[:_MOST_CHARACTERS], False)):
            tokens = significant_tokens(text)
            keys = [truncate_word(placed.token.key) for placed in tokens]
            stems.update(keys)
            for start, length in self._match(keys):
                surface = text[tokens[start].start : tokens[start + length - 1].end]
                for term in self._terms[tuple(keys[start : start + length])]:
                    found.setdefault(term, Citation(surface, in_question))
        return self._drop_other_variants(found, stems)

    def _match(self, keys: Sequence[str]) -> Iterable[tuple[int, int]]:
        start = 0
        while start < len(keys):
            lengths = range(min(self._longest, len(keys) - start), 0, -1)
            length = next((length for length in lengths if tuple(keys[start : start + length]) in self._terms), 0)
            if length:
                yield start, length
            start += length or 1

    def _drop_other_variants(self, found: dict[Term, Citation], stems: set[str]) -> dict[Term, Citation]:
        """Return the terms without the variants that the text does not speak of, where it speaks of one."""
        whole = {term for term in found if self._labels[term] <= stems}
        kinds = {_VARIANT.sub("", term.label) for term in whole if _VARIANT.search(term.label)}
        return {term: one for term, one in found.items() if term in whole or _VARIANT.sub("", term.label) not in kinds}


def suggest_terms(
    question: str, answer: str, names: TermNames, neighbours: Sequence[Neighbour]
) -> dict[Facet, list[Suggestion]]:
    """Return the terms that a text may be filed under, by facet, the likeliest first."""
    cited = names.find(question, answer)
    votes = _group_votes(neighbours)
    suggested: dict[Facet, list[Suggestion]] = {facet: [] for facet in Facet}
    for term in names.terms:
        citation, voters = cited.get(term), votes.get((term.facet, term.id), ())
        score = _compute_score(citation, voters, neighbours)
        if score >= _LEAST_SCORE:
            suggested[term.facet].append(Suggestion(term, score, citation.surface if citation else "", len(voters)))
    return {facet: sorted(ones, key=lambda one: -one.score)[:MOST_PER_FACET] for facet, ones in suggested.items()}


def drop_implied(suggested: Mapping[Facet, Sequence[Suggestion]], taxonomy: Taxonomy) -> list[Suggestion]:
    """Return suggestions in the order of the facets, without those that a likelier dispositif or couloir brings."""
    brings: dict[tuple[Facet, int], float] = {}
    for facet in (Facet.COULOIRS, Facet.DISPOSITIFS):
        for one in suggested[facet]:
            for key in taxonomy.find_implied({facet: frozenset({one.term.id})}):
                brings[key] = max(one.score, brings.get(key, 0.0))
    every = [one for facet in Facet for one in suggested[facet]]
    return [one for one in every if one.score > brings.get((one.term.facet, one.term.id), 0.0)]


def _compute_score(citation: Citation | None, voters: Sequence[Neighbour], nearest: Sequence[Neighbour]) -> float:
    """Return how likely a term is: as if the citation and the neighbours were two witnesses that may both be wrong."""
    total = sum(one.similarity for one in nearest)
    share = sum(one.similarity for one in voters) / total if total else 0.0
    named = 0.0 if citation is None else _CITED_IN_QUESTION if citation.in_question else _CITED
    return 1 - (1 - named) * (1 - share)


def _group_votes(nearest: Sequence[Neighbour]) -> Mapping[tuple[Facet, int], list[Neighbour]]:
    votes: dict[tuple[Facet, int], list[Neighbour]] = {}
    for one in nearest:
        for facet, ids in one.filing.items():
            for id in ids:
                votes.setdefault((facet, id), []).append(one)
    return votes


def _read_synonyms(groups: Iterable[tuple[Sequence[str], bool]]) -> dict[StemKeys, list[StemKeys]]:
    """Return for each expression those that say the same; in a one-way group the others are kinds of the first."""
    others: dict[StemKeys, list[StemKeys]] = {}
    for expressions, one_way in groups:
        said = [parse_expression(text) for text in expressions]
        for one in said[:1] if one_way else said:
            others.setdefault(one, []).extend(said)
    return others
