"""Mails: one of what a person is told of, once at most, to a real server that fails in every way."""

import smtplib
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail as outbox
from django.core.management import CommandError, call_command
from django.utils import timezone

from faq.enums import Delivery, NotificationKind
from faq.models import Entry, Mail, Notification, NotificationChoice
from faq.services import mailing
from faq.services.assignments import assign_entry
from faq.services.content import Content
from faq.services.entries import edit_entry
from faq.services.mailing import PAUSES, get_deliveries, retry_mails, send_notifications, store_deliveries
from faq.services.notifications import notify
from faq.services.verifications import check_entry
from faq.services.workflow import publish_entry, submit_entry
from tests.factories import a_published_entry, an_entry, by_command
from tests.faq.services.test_concurrency import at_once, killed, tell, writer
from tests.mail_server import MailServer, find_free_port, serving
from tests.people import a_person

HANGING = 3
"""Seconds after which a server that says nothing is given up: enough to connect on a busy machine."""
EVENING = timezone.make_aware(datetime(2026, 3, 12, 20))


@pytest.fixture
def server(settings):
    with serving(MailServer()) as running:
        settings.SENDS_MAIL = True
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", running.port, 20
        yield running


@pytest.fixture
def jean(db):
    return a_person("jean", first_name="Jean")


@pytest.fixture
def marie(db):
    return a_person("marie", "relecteur", first_name="Marie", last_name="Petit")


def tell_of(person, times=1, kind=NotificationKind.ASSIGNED, author=None):
    """Events that a person is told of; those of assignments hold."""
    entries = [an_entry(f"Question {rank} ?") for rank in range(times)]
    for entry in entries:
        if kind == NotificationKind.ASSIGNED:
            assign_entry(entry.pk, person, author)
        else:
            notify(person, kind, entry, text="Voici.", author=author)
    return entries


def subject_of(message):
    """The subject, without the space that folding a long header leaves at its beginning."""
    return message["Subject"].strip()


def body_of(message, kind="plain"):
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


@pytest.mark.django_db
class TestMails:
    def test_one_mail_tells_a_person_of_all_that_is_new_and_is_not_sent_twice(self, server, jean, marie):
        entries = tell_of(jean, 3, author=marie)
        assert send_notifications().sent == 1
        assert send_notifications().sent == 0
        [message] = server.messages
        assert (message["To"], subject_of(message)) == ("jean@example.org", "[faqcms] 3 événements vous concernent")
        for entry in entries:
            said = f"Marie Petit vous a attribué cette fiche\u00a0: {entry.reference} {entry.question}"
            assert said in body_of(message)
            assert f"http://testserver/admin/faq/entry/{entry.pk}/change/" in body_of(message)
            assert f">{entry.reference} {entry.question}</a>" in body_of(message, "html")
        stored = Mail.objects.get()
        assert (message["Message-ID"], stored.tries) == (stored.message_id, 1)
        assert stored.sent_at
        assert message["List-Unsubscribe"] == "<http://testserver/admin/faq/mail/preferences/>"
        assert message["Auto-Submitted"] == "auto-generated"

    def test_each_person_has_a_mail_of_their_own(self, server, jean, marie):
        tell_of(jean)
        tell_of(marie)
        assert send_notifications().sent == 2
        assert [message["To"] for message in server.messages] == ["jean@example.org", "marie@example.org"]

    @pytest.mark.parametrize(
        "closed", [{"is_active": False}, {"email": ""}], ids=["account closed", "without a mailbox"]
    )
    def test_who_cannot_be_told_is_not(self, closed, server, jean):
        tell_of(jean)
        User.objects.filter(pk=jean.pk).update(**closed)
        assert send_notifications().sent == 0
        assert server.messages == []

    def test_who_lost_the_right_to_read_meanwhile_reads_nothing(self, server, jean):
        tell_of(jean)
        mailing.prepare_mails(timezone.now())
        jean.groups.clear()
        assert send_notifications().sent == 0
        assert (server.messages, Mail.objects.count()) == ([], 0)

    def test_an_assignment_that_was_taken_away_is_no_news(self, server, jean, marie):
        [entry] = tell_of(jean)
        assign_entry(entry.pk, marie, None)
        send_notifications()
        assert [message["To"] for message in server.messages] == ["marie@example.org"]

    def test_what_is_no_longer_to_do_is_no_news(self, server, marie):
        done, waiting, checked, due = (
            an_entry("Publiée ?"),
            an_entry("Soumise ?"),
            a_published_entry(),
            a_published_entry(),
        )
        for entry in (done, waiting):
            submit_entry(entry.pk, by_command())
        publish_entry(done.pk, by_command())
        Entry.objects.filter(pk=due.pk).update(review_before=timezone.localdate())
        Entry.objects.filter(pk=checked.pk).update(review_before=timezone.localdate() + timedelta(days=1))
        for entry in (checked, due):
            notify(marie, NotificationKind.REVIEW_DUE, entry)
        store_deliveries(marie, dict.fromkeys(NotificationKind, Delivery.IMMEDIATE))
        send_notifications()
        body = body_of(server.messages[0])
        assert [entry.reference in body for entry in (done, waiting, checked, due)] == [False, True, False, True]

    def test_a_text_that_was_submitted_twice_is_told_once(self, server, marie):
        entry = an_entry("Soumise ?")
        submit_entry(entry.pk, by_command())
        edit_entry(entry.pk, Content("Soumise ?", "Encore.", entry.head.filed_under), by_command())
        submit_entry(entry.pk, by_command())
        assert Notification.objects.filter(recipient=marie).count() == 2
        store_deliveries(marie, dict.fromkeys(NotificationKind, Delivery.IMMEDIATE))
        send_notifications()
        assert body_of(server.messages[0]).count(entry.reference) == 1

    def test_a_mail_says_the_question_as_it_is_now_and_what_others_wrote(self, server, jean, marie):
        entry = an_entry("Avant ?")
        notify(jean, NotificationKind.REFUSED, entry, text="Citez <b>l’arrêté</b>.\nPage 2.", author=marie)
        edit_entry(entry.pk, Content("Après ?", "Oui.", entry.head.filed_under), by_command())
        send_notifications()
        [message] = server.messages
        assert subject_of(message) == f"[faqcms] {entry.reference}\u00a0: texte refusé"
        plain = body_of(message)
        assert f"Marie Petit a refusé votre texte\u00a0: {entry.reference} Après ?" in plain
        assert "«\u00a0Citez <b>l’arrêté</b>.\nPage 2.\u00a0»" in plain
        assert "Citez &lt;b&gt;l’arrêté&lt;/b&gt;.<br>Page 2." in body_of(message, "html")

    def test_no_words_of_anybody_reach_a_header(self, server, jean):
        hostile = "x\r\nBcc: tous@example.org\r\n\r\nCorps"
        person = a_person("hostile", first_name=hostile[:150])
        notify(jean, NotificationKind.MENTIONED, an_entry(hostile.replace("\r\n", " ")), text=hostile, author=person)
        send_notifications()
        [message] = server.messages
        assert sorted(name for name in message.keys() if name.lower() in ("to", "cc", "bcc")) == ["To"]
        assert "tous@example.org" not in "".join(message.values())

    def test_an_address_that_would_add_a_header_is_given_up(self, server, jean):
        User.objects.filter(pk=jean.pk).update(email="jean@example.org\nBcc: tous@example.org")
        tell_of(jean)
        assert send_notifications().given_up == 1
        assert server.messages == []

    def test_a_mention_leads_to_the_notes(self, server, jean, marie):
        [entry] = tell_of(jean, kind=NotificationKind.MENTIONED, author=marie)
        send_notifications()
        assert f"/admin/faq/entry/{entry.pk}/change/#notes\n" in body_of(server.messages[0])

    def test_many_events_are_counted(self, server, jean, monkeypatch):
        monkeypatch.setattr("faq.services.mail_texts.LINES_MAX", 2)
        tell_of(jean, 5)
        send_notifications()
        assert "… et 3 de plus." in body_of(server.messages[0])

    def test_old_events_are_no_news_and_are_deleted_in_the_end(self, server, jean):
        tell_of(jean)
        Notification.objects.update(created_at=timezone.now() - timedelta(days=8))
        assert send_notifications().sent == 0
        Notification.objects.update(created_at=timezone.now() - timedelta(days=100))
        send_notifications()
        assert not Notification.objects.exists()

    def test_without_a_server_nothing_is_sent_and_the_command_says_so(self, settings, jean, capsys):
        settings.SENDS_MAIL = False
        tell_of(jean)
        call_command("send_notifications")
        assert "EMAIL_URL n’est pas défini" in capsys.readouterr().out
        assert (Mail.objects.count(), outbox.outbox) == (0, [])

    def test_other_ways_of_sending_are_used_as_they_are(self, settings, jean):
        settings.SENDS_MAIL = True
        tell_of(jean)
        assert send_notifications().sent == 1
        assert [message.to for message in outbox.outbox] == [["jean@example.org"]]


@pytest.mark.django_db
class TestPreferences:
    def test_defaults_are_not_stored(self, jean):
        chosen = get_deliveries(jean) | {NotificationKind.ASSIGNED: Delivery.NEVER}
        store_deliveries(jean, chosen)
        assert get_deliveries(jean) == chosen
        assert NotificationChoice.objects.count() == 1
        store_deliveries(jean, mailing.DEFAULTS)
        assert not NotificationChoice.objects.exists()

    def test_never_means_never(self, server, jean):
        store_deliveries(jean, {NotificationKind.ASSIGNED: Delivery.NEVER})
        tell_of(jean)
        send_notifications()
        assert server.messages == []

    def test_a_digest_leaves_once_a_day_after_its_hour(self, server, jean):
        store_deliveries(jean, {NotificationKind.ASSIGNED: Delivery.DAILY})
        tell_of(jean, 2)
        Notification.objects.update(created_at=EVENING - timedelta(hours=18))
        assert send_notifications(EVENING.replace(hour=6)).sent == 0
        assert send_notifications(EVENING.replace(hour=7)).sent == 1
        tell_of(jean)
        Notification.objects.filter(mail=None).update(created_at=EVENING)
        assert send_notifications(EVENING).sent == 0
        assert send_notifications(EVENING + timedelta(hours=14)).sent == 1
        first, second = map(subject_of, server.messages)
        assert first == "[faqcms] Récapitulatif du 12\u00a0mars 2026\u00a0: 2 événements"
        assert second == "[faqcms] Récapitulatif du 13\u00a0mars 2026\u00a0: 1 événement"

    def test_what_is_urgent_does_not_wait_for_the_digest(self, server, jean, marie):
        store_deliveries(jean, {NotificationKind.MENTIONED: Delivery.DAILY})
        tell_of(jean, kind=NotificationKind.MENTIONED, author=marie)
        tell_of(jean)
        Notification.objects.update(created_at=EVENING)
        send_notifications(EVENING.replace(hour=1))
        assert [subject_of(message).split(": ")[1] for message in server.messages] == ["fiche attribuée"]


@pytest.mark.django_db
class TestDueReviews:
    def test_who_answers_for_an_entry_is_told_once(self, server, jean, marie):
        entry, assigned = a_published_entry("À revoir ?"), a_published_entry("Attribuée ?")
        for one in (entry, assigned):
            check_entry(one.pk, jean, seen=one.live.number)
        assign_entry(assigned.pk, marie, marie)
        Entry.objects.update(review_before=timezone.localdate())
        for _ in range(2):
            mailing.announce_due_reviews(timezone.now())
        told = Notification.objects.filter(kind=NotificationKind.REVIEW_DUE).order_by("entry")
        assert [(row.entry, row.recipient) for row in told] == [(entry, jean), (assigned, marie)]

    def test_the_next_time_is_told_again(self, server, jean):
        entry = a_published_entry()
        check_entry(entry.pk, jean, seen=entry.live.number)
        for day in (timezone.localdate() - timedelta(days=30), timezone.localdate()):
            Entry.objects.update(review_before=day)
            mailing.announce_due_reviews(timezone.now())
            Notification.objects.filter(event=f"échéance {day}").update(
                created_at=timezone.make_aware(datetime.combine(day, datetime.min.time()))
            )
        assert Notification.objects.count() == 2


@pytest.mark.django_db
class TestFailures:
    def fail(self, jean, **count):
        tell_of(jean)
        report = send_notifications()
        found = {name: getattr(report, name) for name in ("sent", "postponed", "given_up", "uncertain")}
        assert found == dict.fromkeys(found, 0) | count
        return Mail.objects.get()

    def test_a_server_that_is_down_keeps_the_mail_which_leaves_later_under_the_same_name(self, server, settings, jean):
        settings.EMAIL_PORT = find_free_port()
        stored = self.fail(jean, postponed=1)
        assert "ConnectionRefusedError" in stored.error
        assert list(Mail.objects.unsent()) == [stored]
        settings.EMAIL_PORT = server.port
        assert send_notifications().sent == 0
        assert send_notifications(timezone.now() + PAUSES[0] + timedelta(seconds=5)).sent == 1
        assert server.ids == [stored.message_id]
        assert not Mail.objects.unsent().exists()

    def test_a_server_that_is_down_is_asked_once_a_run(self, settings, server, jean, marie):
        settings.EMAIL_PORT = find_free_port()
        tell_of(jean)
        tell_of(marie)
        with pytest.raises(CommandError, match="ne répond pas"):
            call_command("send_notifications")
        assert Counter(Mail.objects.values_list("tries", flat=True)) == {0: 1, 1: 1}

    def test_a_mail_is_given_up_after_some_tries_and_sent_again_on_demand(self, server, settings, jean):
        settings.EMAIL_PORT = find_free_port()
        tell_of(jean)
        at = timezone.now()
        for pause in (timedelta(0), *PAUSES):
            at += pause + timedelta(minutes=1)
            report = send_notifications(at)
        assert (report.given_up, Mail.objects.get().tries) == (1, len(PAUSES) + 1)
        assert send_notifications(at + timedelta(days=1)).given_up == 0
        settings.EMAIL_PORT = server.port
        assert retry_mails(Mail.objects.all(), None) == 1
        assert send_notifications().sent == 1

    @pytest.mark.parametrize(("reply", "outcome"), [("550 Inconnu", "given_up"), ("450 Plus tard", "postponed")])
    @pytest.mark.parametrize("where", ["recipient_reply", "text_reply"])
    def test_a_refusal_for_good_is_not_tried_again_and_another_is(self, reply, outcome, where, server, jean):
        setattr(server, where, reply)
        stored = self.fail(jean, **{outcome: 1})
        assert reply.split()[1] in stored.error
        assert bool(stored.failed_at) == (outcome == "given_up")

    def test_one_refusal_stops_no_other_mail(self, server, jean, marie):
        User.objects.filter(pk=jean.pk).update(email="jean@example.org\nBcc: x@example.org")
        tell_of(jean)
        tell_of(marie)
        report = send_notifications()
        assert (report.sent, report.given_up) == (1, 1)

    def test_a_server_that_hangs_before_it_has_the_text_is_tried_again(self, server, settings, jean):
        settings.EMAIL_TIMEOUT = HANGING
        server.hangs_at = "RCPT"
        stored = self.fail(jean, postponed=1)
        assert (server.messages, stored.claimed_at) == ([], None)

    @pytest.mark.parametrize("fault", ["hangs_at", "hangs_up"])
    def test_a_server_that_has_the_text_and_says_nothing_is_not_asked_again(self, fault, server, settings, jean):
        settings.EMAIL_TIMEOUT = HANGING
        setattr(server, fault, "DATA" if fault == "hangs_at" else True)
        stored = self.fail(jean, uncertain=1)
        assert server.ids == [stored.message_id]
        assert send_notifications(timezone.now() + timedelta(days=2)).sent == 0
        assert (len(server.messages), list(Mail.objects.unsent())) == (1, [stored])

    def test_who_asks_for_it_has_a_mail_that_may_have_left_sent_again_under_its_name(self, server, settings, jean):
        settings.EMAIL_TIMEOUT = HANGING
        server.hangs_up = True
        stored = self.fail(jean, uncertain=1)
        assert retry_mails(Mail.objects.all(), None) == 0
        Mail.objects.update(claimed_at=timezone.now() - timedelta(hours=1))
        server.hangs_up = False
        assert retry_mails(Mail.objects.all(), None) == 1
        assert send_notifications().sent == 1
        assert server.ids == [stored.message_id] * 2

    def test_a_wrong_password_is_tried_again(self, server, settings, jean, monkeypatch):
        def refuse(*_):
            raise smtplib.SMTPAuthenticationError(535, b"Non")

        monkeypatch.setattr("faq.services.smtp.CautiousEmailBackend.open", refuse)
        assert "535" in self.fail(jean, postponed=1).error


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_several_runs_send_each_mail_once(self, server):
        people = [a_person(f"personne-{rank}") for rank in range(12)]
        for person in people:
            tell_of(person)
        reports = at_once(*[send_notifications] * 4)
        # A run may end while another still holds what is left.
        reports.append(send_notifications())
        assert sum(report.sent for report in reports) == len(people)
        assert sorted(message["To"] for message in server.messages) == sorted(person.email for person in people)
        assert len(set(server.ids)) == len(people)

    def test_several_runs_make_one_digest(self, server):
        jean = a_person("jean")
        store_deliveries(jean, {NotificationKind.ASSIGNED: Delivery.DAILY})
        tell_of(jean, 5)
        Notification.objects.update(created_at=EVENING)
        reports = at_once(*[lambda: send_notifications(EVENING)] * 4)
        assert sum(report.sent for report in reports) == 1
        assert body_of(server.messages[0]).count("vous a attribué cette fiche") == 5

    @pytest.mark.slow
    def test_a_run_that_is_killed_anywhere_sends_nothing_twice(self, server, monkeypatch):
        monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{server.port}")
        jean = a_person("jean")
        received, unknown = [], []
        with writer("send_notifications") as process:
            # More statements than a run has.
            for statement in range(1, 40):
                tell_of(jean)
                before = len(server.messages)
                tell(process, statement)
                was_killed = killed(process)
                tell(process)
                assert not killed(process)
                received.append(len(server.messages) - before)
                unknown.append(Mail.objects.filter(sent_at=None).count())
                Mail.objects.all().delete()
                if not was_killed:
                    break
        assert not was_killed
        outcomes = list(zip(received, unknown, strict=True))
        assert outcomes[0] == outcomes[-1] == (1, 0)
        # Killed between the claim and the server, or between the server and the mark: administrators see it.
        assert set(outcomes) == {(1, 0), (0, 1), (1, 1)}
        assert max(Counter(server.ids).values()) == 1
