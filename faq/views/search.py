"""Suggestions while a visitor types a search."""

from django.http import JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from faq.models import Entry
from faq.selectors.search.hits import complete_query, live_search
from faq.views.caching import cached_by_epoch, request_snapshot
from faq.views.states import parse_query

MAX_QUESTIONS = 6
MIN_LENGTH = 2
"""Characters from which suggestions are made."""


@require_safe
@cached_by_epoch
@cache_control(public=True, max_age=60)
def suggestions(request):
    """Return JSON: completions of the last word of `q`, and the questions within the filters that match it.

    {"words": ["certificat"], "questions": [{"text": "Comment … ?", "address": "/fiche/7-comment/"}]}
    """
    typed = request.GET.get("q", "")
    if len(typed.strip()) < MIN_LENGTH:
        return JsonResponse({"words": [], "questions": []})
    snapshot = request_snapshot(request)
    selection = snapshot.index.select(parse_query(request.GET, snapshot.taxonomy).state)
    hits = live_search(typed, snapshot, selection, typing=True)
    numbers = hits.numbers[:MAX_QUESTIONS]
    entries = dict(hits.loaded)
    if missing := [number for number in numbers if number not in entries]:
        entries |= Entry.objects.live().only("question").in_bulk(missing)
    questions = [entries[number] for number in numbers if number in entries]
    return JsonResponse(
        {
            "words": complete_query(typed, snapshot),
            "questions": [{"text": entry.question, "address": entry.get_absolute_url()} for entry in questions],
        }
    )
