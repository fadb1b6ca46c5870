"""Finding duplicates among answers that are all alike: of one template, of ten, equal, of one letter.

`python -m tests.benchmarks crowds` measures this alone.
"""

import math
import random
import time
from collections.abc import Callable, Iterator

from faq.domain.duplicates.index import DocumentIndex
from faq.domain.duplicates.pairs import Document
from tests.benchmarks.measure import apart, figure, table
from tests.evaluation.dataset import build_dataset

SIZES = (400, 6_900, 20_000)
"""The second makes a dump of one megabyte."""
CHECKS = 50
SEED = 5
ALPHABET = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
ROLES = "médecin secrétaire biologiste radiologue pharmacien éditeur hébergeur auditeur directeur archiviste".split()
ACTIONS = "transmettre vérifier signer archiver publier valider déposer refuser corriger compléter".split()
OBJECTS = "certificat formulaire bordereau contrat dossier relevé registre calendrier protocole courrier".split()
PLACES = "guichet portail support secrétariat comité laboratoire ministère centre bureau service".split()
SYSTEMS = "RIS DPI LGC LAP SIL PFI GAP MSS DMP INS".split()
TEMPLATES = (
    "Le service numéro {rank} du {system} doit {action} le document {code} au {place} sous {days} jours.",
    "Pour {action} le {thing} {code}, le {role} écrit au {place} avant le {days} mars, sinon le {system} s’arrête.",
    "Quand le {system} affiche {code}, le {role} relance le {thing} puis appelle le {place} dans les {days} heures.",
    "La version {number} du {system} permet au {role} de {action} chaque {thing} depuis le {place}.",
    "Demandez au {place} une copie du {thing} {code} : le {role} répond en {days} jours pour le {system}.",
    "Le montant alloué au {system} pour le {thing} est de {number} euros, versés par le {place} au {role}.",
    "Si le {thing} {code} manque, le {role} ne peut pas {action} la demande {number} du {system}.",
    "Le {role} du {place} tient un {thing} par {system}, numéroté {number}, qu’il garde {days} ans.",
    "Un {thing} du {system} refusé par le {place} revient au {role} sous {days} jours avec la référence {code}.",
    "Le {place} réunit le {role} et l’éditeur du {system} pour {action} le {thing} {number} le {days} du mois.",
)


def answers_of(number_of_templates: int, size: int) -> Iterator[str]:
    """Make answers from a few templates, each slot filled at random."""
    chance = random.Random(SEED)
    for rank in range(size):
        yield chance.choice(TEMPLATES[:number_of_templates]).format(
            rank=rank,
            number=chance.randint(1, 500),
            days=chance.randint(1, 90),
            code="".join(chance.choices(ALPHABET, k=6)),
            role=chance.choice(ROLES),
            action=chance.choice(ACTIONS),
            thing=chance.choice(OBJECTS),
            place=chance.choice(PLACES),
            system=chance.choice(SYSTEMS),
        )


CROWDS: dict[str, Callable[[int], Iterator[str]]] = {
    "un modèle": lambda size: answers_of(1, size),
    "trois modèles": lambda size: answers_of(3, size),
    "dix modèles": lambda size: answers_of(10, size),
    "codes seuls": lambda size: (f"Le code est {rank * 7_919 % 10_007}." for rank in range(size)),
    "égales": lambda size: ("La carte est bloquée après trois essais." for _ in range(size)),
    "une lettre": lambda size: ("x" * (1 + rank % 150) for rank in range(size)),
    "un mot": lambda size: ("mot " * (1 + rank % 150) for rank in range(size)),
    "toutes différentes": lambda size: (document.answer for document in build_dataset(size).documents[:size]),
}


def run() -> None:
    """Measure and print; the database is not touched."""
    rows = [row for name in CROWDS for row in _rows(name)]
    columns = ("réponses", "forme", "µs par réponse", "exposant", "paires par réponse", "frappe (ms)", "retouche (ms)")
    table("Doublons parmi des réponses qui se ressemblent toutes : temps de processeur.", columns, rows)


def _rows(name: str) -> Iterator[tuple[str, ...]]:
    former: tuple[int, float] | None = None
    for size in SIZES:
        spent, pairs, typing, change = apart(_measure, name, size)
        grown = "" if former is None else figure(math.log(spent / former[1]) / math.log(size / former[0]), 2)
        former = size, spent
        yield (
            figure(size),
            name,
            figure(spent / size * 1_000_000),
            grown,
            figure(pairs / size, 1),
            figure(typing * 1_000, 1),
            figure(change * 1_000, 1),
        )


def _measure(name: str, size: int) -> tuple[float, int, float, float]:
    """Return the seconds of a full scan and its pairs, those of a check while typing, and those of a changed text."""
    documents = [Document(key, None, text) for key, text in enumerate(CROWDS[name](size), start=1)]
    start = time.process_time()
    index = DocumentIndex(documents)
    pairs = sum(1 for _ in index.pairs())
    spent = time.process_time() - start
    chosen = documents[:: max(1, size // CHECKS)][:CHECKS]
    start = time.process_time()
    for document in chosen:
        index.check(Document(0, None, document.answer[: len(document.answer) // 2]))
    typing = (time.process_time() - start) / len(chosen)
    start = time.process_time()
    for document in chosen:
        changed = Document(document.key, None, f"{document.answer} Merci.")
        for key in {document.key, *index.change(document.key, changed)}:
            index.check(index.document(key))
    return spent, pairs, typing, (time.process_time() - start) / len(chosen)
