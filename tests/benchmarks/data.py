"""The data that is measured on: answers in our own words and their filing, the same at every run."""

import itertools
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.text import slugify

from faq.domain.dumps import CASCADE_QUESTIONS, VOTE_LINE
from faq.domain.facets import Facet, Filing, State, Taxonomy, Term
from faq.enums import Action, EntryStatus, Origin
from faq.models import Entry, Epoch, Publication, Version
from faq.models.entries import filing_table
from faq.selectors.published import load_taxonomy
from faq.services.taxonomy_starter import load_starter_taxonomy

SEED = 214
CHUNK = 5_000
"""Entries written at a time."""
OFFER_TYPES, COULOIRS, DISPOSITIFS, PRODUCTS, THEMES = 5, 10, 60, 200, 40

# Many enough that sentences seldom come back, as in texts that people wrote.
WHO = tuple(
    "l’éditeur|l’établissement|le centre de tests|le porteur du projet|le service juridique|l’hébergeur|le pharmacien|"
    "le biologiste|la direction|l’intégrateur|le médecin|le prestataire|l’équipe de soins|le référent|la secrétaire|"
    "le radiologue|l’infirmière|le mandataire|l’auditeur|le responsable qualité".split("|")
)
DOES = tuple(
    "dépose|relit|signe|transmet|archive|complète|vérifie|renouvelle|demande|corrige|imprime|compare|classe|date|"
    "numérote|refuse|accepte|traduit|détaille|résume|commande|installe|teste|décrit|joint|déclare".split("|")
)
WHAT = tuple(
    "dossier|document|formulaire|contrat|certificat|jeu d’essai|compte rendu|rapport|relevé|courrier|mandat|devis|"
    "plan de reprise|guide|manuel|questionnaire|journal|registre|bordereau|planning|procès-verbal|schéma".split("|")
)
WHICH = tuple(
    "complet|signé|provisoire|annuel|chiffré|numérisé|technique|daté|certifié|définitif|récent|commun|type|"
    "simplifié|détaillé|original|local|régional|transmis|corrigé".split("|")
)
WHERE = tuple(
    "sur la plateforme|dans l’espace partagé|par messagerie|au guichet|dans l’outil de suivi|en annexe|au greffe|"
    "sur le portail|dans la base d’essai|au secrétariat|à l’accueil|en réunion".split("|")
)
NOUNS = tuple(what for what in WHAT if " " not in what)
LINKS = ("https://exemple.fr/aide", "contact@exemple.fr", "https://exemple.fr/pieces?liste=complete")

_AS_PUBLISHED = {"status": EntryStatus.PUBLISHED, "action": Action.PUBLISHED, "origin": Origin.COMMAND}

_ZIPF = tuple(itertools.accumulate(1 / rank for rank in range(1, PRODUCTS + 1)))

# How often a facet is filled in; the rest is transverse.
FILED = {
    Facet.OFFER_TYPES: 0.9,
    Facet.COULOIRS: 0.7,
    Facet.DISPOSITIFS: 0.6,
    Facet.PRODUCTS: 0.4,
    Facet.THEMES: 0.8,
}


def sentence(chance: random.Random) -> str:
    """Make a sentence of a dozen words."""
    what = f"le {chance.choice(WHAT)} {chance.choice(WHICH)} n° {chance.randint(1, 500)}"
    when = f"sous {chance.randint(2, 90)} jours"
    return f"{chance.choice(WHO).capitalize()} {chance.choice(DOES)} {what} {chance.choice(WHERE)} {when}."


def answers(number: int, seed: int = SEED) -> Iterator[str]:
    """Make different answers of 150 to 1,100 characters, half of them under 400 as in the real dumps."""
    chance = random.Random(seed)
    for rank in range(1, number + 1):
        lines = [f"Cas {seed}-{rank}. {sentence(chance)}"]
        lines += [f"{sentence(chance)} {sentence(chance)}" for _ in range(chance.choice((0, 0, 1, 1, 1, 2, 3)))]
        lines += [f"- {sentence(chance)}" for _ in range(chance.choice((0, 0, 0, 0, 2, 5)))]
        lines.append(f"En savoir plus : {chance.choice(LINKS)}")
        yield "\n".join(lines)


def write_dump(path: Path, number: int) -> None:
    """Make a dump file of that many answers."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{question}\n" for question in CASCADE_QUESTIONS)
        file.writelines(f"{answer}\n{VOTE_LINE}\n\n" for answer in answers(number))


def taxonomy() -> Taxonomy:
    """Return a large taxonomy from the database, stored there first where it is not: 5 + 10 + 60 + 200 + 40 terms."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "taxonomy.json"
        path.write_text(json.dumps(_large_taxonomy()), encoding="utf-8")
        load_starter_taxonomy(path)
    return load_taxonomy()


def _large_taxonomy() -> dict[str, list[dict[str, Any]]]:
    offers = _terms(OFFER_TYPES)
    couloirs = _terms(COULOIRS)
    dispositifs = _terms(DISPOSITIFS)
    products = _terms(PRODUCTS)
    for couloir in couloirs:
        couloir["offer_type"] = offers[0]["slug"]
    for rank, dispositif in enumerate(dispositifs):
        dispositif["vague"] = 1 + rank % 2
        dispositif["couloirs"] = [one["slug"] for one in couloirs[rank % COULOIRS :][: 1 + rank % 2]]
    for rank, product in enumerate(products):
        product["offer_types"] = [one["slug"] for one in offers[rank % OFFER_TYPES :][: rank % 3]]
    return {
        "offer_types": offers,
        "couloirs": couloirs,
        "dispositifs": dispositifs,
        "products": products,
        "themes": _terms(THEMES),
    }


def _terms(number: int) -> list[dict[str, Any]]:
    """Name terms as briefly as editors do: a dozen characters."""
    names = (f"{NOUNS[rank % len(NOUNS)].capitalize()} {rank}" for rank in range(1, number + 1))
    return [{"label": name, "slug": slugify(name)} for name in names]


def filings(number: int, terms: Taxonomy) -> Iterator[Filing]:
    """File entries as editors do: a few terms take most of them (Zipf's law), and the choices fit each other."""
    chance = random.Random(SEED)
    # There are far fewer ways to file than entries.
    completed: dict[tuple[Term, ...], Filing] = {}
    for _ in range(number):
        chosen: dict[Facet, Term] = {}
        for facet in Facet:
            if chance.random() < FILED[facet] and (fitting := _fitting(terms, facet, chosen)):
                [chosen[facet]] = chance.choices(fitting, cum_weights=_ZIPF[: len(fitting)])
        key = tuple(chosen.values())
        if key not in completed:
            completed[key] = terms.complete({facet: frozenset({term.id}) for facet, term in chosen.items()})
        yield completed[key]


def _fitting(terms: Taxonomy, facet: Facet, chosen: State) -> Sequence[Term]:
    """Return the terms that can go with earlier choices; an entry for all types of offer has a theme only."""
    if facet not in (Facet.OFFER_TYPES, Facet.THEMES) and Facet.OFFER_TYPES not in chosen:
        return ()
    return terms.offered(facet, chosen)


def fill(number: int) -> None:
    """Bring the database to that many published entries, each with its one version.

    By rows and not by the write service, which takes minutes for 10,000 entries and is not what the
    readers of this data measure.
    """
    terms = taxonomy()
    texts = zip(answers(number), filings(number, terms), strict=True)
    missing = itertools.islice(texts, Entry.objects.count(), None)
    while chunk := list(itertools.islice(missing, CHUNK)):
        _publish(chunk, terms)
    Epoch.move()


@transaction.atomic
def _publish(texts: Sequence[tuple[str, Filing]], terms: Taxonomy) -> None:
    at = timezone.now()
    entries = Entry.objects.bulk_create(
        # As if it had been compared with all others: nothing waits for that.
        Entry(question=_question(answer), answer=answer, created_at=at, updated_at=at, comparison_rank=1)
        for answer, _ in texts
    )
    versions = Version.objects.bulk_create(
        Version(
            entry=entry,
            number=1,
            question=entry.question,
            answer=entry.answer,
            filing=_labelled(filing, terms),
            created_at=at,
            **_AS_PUBLISHED,
        )
        for entry, (_, filing) in zip(entries, texts, strict=True)
    )
    Publication.objects.bulk_create(
        Publication(entry=version.entry, version=version, live_from=at) for version in versions
    )
    only_version = Version.objects.filter(entry=OuterRef("pk")).values("pk")[:1]
    Entry.objects.filter(live=None).update(
        status=EntryStatus.PUBLISHED, head=Subquery(only_version), live=Subquery(only_version)
    )
    _file(entries, [filing for _, filing in texts])


def _question(answer: str) -> str:
    first, *_ = answer.splitlines()
    return f"{first.split('. ', 1)[1].rstrip('.')} ?"


def _labelled(filing: Filing, terms: Taxonomy) -> dict[str, list[dict[str, Any]]]:
    named = {facet: [terms.by_id[facet, id] for id in sorted(ids)] for facet, ids in filing.items()}
    return {
        facet: [{"id": term.id, "slug": term.slug, "label": term.label} for term in filed]
        for facet, filed in named.items()
    }


def _file(entries: Sequence[Entry], filings: Sequence[Filing]) -> None:
    for facet in Facet:
        table, *columns = filing_table(facet)
        names = ", ".join(table._meta.get_field(column.removesuffix("_id")).column for column in columns)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {table._meta.db_table} ({names}) VALUES (%s, %s)",  # noqa: S608 (our own names)
                [(entry.pk, id) for entry, filing in zip(entries, filings, strict=True) for id in filing[facet]],
            )
