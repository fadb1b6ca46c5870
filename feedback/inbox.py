"""« Retours »: the editors' inbox. What visitors say, entry by entry; what they look for in vain."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Max, Q, Window
from django.db.models.functions import RowNumber
from django.shortcuts import redirect
from django.urls import reverse

from faq.admin.display import person_name
from faq.admin.pages import AdminPage
from faq.admin.table_exports import TableExportView
from faq.domain.limits import ADDRESS_NUMBER_MAX_DIGITS, ADMIN_SEARCH_CUT, cut_admin_search
from faq.domain.text import fold
from faq.enums import FormKind
from faq.models import Entry, Version
from faq.models.entries import number_of
from faq.selectors.entry_search import search_entries
from faq.services.content import EntryError
from faq.services.roles import people
from faq.unsaved_text import delete_unsaved_text, get_autosaved_text
from feedback.comments import FollowUpRefused, follow_up_comments, judge_comments
from feedback.models import OPEN, Comment, FollowUpState, SearchFollowUp, Standing
from feedback.resources import CommentResource
from feedback.scoring import VersionRun, compute_trend, differ_significantly
from feedback.searches import create_entry_for_search, follow_up_search, group_failed_searches
from feedback.tallies import get_runs

COMMENTS, SET_ASIDE, SEARCHES = "commentaires", "quarantaine", "recherches"
SHELVES = {COMMENTS: "Commentaires", SET_ASIDE: "Commentaires en quarantaine", SEARCHES: "Recherches sans résultat"}
GROUPS_PER_PAGE = 10
SEARCHES_PER_PAGE = 25
COMMENTS_SHOWN = 20
"""Comments of one entry that are shown; the others appear when these are dealt with."""
_ORDER, _LATEST = "ordre", "recents"
_TO_DO, _ALL, _MINE, _UNASSIGNED = "a-traiter", "tous", "moi", "personne"
_STATES = {_TO_DO: "À traiter", **{state.value: state.label.capitalize() for state in FollowUpState}, _ALL: "Tous"}
_STANDINGS = {_TO_DO: "À examiner", Standing.DISMISSED.value: "Écartés"}
"""States of the comments that came in bursts."""
_JUDGEMENTS = {Standing.REINSTATED.value: "réintégré", Standing.DISMISSED.value: "écarté"}


@dataclass(frozen=True)
class InboxFilters:
    """The part of the inbox that an address asks for."""

    shelf: str
    state: str
    assigned: str
    words: str
    latest_first: bool = False
    """Whether the entry that was commented last stands first, else the most commented one."""
    notice: str = ""
    """Says that the words were cut; "" where they are whole."""

    @classmethod
    def read(cls, query):
        """Return what the parameters of an address say; values that mean nothing are ignored."""
        shelf, state, assigned = (query.get(name, "") for name in ("boite", "suivi", "attribue"))
        shelf = shelf if shelf in SHELVES else COMMENTS
        typed = query.get("q", "").replace("\0", "").strip()
        words = cut_admin_search(typed)
        is_known = assigned in {_MINE, _UNASSIGNED} or (assigned.isascii() and assigned.isdigit())
        return cls(
            shelf,
            state if state in _states_of(shelf) else _TO_DO,
            assigned if is_known else "",
            words,
            query.get(_ORDER) == _LATEST,
            ADMIN_SEARCH_CUT if words != typed else "",
        )

    @property
    def query(self):
        """The parameters of the address that asks for the same."""
        asked = {"boite": self.shelf, "suivi": self.state, "attribue": self.assigned, "q": self.words}
        return urlencode(asked | ({_ORDER: _LATEST} if self.latest_first else {}))

    @property
    def states(self):
        """The values and labels of the states to choose from."""
        return _states_of(self.shelf).items()

    @property
    def narrows(self):
        """Whether anything is left out that is to be dealt with."""
        return bool(self.words or self.assigned or self.state != _TO_DO)


_LONG_TEXTS = tuple(
    f"{side}__{name}" for side in ("version", "corrected_in") for name in ("question", "answer", "filing")
)


@dataclass(frozen=True)
class FollowUpChoice:
    """The values that the form of one group shows: those stored or likely, or those of a form that was refused."""

    state: str
    assigned_to: str
    target: str = ""
    """The version in which comments are corrected, or the entry that answers a search."""
    comments: tuple[str, ...] | None = None
    """The ticked comments; None for all."""

    @classmethod
    def propose(cls, follow_ups, user):
        """Return the values that are stored, where they are the same throughout; else « en cours » by oneself."""
        stored = {(one.state, one.assigned_to_id) for one in follow_ups}
        state, assigned_to = stored.pop() if len(stored) == 1 else (FollowUpState.NEW, None)
        if state == FollowUpState.NEW and assigned_to is None:
            state, assigned_to = FollowUpState.IN_PROGRESS, user.pk
        # Of several, nobody has said yet which ones belong together.
        return cls(state, str(assigned_to or ""), comments=None if len(follow_ups) < 2 else ())

    @classmethod
    def read(cls, data):
        """Return the values that somebody sent."""
        target = data.get("corrected_in", "") or data.get("answering", "")
        return cls(data.get("state", ""), data.get("assigned_to", ""), target, tuple(data.getlist("comment")))

    def ticks(self, comment):
        """Return whether a comment is ticked."""
        return self.comments is None or str(comment.pk) in self.comments


@dataclass
class CommentGroup:
    """The comments on one entry, and the scores of its successive texts."""

    entry: Entry
    total: int
    comments: list[Comment] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    """The versions that were live, the latest first."""
    runs: list[VersionRun] = field(default_factory=list)
    choice: FollowUpChoice | None = None

    @property
    def rows(self):
        """Each comment that is shown, and whether it is ticked."""
        return [(comment, self.choice.ticks(comment)) for comment in self.comments]

    @property
    def hidden(self):
        """The number of comments that are not shown."""
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
        """The points by which the score moved with the last rewriting; None where there are too few votes to say."""
        moved = compute_trend(self.before.tally, self.now.tally) if self.before else None
        return None if moved is None else round(moved * 100)

    @property
    def is_sure(self):
        """Whether the score moved by more than chance."""
        return bool(self.before) and differ_significantly(self.before.tally, self.now.tally)


class InboxPage(AdminPage):
    """One shelf of the inbox, page by page, and the forms by which editors deal with what stands there."""

    permission = "feedback.view_comment"
    title = "Boîte de réception"
    template_name = "admin/feedback/inbox.html"
    body_class = "inbox-page"

    def dispatch(self, request, *args):
        """Read from the address which part of the inbox is asked for."""
        self.filters = InboxFilters.read(request.GET)
        self.refused = {}
        self.unsaved = get_autosaved_text(request, FormKind.INBOX)
        if self.unsaved:
            self.refused[self.unsaved.fields.get("group", "")] = FollowUpChoice.read(self.unsaved.fields)
        return super().dispatch(request, *args)

    def get_trail(self):
        """Return nothing: the inbox stands beside the list of votes, not below it."""
        return []

    def get_context(self):
        """Add the shelf, and what there is to choose from in its forms."""
        user = self.request.user
        shelf_context = _searches_context if self.filters.shelf == SEARCHES else _comments_context
        return super().get_context(
            subtitle=SHELVES[self.filters.shelf],
            filters=self.filters,
            unsaved=self.unsaved,
            shelves=[(name, label, f"?boite={name}") for name, label in SHELVES.items()],
            follow_ups=FollowUpState.choices,
            people=[(str(staff.pk), person_name(staff)) for staff in people()],
            may_change=user.has_perm("feedback.change_comment"),
            may_create=user.has_perm("faq.add_entry"),
            **shelf_context(self.filters, user, self.request.GET.get("page"), self.refused),
        )

    def post(self, request):
        """Do what one of the forms asks, and show the same part of the inbox; the services check the rights.

        A form that is refused keeps what was chosen in it.
        """
        handlers = {COMMENTS: _follow_comments, SET_ASIDE: _judge_comments, SEARCHES: _follow_search}
        try:
            if "create" in request.POST:
                return _create_entry(request)
            handlers[self.filters.shelf](request)
            delete_unsaved_text(request)
        except (FollowUpRefused, EntryError) as refusal:
            messages.error(request, str(refusal))
            self.refused[request.POST.get("group", "")] = FollowUpChoice.read(request.POST)
            return self.render()
        return redirect(f"{reverse('admin:feedback_inbox')}?{self.filters.query}")


class CommentExportView(TableExportView):
    """The comments of a shelf of the inbox, as its filters leave them, as a table."""

    permission = "feedback.view_comment"
    resource_class = CommentResource

    def get_rows(self):
        """Return the comments that the address asks for."""
        return _select_comments(InboxFilters.read(self.request.GET), self.request.user)


def _states_of(shelf):
    return _STANDINGS if shelf == SET_ASIDE else _STATES


def _filter(rows, filters, user):
    """Return the rows in the state that is asked for, assigned to the person who is asked for."""
    if filters.state != _ALL:
        rows = rows.filter(state__in=OPEN if filters.state == _TO_DO else [filters.state])
    if filters.assigned == _UNASSIGNED:
        return rows.filter(assigned_to__isnull=True)
    if filters.assigned:
        return rows.filter(assigned_to=user.pk if filters.assigned == _MINE else int(filters.assigned[:9]))
    return rows


def _select_comments(filters, user):
    """Return the comments of a shelf that the filters let through."""
    if filters.shelf == SET_ASIDE:
        standing = Standing.SET_ASIDE if filters.state == _TO_DO else filters.state
        comments = Comment.objects.filter(standing=standing)
    else:
        comments = _filter(Comment.objects.counted(), filters, user)
    comments = comments.credited()
    if not filters.words:
        return comments
    entries = search_entries(Entry.objects.all(), filters.words)
    return comments.filter(Q(text__icontains=filters.words) | Q(entry__in=entries.values("pk")))


def _comments_context(filters, user, page_number, refused):
    comments = _select_comments(filters, user)
    counted = comments.order_by().values("credited_to").annotate(number=Count("pk"), latest=Max("sent_at"))
    order = ("-latest",) if filters.latest_first else ("-number", "-latest")
    ordered = counted.order_by(*order, "credited_to")
    page = Paginator(ordered, GROUPS_PER_PAGE).get_page(page_number)
    groups = _groups({row["credited_to"]: row["number"] for row in page}, comments)
    for group in groups:
        group.choice = refused.get(str(group.entry.pk)) or FollowUpChoice.propose(group.comments, user)
    return {"page": page, "groups": groups}


def _groups(numbers, comments):
    entries = Entry.objects.select_related("live").only("question", "live__number").in_bulk(numbers.keys())
    groups = {number: CommentGroup(entries[number], total) for number, total in numbers.items()}
    rank = Window(RowNumber(), partition_by=F("credited_to"), order_by=(F("sent_at").desc(), F("pk").desc()))
    shown = comments.filter(credited_to__in=numbers).annotate(rank=rank).filter(rank__lte=COMMENTS_SHOWN)
    around = shown.select_related("version", "assigned_to", "corrected_in")
    for comment in around.defer(*_LONG_TEXTS).order_by("-sent_at", "-pk"):
        groups[comment.credited_to].comments.append(comment)
    versions = Version.objects.filter(entry__in=numbers, publications__isnull=False).only("entry", "number").distinct()
    for version in versions.order_by("-number"):
        groups[version.entry_id].versions.append(version)
    for number, runs in get_runs(list(numbers)).items():
        groups[number].runs = runs
    return list(groups.values())


def _searches_context(filters, user, page_number, refused):
    searches = _filter(group_failed_searches(), filters, user)
    if filters.words:
        searches = searches.filter(query__contains=fold(filters.words))
    page = Paginator(searches, SEARCHES_PER_PAGE).get_page(page_number)
    followed = SearchFollowUp.objects.filter(query__in=[row["query"] for row in page])
    follow_ups = followed.select_related("assigned_to", "corrected_in__entry", "entry").in_bulk(field_name="query")
    labels = dict(FollowUpState.choices)
    stored = {query: [follow_up] for query, follow_up in follow_ups.items()}
    return {
        "page": page,
        "searches": [
            {
                **row,
                "label": labels[row["state"]],
                "followed": follow_ups.get(row["query"]),
                "choice": refused.get(row["query"]) or FollowUpChoice.propose(stored.get(row["query"], ()), user),
                "rank": rank,
            }
            for rank, row in enumerate(page)
        ],
    }


def _chosen_comments(request):
    comments = [number for text in request.POST.getlist("comment") if (number := _parse_number(text))]
    if not comments:
        raise FollowUpRefused("Cochez au moins un commentaire.")
    return comments


def _parse_number(text):
    is_number = text.isascii() and text.isdigit() and len(text) <= ADDRESS_NUMBER_MAX_DIGITS
    return int(text) if is_number else None


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
    corrected_in = _corrected_in(request) if state == FollowUpState.CORRECTED else None
    number = follow_up_comments(
        comments, state, request.user, assigned_to=_assigned_to(request), corrected_in=corrected_in
    )
    several = "s" if number > 1 else ""
    messages.success(request, f"{number} commentaire{several} : {state.label}.")


def _follow_search(request):
    query, state = request.POST.get("group", ""), _state(request)
    answering = _answering(request) if state == FollowUpState.CORRECTED else None
    follow_up_search(query, state, request.user, assigned_to=_assigned_to(request), answering=answering)
    messages.success(request, f"Recherche « {query} » : {state.label}.")


def _create_entry(request):
    answered = create_entry_for_search(request.POST["create"], request.user)
    if answered.created:
        messages.success(request, "Brouillon créé d’après la recherche. Précisez la question, puis écrivez la réponse.")
    else:
        messages.info(request, "Une fiche existe déjà pour cette recherche : la voici.")
    return redirect("admin:faq_entry_change", answered.entry.pk)


def _state(request):
    try:
        return FollowUpState(request.POST.get("state", ""))
    except ValueError as error:
        raise FollowUpRefused("Choisissez un suivi.") from error


def _assigned_to(request):
    return people().filter(pk=_parse_number(request.POST.get("assigned_to", ""))).first()


def _corrected_in(request):
    return Version.objects.filter(pk=_parse_number(request.POST.get("corrected_in", ""))).first()


def _answering(request):
    number = number_of(request.POST.get("answering", ""))
    entry = Entry.objects.select_related("live").filter(pk=number).first() if number else None
    if entry is None:
        raise FollowUpRefused("Indiquez la fiche qui répond, par sa référence : Q-214.")
    return entry
