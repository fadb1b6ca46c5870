"""The menu and the home page: in the order of the work, within everybody's rights."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from faq.enums import Action
from faq.models import ArchivedEntry, Entry, FailedSearch, Publication, Schedule
from faq.services.assignments import assign_entry
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.workflow import archive_entry, submit_entry
from faqcms.menu import MENU
from feedback.comments import NewComment, save_comment
from feedback.inbox import SEARCHES
from feedback.models import Comment, FollowUpState, SearchFollowUp, Standing, Vote, VoteAnswer
from feedback.votes import cast_vote, get_votable
from tests.factories import a_filing, a_published_entry, an_entry, by_command
from tests.pairs import a_pair
from tests.people import a_person

pytestmark = pytest.mark.django_db

HOME = reverse("admin:index")
QUERIES = 20
"""Session, person, permissions, recent actions, the work of the person, the queues and those of the charts."""
NUMBERS = {
    "Sans question": 1,
    "À relire": 4,
    "Doublons possibles": 1,
    "Contradictions": 0,
    "À fusionner": 0,
    "À revoir": 1,
    "Commentaires de visiteurs": 2,
    "Recherches sans résultat": 1,
    "Votes en quarantaine": 1,
    "Commentaires en quarantaine": 1,
    "Brouillons à côté d’un texte en ligne": 1,
    "Publications et retraits prévus": 1,
    "Planifications en échec": 1,
    "Attribuées à un compte fermé": 1,
    "Corbeille": 5,
}


def menu_of(client, address=HOME):
    """Names of pages by group."""
    groups = client.get(address).context["available_apps"]
    return {group["name"]: [page["name"] for page in group["models"]] for group in groups}


def a_schedule_that_failed(entry):
    """One that waits for an editor, and one that waits for its hour."""
    at = timezone.now()
    failed = Schedule(entry=entry, action=Action.WITHDRAWN, due_at=at, created_at=at, failed_at=at, error="Impossible.")
    later = Schedule(entry=an_entry(), action=Action.WITHDRAWN, due_at=at, created_at=at)
    Schedule.objects.bulk_create([failed, later])


def an_entry_of_a_closed_account():
    """An entry assigned to somebody who left since."""
    person = a_person("parti")
    assign_entry(an_entry().pk, person, None)
    User.objects.filter(pk=person.pk).update(is_active=False)


def visitors_say(entry):
    """Two comments and one that was set aside, as a vote was, and searches of which one is done with."""
    on = get_votable(entry.pk)
    for visitor in "abc":
        save_comment(on, visitor, NewComment(text="Faux."))
    Comment.objects.filter(pk=Comment.objects.earliest("pk").pk).update(standing=Standing.SET_ASIDE)
    cast_vote(on, VoteAnswer.NO, "a")
    Vote.objects.update(standing=Standing.SET_ASIDE)
    for query in ("licorne", "dragon"):
        FailedSearch.objects.create(query=query, day=timezone.localdate())
    SearchFollowUp.objects.create(query="dragon", state=FollowUpState.NO_ACTION, followed_on=timezone.localdate())


def queues_of(client):
    """Numbers and addresses by queue."""
    return {queue.label: (queue.number, queue.address) for queue in client.get(HOME).context["queues"]}


def test_only_tables_without_a_list_or_a_reader_are_missing():
    listed = [item for items in MENU.values() for item in items]
    assert set(admin.site._registry) - set(listed) == {Publication, ArchivedEntry, FailedSearch}
    assert len(listed) == len(set(listed))


def test_groups_stand_in_the_order_of_the_work(sign_in):
    menu = menu_of(sign_in(superuser=True))
    assert list(menu) == ["Fiches", "Extractions", "Retours", "Taxonomie", "Historique", "Administration"]
    assert menu["Fiches"] == [
        "Fiches",
        "Saisir les questions",
        "À relire",
        "Doublons possibles",
        "À revoir",
        "Planifications",
        "Images et documents",
        "Corbeille",
    ]
    assert menu["Historique"] == ["Versions", "Lots", "La FAQ au…"]


def test_groups_that_few_need_are_closed_but_around_the_current_page(relecteur):
    def open_groups(address):
        return [group["name"] for group in relecteur.get(address).context["available_apps"] if group["open"]]

    assert open_groups(HOME) == ["Fiches", "Extractions", "Retours"]
    assert open_groups(reverse("admin:faq_version_changelist")) == ["Fiches", "Extractions", "Retours", "Historique"]


def test_everybody_sees_what_they_may_open(sign_in):
    assert "Utilisateurs" not in menu_of(sign_in("relecteur")).get("Administration", ())
    assert menu_of(sign_in()) == {}
    assert queues_of(sign_in("analyste"))


def test_somebody_without_a_role_is_told_what_to_do(sign_in):
    client = sign_in()
    assert queues_of(client) == {}
    assert "demandez à un administrateur" in client.get(HOME).content.decode()


def test_every_page_of_the_menu_and_every_queue_opens(sign_in):
    client = sign_in(superuser=True)
    page = client.get(HOME)
    addresses = [item["admin_url"] for group in page.context["available_apps"] for item in group["models"]]
    addresses += [queue.address for queue in page.context["queues"]]
    assert [address for address in addresses if client.get(address, follow=True).status_code != 200] == []


def test_the_page_one_is_on_is_marked_once(relecteur):
    entry = an_entry()
    for address, name in (
        (reverse("admin:faq_entry_review"), "À relire"),
        (reverse("admin:faq_entry_duplicates"), "Doublons possibles"),
        (reverse("admin:faq_entry_change", args=(entry.pk,)), "Fiches"),
        (reverse("admin:faq_archivedentry_changelist"), "Corbeille"),
    ):
        groups = relecteur.get(address).context["available_apps"]
        assert [page["name"] for group in groups for page in group["models"] if page["here"]] == [name]


def test_queues_of_failures_come_first_and_are_marked(sign_in):
    a_schedule_that_failed(an_entry())
    page = sign_in(superuser=True).get(HOME)
    queues = page.context["queues"]
    assert [queue.label for queue in queues if queue.is_failure] == ["Planifications en échec", "Courriels à voir"]
    assert all(queue.is_failure for queue in queues[:2])
    assert page.content.decode().count('class="queue-failure"') == 1


@pytest.mark.every_database
def test_queues_count_what_their_lists_show(analyste, django_assert_num_queries):
    analyste.get(HOME)
    with django_assert_num_queries(QUERIES):
        assert {number for number, _ in queues_of(analyste).values()} == {0}
    for rank in range(4):
        submit_entry(an_entry(f"À relire {rank} ?").pk, by_command())
        archive_entry(an_entry(f"Archivée {rank} ?").pk, by_command())
    worked_on = a_published_entry()
    Entry.objects.filter(pk=worked_on.pk).update(review_before=timezone.localdate())
    edit_entry(worked_on.pk, Content("Autre ?", "Autre.", a_filing()), by_command())
    a_schedule_that_failed(worked_on)
    a_pair()
    visitors_say(worked_on)
    an_entry("", "Une réponse sans question.")
    archive_entry(an_entry("", "Une autre, à la corbeille.").pk, by_command())
    an_entry_of_a_closed_account()
    with django_assert_num_queries(QUERIES):
        queues = queues_of(analyste)
    assert {label: number for label, (number, _) in queues.items()} == NUMBERS
    for label, (number, address) in queues.items():
        shown = analyste.get(address).context
        assert number_shown(shown) == number, label


def number_shown(context):
    """How much a list shows, on all its pages."""
    if "cl" in context:
        return context["cl"].result_count
    if "may_decide" in context:
        return context["filters"].pairs.count()
    if "follow_ups" in context and context["filters"].shelf != SEARCHES:
        return sum(group.total for group in context["groups"])
    return context["total"] if "total" in context else context["page"].paginator.count


def test_an_application_still_has_its_page(relecteur):
    assert "Lots" in relecteur.get(reverse("admin:app_list", args=("faq",))).content.decode()


def test_the_head_of_every_page_names_the_product_and_the_faq(relecteur, client, settings):
    settings.FAQ_NAME = "FAQ du service"
    for page in (relecteur.get(HOME), client.get(reverse("admin:login"))):
        assert "<strong>faqcms</strong>" in page.content.decode()
        assert "FAQ du service" in page.content.decode()
