"""Postal addresses: a number, a kind of street and its name."""

import re
from collections.abc import Iterator

from faq.domain.personal_data.spans import Span
from faq.domain.personal_data.views import POSTAL_ADDRESS

_PLAIN_STREETS = (
    r"rue|avenue|av\.?|ave|boulevard|boul\.?|bd|bld|blvd|all[ée]e|impasse|faubourg|fbg|venelle|esplanade|rond[ -]point"
)
_OTHER_STREETS = (
    r"chemin|ch\.|route|rte|place|pl\.|cours|quai|square|r[ée]sidence|lotissement|hameau|passage|sentier|voie|villa|"
    r"cit[ée]|clos|mail|mont[ée]e|promenade|traverse|lieu[ -]dit|ruelle|chauss[ée]e|parvis|domaine"
)
"""Words that mean other things too: « 3 cours », « 2 places »."""
_NUMBER = r"(?<![\w.,/-])\d{1,4}(?: ?(?:bis|ter|quater|[a-dA-D](?![\w.])))?[ ,]{1,3}"
_LINK = r"(?:(?:de la|des|de|du|la|les|le|aux?|en|et|sur|sous) |(?:de )?l'|d')"
_NAME = r"[^\W\d_](?:[\w'.-]{0,40}[^\W_])?"
_CAPITAL = r"[A-ZÀ-ÖØ-Þ\d](?:[\w'.-]{0,40}[^\W_])?"
_STREET_NAME = rf"(?:{_LINK}{{1,2}}{_NAME}|{_CAPITAL}|{_NAME})(?:[ -](?:{_LINK}{{1,2}})?{_CAPITAL}){{0,5}}"
_CAPITAL_NAME = rf"(?:{_LINK}{{0,2}}{_CAPITAL})(?:[ -](?:{_LINK}{{1,2}})?{_CAPITAL}){{0,5}}"
_POSTCODE = r"(?:[ ,]{1,3}\d{5}(?!\d))?"

_PLAIN = re.compile(rf"{_NUMBER}(?i:{_PLAIN_STREETS}) {{1,2}}{_STREET_NAME}{_POSTCODE}")
_CAPITALISED = re.compile(rf"{_NUMBER}(?i:{_OTHER_STREETS}) {{1,2}}{_CAPITAL_NAME}{_POSTCODE}")
_OTHER = re.compile(rf"{_NUMBER}(?i:{_OTHER_STREETS}) {{1,2}}{_STREET_NAME}{_POSTCODE}")
_ANNOUNCED = re.compile(
    r"\b(?:adresse|habit\w{1,5}|domicili\w{1,4}|demeur\w{1,5}|r[ée]sid\w{1,6}|domicile|courrier|exp[ée]di\w{1,5}|livr\w{1,5}|"
    r"log\w{1,4}|cabinet|install[ée]\w{0,2}|situ[ée]\w{0,2}|patiente?)\b[^.;!?\n\d]{0,40}$",
    re.IGNORECASE,
)


def find_postal_addresses(view: str) -> Iterator[Span]:
    """Yield the numbers, streets and postcodes of a view; the town stays."""
    done = 0
    for number in re.finditer(_NUMBER, view):
        place = number.start()
        if place < done:
            continue
        found = _PLAIN.match(view, place) or _CAPITALISED.match(view, place)
        if found is None and _ANNOUNCED.search(view[max(0, place - 60) : place]):
            found = _OTHER.match(view, place)
        if found is not None:
            done = found.end()
            yield Span(place, done, POSTAL_ADDRESS)
