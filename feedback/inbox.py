"""« Retours »: the editors' inbox. What visitors say, entry by entry; what they look for in vain."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, F, Max, Q, Window
from django.db.models.functions import RowNumber
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from faq.admin.display import person
from faq.domain.text import fold
from faq.models import Entry, Version
from faq.models.entries import number_of
from faq.services.content import EntryError
from feedback.comments import FollowUpRefused, follow_up, judge_comments
from feedback.models import OPEN, Comment, SearchFollowUp, Standing, State
from feedback.scores import runs_of
from feedback.scoring import Run, changed_surely, trend
from feedback.searches import create_entry_for, failed_searches, follow_up_search

COMMENTS, ASIDE, SEARCHES = "commentaires", "quarantaine", "recherches"
SHELVES = {COMMENTS: "Commentaires", ASIDE: "Commentaires en quarantaine", SEARCHES: "Recherches sans résultat"}
GROUPS_PER_PAGE = 10
SEARCHES_PER_PAGE = 25
COMMENTS_SHOWN = 20
"""Of one entry; the others come up when these are done with."""
_TO_DO, _ALL, _MINE, _NOBODYS = "a-traiter", "tous", "moi", "personne"
_STATES = {_TO_DO: "À traiter", **{state.value: state.label.capitalize() for state in State}, _ALL: "Tous"}
_STANDINGS = {_TO_DO: "À examiner", Standing.DISMISSED.value: "Écartés"}
"""What there is to choose from of comments that came in bursts."""
_JUDGEMENTS = {Standing.REINSTATED.value: "réintégré", Standing.DISMISSED.value: "écarté"}


@dataclass(frozen=True)
class Choice:
    """What the page is to show."""

    shelf: str
    state: str
    assigned: str
    words: str

    @property
    def query(self):
        """The part of the address that says so."""
        return urlencode({"boite": self.shelf, "suivi": self.state, "attribue": self.assigned, "q": self.words})

    @property
    def states(self):
        """What there is to choose from on this shelf, by value."""
        return _STANDINGS if self.shelf == ASIDE else _STATES

    @property
    def narrows(self):
        """Whether it leaves anything out that is to be dealt with."""
        return bool(self.words or self.assigned or self.state != _TO_DO)


@dataclass
class Group:
    """The comments on one entry, and how its score went."""

    entry: Entry
    total: int
    comments: list[Comment] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    """Those that were live, the latest first."""
    runs: list[Run] = field(default_factory=list)

    @property
    def hidden(self):
        """How many comments are not shown."""
        return self.total - len(self.comments)

    @property
    def now(self):
        """The score of the present text."""
        return self.runs[-1] if self.runs else None

    @property
    def before(self):
        """The score of the text before it was rewritten."""
        return self.runs[-2] if len(self.runs) > 1 else None

    @property
    def trend(self):
        """By how many points the score moved with the rewriting, where that can be told."""
        moved = trend(self.before.tally, self.now.tally) if self.before else None
        return None if moved is None else round(moved * 100)

    @property
    def is_sure(self):
        """Whether the score moved by more than chance."""
        return bool(self.before) and changed_surely(self.before.tally, self.now.tally)


def inbox(request):
    """Show what visitors said and looked for, after having done what was asked."""
    if not request.user.has_perm("feedback.view_comment"):
        raise PermissionDenied
    choice = _choice(request.GET)
    if request.method == "POST":
        return _act(request, choice)
    shown = _searches(request, choice) if choice.shelf == SEARCHES else _comments(request, choice)
    context = {
        **admin.site.each_context(request),
        "title": "Retours des visiteurs",
        "subtitle": SHELVES[choice.shelf],
        "choice": choice,
        "shelves": [(name, label, f"?boite={name}") for name, label in SHELVES.items()],
        "states": choice.states.items(),
        "follow_ups": State.choices,
        "people": [(user.pk, person(user)) for user in _people()],
        "may_change": request.user.has_perm("feedback.change_comment"),
        "may_create": request.user.has_perm("faq.add_entry"),
        **shown,
    }
    return TemplateResponse(request, "admin/feedback/inbox.html", context)


def _choice(query):
    shelf, state = query.get("boite", COMMENTS), query.get("suivi", _TO_DO)
    assigned = query.get("attribue", "")
    return Choice(
        shelf if shelf in SHELVES else COMMENTS,
        state if state in (_STANDINGS if shelf == ASIDE else _STATES) else _TO_DO,
        assigned if assigned in {_MINE, _NOBODYS} or (assigned.isascii() and assigned.isdigit()) else "",
        query.get("q", "").replace("\0", "").strip(),
    )


def _people():
    return User.objects.filter(is_active=True, is_staff=True).order_by("last_name", "first_name", "username")


def _narrowed(rows, choice, user):
    """Keep what is in the state that is asked for, with whom it is asked for."""
    if choice.state != _ALL:
        rows = rows.filter(state__in=OPEN if choice.state == _TO_DO else [choice.state])
    if choice.assigned == _NOBODYS:
        return rows.filter(assigned_to__isnull=True)
    if choice.assigned:
        return rows.filter(assigned_to=user.pk if choice.assigned == _MINE else int(choice.assigned[:9]))
    return rows


def _aside(choice):
    """Keep what came in bursts, and waits for a word or was dismissed."""
    return Comment.objects.filter(standing=Standing.SET_ASIDE if choice.state == _TO_DO else choice.state)


def _comments(request, choice):
    comments = _aside(choice) if choice.shelf == ASIDE else _narrowed(Comment.objects.counted(), choice, request.user)
    comments = comments.credited()
    if choice.words:
        comments = comments.filter(Q(text__icontains=choice.words) | Q(entry__in=Entry.objects.matching(choice.words)))
    counted = comments.order_by().values("credited_to").annotate(number=Count("pk"), latest=Max("sent_at"))
    page = Paginator(counted.order_by("-number", "-latest", "credited_to"), GROUPS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    return {"page": page, "groups": _groups({row["credited_to"]: row["number"] for row in page}, comments)}


def _groups(numbers, comments):
    entries = Entry.objects.select_related("live").only("question", "live__number").in_bulk(numbers.keys())
    groups = {number: Group(entries[number], total) for number, total in numbers.items()}
    rank = Window(RowNumber(), partition_by=F("credited_to"), order_by=(F("sent_at").desc(), F("pk").desc()))
    shown = comments.filter(credited_to__in=numbers).annotate(rank=rank).filter(rank__lte=COMMENTS_SHOWN)
    around = shown.select_related("version", "assigned_to", "corrected_in")
    for comment in around.defer(*_LONG).order_by("-sent_at", "-pk"):
        groups[comment.credited_to].comments.append(comment)
    versions = Version.objects.filter(entry__in=numbers, publications__isnull=False).only("entry", "number").distinct()
    for version in versions.order_by("-number"):
        groups[version.entry_id].versions.append(version)
    for number, runs in runs_of(list(numbers)).items():
        groups[number].runs = runs
    return list(groups.values())


_LONG = tuple(f"{side}__{name}" for side in ("version", "corrected_in") for name in ("question", "answer", "filing"))


def _searches(request, choice):
    searches = _narrowed(failed_searches(), choice, request.user)
    if choice.words:
        searches = searches.filter(query__contains=fold(choice.words))
    page = Paginator(searches, SEARCHES_PER_PAGE).get_page(request.GET.get("page"))
    followed = SearchFollowUp.objects.filter(query__in=[row["query"] for row in page])
    around = followed.select_related("assigned_to", "corrected_in__entry", "entry").in_bulk(field_name="query")
    labels = dict(State.choices)
    return {
        "page": page,
        "searches": [
            {**row, "label": labels[row["state"]], "followed": around.get(row["query"]), "rank": rank}
            for rank, row in enumerate(page)
        ],
    }


def _act(request, choice):
    """Do what one of the forms asks, say so, and show the same part of the inbox."""
    try:
        if "create" in request.POST:
            return _create(request)
        {COMMENTS: _follow_comments, ASIDE: _judge_comments, SEARCHES: _follow_search}[choice.shelf](request)
    except (FollowUpRefused, EntryError) as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('admin:feedback_inbox')}?{choice.query}")


def _chosen_comments(request):
    comments = [int(number) for number in request.POST.getlist("comment") if number.isascii() and number.isdigit()]
    if not comments:
        raise FollowUpRefused("Cochez au moins un commentaire.")
    return comments


def _judge_comments(request):
    comments = _chosen_comments(request)
    if (standing := request.POST.get("standing")) not in _JUDGEMENTS:
        raise FollowUpRefused("Choisissez de réintégrer ou d’écarter.")
    number = judge_comments(comments, Standing(standing), request.user)
    several = "s" if number > 1 else ""
    messages.success(request, f"{number} commentaire{several} {_JUDGEMENTS[standing]}{several}.")


def _follow_comments(request):
    comments = _chosen_comments(request)
    state = _state(request)
    corrected_in = _corrected_in(request) if state == State.CORRECTED else None
    number = follow_up(comments, state, request.user, assigned_to=_assigned_to(request), corrected_in=corrected_in)
    several = "s" if number > 1 else ""
    messages.success(request, f"{number} commentaire{several} : {state.label}.")


def _follow_search(request):
    query, state = request.POST.get("query", ""), _state(request)
    answering = _answering(request) if state == State.CORRECTED else None
    follow_up_search(query, state, request.user, assigned_to=_assigned_to(request), answering=answering)
    messages.success(request, f"Recherche « {query} » : {state.label}.")


def _create(request):
    answered = create_entry_for(request.POST["create"], request.user)
    if answered.created:
        messages.success(request, "Brouillon créé d’après la recherche. Précisez la question, puis écrivez la réponse.")
    else:
        messages.info(request, "Une fiche existe déjà pour cette recherche : la voici.")
    return redirect("admin:faq_entry_change", answered.entry.pk)


def _state(request):
    try:
        return State(request.POST.get("state", ""))
    except ValueError as error:
        raise FollowUpRefused("Choisissez un suivi.") from error


def _assigned_to(request):
    chosen = request.POST.get("assigned_to", "")
    return _people().filter(pk=int(chosen)).first() if chosen.isascii() and chosen.isdigit() else None


def _corrected_in(request):
    chosen = request.POST.get("corrected_in", "")
    return Version.objects.filter(pk=int(chosen)).first() if chosen.isascii() and chosen.isdigit() else None


def _answering(request):
    number = number_of(request.POST.get("answering", ""))
    entry = Entry.objects.select_related("live").filter(pk=number).first() if number else None
    if entry is None:
        raise FollowUpRefused("Indiquez la fiche qui répond, par sa référence : Q-214.")
    return entry
