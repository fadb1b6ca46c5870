"""The words of French, which no search takes for misspelt: those of pyspellchecker, and some of today's."""

import gzip
import re
import unicodedata
import zlib
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

_MODERN_WORDS = """
    ambulatoire anonymiser antivirus appli applis applicatif applicatifs applicative applicatives autotest autotests
    biomedical biomedicale bluetooth bot bots chatbot cliquer clique cliquent cliquez configurable connecteur
    connecteurs connectique covid cyberattaque cyberattaques cybersecurite deconnexion deconnexions dematerialisation
    dematerialise dematerialisee dematerialiser ehpad ehpads email emails ergonomie ergonomique export exports firewall
    flashcode flashcodes generique geolocalisation hackeur hackeurs identitovigilance import imports infogerance
    internet interoperabilite interoperable interoperables labo labos logicielle logicielles mail mails medicosocial
    medicosociale multifacteur numeriser ordi ordis orthodontiste orthodontistes parametrable parametrage parametrer
    pathologie pathologies pdf podcast podcasts preconisation prerequis radiotherapie referencement referencements
    remboursable remplacant remplacante rgpd scanner scanneur scanneurs selfie sms smartphone smartphones spam spams
    streaming teleconsultation teleconsultations teleexpertise telemedecine teleservice teleservices telesoin telesoins
    telesurveillance teletravail tuto tutos vaccinodrome vaccinodromes visio visioconference visioconferences web
    webinaire webinaires wifi
"""
_ENTRY = re.compile(rb'"([a-z]+)":')


def is_french_word(folded: str) -> bool:
    """Return whether a word, given without case and accents, is a word of French in one of its forms."""
    hashes, sought = _read_hashes(), np.uint32(_hash(_spell_out(folded).encode()))
    return bool(sought == hashes[np.searchsorted(hashes[:-1], sought)])


@cache
def _read_hashes() -> NDArray[np.uint32]:
    """Return the hashes of all words in rising order: half a megabyte, where the words themselves take twenty.

    Of 30,000 strings that are no words, one has the hash of a word.
    """
    packed = files("spellchecker").joinpath("resources", "fr.json.gz").read_bytes()
    listed = unicodedata.normalize("NFD", _spell_out(gzip.decompress(packed).decode())).encode("ascii", "ignore")
    words = [*_ENTRY.findall(listed), *_MODERN_WORDS.encode().split()]
    return np.unique(np.fromiter(map(_hash, words), np.uint32))


def _hash(word: bytes) -> int:
    return zlib.crc32(word)


def _spell_out(text: str) -> str:
    """Return a text without its ligatures, which few people type."""
    return text.replace("œ", "oe").replace("æ", "ae")
