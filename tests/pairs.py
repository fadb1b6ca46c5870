"""Texts of which the detector makes pairs of every kind."""

from faq.models import Entry, Pair
from faq.services.duplicates import find_duplicates
from tests.factories import an_entry

_RECEPTION = "par le service compétent de l’agence, après réception de toutes les pièces du dossier."
DELAY = f"Votre demande est instruite sous 30 jours {_RECEPTION}"
OTHER_DELAY = DELAY.replace("30", "60")
REWORDED_DELAY = DELAY.replace("après réception de toutes les pièces", "une fois reçu l’ensemble des pièces")
LONG_DELAY = f"{DELAY}\n\nPassé ce terme, écrivez au support depuis votre espace personnel, rubrique réclamations."
FIRST_WAVE = "Pour la vague 1, les justificatifs se déposent en ligne avant la fin du trimestre en cours."
SECOND_WAVE = FIRST_WAVE.replace("1", "2")
ELSEWHERE = "Le portail des éditeurs donne la marche à suivre, les contacts et le calendrier des ateliers."


def the_pair(one: Entry, other: Entry) -> Pair:
    """The stored pair of two entries."""
    return Pair.objects.get(left=min(one.pk, other.pk), right=max(one.pk, other.pk))


def a_pair(one: str = DELAY, other: str = DELAY, *, make=an_entry) -> Pair:
    """Two entries with these answers, looked at."""
    entries = [make("Sous quel délai ?", answer) for answer in (one, other)]
    find_duplicates()
    return the_pair(*entries)
