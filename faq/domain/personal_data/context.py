"""The words around a number: they tell its kind, tell that it is something else, or tell nothing."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from enum import Enum
from functools import cache

from faq.domain.personal_data.spans import BLANK
from faq.domain.text.normalisation import remove_accents

_BEFORE, _AFTER = 100, 50
"""Characters that are read before and after a number."""
_WORDS_BEFORE, _WORDS_AFTER = 6, 4

_BARRIER = re.compile(rf"[!?;&\n{BLANK}]|\d{{3,}}|\.\s+(?=[A-Z])")
"""No word counts beyond the end of a sentence or another number: what they say, they say of that."""
_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN = re.compile(r"\d")

_CONNECTORS = frozenset(
    "n no num numero numeros nr de du des d la le les l est sont suivant suivants suivante suivantes et au aux "
    "identifiant identifiants id a c ci cette ce ces".split()
)
"""Words that may stand between a noun and its number."""

COUNTED = frozenset(
    # What is numbered in a text, a programme or a test.
    "alinea alineas annexe annexes article articles bloc blocs cas categorie categories chapitre chapitres colonne "
    "colonnes critere criteres departement departements ecran ecrans etape etapes exigence exigences fiche fiches "
    "figure figures formulaire formulaires groupe groupes indicateur indicateurs item items jalon jalons jour jours "
    "ligne lignes liste listes lot lots module modules mois niveau niveaux objectif objectifs onglet onglets page "
    "pages palier paliers paragraphe paragraphes partie parties phase phases point points prerequis profil profils "
    "question questions region regions regle regles reponse reponses rubrique rubriques scenario scenarios section "
    "sections segment segments semaine semaines serie series sprint sprints tableau tableaux test tests theme themes "
    "tome tomes tranche tranches vague vagues volet volets zone zones champ champs valeur valeurs "
    # What bears a number without being a person.
    "acl anomalie anomalies ape atc bordereau bug bugs build caractere caracteres ccam chiffre chiffres cip cle "
    "cles code codes codebarres "
    "barres barre commande commandes compilation constante contrat contrats correctif cve datamatrix demande demandes "
    "devis dossier dossiers ean epoch erreur erreurs evenement exception facture factures fichier fichiers finess "
    "firmware gtin hash horodatage imei incident incidents ipp jeton jira journal licence licences loinc log logs lpp "
    "marche medicament medicaments modele modeles naf nda ngap nie nil oid patch piece pieces port ports "
    "produit produits projet projets rcs recepisse ref reference references release requete requetes revision rfc "
    "serial siren siret sn snomed ssin statut "
    "suivi ticket tickets timestamp trace transaction transactions tva ucd uid urssaf uuid vague version versions"
    .split()
)  # fmt: skip
"""Nouns that say of the number after them what it counts or names: no person."""

_UNITS = re.compile(
    r"\s{0,2}(?:€|\$|£|%|°|[kKMG]?€|(?:[kmgt]?(?:o|b)|ms|kg|mg|ml|[km]m|hz|mhz|ghz|euros?|centimes?|dollars?|octets?|"
    r"caracteres|lignes|patients|documents|dossiers|fois|jours?|mois|ans?|annees?|heures?|minutes?|secondes?|"
    r"habitants|etablissements|enregistrements|messages|requetes|professionnels|utilisateurs|comptes rendus|"
    r"exigences|lots|versions)(?![^\W\d_]))"
)  # fmt: skip
_FILE_EXTENSION = re.compile(
    r"\.(?:pdf|png|jpe?g|gif|svg|zip|gz|7z|tar|xml|json|csv|tsv|xlsx?|docx?|odt|ods|pptx?|txt|log|p12|pfx|pem|crt|cer|"
    r"key|der|html?|msi|exe|dll|jar|ini|conf|cfg|hl7|dcm|eml|bak|sql|md|xsd|xsl)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"://|^www\.|^[\w-]{1,40}(?:\.[\w-]{1,40}){0,4}\.[a-z][\w-]{0,40}[/?]|^(?:(?:0|[1-9]\d{0,2})[./?]){4}|"
    r"/[a-z_-]{2,20}/|\?[a-z_]{1,20}=",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\S+")
_TOKEN_HEAD, _TOKEN_TAIL = 300, 60


class Opinion(Enum):
    """The evidence of the context for one kind of number."""

    FOR = "il en est un"
    CLOSE = "il en est un, un mot tout proche le dit"
    AGAINST = "il est autre chose"
    NONE = "rien"


class Context:
    """The words of a view around its numbers."""

    def __init__(self, view: str) -> None:
        self._view = view
        # The shapes of a kind of number try the same places.
        self._words_before = cache(self._read_words_before)
        self._words_after = cache(self._read_words_after)
        self._codes = list(_find_codes(view))
        self._starts = [start for start, _ in self._codes]

    def judge(self, start: int, end: int, cues: re.Pattern[str]) -> Opinion:
        """Return what the words around the number at a place say of a kind of number, known by the words `cues`."""
        before, after = self._words_before(start), self._words_after(end)
        for rank, (word, is_close) in enumerate(before):
            if cues.fullmatch(word):
                return Opinion.CLOSE if is_close else Opinion.FOR
            if word in COUNTED and is_close:
                explicit = any(cues.fullmatch(other) and other not in COUNTED for other, _ in before[rank:])
                return Opinion.FOR if explicit and _is_of(before, rank) else Opinion.AGAINST
        if self._is_code(start) or _UNITS.match(_fold(self._view[end : end + 20])):
            return Opinion.AGAINST
        for rank, word in enumerate(after):
            if cues.fullmatch(word):
                return Opinion.CLOSE if rank == 0 else Opinion.FOR
            if rank == 0 and word in COUNTED:
                return Opinion.AGAINST
        return Opinion.NONE

    def _read_words_before(self, start: int) -> list[tuple[str, bool]]:
        """Return the words before a place, the nearest first, and whether each is next to it but for connectors."""
        text = self._view[max(0, start - _BEFORE) : start]
        barriers = [found.end() for found in _BARRIER.finditer(text)]
        text = text[barriers[-1] :] if barriers else text
        words = []
        is_close = True
        place = len(text)
        for found in reversed(list(_WORD.finditer(text))[-_WORDS_BEFORE:]):
            is_close = is_close and not _BETWEEN.search(text, found.end(), place)
            word = _fold(found[0])
            words.append((word, is_close))
            is_close = is_close and word in _CONNECTORS
            place = found.start()
        return words

    def _read_words_after(self, end: int) -> list[str]:
        text = self._view[end : end + _AFTER]
        barrier = _BARRIER.search(text)
        text = text[: barrier.start()] if barrier else text
        return [_fold(found[0]) for found in list(_WORD.finditer(text))[:_WORDS_AFTER]]

    def _is_code(self, place: int) -> bool:
        """Return whether a place stands in the name of a file or in an address of the web."""
        rank = bisect_right(self._starts, place) - 1
        return rank >= 0 and place < self._codes[rank][1]


def _is_of(before: list[tuple[str, bool]], rank: int) -> bool:
    """Return whether a noun that counts only says whose number it is: « téléphone du dossier 06… »."""
    return rank + 1 < len(before) and before[rank + 1][0] in {"de", "du", "des", "d", "l", "la", "le"}


def _find_codes(view: str) -> Iterator[tuple[int, int]]:
    for token in _TOKEN.finditer(view):
        head, tail = token[0][:_TOKEN_HEAD], token[0][-_TOKEN_TAIL:]
        if len(token[0]) > 5 and (_ADDRESS.search(head) or _FILE_EXTENSION.search(tail)):
            yield token.span()


def _fold(text: str) -> str:
    return remove_accents(text).casefold()
