"""Which columns votes have in tables. Nothing in them tells who voted."""

from functools import partial

from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import IntegerWidget

from faq.domain.facets import Facet
from faq.models.entries import reference as reference_of
from faq.resources import SEPARATOR, iso_date


def _filed_under(facet, vote):
    """Return the slugs that the version which was read bore at a facet, as they were then."""
    return SEPARATOR.join(term["slug"] for term in vote.version.filing.get(facet, ()))


class VoteResource(Resource):
    """The votes that stand, in the order in which they were last given, on the text that was read."""

    voted_at = Field()
    reference = Field()
    question = Field(attribute="version__question")
    version = Field(attribute="version__number", widget=IntegerWidget(coerce_to_string=False))
    vote = Field(attribute="answer")
    first_voted_at = Field()
    offer_types = Field(dehydrate_method=partial(_filed_under, Facet.OFFER_TYPES))
    couloirs = Field(dehydrate_method=partial(_filed_under, Facet.COULOIRS))
    dispositifs = Field(dehydrate_method=partial(_filed_under, Facet.DISPOSITIFS))
    products = Field(dehydrate_method=partial(_filed_under, Facet.PRODUCTS))
    themes = Field(dehydrate_method=partial(_filed_under, Facet.THEMES))
    voted_on = Field()

    def filter_export(self, queryset, **kwargs):
        """Keep the votes that count, in order, and bring along what their columns need, in one query."""
        return (
            queryset.counted()
            .credited()
            .order_by("voted_at", "entry", "pk")
            .select_related("version")
            .only(
                "answer",
                "voted_at",
                "first_voted_at",
                "entry_id",
                "version__number",
                "version__question",
                "version__filing",
            )
        )

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
