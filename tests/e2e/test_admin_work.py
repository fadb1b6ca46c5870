"""« Mon travail », assignments and notes in a real browser, with the keyboard, legible to everybody."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import expect

from faq.models import Assignment, Note
from faq.services.assignments import assign_entry
from faq.services.notes import write_note
from faq.services.workflow import submit_entry
from tests.factories import an_entry, by_command
from tests.people import a_person

HOME, PREFERENCES = reverse("admin:index"), reverse("admin:faq_preferences")


def page_of(entry):
    return reverse("admin:faq_entry_change", args=(entry.pk,))


@pytest.fixture
def marie(db):
    return a_person("marie.petit", first_name="Marie", last_name="Petit")


def test_the_home_page_leads_to_what_waits(page, sign_in, axe, marie):
    sign_in(page, "relecteur")
    me = User.objects.exclude(pk=marie.pk).get()
    entry = an_entry("À qui écrire ?")
    assign_entry(entry.pk, me, marie)
    write_note(entry.pk, f"@{me.username}, à qui ?", marie)
    submit_entry(an_entry("Où écrire ?").pk, by_command(marie))
    page.goto(HOME)
    axe(page)
    mine = page.get_by_role("region", name="Mon travail")
    expect(mine.get_by_role("region", name="Attribuées à moi 1")).to_contain_text("par Marie Petit")
    expect(mine.get_by_role("region", name="À relire par moi 1")).to_contain_text("Où écrire ?")
    mine.get_by_role("region", name="Notes qui me citent 1").get_by_role("link", name="À qui écrire ?").click()
    expect(page).to_have_url(f"{page.url.split('/admin/')[0]}{page_of(entry)}#notes")
    expect(page.get_by_role("region", name="Notes entre rédacteurs")).to_contain_text("à qui ?")


def test_an_entry_is_assigned_and_somebody_mentioned_with_the_keyboard(page, sign_in, axe, marie):
    entry = an_entry("À qui écrire ?")
    sign_in(page).goto(page_of(entry))
    page.get_by_label("Attribuée à").select_option(label="Marie Petit")
    page.get_by_role("button", name="Attribuer").press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("attribuée à Marie Petit")
    assert Assignment.objects.get().assignee == marie
    note = page.get_by_label("Nouvelle note")
    note.focus()
    page.keyboard.type("Qu’en dis-tu, @peti")
    proposed = page.get_by_role("listbox", name="Personnes à citer").get_by_role("option")
    expect(proposed).to_have_text("@marie.petit Marie Petit")
    axe(page)
    page.keyboard.press("Enter")
    expect(note).to_have_value("Qu’en dis-tu, @marie.petit ")
    page.keyboard.type("@zzz")
    expect(proposed).to_have_count(0)
    for _ in range(4):
        page.keyboard.press("Backspace")
    page.keyboard.type("?")
    page.get_by_role("button", name="Ajouter la note").press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("signalée à Marie Petit")
    page.get_by_role("button", name="Marquer comme réglé").click()
    expect(page.get_by_text("1 échange réglé")).to_be_visible()
    page.get_by_text("1 échange réglé").click()
    axe(page)
    assert Note.objects.get().text == "Qu’en dis-tu, @marie.petit ?"


def test_entries_of_the_list_are_assigned_at_once(page, sign_in, axe, marie):
    for rank in range(2):
        an_entry(f"Question {rank} ?")
    sign_in(page, "relecteur").goto(reverse("admin:faq_entry_changelist"))
    for box in page.locator("input[name=_selected_action]").all():
        box.check()
    page.locator("select[name=action]").select_option(label="Attribuer à…")
    page.locator(".actions").get_by_role("button").first.click()
    axe(page)
    page.get_by_label("À qui").select_option(label="Marie Petit")
    page.get_by_role("button", name="Attribuer").click()
    expect(page.locator(".messagelist")).to_contain_text("Attribution\u00a0: 2 fiches")
    assert Assignment.objects.filter(assignee=marie).count() == 2


def test_everybody_chooses_how_to_be_told(page, sign_in, axe):
    sign_in(page, "analyste").goto(PREFERENCES)
    axe(page)
    page.get_by_label("Une note me cite").select_option(label="jamais")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".messagelist")).to_contain_text("Vos préférences sont enregistrées")
    expect(page.get_by_label("Une note me cite")).to_have_value("never")
