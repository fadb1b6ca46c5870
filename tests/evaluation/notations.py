"""python -m tests.evaluation.notations: measure how well spellings of one value, word or name are told to be one.

The lists of `data/` were written by people who had not seen the code: each half of a list that is named `unread` was
opened only once the rules were done.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from faq.domain.duplicates.index import DocumentIndex
from faq.domain.duplicates.pairs import Document, PairKind
from faq.domain.text import build_label_key, fold
from tests.searching import an_index, found

DATA = Path(__file__).parent / "data"
HALVES = ("tuned", "unread")
SAME = {PairKind.EXACT, PairKind.NEAR}

Row = list[str]


def read_rows(name: str, half: str) -> list[Row]:
    """Return the lines of one half of a list, cut at tabs."""
    text = (DATA / f"notations_{name}_{half}.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.split("\n") if line]


def find_wrong_searches(rows: list[Row]) -> list[Row]:
    """Return the lines whose query finds the document among all of them though it should not, or the reverse."""
    documents = list(dict.fromkeys(document for document, _, _ in rows))
    index = an_index([("", document) for document in documents])
    return [row for row in rows if (documents.index(row[0]) + 1 in found(index, row[1])) is not (row[2] == "oui")]


def find_wrong_verdicts(rows: list[Row]) -> list[Row]:
    """Return the lines whose two answers are duplicates though their values differ, or the reverse."""
    return [row for row in rows if _are_same(row[0], row[1]) is not (row[2] == "meme")]


def find_wrong_labels(rows: list[Row]) -> list[Row]:
    """Return the lines whose two labels have one key though they name two terms, or the reverse."""
    return [row for row in rows if (build_label_key(row[0]) == build_label_key(row[1])) is not (row[2] == "oui")]


def find_wrong_orders(rows: list[Row]) -> list[Row]:
    """Return the lines whose labels, in French order, sort differently."""
    return [row for row in rows if sorted(row[0].split(" | "), key=fold) != row[0].split(" | ")]


LISTS: dict[str, Callable[[list[Row]], list[Row]]] = {
    "search": find_wrong_searches,
    "same_text": find_wrong_verdicts,
    "labels": find_wrong_labels,
    "order": find_wrong_orders,
}


def main() -> None:
    """Print, per list and half, how many lines are right, and those that are wrong."""
    for name, find_wrong in LISTS.items():
        for half in HALVES:
            rows = read_rows(name, half)
            wrong = find_wrong(rows)
            sys.stdout.write(f"{name}, {half} : {len(rows) - len(wrong)} sur {len(rows)}\n")
            sys.stdout.writelines(f"  {' | '.join(row)}\n" for row in wrong)


def _are_same(one: str, other: str) -> bool:
    index = DocumentIndex([Document(1, None, one), Document(2, None, other)])
    return any(pair.verdict.kind in SAME for pair in index.pairs())


if __name__ == "__main__":
    main()
