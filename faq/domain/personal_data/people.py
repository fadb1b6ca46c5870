"""Names and birth dates of people, after the words that announce them."""

import re
from collections.abc import Iterator

from faq.domain.personal_data.spans import Span
from faq.domain.personal_data.views import BIRTH_DATE, NAME
from faq.domain.text.french import COMMON_WORDS, NEGATIONS, STOP_WORDS, UNITS
from faq.domain.text.normalisation import remove_accents

_TITLES = frozenset(
    "m mr mm mme mmes mlle mlles dr drs dre pr prs me monsieur messieurs madame mesdames mademoiselle docteur docteure "
    "docteurs professeur professeure maitre directeur directrice president presidente ministre maire "
    "chef cheffe prefet "
    "responsable secretaire delegue deleguee general generale adjoint adjointe referent referente chargee charge "
    "conseiller conseillere inspecteur inspectrice doyen doyenne medecin pharmacien pharmacienne infirmier infirmiere "
    "biologiste chirurgien interne externe remplacant remplacante".split()
)
"""Titles and functions, which tell an office and no person: « Mme la ministre », « M. le directeur »."""

_PRODUCTS = frozenset(
    "sante mssante ms mes ens dmp ins insi insc nir nia rpps adeli finess fhir hl7 cda ihe xds xdm "
    "cisis ci sis cps ecps e "
    "cpx cpe cpf dpi dui lgc lgo pui sih sgl rpps+ ror siu samu ehpad ssiad had mco smr ght chu chr "
    "ars ans cnam cnil hds "
    "rgpd pgssi rgs igc tlsi api url oid psc proconnect connect pro espace mon vitale ameli segur ehr pdf xml vip dlu "
    "drimbox ris pacs sgl dossier medical partage portail patient patiente summary identifier "
    "identity resource profile "
    "care administration id test tests demo exemple x y z inconnu inconnue anonyme untel unetelle qualifie qualifiee "
    "provisoire valide validee ipp siege service client cabinet hopital clinique centre laboratoire pharmacie maison "
    "groupe association societe ministere agence assurance maladie doctolib".split()
)
"""Words of the field that stand behind a title or « patient » without being a name: « Dr Santé », « Patient FHIR »."""

_OPENERS = frozenset(
    "bonjour bonsoir merci cordialement salut bien urgent svp stp attention note objet suite apres avant comment "
    "pourquoi quand quel quelle est a doit peut ne n na nest souhaite demande veut voudrait aimerait "
    "exerce utilise recoit "
    "arrive possede dispose travaille signe appelle mail tel telephone email adresse numero nom prenom".split()
)
_NO_NAMES = STOP_WORDS | NEGATIONS | _TITLES | _PRODUCTS | _OPENERS
_NO_NAMES_OF_PATIENTS = _NO_NAMES | COMMON_WORDS | UNITS
_PARTICLES = frozenset("de da do dos du des del della di d le la les van von den der ben bin el al ibn st y e".split())
_PRODUCT_NOUNS = re.compile(
    r"(?:logiciels?|modules?|applications?|applis?|solutions?|produits?|outils?|sites?|plateformes?|portails?|offres?|"
    r"soci[ée]t[ée]|[ée]diteurs?|connecteurs?|ressources?|espaces?|profils?|interfaces?|lgc|lgo|dpi|classes?|objets?)"
    r"(?: (?:le|la|du|de))? {0,2}$",
    re.IGNORECASE,
)

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_LONGEST_NAME = 8
"""Words of a name, particles among them."""

_CIVILITY = re.compile(
    r"(?<![\w'])(?:(?P<short>M\.|MM\.|(?:Mr|MR|mr|Mme|MME|mme|Mmes|Mlle|MLLE|mlle|Dr|DR|dr|Drs|Dre|"
    r"Pr)\b\.?|M(?= [A-ZÀ-Þ]))"
    r"|(?i:monsieur|madame|mademoiselle|docteure?|docteurs|professeure?|ma[iî]tre)\b) {0,2}"
)
_PATIENT = re.compile(
    r"(?<![\w'])(?i:patiente?|assur[ée]e?|b[ée]n[ée]ficiaire|usag[eè]re?|"
    r"r[ée]sidente?)(?: (?i:(?:pr[ée])?nomm[ée]e?|appel[ée]e?))?"
    r" {0,2}(?P<sign>[:=(])? {0,2}"
)
_SELF = re.compile(
    r"(?<![\w'])(?i:je m['’ ]?appelle|je me (?:nomme|pr[ée]nomme)|mon nom (?:est|c'est)|mon nom :|moi c'est|"
    r"(?:il|elle|patiente?|fils|fille|mari|femme|m[eè]re|p[eè]re|enfant) s['’ ]appelle) {0,2}"
)
_NAMED = re.compile(
    r"(?<![\w'])(?i:(?:pr[ée])?nom(?: de naissance| de famille| d'usage)? ?[:=]|nom (?:de naissance|"
    r"de famille|d'usage)|"
    r"(?:mon|ma|son|sa|notre) (?:mari|femme|fils|fille|p[eè]re|m[eè]re|[ée]poux|[ée]pouse|conjointe?|"
    r"fr[eè]re|s(?:œ|oe)ur|"
    r"enfant|b[ée]b[ée]|coll[eè]gue|confr[eè]re|cons(?:œ|oe)ur|associ[ée]e?)|de la part de|n[ée]e|"
    r"cordialement[ ,.!\n]{1,4}|"
    r"bien à vous[ ,.!\n]{1,4}) {0,2}"
)
_TWO_WORDS = re.compile(r"(?<![\w'])(?i:je suis|ici|au nom de|sign[ée]e?) {0,2}:? {0,2}")

_SEPARATOR = r"[ ]?[/.\-| ][ ]?"
_MONTHS = (
    r"(?:janv(?:ier)?|f[ée]v(?:r(?:ier)?)?|mars|avr(?:il)?|mai|juin|juil(?:let)?|ao[uû]t|sept(?:embre)?|oct(?:obre)?|"
    r"nov(?:embre)?|d[ée]c(?:embre)?)\b\.?"
)
_DATE = (
    rf"(?<!\d)(?!0+\D)(?:\d{{1,2}}{_SEPARATOR}\d{{1,2}}{_SEPARATOR}(?:\d{{4}}|\d\d)|"
    rf"\d{{4}}{_SEPARATOR}\d{{1,2}}{_SEPARATOR}\d{{1,2}}"
    rf"|\d{{1,2}}(?:er)?[ -]{{0,2}}{_MONTHS}[ -]{{0,2}}(?:\d{{4}}|'?\d\d)|\d{{8}})(?![./-]?\d)"
)
_FILLER = (
    r"(?:[ :=(]|du |de la |de l'|de |le |est |patiente?|enfant|assur[ée]e?|b[ée]b[ée]|[ée]tait |"
    r"erron[ée]e |incorrecte |fausse |"
    r"inexacte |exacte |saisie |suis |au |refus[ée]e ){0,8}"
)
_BIRTHS = (
    re.compile(
        rf"(?<!\w)(?i:n[ée](?:e|\(e\)|\.e|·e|-e)?s? (?:à [\w' -]{{2,40}}? )?(?:le|en|du)? ?:? {{0,2}}(?P<date>{_DATE}))"
    ),
    re.compile(
        rf"(?<!\w)(?i:(?:ddn|dob|d\.d\.n\.?|(?:date|jour) (?:de )?naissance|naissance|"
        rf"anniversaire){_FILLER}(?P<date>{_DATE}))"
    ),
    re.compile(rf"(?i:(?P<date>{_DATE}) ?\(?[,=:]? ?(?:ddn|(?:comme )?date de naissance))\b"),
    re.compile(
        rf"(?i:(?:patiente?|enfant|assur[ée]e?|homme|femme|b[ée]b[ée]|fils|fille|m[eè]re|p[eè]re|suis|"
        rf"personne)[ ,]{{1,2}}n[ée]e? "
        rf"en (?P<date>(?:{_MONTHS} )?(?:19|20)\d\d))(?!\d)"
    ),
    re.compile(rf"(?<!\w)(?i:n[ée]e? en (?P<date>{_MONTHS} (?:19|20)\d\d))(?!\d)"),
)


def find_birth_dates(view: str) -> Iterator[Span]:
    """Yield the dates of a view that are said to be somebody's day of birth."""
    done: set[int] = set()
    for pattern in _BIRTHS:
        for found in pattern.finditer(view):
            start, end = found.span("date")
            if done.isdisjoint(range(start, end)):
                done.update(range(start, end))
                yield Span(start, end, BIRTH_DATE)


def find_names(view: str) -> Iterator[Span]:
    """Yield the names of a view that stand after a title, « je m’appelle », « patient » and the like."""
    found = sorted(_find_names(view), key=lambda span: (span.start, -span.end))
    done = 0
    for span in found:
        if span.start >= done:
            done = span.end
            yield span


def _find_names(view: str) -> Iterator[Span]:
    for cue in _CIVILITY.finditer(view):
        if not _is_of_a_product(view, cue.start()):
            small = bool(cue["short"]) and cue["short"][0].islower() and not _has_article(view, cue.start())
            yield from _read_name(view, cue.end(), _NO_NAMES, most_small=1 if small else 0)
    for cue in _PATIENT.finditer(view):
        is_resource = cue[0][0].isupper() and cue.start() > 0 and not cue["sign"]
        if not is_resource and not _is_of_a_product(view, cue.start()):
            yield from _read_name(view, cue.end(), _NO_NAMES_OF_PATIENTS)
    for cue in _SELF.finditer(view):
        yield from _read_name(view, cue.end(), _NO_NAMES_OF_PATIENTS, most_small=2)
    for cue in _NAMED.finditer(view):
        yield from _read_name(view, cue.end(), _NO_NAMES_OF_PATIENTS)
    for cue in _TWO_WORDS.finditer(view):
        yield from _read_name(view, cue.end(), _NO_NAMES_OF_PATIENTS, least=2)


def _read_name(
    view: str, start: int, no_names: frozenset[str], *, most_small: int = 0, least: int = 1
) -> Iterator[Span]:
    """Yield the name that starts at a place, if one does: words in capitals, initials and particles.

    `most_small` words may be in small letters, as people type; `least` words must be there.
    """
    place, end, words = start, 0, 0
    for _ in range(_LONGEST_NAME):
        word = _WORD.match(view, place)
        if word is None:
            break
        folded = remove_accents(word[0]).casefold()
        parts = re.split("['-]", folded)
        if folded not in _PARTICLES or not (word[0].islower() or _is_followed_by_a_name(view, word.end(), no_names)):
            is_capital = word[0][0].isupper() or (parts[0] in _PARTICLES and "'" in folded and not word[0].islower())
            is_small = not is_capital and words < most_small and len(folded) > 2
            if (
                not (is_capital or is_small)
                or not no_names.isdisjoint(part for part in parts if len(part) > 1 or part == folded)
                or _is_camel_case(word[0])
            ):
                break
            if is_small and _WORD.match(view, word.end() + 1) and words and folded.endswith(("er", "ment")):
                break
            words, end = words + 1, word.end()
        initial = len(word[0]) == 1 and view[word.end() : word.end() + 1] == "."
        place = word.end() + initial
        place += 1 if view[place : place + 1] == " " else 0
        if place == word.end():
            break
        if _is_shouted(view, start) and words:
            break
    if words >= least and len(re.sub(r"[\W_]", "", view[start:end])) > 1:
        yield Span(start, end, NAME)


def _is_followed_by_a_name(view: str, place: int, no_names: frozenset[str]) -> bool:
    word = _WORD.match(view, place + 1)
    return word is not None and word[0][0].isupper() and remove_accents(word[0]).casefold() not in no_names


def _is_camel_case(word: str) -> bool:
    """Return whether a word is built as names of products are: « MSSanté », « webDAV »."""
    return bool(re.search(r"[a-zà-ÿ][A-ZÀ-Þ]|[A-ZÀ-Þ]{2}[a-zà-ÿ]", re.sub(r"^(?:Mc|Mac|De|Le|La|Du|Di|O')", "", word)))


def _is_shouted(view: str, place: int) -> bool:
    """Return whether what stands around a place is written in capitals only."""
    around = view[max(0, place - 30) : place + 30]
    return around.upper() == around


def _is_of_a_product(view: str, place: int) -> bool:
    return bool(_PRODUCT_NOUNS.search(view[max(0, place - 30) : place]))


def _has_article(view: str, place: int) -> bool:
    return bool(
        re.search(r"(?i:\b(?:le|la|un|une|du|au|chaque|ce|cette|de|votre|mon|ma)) $", view[max(0, place - 8) : place])
    )
