"""Groups of synonyms, which searches use from the next request on."""

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from faq.domain.search.queries import LONGEST_EXPRESSION_WORDS, StemKeys, parse_expression
from faq.enums import BatchKind
from faq.models import Batch, Epoch, SynonymGroup
from faq.models.synonyms import LONGEST_EXPRESSION, MOST_EXPRESSIONS
from faq.services.roles import Author, require
from faq.services.row_changes import RowRecorder
from faq.services.taxonomy_batches import shorten


class SynonymsRefused(ValueError):
    """A group that cannot be stored; the message says why, in French."""


class ExpressionIndex:
    """The groups that hold each expression and share it with no other: those in use that go both ways.

    A table of groups reads it once.
    """

    def __init__(self) -> None:
        self._names: dict[StemKeys, dict[int, str]] = defaultdict(dict)
        self._keys: dict[int, set[StemKeys]] = {}
        for group in SynonymGroup.objects.in_use().filter(one_way=False):
            self.add(group)

    def add(self, group: SynonymGroup) -> None:
        """Note a group as it is stored now."""
        for keys in self._keys.pop(group.pk, ()):
            del self._names[keys][group.pk]
        if group.retired or group.one_way:
            return
        self._keys[group.pk] = {parse_expression(expression) for expression in group.expressions}
        for keys in self._keys[group.pk]:
            self._names[keys][group.pk] = str(group)

    def find_others(self, group: SynonymGroup) -> list[tuple[str, str]]:
        """Return the expressions that other groups hold as well, with the names of these."""
        return [
            (expression, name)
            for expression in group.expressions
            for key, name in self._names.get(parse_expression(expression), {}).items()
            if key != group.pk
        ]


@transaction.atomic
def save_synonyms(
    group: SynonymGroup, author: Author, *, batch: Batch | None = None, index: ExpressionIndex | None = None
) -> Batch | None:
    """Store a new or changed group as a batch, or as part of one; return it, or None where nothing changed.

    An index that is given knows the group from then on. Raises PermissionDenied, SynonymsRefused.
    """
    require(author, "faq.add_synonymgroup" if group._state.adding else "faq.change_synonymgroup")
    if problems := find_synonym_problems(group, index):
        raise SynonymsRefused(" ".join(problems))
    recorder = RowRecorder()
    recorder.save(group)
    if index:
        index.add(group)
    if not recorder.changes:
        return None
    batch = batch or Batch.objects.create(
        kind=BatchKind.TAXONOMY,
        label=shorten(f"Synonymes : {group}"),
        author=author,
        created_at=timezone.now(),
    )
    recorder.store(batch)
    # No entry changed, but what searches find did.
    Epoch.move(())
    return batch


def find_synonym_problems(group: SynonymGroup, index: ExpressionIndex | None = None) -> list[str]:
    """Return in French what is wrong with a group; nothing where it can be stored."""
    expressions = group.expressions
    problems = [problem for expression in expressions for problem in _find_expression_problems(expression)]
    if problems:
        return problems
    if len({parse_expression(expression) for expression in expressions}) < 2:
        return ["Il faut au moins deux expressions qui ne se lisent pas de la même façon."]
    if len(expressions) > MOST_EXPRESSIONS:
        return [f"Un groupe compte au plus {MOST_EXPRESSIONS} expressions ; il y en a {len(expressions)}."]
    if repetitions := _find_repetitions(expressions):
        return repetitions
    return [] if group.one_way or group.retired else _find_in_other_groups(group, index or ExpressionIndex())


@transaction.atomic
def load_starter_synonyms(path: Path) -> int:
    """Add the groups of a JSON file whose first expression stands in none; return how many were added.

    Groups that editors changed or retired stay as they are.
    """
    starter = json.loads(path.read_text(encoding="utf-8"))
    known = {
        (parse_expression(expression), one_way)
        for expressions, one_way in SynonymGroup.objects.values_list("expressions", "one_way")
        for expression in expressions
    }
    new = [
        SynonymGroup(expressions=group["expressions"], one_way=group.get("one_way", False))
        for group in starter
        if (parse_expression(group["expressions"][0]), group.get("one_way", False)) not in known
    ]
    SynonymGroup.objects.bulk_create(new)
    if new:
        Epoch.move(())
    return len(new)


def _find_expression_problems(expression: str) -> list[str]:
    if len(expression) > LONGEST_EXPRESSION:
        return [f"« {expression[:30]}… » est trop longue : {LONGEST_EXPRESSION} caractères au plus."]
    keys = parse_expression(expression)
    if not keys:
        return [f"« {expression} » ne dit rien à la recherche : il y faut un mot qui ne soit pas un simple mot outil."]
    if len(keys) > LONGEST_EXPRESSION_WORDS:
        return [f"« {expression} » compte trop de mots : {LONGEST_EXPRESSION_WORDS} au plus, mots outils à part."]
    return []


def _find_repetitions(expressions: Sequence[str]) -> list[str]:
    seen: dict[StemKeys, str] = {}
    for expression in expressions:
        earlier = seen.setdefault(parse_expression(expression), expression)
        if earlier is not expression:
            return [f"« {expression} » et « {earlier} » se lisent de la même façon : n’en gardez qu’une."]
    return []


def _find_in_other_groups(group: SynonymGroup, index: ExpressionIndex) -> list[str]:
    """Say which expressions another group holds: sharing one, two groups would mean the same."""
    return [
        f"«\u00a0{expression}\u00a0» est déjà dans le groupe «\u00a0{other}\u00a0»\u00a0: "
        "complétez celui-là, ou retirez-l’en."
        for expression, other in index.find_others(group)
    ]
