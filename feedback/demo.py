"""The demo site: the demo dump through the product's own path, then votes and accounts."""

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils import timezone

from faq.enums import Origin
from faq.models import Dump, Entry
from faq.services.curation import import_curation
from faq.services.dumps import Source, import_dumps
from faq.services.failed_searches import record_failed_search
from faq.services.synonyms import load_starter_synonyms
from faq.services.taxonomy_starter import load_starter_taxonomy
from faq.services.versions import Provenance
from faq.services.workflow import publish_entries
from feedback.comments import NewComment, save_comment
from feedback.limits import MINUTE, VOTES_PER_NETWORK
from feedback.models import CommentReason, VoteAnswer
from feedback.ranking import update_usefulness
from feedback.votes import cast_vote, create_visitor_token, get_votable

DUMP_NAME = "demo"
WEEKS_OF_VOTES = 12
VISITORS = 160

_COMMENTS = (
    (CommentReason.INCOMPLETE, "Il manque le délai de réponse de l’agence."),
    (CommentReason.UNCLEAR, ""),
    (None, "Merci, c’est exactement ce que je cherchais."),
    (CommentReason.BROKEN_LINK, "Le lien vers le guide mène à une page d’erreur."),
    (CommentReason.WRONG, "La date limite a changé depuis."),
    (CommentReason.OFF_TOPIC, "Ma question portait sur le renouvellement, pas sur la première demande."),
)
"""Comments of the demo's visitors, two for each answer."""
_SEARCHES = ("carte perdue à l’étranger", "tarif horaire", "hébergeur certifié hds", "interopérabilité laboratoire")


@dataclass(frozen=True, slots=True)
class Account:
    """A login of the demo site."""

    name: str
    password: str
    role: str


ACCOUNTS = [
    Account("redacteur", "redacteur-demo", "rédacteur"),
    Account("relecteur", "relecteur-demo", "relecteur"),
    Account("analyste", "analyste-demo", "analyste"),
    Account("admin", "admin-demo", "administrateur"),
]


@transaction.atomic
def load_demo(fixtures: Path) -> bool:
    """Fill an installation with the demo FAQ, all or nothing; return whether there was anything to do.

    The demo dump marks an installation that was filled: whatever was done to it since stays.
    """
    if Dump.objects.filter(name=DUMP_NAME).exists():
        return False
    load_starter_taxonomy(fixtures / "taxonomy.json")
    load_starter_synonyms(fixtures / "synonyms.json")
    file = io.BytesIO((fixtures / "demo.txt").read_bytes())
    start = timezone.now() - timedelta(weeks=WEEKS_OF_VOTES)
    import_dumps([Source(DUMP_NAME, file, "demo.txt")], Provenance(Origin.DUMP_IMPORT, at=start))
    curation = (fixtures / "curation_demo.csv").read_bytes()
    import_curation(curation, Provenance(Origin.CURATION, at=start), label="Curation de démonstration")
    entries = Entry.objects.complete().order_by("pk")
    publish_entries(entries.values_list("pk", flat=True), Provenance(Origin.COMMAND, at=start))
    entries = list(Entry.objects.live().order_by("pk"))
    for number, answer, token, moment in _votes(entries, start):
        cast_vote(number, answer, token, at=moment)
    _say_more(entries)
    update_usefulness()
    return True


@transaction.atomic
def create_accounts() -> list[Account]:
    """Create the accounts that are missing, one per role; return those that were created."""
    missing = [account for account in ACCOUNTS if not User.objects.filter(username=account.name).exists()]
    for account in missing:
        user = User.objects.create_user(account.name, f"{account.name}@example.org", account.password, is_staff=True)
        user.groups.add(Group.objects.get(name=account.role))
    return missing


def _say_more(entries: list[Entry]) -> None:
    """Add comments on the first answers, searches that find nothing, and a burst of votes from one network."""
    now = timezone.now()
    for rank, (reason, text) in enumerate(_COMMENTS):
        on = get_votable(entries[rank // 2].pk)
        save_comment(on, create_visitor_token(), NewComment(reason, text), at=now - timedelta(days=rank + 1))
    for rank, query in enumerate(_SEARCHES):
        for back in range(len(_SEARCHES) - rank):
            record_failed_search(query, day=timezone.localdate(now) - timedelta(days=back))
    for _ in range(VOTES_PER_NETWORK[MINUTE] + 12):
        cast_vote(entries[-1].pk, VoteAnswer.NO, create_visitor_token(), network="192.0.2.0/24")


def _votes(entries: list[Entry], start: datetime) -> Iterator[tuple[int, VoteAnswer, str, datetime]]:
    """Make up visitors who vote on a few answers each; some answers are more useful than others."""
    chance = random.Random(VISITORS)  # noqa: S311 - the same votes on every machine, nothing secret
    usefulness = {entry.pk: chance.betavariate(4, 2) for entry in entries}
    popularity = [1 / rank for rank in range(1, len(entries) + 1)]
    chance.shuffle(popularity)
    span = timedelta(weeks=WEEKS_OF_VOTES)
    for _ in range(VISITORS):
        token = create_visitor_token()
        visited_at = start + span * chance.random()
        read = {entry.pk for entry in chance.choices(entries, popularity, k=chance.randint(1, 6))}
        for number in sorted(read):
            answer = VoteAnswer.YES if chance.random() < usefulness[number] else VoteAnswer.NO
            yield number, answer, token, visited_at
