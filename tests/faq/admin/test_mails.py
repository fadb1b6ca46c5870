"""« Courriels » and « Mes préférences »: administrators see what did not leave, everybody chooses how to be told."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.urls import reverse
from django.utils import timezone

from faq.enums import Delivery, NotificationKind
from faq.models import Mail
from faq.services.assignments import assign_entry
from faq.services.mailing import get_deliveries, prepare_mails, send_notifications
from tests.factories import an_entry
from tests.people import a_person

pytestmark = pytest.mark.django_db

LIST, PREFERENCES, HOME = (reverse(f"admin:{name}") for name in ("faq_mail_changelist", "faq_preferences", "index"))


def a_mail(**fields):
    assign_entry(an_entry().pk, a_person(f"personne-{Mail.objects.count()}"), None)
    prepare_mails(timezone.now())
    mail = Mail.objects.first()
    Mail.objects.filter(pk=mail.pk).update(**fields)
    return mail


class TestMails:
    def test_administrators_see_what_did_not_leave_and_have_it_sent_again(self, administrateur, settings):
        settings.SENDS_MAIL = True
        now = timezone.now()
        given_up = a_mail(tries=6, failed_at=now, error="SMTPDataError : non")
        uncertain = a_mail(tries=1, claimed_at=now - timedelta(hours=1), error="DeliveryUncertain : rien")
        sent = a_mail(tries=1, sent_at=now)
        page = administrateur.get(HOME)
        [queue] = [queue for queue in page.context["queues"] if queue.label == "Courriels à voir"]
        assert queue.number == administrateur.get(queue.address).context["cl"].result_count == 2
        shown = administrateur.get(LIST).content.decode()
        for said in ("abandonné le", "peut-être parti le", "envoyé le", "SMTPDataError"):
            assert said in shown
        ticked = [given_up.pk, uncertain.pk, sent.pk]
        done = administrateur.post(LIST, {"action": "retry", "_selected_action": ticked}, follow=True)
        assert "2 courriels repartiront au prochain envoi." in done.content.decode()
        assert send_notifications().sent == 2
        assert len(outbox.outbox) == 2
        again = administrateur.post(LIST, {"action": "retry", "_selected_action": ticked}, follow=True)
        assert "Aucun de ces courriels" in again.content.decode()

    def test_others_do_not_read_them(self, relecteur):
        assert relecteur.get(LIST).status_code == 403
        assert "Courriels à voir" not in relecteur.get(HOME).content.decode()


class TestPreferences:
    def test_are_stored_and_shown(self, analyste, settings):
        settings.SENDS_MAIL = True
        form = analyste.get(PREFERENCES).context["form"]
        sent = form.initial | {NotificationKind.MENTIONED.value: Delivery.NEVER.value}
        page = analyste.post(PREFERENCES, sent, follow=True)
        assert "Vos préférences sont enregistrées." in page.content.decode()
        assert get_deliveries(analyste.user)[NotificationKind.MENTIONED] == Delivery.NEVER
        assert page.context["form"].initial[NotificationKind.MENTIONED.value] == Delivery.NEVER

    def test_what_is_no_choice_is_refused(self, analyste):
        page = analyste.post(PREFERENCES, {NotificationKind.MENTIONED.value: "souvent"})
        assert page.context["form"].errors.keys() == {kind.value for kind in NotificationKind}

    def test_say_whether_and_where_mails_go(self, analyste, settings):
        settings.SENDS_MAIL = False
        assert "n’envoie pas de courriel" in analyste.get(PREFERENCES).content.decode()
        settings.SENDS_MAIL = True
        assert "n’a pas d’adresse électronique" in analyste.get(PREFERENCES).content.decode()
        analyste.user.email = "ana@example.org"
        analyste.user.save()
        assert "<strong>ana@example.org</strong>" in analyste.get(PREFERENCES).content.decode()

    def test_are_found_from_the_home_page(self, redacteur):
        assert f'href="{PREFERENCES}"' in redacteur.get(HOME).content.decode()
