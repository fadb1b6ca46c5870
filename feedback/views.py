"""Views that take votes and comments from the public pages: plain forms without tokens, no cookie before the first."""

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
"""A little less than the thirteen months that the CNIL allows; later votes do not prolong it."""

_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)
"""The shape of a visitor's token, see `new_visitor_token`."""

_ELSEWHERE = "Il ne vient pas d’une page de ce site. Ouvrez la réponse, puis donnez votre avis sous son texte."
_UNREADABLE = "Le formulaire est incomplet ou illisible. Ouvrez la réponse, puis donnez votre avis sous son texte."
_NOT_A_PAGE = "Cette adresse recueille les avis ; le vôtre se donne sous le texte de la réponse."

_CACHE_BYTES = 2_000_000
_VOTABLE_BYTES = 500
"""Approximate size of one cached entry."""


def _redirect_after_post(address: str) -> HttpResponse:
    """Return a redirect after a POST, to an address of this site that is quoted already."""
    return HttpResponse(status=303, headers={"Location": address})


_votables: LRUByteCache[Votable] = LRUByteCache(_CACHE_BYTES)


def _only_from_this_site(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view so that it refuses what no form of this site has sent.

    Pages have no token, because they are cached and the same for everybody: the origin is checked instead.
    """

    @csrf_exempt
    @sensitive_post_parameters("commentaire")
    @handle_absent_entry
    @wraps(view)
    def guarded(request: HttpRequest, number: int) -> HttpResponse:
        if request.method != "POST":
            return _render_refusal(request, number, 405, _NOT_A_PAGE)
        if not _comes_from_this_site(request):
            return _render_refusal(request, number, 403, _ELSEWHERE)
        try:
            return view(request, number)
        except InvalidForm:
            return _render_refusal(request, number, 400, _UNREADABLE)

    return guarded


@csrf_exempt
def vote(request, number):
    """Return the refusal of the middleware, which has tried to store the vote already, or else store it."""
    refusal = getattr(request, "refused_vote", None)
    if refusal is None:
        return take_vote(request, number)
    if isinstance(refusal, Http404):
        raise refusal
    return refusal


@_only_from_this_site
def take_vote(request, number):
    """Store a vote, then redirect to the answer, where the fragment of the address shows a thank-you."""
    sent = parse_vote(request.POST)
    known = _get_visitor_token(request)
    token = known or create_visitor_token()
    entry, standing = _cast_vote(request, number, sent, token)
    response = _build_thanks(request, entry, number, sent.context, _get_vote_message(sent.answer, standing))
    if standing and not known:
        _set_visitor_cookie(response, token)
    return response


@_only_from_this_site
def comment(request, number):
    """Store the reason and the comment that follow a vote, then redirect to the answer."""
    sent = parse_comment(request.POST)
    entry = _get_votable(number)
    known = _get_visitor_token(request)
    token = known or create_visitor_token()
    remark = NewComment(sent.reason, sent.text, _get_version_number(entry, number, sent.context))
    standing = save_comment(entry, token, remark, network=_get_network(request))
    response = _redirect_after_post(_get_return_address(entry, number, sent.context, _get_comment_message(standing)))
    if standing and not known:
        _set_visitor_cookie(response, token)
    return response


def _render_refusal(request, number: int, status: int, reason: str) -> HttpResponse:
    response = render(request, "feedback/refused.html", {"number": number, "reason": reason}, status=status)
    if status == 405:
        response["Allow"] = "POST"
    return response


def _comes_from_this_site(request) -> bool:
    """Check headers that a page cannot forge: Origin, or else Referer, or else Sec-Fetch-Site."""
    # request.headers would first copy every header.
    source = (request.META.get("HTTP_ORIGIN") or request.META.get("HTTP_REFERER", "")).lower()
    if not source:
        return request.META.get("HTTP_SEC_FETCH_SITE") == "same-origin"
    here = f"{request.scheme}://{request.get_host().lower()}"
    return source == here or _is_this_site(source, here)


def _is_this_site(source: str, here: str) -> bool:
    try:
        origin = urlsplit(source)
    except ValueError:
        return False
    return any(_is_within(origin, urlsplit(one)) for one in (here, *settings.CSRF_TRUSTED_ORIGINS))


def _is_within(origin, trusted) -> bool:
    """Compare two origins; « https://*.exemple.fr » trusts every host below."""
    return origin.scheme == trusted.scheme and is_same_domain(origin.netloc, trusted.netloc.lstrip("*"))


def _get_votable(number: int) -> Votable:
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


def _get_visitor_token(request) -> str:
    """Return the token of an earlier vote from this browser; "" without one, or for one that is not ours."""
    token = request.COOKIES.get(COOKIE, "")
    return token if _TOKEN.fullmatch(token) else ""


def _get_network(request) -> str:
    """Return the network that a request comes from, according to the proxy if it is trusted."""
    if not settings.TRUST_PROXY:
        return get_network(request.META.get("REMOTE_ADDR", ""))
    # The last address is the one our own proxy saw; the visitor can forge those before it.
    return get_network(request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2])


def _get_version_number(entry: Votable, number: int, context: PageContext) -> int | None:
    # The version that was read belongs to the absorbed entry, not to its survivor.
    return context.version if entry.number == number else None


def _cast_vote(request, number: int, sent: SentVote, token: str) -> tuple[Votable, Standing | None]:
    """Store a vote, in one statement where the entry is cached and has not changed; else read the entry first."""
    network = _get_network(request)
    # The statement that withdraws a vote does not check whether the cached entry is still live.
    cached = _votables.get(number) if sent.answer != VoteAnswer.WITHDRAWN else None
    for known in (cached, None):
        entry = known or _get_votable(number)
        version = _get_version_number(entry, number, sent.context)
        try:
            return entry, cast_vote(entry, sent.answer, token, version=version, network=network)
        except VotableOutdated:
            continue
        except (VoteRefused, Entry.DoesNotExist) as refusal:
            raise AbsentEntry(410, "410.html") from refusal
    raise AbsentEntry(410, "410.html")


def _get_vote_message(answer: VoteAnswer, standing: Standing | None) -> str:
    """Return the name of the message for a vote; it thanks only for one that counts."""
    if answer == VoteAnswer.WITHDRAWN:
        return "retrait"
    return "merci" if standing in COUNTING else "attente"


def _get_comment_message(standing: Standing | None) -> str:
    """Return the name of the message for a comment; it thanks only for one that editors get."""
    if standing is None:
        return "pourquoi"
    return "recu" if standing in COUNTING else "garde"


def _build_thanks(request, entry: Votable, number: int, context: PageContext, state: str) -> HttpResponse:
    """Return the message to the script of the page, or redirect to where the page shows it."""
    if request.META.get("HTTP_ACCEPT") == "application/json":
        return JsonResponse({"state": state})
    return _redirect_after_post(_get_return_address(entry, number, context, state))


def _get_return_address(entry: Votable, number: int, context: PageContext, state: str) -> str:
    """Return the address of the answer, in the list where it was read or on its page, at the message."""
    page = context.return_address if entry.number == number else ""
    return f"{page or entry.address}#{state}-{entry.number}"


def _set_visitor_cookie(response: HttpResponse, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=COOKIE_DAYS * 24 * 3600,
        path=f"{get_script_prefix()}fiche/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
