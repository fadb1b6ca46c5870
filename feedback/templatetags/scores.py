"""How scores are written for editors."""

from django import template

from faq.admin.display import person_name
from feedback.scoring import MIN_VOTES

register = template.Library()


@register.filter
def percent(share):
    """Write a share as a percentage, as the French do."""
    return f"{round(share * 100)} %"


@register.filter
def score(tally):
    """Write a score with its interval and the number of votes it comes from; nothing of few votes."""
    if tally.rate is None:
        votes = "aucun vote" if not tally.votes else f"{tally.votes} vote{'s' if tally.votes > 1 else ''}"
        return f"{votes}, trop peu pour un score (il en faut {MIN_VOTES})"
    low, high = tally.interval
    return f"{percent(tally.rate)} utile (de {percent(low)} à {percent(high)}, {tally.votes} votes)"


@register.filter
def signed(number):
    """Write a number with its sign."""
    return f"+{number}" if number > 0 else f"−{-number}" if number else "0"


@register.filter
def name(user):
    """Name somebody."""
    return person_name(user)
