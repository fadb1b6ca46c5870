"""« Votes »: read, and judged where they were set aside; visitors stay anonymous."""

from django.contrib import admin, messages

from faq.admin.display import NOTHING, format_moment, link_to, moment_column, person_name
from faq.admin.lists import EditorsModelAdmin
from faq.admin.readonly import ReadOnlyMixin
from faq.admin.table_exports import ExportTablesMixin
from feedback.inbox import CommentExportView, InboxPage
from feedback.models import Standing, Vote
from feedback.reports_page import ReportsPage
from feedback.resources import ListedVoteResource
from feedback.votes import judge_votes

_LONG = ("entry__answer", "entry__search_text", "version__answer", "version__filing")


@admin.register(Vote)
class VoteAdmin(ExportTablesMixin, ReadOnlyMixin, EditorsModelAdmin):
    """Votes, one for each visitor and entry."""

    at = moment_column("voted_at", "voté le")
    first_at = moment_column("first_voted_at", "premier vote le")
    list_display = ("at", "fiche", "number", "answer", "standing")
    list_filter = ("standing", "answer")
    list_per_page = 100
    resource_classes = [ListedVoteResource]
    date_hierarchy = "voted_at"
    fields = ("fiche", "number", "answer", "at", "first_at", "standing", "judgement")
    actions = ("reinstate", "dismiss")

    def get_urls(self):
        """Add the inbox and the reports."""
        return [
            InboxPage.as_path("retours/", "feedback_inbox", self),
            CommentExportView.as_path("retours/export/", "feedback_inbox_export", self),
            ReportsPage.as_path("rapports/", "feedback_reports", self),
            *super().get_urls(),
        ]

    def get_queryset(self, request):
        """Return the votes without the long texts, and without what could identify visitors."""
        votes = super().get_queryset(request).select_related("entry", "version", "judged_by")
        return votes.defer("visitor_hash", "source", *_LONG)

    def has_judge_permission(self, request):
        """Return whether the account may judge votes that were set aside."""
        return request.user.has_perm("feedback.judge_vote")

    @admin.display(description="fiche", ordering="entry")
    def fiche(self, vote):
        """Return a link to the entry."""
        return link_to("entry_change", vote.entry_id, vote.entry)

    @admin.display(description="version lue", ordering="version__number")
    def number(self, vote):
        """Return a link to the version that the visitor read."""
        return link_to("version_change", vote.version_id, f"Version {vote.version.number}")

    @admin.display(description="réintégré ou écarté")
    def judgement(self, vote):
        """Return who judged the vote, and when."""
        return f"{person_name(vote.judged_by)}, {format_moment(vote.judged_at)}" if vote.judged_at else NOTHING

    @admin.action(description="Réintégrer : compter ces votes", permissions=["judge"])
    def reinstate(self, request, votes):
        """Count votes that were set aside."""
        self._judge(request, votes, Standing.REINSTATED, "réintégré")

    @admin.action(description="Écarter : ne jamais compter ces votes", permissions=["judge"])
    def dismiss(self, request, votes):
        """Never count votes that were set aside."""
        self._judge(request, votes, Standing.DISMISSED, "écarté")

    def _judge(self, request, votes, standing, done):
        judged = judge_votes(votes.values_list("pk", flat=True), standing, request.user)
        several = "s" if judged > 1 else ""
        if judged:
            messages.success(request, f"{judged} vote{several} {done}{several}.")
        left = votes.count() - judged
        if left:
            messages.info(request, f"Laissés tels quels, parce qu’ils n’ont jamais été en quarantaine : {left}.")
