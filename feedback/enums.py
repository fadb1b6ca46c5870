"""The answers, reasons and states of votes and comments."""

from django.db import models


class VoteAnswer(models.TextChoices):
    """A visitor's answer to « Cette réponse vous a-t-elle été utile ? »."""

    YES = "oui", "Oui"
    NO = "non", "Non"
    WITHDRAWN = "retire", "retiré"


class Standing(models.TextChoices):
    """Whether a vote counts, and who said so."""

    COUNTED = "compte", "compté"
    SET_ASIDE = "quarantaine", "en quarantaine"
    REINSTATED = "reintegre", "réintégré"
    DISMISSED = "ecarte", "écarté"


COUNTING = (Standing.COUNTED, Standing.REINSTATED)


class CommentReason(models.TextChoices):
    """The fault that a visitor finds with an answer."""

    OFF_TOPIC = "hors-sujet", "Elle ne répond pas à ma question"
    INCOMPLETE = "incomplete", "Il y manque quelque chose"
    UNCLEAR = "pas-claire", "Elle est difficile à comprendre"
    WRONG = "erreur", "Elle est fausse ou dépassée"
    BROKEN_LINK = "lien", "Un lien ne marche pas"
    OTHER = "autre", "Autre chose"


class FollowUpState(models.TextChoices):
    """The state of a comment, or of a search that found nothing, in the editors' inbox."""

    NEW = "nouveau", "nouveau"
    IN_PROGRESS = "en-cours", "en cours"
    CORRECTED = "corrige", "corrigé"
    NO_ACTION = "sans-suite", "sans suite"


OPEN = (FollowUpState.NEW, FollowUpState.IN_PROGRESS)
