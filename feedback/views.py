"""Taking votes and comments from the public pages: a plain form, no token in the page, no cookie before the first."""

import re
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils.http import is_same_domain
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from faq.caching import LRUByteCache
from faq.models import Entry
from faq.views.addresses import AbsentEntry, get_live_entry, handle_absent_entry
from feedback.comments import NewComment, save_comment
from feedback.forms import InvalidForm, PageContext, SentVote, parse_comment, parse_vote
from feedback.models import COUNTING, Standing, VoteAnswer
from feedback.networks import get_network
from feedback.vote_upsert import Votable, VotableOutdated
from feedback.votes import VoteRefused, cast_vote, create_visitor_token, get_votable

COOKIE = "avis"
COOKIE_DAYS = 390
"""Not quite the thirteen months that the CNIL allows; later votes do not prolong them."""

_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)
"""What `new_visitor_token` makes."""

_ELSEWHERE = "Il ne vient pas d’une page de ce site. Ouvrez la réponse, puis donnez votre avis sous son texte."
_UNREADABLE = "Le formulaire est incomplet ou illisible. Ouvrez la réponse, puis donnez votre avis sous son texte."
_NOT_A_PAGE = "Cette adresse recueille les avis ; le vôtre se donne sous le texte de la réponse."

_CACHE_BYTES = 2_000_000
_VOTABLE_BYTES = 500
"""Approximate size of one cached entry."""


def _see_other(address: str) -> HttpResponse:
    """After a POST, have the browser GET an address of ours: quoted already, unlike those that Django redirects to."""
    return HttpResponse(status=303, headers={"Location": address})


_votables: LRUByteCache[Votable] = LRUByteCache(_CACHE_BYTES)


def _from_our_pages(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in only what a form of this site sends.

    The pages carry no token, so that they are the same for everybody, for days: the origin is checked instead.
    """

    @csrf_exempt
    @sensitive_post_parameters("commentaire")
    @handle_absent_entry
    @wraps(view)
    def guarded(request: HttpRequest, number: int) -> HttpResponse:
        if request.method != "POST":
            return _refuse(request, number, 405, _NOT_A_PAGE)
        if not _comes_from_this_site(request):
            return _refuse(request, number, 403, _ELSEWHERE)
        try:
            return view(request, number)
        except InvalidForm:
            return _refuse(request, number, 400, _UNREADABLE)

    return guarded


@csrf_exempt
def vote(request, number):
    """Answer a vote, which the middleware has tried to store already: a refusal is not tried a second time."""
    refusal = getattr(request, "refused_vote", None)
    if refusal is None:
        return take_vote(request, number)
    if isinstance(refusal, Http404):
        raise refusal
    return refusal


@_from_our_pages
def take_vote(request, number):
    """Store a vote, then lead back to the answer, where a thank-you waits at a fragment of the address."""
    sent = parse_vote(request.POST)
    known = _known_visitor(request)
    token = known or create_visitor_token()
    entry, standing = _cast(request, number, sent, token)
    response = _thanks(request, entry, number, sent.place, _state(sent.answer, standing))
    if standing and not known:
        _name_visitor(response, token)
    return response


@_from_our_pages
def comment(request, number):
    """Take the reason and the words that come with a vote, then lead back to the answer."""
    sent = parse_comment(request.POST)
    entry = _votable(number)
    known = _known_visitor(request)
    token = known or create_visitor_token()
    remark = NewComment(sent.reason, sent.text, _version(entry, number, sent.place))
    standing = save_comment(entry, token, remark, network=_network(request))
    response = _see_other(_way_back(entry, number, sent.place, _said(standing)))
    if standing and not known:
        _name_visitor(response, token)
    return response


def _refuse(request, number: int, status: int, reason: str) -> HttpResponse:
    response = render(request, "feedback/refused.html", {"number": number, "reason": reason}, status=status)
    if status == 405:
        response["Allow"] = "POST"
    return response


def _comes_from_this_site(request) -> bool:
    """Tell by what a page cannot forge: Origin, or else Referer, or else Sec-Fetch-Site."""
    # META has what request.headers would first copy, of all headers.
    source = (request.META.get("HTTP_ORIGIN") or request.META.get("HTTP_REFERER", "")).lower()
    if not source:
        return request.META.get("HTTP_SEC_FETCH_SITE") == "same-origin"
    here = f"{request.scheme}://{request.get_host().lower()}"
    return source == here or _is_ours(source, here)


def _is_ours(source: str, here: str) -> bool:
    try:
        origin = urlsplit(source)
    except ValueError:
        return False
    return any(_is_within(origin, urlsplit(one)) for one in (here, *settings.CSRF_TRUSTED_ORIGINS))


def _is_within(origin, trusted) -> bool:
    """Compare two origins; « https://*.exemple.fr » trusts every host below."""
    return origin.scheme == trusted.scheme and is_same_domain(origin.netloc, trusted.netloc.lstrip("*"))


def _votable(number: int) -> Votable:
    """Return the live entry that answers at a number, and cache it. Raises Http404 and AbsentEntry."""
    try:
        entry = get_votable(number)
    except (Entry.DoesNotExist, VoteRefused):
        # Merged into another, withdrawn, archived, or never published: `get_live_entry` tells which.
        try:
            return get_votable(get_live_entry(number).pk)
        except VoteRefused as refusal:
            raise AbsentEntry(410, "410.html") from refusal
    _votables.put(number, entry, _VOTABLE_BYTES)
    return entry


def _known_visitor(request) -> str:
    """Return the token of an earlier vote from this browser; "" for none, or one that we cannot have made."""
    token = request.COOKIES.get(COOKIE, "")
    return token if _TOKEN.fullmatch(token) else ""


def _network(request) -> str:
    """Return the network that a request comes from, as the proxy tells it where there is one."""
    if not settings.TRUST_PROXY:
        return get_network(request.META.get("REMOTE_ADDR", ""))
    # The last one is what our own proxy saw; those before it are whatever the visitor wrote.
    return get_network(request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2])


def _version(entry: Votable, number: int, place: PageContext) -> int | None:
    # The version of a merged entry says nothing of the one that answers for it.
    return place.version if entry.number == number else None


def _cast(request, number: int, sent: SentVote, token: str) -> tuple[Votable, Standing | None]:
    """Store a vote, in one statement where the entry is cached and has not changed; else read the entry first."""
    network = _network(request)
    # The statement that withdraws a vote does not check whether the cached entry is still live.
    cached = _votables.get(number) if sent.answer != VoteAnswer.WITHDRAWN else None
    for known in (cached, None):
        entry = known or _votable(number)
        version = _version(entry, number, sent.place)
        try:
            return entry, cast_vote(entry, sent.answer, token, version=version, network=network)
        except VotableOutdated:
            continue
        except (VoteRefused, Entry.DoesNotExist) as refusal:
            raise AbsentEntry(410, "410.html") from refusal
    raise AbsentEntry(410, "410.html")


def _state(answer: VoteAnswer, standing: Standing | None) -> str:
    """Name what the page is to say: never thanks for a vote that does not count."""
    if answer == VoteAnswer.WITHDRAWN:
        return "retrait"
    return "merci" if standing in COUNTING else "attente"


def _said(standing: Standing | None) -> str:
    """Name what the page is to say of a remark: thanks only for one that editors get."""
    if standing is None:
        return "pourquoi"
    return "recu" if standing in COUNTING else "garde"


def _thanks(request, entry: Votable, number: int, place: PageContext, state: str) -> HttpResponse:
    """Tell the page's script what to say, or lead the browser to where the page says it."""
    if request.META.get("HTTP_ACCEPT") == "application/json":
        return JsonResponse({"state": state})
    return _see_other(_way_back(entry, number, place, state))


def _way_back(entry: Votable, number: int, place: PageContext, state: str) -> str:
    """Return the address of the answer, in the list where it was read or on its page, at what it is to say."""
    page = place.way_back if entry.number == number else ""
    return f"{page or entry.address}#{state}-{entry.number}"


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
