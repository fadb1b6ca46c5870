"""Taking votes from the public pages: a plain form, no token in the page, no cookie before the first vote."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils.http import is_same_domain
from django.views.decorators.csrf import csrf_exempt

from faq.models import Entry
from faq.views.addresses import Absent, live_entry, tells_absences
from feedback.forms import VoteForm
from feedback.models import Answer
from feedback.services import VoteRefused, cast_vote, new_visitor_token

COOKIE = "avis"
COOKIE_DAYS = 390
"""Not quite the thirteen months that the CNIL allows; later votes do not prolong them."""

_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)
"""What `new_visitor_token` makes."""

_ELSEWHERE = "Il ne vient pas d’une page de ce site. Ouvrez la réponse, puis donnez votre avis sous son texte."
_UNREADABLE = "Le formulaire est incomplet ou illisible. Ouvrez la réponse, puis donnez votre avis sous son texte."
_NOT_A_PAGE = "Cette adresse recueille les avis ; le vôtre se donne sous le texte de la réponse."


class SeeOther(HttpResponseRedirect):
    """After a POST, the browser is to GET another address."""

    status_code = 303


# The pages carry no token, so that they are the same for everybody, for days: the origin is checked instead.
@csrf_exempt
@tells_absences
def vote(request, number):
    """Take a vote, then lead back to the answer, where a thank-you waits at a fragment of the address."""
    if request.method != "POST":
        return _refuse(request, number, 405, _NOT_A_PAGE)
    if not _comes_from_this_site(request):
        return _refuse(request, number, 403, _ELSEWHERE)
    form = VoteForm(request.POST)
    if not form.is_valid():
        return _refuse(request, number, 400, _UNREADABLE)
    entry = live_entry(number)
    known = _known_visitor(request)
    token = known or new_visitor_token()
    stored = _cast(entry, number, form.cleaned_data, token)
    response = SeeOther(_way_back(entry, number, form.cleaned_data))
    if stored and not known:
        _name_visitor(response, token)
    return response


def _refuse(request, number: int, status: int, reason: str) -> HttpResponse:
    response = render(request, "feedback/refused.html", {"number": number, "reason": reason}, status=status)
    if status == 405:
        response["Allow"] = "POST"
    return response


def _comes_from_this_site(request) -> bool:
    """Tell by what a page cannot forge: Origin, or else Referer, or else Sec-Fetch-Site."""
    source = request.headers.get("Origin") or request.headers.get("Referer")
    if not source:
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    try:
        origin = urlsplit(source.lower())
    except ValueError:
        return False
    ours = [f"{request.scheme}://{request.get_host().lower()}", *settings.CSRF_TRUSTED_ORIGINS]
    return any(_is_within(origin, urlsplit(one)) for one in ours)


def _is_within(origin, trusted) -> bool:
    """Compare two origins; « https://*.exemple.fr » trusts every host below."""
    return origin.scheme == trusted.scheme and is_same_domain(origin.netloc, trusted.netloc.lstrip("*"))


def _known_visitor(request) -> str:
    """Give the token of an earlier vote from this browser; "" for none, or one that we cannot have made."""
    token = request.COOKIES.get(COOKIE, "")
    return token if _TOKEN.fullmatch(token) else ""


def _cast(entry: Entry, number: int, sent: dict, token: str) -> bool:
    # The version of a merged entry says nothing of the one that answers for it.
    version = sent["version"] if entry.pk == number else None
    try:
        return cast_vote(entry.pk, Answer(sent["vote"]), token, version=version)
    except VoteRefused as refusal:
        raise Absent(410, "410.html") from refusal


def _way_back(entry: Entry, number: int, sent: dict) -> str:
    """Give the address of the answer, in the list where it was read or on its page, at the thank-you."""
    thanks = "retrait" if sent["vote"] == Answer.WITHDRAWN else "merci"
    page = sent["retour"] if entry.pk == number else ""
    return f"{page or entry.get_absolute_url()}#{thanks}-{entry.pk}"


def _name_visitor(response: HttpResponse, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=COOKIE_DAYS * 24 * 3600,
        path=f"{get_script_prefix()}fiche/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
