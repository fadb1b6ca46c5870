"""The demo's work in progress: something waits in every queue, for every account, so that each page is seen alive."""

import io
import uuid
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from faq.domain.facets import Facet
from faq.enums import Action, Decision, FormKind, Origin, PairKind
from faq.models import Dump, Entry, Pair, Product
from faq.selectors.published import load_taxonomy
from faq.services.assignments import assign_entries
from faq.services.autosaves import SentForm, store_autosave
from faq.services.content import Content, content_of
from faq.services.dumps import Source, import_dumps
from faq.services.duplicates import decide_pair
from faq.services.entries import create_entry, edit_entry
from faq.services.media import store_media
from faq.services.notes import write_note
from faq.services.review_events import declare_event
from faq.services.saved_filters import save_filter
from faq.services.schedules import carry_out_due, schedule
from faq.services.versions import Provenance
from faq.services.workflow import archive_entry, refuse_entry, submit_entry
from feedback.comments import NewComment, save_comment
from feedback.limits import COMMENTS_PER_NETWORK, MINUTE
from feedback.votes import create_visitor_token, get_votable

DUMP_NAME = "demo-a-traiter"
_DAY = timedelta(days=1)
_TABLE = """

| Étape | Qui la mène | Délai |
| --- | --- | --- |
| Déclaration | l’éditeur | un jour |
| Instruction | l’agence | quinze jours |

![Schéma : la déclaration, puis l’instruction]({image})"""


def fill_queues(fixtures: Path) -> bool:
    """Put something into every queue, all or nothing; return whether there was anything to do.

    The second dump of the demo marks an installation whose queues were filled.
    """
    if Dump.objects.filter(name=DUMP_NAME).exists():
        return False
    queues = _Queues(fixtures)
    with transaction.atomic():
        queues.fill()
    # The texts are compared once they are stored.
    queues.decide_duplicate()
    return True


class _Queues:
    """The content of each queue of the demo, written by the accounts of the demo."""

    def __init__(self, fixtures: Path) -> None:
        self.fixtures = fixtures
        self.editor = User.objects.get(username="redacteur")
        self.reviewer = User.objects.get(username="relecteur")
        self.live = list(Entry.objects.live().select_related("head").order_by("pk"))

    def fill(self) -> None:
        """Fill the queues, those of the texts first."""
        self.import_untitled()
        self.submit_and_refuse()
        self.plan()
        self.write_beside_live()
        self.keep_unsaved_text()
        self.assign_and_discuss()
        self.make_due()
        self.archive()
        self.set_comments_aside()
        save_filter("Mes brouillons sans question", "etat=draft&travail=sans-question", self.editor)
        save_filter("À relire, certificats", "q=certificat&travail=relecture", self.reviewer, shared=True)

    def import_untitled(self) -> None:
        """Import answers that have no question yet, some of which look alike or contradict each other."""
        file = io.BytesIO((self.fixtures / "demo_a_traiter.txt").read_bytes())
        import_dumps([Source(DUMP_NAME, file, "demo_a_traiter.txt")], Provenance(Origin.DUMP_IMPORT, self.reviewer))

    def submit_and_refuse(self) -> None:
        """Leave two texts to the reviewer, one beside a live text, and two refused ones to the editor."""
        new = self.draft("Combien de temps garder les journaux d’accès ?", "Trois ans, dans un format ouvert.")
        changed = self.edit(self.live[3], "\n\nLe minutage de chaque preuve est demandé depuis la vague 2.")
        for entry in (new, changed):
            submit_entry(entry.pk, self.by(self.editor))
        for entry, comment in (
            (self.draft("Qui contacter ?", "Le support."), "Trop court : dites quel support, et sous quel délai."),
            (self.edit(self.live[5], "\n\nVoir aussi le guide."), "Quel guide ? Il faut son adresse."),
        ):
            submit_entry(entry.pk, self.by(self.editor))
            refuse_entry(entry.pk, self.by(self.reviewer, comment=comment))

    def plan(self) -> None:
        """Plan a publication and a withdrawal, and leave a publication that failed."""
        now = timezone.now()
        ready = self.draft("Le bac à sable ferme-t-il en août ?", "Non, ses horaires restent les mêmes tout l’été.")
        schedule(ready.pk, Action.PUBLISHED, now + 3 * _DAY, self.by(self.reviewer))
        schedule(self.live[-2].pk, Action.WITHDRAWN, now + 30 * _DAY, self.by(self.reviewer))
        late = self.draft("Quand ouvre le guichet de la vague 2 ?", "Le 1er février.")
        earlier = Provenance(Origin.FORM, self.reviewer, at=now - 2 * _DAY)
        schedule(late.pk, Action.PUBLISHED, now - _DAY, earlier)
        edit_entry(late.pk, Content("Quand ouvre le guichet de la vague 2 ?", "Le 1er mars."), self.by(self.editor))
        carry_out_due(now)

    def write_beside_live(self) -> None:
        """Leave a draft with a table and an image beside a live text."""
        image = store_media("etapes.png", _draw_steps(), self.editor)
        self.edit(self.live[1], _TABLE.format(image=image.reference))

    def keep_unsaved_text(self) -> None:
        """Keep a form of the editor whose entry the reviewer has changed since: saving it asks which text is right."""
        entry = self.live[7]
        question, answer = entry.head.question, entry.head.answer
        typed = {"base": entry.head.number, "question": question, "answer": f"{answer} Comptez deux semaines de plus."}
        form = SentForm(
            key=uuid.uuid4(),
            kind=FormKind.ENTRY,
            subject=str(entry.pk),
            title=f"Fiche {entry.reference}",
            address=f"/admin/faq/entry/{entry.pk}/change/",
            browser=uuid.uuid4(),
            tab=uuid.uuid4(),
            sequence=1,
            seen=0,
            fields=urlencode(typed),
        )
        store_autosave(self.editor, form, timezone.now())
        edit_entry(entry.pk, Content(question, f"{answer} Comptez un mois.", _filing(entry)), self.by(self.reviewer))

    def assign_and_discuss(self) -> None:
        """Assign entries to both, and let each ask the other something."""
        untitled = list(Entry.objects.untitled().order_by("pk").values_list("pk", flat=True))
        assign_entries(untitled[:3], self.editor, self.reviewer)
        assign_entries([self.live[3].pk], self.reviewer, self.editor)
        write_note(untitled[0], "@redacteur tu as la bonne adresse de l’espace en ligne ?", self.reviewer)
        write_note(self.live[3].pk, "@relecteur le minutage vaut-il aussi pour Q-1 ?", self.editor)

    def make_due(self) -> None:
        """Declare a new text that a branch has to be checked against."""
        product = Product.objects.get(slug="igc-sante")
        term = next(term for term in load_taxonomy().by_facet[Facet.PRODUCTS] if term.id == product.pk)
        happened_on = timezone.localdate() - 4 * _DAY
        declare_event(term, "Nouvelle politique de certification", happened_on, self.reviewer)

    def decide_duplicate(self) -> None:
        """Leave a pair to be merged."""
        pair = Pair.objects.open().filter(kind__in=(PairKind.NEAR, PairKind.EXACT)).order_by("-score", "pk").first()
        if pair:
            decide_pair(pair, Decision.DUPLICATE, self.editor)

    def archive(self) -> None:
        """Take an entry out of use."""
        archive_entry(self.live[-1].pk, self.by(self.reviewer, comment="Le service a changé d’adresse."))

    def set_comments_aside(self) -> None:
        """Send more comments from one network than count."""
        on = get_votable(self.live[0].pk)
        for number in range(COMMENTS_PER_NETWORK[MINUTE] + 2):
            remark = NewComment(text=f"Promotion numéro {number} sur notre site !")
            save_comment(on, create_visitor_token(), remark, network="198.51.100.0/24")

    def by(self, author: User, comment: str = "") -> Provenance:
        """Return that somebody wrote in a form, just now."""
        return Provenance(Origin.FORM, author, comment=comment)

    def draft(self, question: str, answer: str) -> Entry:
        """Return a new draft of the editor."""
        return create_entry(Content(question, answer), self.by(self.editor)).entry

    def edit(self, entry: Entry, added: str) -> Entry:
        """Add something to a text, as the editor."""
        before = content_of(entry.head)
        edit_entry(entry.pk, Content(before.question, before.answer + added, before.filing), self.by(self.editor))
        return entry


def _filing(entry: Entry) -> dict[Facet, frozenset[int]]:
    return dict(content_of(entry.head).filing)


def _draw_steps() -> bytes:
    """Return a picture of two steps, as bytes of a PNG."""
    picture = Image.new("RGB", (640, 160), "white")
    pen = ImageDraw.Draw(picture)
    for left in (20, 360):
        pen.rectangle((left, 40, left + 260, 120), outline="#000091", width=4)
    pen.line((284, 80, 356, 80), fill="#000091", width=4)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
