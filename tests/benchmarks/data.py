"""What is measured on: answers in our own words and their filing, the same at every run."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from faq.domain.dumps import CASCADE_QUESTIONS, VOTE_LINE
from faq.domain.facets import Facet, Filing, State, Taxonomy, Term
from faq.enums import Action, EntryStatus, Origin
from faq.models import Entry, Epoch, Publication, Version
from faq.models.live import filing_table, load_taxonomy
from faq.services.taxonomy_starter import load_starter_taxonomy

SEED = 214

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
LINKS = ("https://exemple.fr/aide", "contact@exemple.fr", "https://exemple.fr/pieces?liste=complete")

_AS_PUBLISHED = {"status": EntryStatus.PUBLISHED, "action": Action.PUBLISHED, "origin": Origin.COMMAND}

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
    """Make different answers of 300 to 1,100 characters: paragraphs, lists, addresses."""
    chance = random.Random(seed)
    for rank in range(1, number + 1):
        lines = [f"Cas {seed}-{rank}. {sentence(chance)}"]
        lines += [f"{sentence(chance)} {sentence(chance)}" for _ in range(chance.randint(1, 4))]
        lines += [f"- {sentence(chance)}" for _ in range(chance.randint(0, 5))]
        lines.append(f"En savoir plus : {chance.choice(LINKS)}")
        yield "\n".join(lines)


def write_dump(path: Path, number: int) -> None:
    """Make a dump file of that many answers."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{question}\n" for question in CASCADE_QUESTIONS)
        file.writelines(f"{answer}\n{VOTE_LINE}\n\n" for answer in answers(number))


def taxonomy() -> Taxonomy:
    """Give the starter taxonomy, from the database, stored there first where it is not."""
    load_starter_taxonomy(Path(settings.BASE_DIR) / "fixtures" / "taxonomy.json")
    return load_taxonomy()


def filings(number: int, terms: Taxonomy) -> Iterator[Filing]:
    """File entries as editors do: a few terms take most of them (Zipf's law), and the choices fit each other."""
    chance = random.Random(SEED)
    # There are far fewer ways to file than entries.
    completed: dict[tuple[Term, ...], Filing] = {}
    for _ in range(number):
        chosen: dict[Facet, Term] = {}
        for facet in Facet:
            if chance.random() < FILED[facet] and (fitting := _fitting(terms, facet, chosen)):
                [chosen[facet]] = chance.choices(fitting, [1 / rank for rank in range(1, len(fitting) + 1)])
        key = tuple(chosen.values())
        if key not in completed:
            completed[key] = terms.complete({facet: frozenset({term.id}) for facet, term in chosen.items()})
        yield completed[key]


def _fitting(terms: Taxonomy, facet: Facet, chosen: State) -> list[Term]:
    """Give the terms that can go with earlier choices; an entry for all types of offer has a theme only."""
    if facet is Facet.THEMES:
        return list(terms.by_facet[facet])
    if facet is not Facet.OFFER_TYPES and Facet.OFFER_TYPES not in chosen:
        return []
    return [term for term in terms.by_facet[facet] if terms.fits(term, chosen)]


def fill(number: int) -> None:
    """Bring the database to that many published entries, each with its one version.

    By rows and not by the write service, which takes minutes for 10,000 entries and is not what the
    readers of this data measure.
    """
    terms = taxonomy()
    at = timezone.now()
    texts = list(zip(answers(number), filings(number, terms), strict=True))[Entry.objects.count() :]
    entries = Entry.objects.bulk_create(
        Entry(question=answer.split("\n")[0], answer=answer, created_at=at, updated_at=at) for answer, _ in texts
    )
    versions = Version.objects.bulk_create(
        Version(entry=entry, number=1, question=entry.question, answer=entry.answer, created_at=at, **_AS_PUBLISHED)
        for entry in entries
    )
    Publication.objects.bulk_create(
        Publication(entry=version.entry, version=version, live_from=at) for version in versions
    )
    only_version = Version.objects.filter(entry=OuterRef("pk")).values("pk")[:1]
    Entry.objects.filter(live=None).update(
        status=EntryStatus.PUBLISHED, head=Subquery(only_version), live=Subquery(only_version)
    )
    _file(entries, [filing for _, filing in texts])
    Epoch.move()


def _file(entries: Sequence[Entry], filings: Sequence[Filing]) -> None:
    for facet in Facet:
        rows, entry_column, term_column = filing_table(facet)
        rows.objects.bulk_create(
            rows(**{entry_column: entry.pk, term_column: id})
            for entry, filing in zip(entries, filings, strict=True)
            for id in filing[facet]
        )
