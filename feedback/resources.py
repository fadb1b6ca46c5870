"""Which columns votes and comments have in tables. Nothing in them tells who voted."""

from functools import partial
from operator import attrgetter

from faq.domain.facets import Facet
from faq.domain.spreadsheet import SEPARATOR
from faq.models.entries import reference as reference_of
from faq.resources import Column, TableResource, iso_date
from feedback.models import Comment, Vote


def _filed_under(facet, vote):
    """Return the slugs that the version which was read bore at a facet, as they were then."""
    return SEPARATOR.join(term["slug"] for term in vote.version.filing.get(facet, ()))


class VoteResource(TableResource):
    """The votes that stand, in the order in which they were last given, on the text that was read."""

    model = Vote
    voted_at = Column("Voté le")
    reference = Column("Référence")
    question = Column("Question", dehydrate_method=attrgetter("version.question"))
    version = Column("Version", dehydrate_method=attrgetter("version.number"))
    vote = Column("Vote", dehydrate_method=attrgetter("answer"))
    first_voted_at = Column("Premier vote le")
    offer_types = Column("Types d’offre", dehydrate_method=partial(_filed_under, Facet.OFFER_TYPES))
    couloirs = Column("Couloirs Ségur", dehydrate_method=partial(_filed_under, Facet.COULOIRS))
    dispositifs = Column("Dispositifs Ségur", dehydrate_method=partial(_filed_under, Facet.DISPOSITIFS))
    products = Column("Produits et services", dehydrate_method=partial(_filed_under, Facet.PRODUCTS))
    themes = Column("Thématiques", dehydrate_method=partial(_filed_under, Facet.THEMES))
    voted_on = Column("Fiche lue")

    def filter_export(self, queryset, **kwargs):
        """Keep the votes that count, in order, and bring along what their columns need, in one query."""
        return self.order_votes(queryset.counted())

    def order_votes(self, votes):
        """Return votes in order, with what their columns need."""
        columns = ("answer", "voted_at", "first_voted_at", "entry_id", "standing")
        around = votes.credited().order_by("voted_at", "entry", "pk").select_related("version")
        return around.only(*columns, "version__number", "version__question", "version__filing")

    def dehydrate_reference(self, vote):
        """Return the reference of the entry that the vote counts for."""
        return reference_of(vote.credited_to)

    def dehydrate_voted_on(self, vote):
        """Return the reference of the entry that was read, merged into the other since."""
        return reference_of(vote.entry_id) if vote.entry_id != vote.credited_to else ""

    def dehydrate_voted_at(self, vote):
        """Return the moment of the latest vote."""
        return iso_date(vote.voted_at)

    def dehydrate_first_voted_at(self, vote):
        """Return the moment of the first vote, before any change of mind."""
        return iso_date(vote.first_voted_at)


class ListedVoteResource(VoteResource):
    """The votes of the list of the admin, those that do not count included, with their standing."""

    standing = Column("Prise en compte", dehydrate_method=attrgetter("standing"))

    def filter_export(self, queryset, **kwargs):
        """Bring along what the columns of all votes need."""
        return self.order_votes(queryset)


class CommentResource(TableResource):
    """The comments in the order in which they were sent, masked as they are stored."""

    model = Comment
    sent_at = Column("Envoyé le")
    reference = Column("Référence")
    question = Column("Question", dehydrate_method=attrgetter("version.question"))
    version = Column("Version", dehydrate_method=attrgetter("version.number"))
    vote = Column("Vote", dehydrate_method=attrgetter("answer"))
    reason = Column("Motif", dehydrate_method=attrgetter("reason"))
    text = Column("Commentaire", dehydrate_method=attrgetter("text"))
    state = Column("Suivi", dehydrate_method=attrgetter("state"))
    standing = Column("Prise en compte", dehydrate_method=attrgetter("standing"))
    corrected_in = Column("Corrigé dans la version")

    def filter_export(self, queryset, **kwargs):
        """Order the comments and bring along what their columns need, in one query."""
        return (
            queryset.credited()
            .order_by("sent_at", "entry", "pk")
            .select_related("version", "corrected_in")
            .only(
                "answer",
                "reason",
                "text",
                "state",
                "standing",
                "sent_at",
                "entry_id",
                "version__number",
                "version__question",
                "corrected_in__number",
            )
        )

    def dehydrate_reference(self, comment):
        """Return the reference of the entry that the comment is about now."""
        return reference_of(comment.credited_to)

    def dehydrate_sent_at(self, comment):
        """Return the moment when it was last sent."""
        return iso_date(comment.sent_at)

    def dehydrate_corrected_in(self, comment):
        """Return the number of the version that corrected it."""
        return comment.corrected_in.number if comment.corrected_in else None
