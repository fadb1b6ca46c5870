"""Which columns versions, pairs, dumps and failed searches have in tables; they only go out."""

from functools import partial
from operator import attrgetter

from django.db.models import Count

from faq.domain.facets import Facet
from faq.domain.spreadsheet import SEPARATOR
from faq.models import Dump, FailedSearch, Pair, Version
from faq.models.entries import reference as reference_of
from faq.resources.tables import Column, TableResource, iso_date


def _author(user):
    return user.get_username() if user else ""


def _filed_under(facet, version):
    """Return the slugs of a facet's terms, as they were then."""
    return SEPARATOR.join(term["slug"] for term in version.filing.get(facet, ()))


class VersionResource(TableResource):
    """The versions of all entries, in the order in which they were written."""

    model = Version
    reference = Column("Référence")
    version = Column("Version", dehydrate_method=attrgetter("number"))
    created_at = Column("Enregistrée le")
    author = Column("Auteur")
    action = Column("Opération", dehydrate_method=attrgetter("action"))
    origin = Column("Voie", dehydrate_method=attrgetter("origin"))
    status = Column("État", dehydrate_method=attrgetter("status"))
    minor = Column("Mineure")
    comment = Column("Commentaire", dehydrate_method=attrgetter("comment"))
    batch = Column("Lot", dehydrate_method=attrgetter("batch_id"))
    question = Column("Question", dehydrate_method=attrgetter("question"))
    answer = Column("Réponse", dehydrate_method=attrgetter("answer"))
    offer_types = Column("Types d’offre", dehydrate_method=partial(_filed_under, Facet.OFFER_TYPES))
    couloirs = Column("Couloirs Ségur", dehydrate_method=partial(_filed_under, Facet.COULOIRS))
    dispositifs = Column("Dispositifs Ségur", dehydrate_method=partial(_filed_under, Facet.DISPOSITIFS))
    products = Column("Produits et services", dehydrate_method=partial(_filed_under, Facet.PRODUCTS))
    themes = Column("Thématiques", dehydrate_method=partial(_filed_under, Facet.THEMES))

    def filter_export(self, queryset, **kwargs):
        """Order the versions and bring along their authors."""
        return queryset.order_by("pk").select_related("author")

    def dehydrate_reference(self, version):
        """Return the reference of the entry."""
        return reference_of(version.entry_id)

    def dehydrate_created_at(self, version):
        """Return the moment when it was written."""
        return iso_date(version.created_at)

    def dehydrate_author(self, version):
        """Return the name of the account; commands have none."""
        return _author(version.author)

    def dehydrate_minor(self, version):
        """Return whether the change was minor."""
        return "oui" if version.minor else "non"


class PairResource(TableResource):
    """The pairs of entries that look alike, the most alike first, as `find_duplicates` writes them."""

    model = Pair
    left = Column("Fiche")
    right = Column("Autre fiche")
    kind = Column("Nature", dehydrate_method=attrgetter("kind"))
    score = Column("Ressemblance")
    decision = Column("Décision", dehydrate_method=attrgetter("decision"))
    evidence = Column("Motif")

    def filter_export(self, queryset, **kwargs):
        """Order the pairs."""
        return queryset.order_by("-score", "left", "right")

    def dehydrate_left(self, pair):
        """Return the reference of the entry with the smaller number."""
        return reference_of(pair.left_id)

    def dehydrate_right(self, pair):
        """Return the reference of the other entry."""
        return reference_of(pair.right_id)

    def dehydrate_score(self, pair):
        """Return the likeness, from 0 to 1."""
        return f"{pair.score:.4f}"

    def dehydrate_evidence(self, pair):
        """Return the words that decided."""
        found = pair.evidence
        return f"{found['cause']}: {found['left']} | {found['right']}" if found else ""


class DumpResource(TableResource):
    """The dumps, edition by edition."""

    model = Dump
    name = Column("Nom", dehydrate_method=attrgetter("name"))
    edition = Column("Édition", dehydrate_method=attrgetter("edition"))
    answers = Column("Réponses", dehydrate_method=attrgetter("answer_count"))
    size = Column("Taille (octets)", dehydrate_method=attrgetter("size"))
    imported_at = Column("Importée le")
    author = Column("Par")
    batch = Column("Lot", dehydrate_method=attrgetter("batch_id"))
    kept = Column("Conservée")
    sha256 = Column("Empreinte SHA-256", dehydrate_method=attrgetter("sha256"))

    def filter_export(self, queryset, **kwargs):
        """Order the dumps, count their answers and bring along their batches, in one query."""
        dumps = queryset.order_by("name", "edition").select_related("batch__author").defer("tail")
        return dumps.annotate(answer_count=Count("passages"))

    def dehydrate_imported_at(self, dump):
        """Return the moment of the import."""
        return iso_date(dump.imported_at)

    def dehydrate_author(self, dump):
        """Return the name of the account; commands have none."""
        return _author(dump.batch.author)

    def dehydrate_kept(self, dump):
        """Return whether the import has not been undone."""
        return "non" if dump.batch.undone_by_id else "oui"


class FailedSearchResource(TableResource):
    """The queries of visitors that found nothing, day by day."""

    model = FailedSearch
    query = Column("Recherche", dehydrate_method=attrgetter("query"))
    times = Column("Fois", dehydrate_method=attrgetter("times"))
    day = Column("Jour")

    def filter_export(self, queryset, **kwargs):
        """Order the queries."""
        return queryset.order_by("day", "query")

    def dehydrate_day(self, search):
        """Return the day."""
        return search.day.isoformat()
