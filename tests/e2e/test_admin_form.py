"""The form of an entry with scripts: marks, lists, filing, preview and the bar that saves."""

import random

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from faq.domain.facets import Facet
from faq.models import Entry
from faq.selectors.published import load_taxonomy
from faq.services.content import Content
from faq.services.entries import edit_entry
from tests.factories import a_filing, a_published_entry, a_taxonomy, an_entry, by_command

ADD = reverse("admin:faq_entry_add")
QUESTIONS = reverse("admin:faq_entry_questions")
CHOSEN = (
    "document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)"
)


def page_of(entry):
    return reverse("admin:faq_entry_change", args=(entry.pk,))


def answer_of(page):
    return page.get_by_label("Réponse", exact=True)


def choose(page, text):
    """Put a text into the answer and select what stands between the bars: « un |mot| de plus »."""
    before, chosen, after = text.split("|")
    answer = answer_of(page)
    answer.fill(before + chosen + after)
    answer.evaluate("(area, [from, to]) => area.setSelectionRange(from, to)", [len(before), len(before + chosen)])


BOLD, ITALIC, LINK, BULLETS, NUMBERS = "Control+b", "Control+i", "Control+k", "Control+Shift+8", "Control+Shift+7"

MARKS = [
    (BOLD, "un |mot| de plus", "un **mot** de plus", "mot"),
    (BOLD, "un |mot | de plus", "un **mot**  de plus", "mot"),
    (BOLD, "un **|mot|** de plus", "un mot de plus", "mot"),
    (BOLD, "un |**mot**| de plus", "un mot de plus", "mot"),
    (BOLD, "un m||ot de plus", "un **mot** de plus", "mot"),
    (BOLD, "||", "**texte en gras**", "texte en gras"),
    (BOLD, "|- un\n\n2. deux|", "- **un**\n\n2. **deux**", "**un**\n\n2. **deux**"),
    (BOLD, "|**un**\ndeux|", "**un**\n**deux**", "deux"),
    (ITALIC, "un |mot| de plus", "un *mot* de plus", "mot"),
    (ITALIC, "**|mot|**", "***mot***", "mot"),
    (BOLD, "***|mot|***", "*mot*", "mot"),
    (LINK, "voir |le site|", "voir [le site](https://)", "https://"),
    (LINK, "voir |https://ans.example|", "voir [texte du lien](https://ans.example)", "texte du lien"),
    (BULLETS, "u|n\ndeu|x", "- un\n- deux", "- un\n- deux"),
    (BULLETS, "|- un\n- deux|", "un\ndeux", "un\ndeux"),
    (BULLETS, "|1. un\n2. deux\n|suite", "- un\n- deux\nsuite", "- un\n- deux"),
    (NUMBERS, "|un\n\ndeux|", "1. un\n\n2. deux", "1. un\n\n2. deux"),
    (NUMBERS, "1. un\nde||ux", "1. un\n2. deux", ""),
]

TYPED = [
    ("- un\ndeux\n\nfin", "- un\n- deux\nfin"),
    ("  • un\ndeux", "  • un\n  • deux"),
    ("1. un\ndeux\ntrois", "1. un\n2. deux\n3. trois"),
    ("1) un\ndeux", "1) un\n2) deux"),
    ("12 rue de la Paix\nParis", "12 rue de la Paix\nParis"),
    ("* une note\nla suite", "* une note\nla suite"),
    ("2. rue\nParis", "2. rue\nParis"),
]


def test_marks_by_key_can_be_undone(page, sign_in):
    sign_in(page).goto(ADD)
    for keys, text, expected, chosen in MARKS:
        choose(page, text)
        page.keyboard.press(keys)
        expect(answer_of(page)).to_have_value(expected)
        assert page.evaluate(CHOSEN) == chosen, text
        page.keyboard.press("Control+z")
        expect(answer_of(page)).to_have_value(text.replace("|", ""))


def test_lists_go_on_by_themselves(page, sign_in):
    sign_in(page).goto(ADD)
    for typed, expected in TYPED:
        answer_of(page).fill("")
        page.keyboard.type(typed)
        expect(answer_of(page)).to_have_value(expected)
    choose(page, "1. un||\n2. deux\n3. trois\nfin")
    page.keyboard.press("Enter")
    page.keyboard.type("bis")
    expect(answer_of(page)).to_have_value("1. un\n2. bis\n3. deux\n4. trois\nfin")


def test_the_tool_bar_is_one_stop_for_the_keyboard_and_ctrl_s_saves(page, sign_in):
    sign_in(page).goto(ADD)
    question = page.get_by_label("Question", exact=True)
    question.fill("Comment ?")
    steps = {"Tab": "Gras", "ArrowLeft": "Image ou document", "ArrowRight": "Gras", "End": "Image ou document"}
    for key, name in steps.items():
        page.keyboard.press(key)
        expect(page.get_by_role("toolbar").get_by_role("button", name=name, exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(answer_of(page)).to_be_focused()
    page.keyboard.type("Ainsi")
    page.get_by_role("button", name="Gras").click()
    expect(answer_of(page)).to_have_value("**Ainsi**")
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist")).to_contain_text("enregistrée comme brouillon")
    assert Entry.objects.get().answer == "**Ainsi**"


CLICK = """([ranks, afresh]) => {
    const boxes = [...document.querySelectorAll("[data-term]")];
    const facets = new Set(boxes.map((box) => box.name));
    return ranks.map((rank) => {
        boxes.forEach((box) => { box.checked &&= !afresh; });
        boxes[rank].click();
        const named = (found) => found.map((box) => box.dataset.term);
        const implied = boxes.filter((box) => box.closest("li").classList.contains("implied"));
        const sent = [...new FormData(document.getElementById("entry-form"))];
        const filing = sent.filter(([name]) => facets.has(name)).map((pair) => pair.join("-"));
        return [named(boxes.filter((box) => box.checked)), named(implied), filing];
    });
}"""


def filings_after_clicks(page, ranks, *, afresh=False):
    """The boxes ticked, said to be implied and sent after each click, one after the other or each on its own."""
    for terms in page.evaluate(CLICK, [list(ranks), afresh]):
        yield tuple(map(as_filing, terms))


def as_filing(terms):
    named = [term.rsplit("-", 1) for term in terms]
    return {facet: frozenset(int(number) for name, number in named if name == facet) for facet in Facet}


def implied_by(taxonomy, ticked, sent):
    return {facet: ids - ticked[facet] for facet, ids in taxonomy.complete(sent).items()}


def flat(filing):
    return {f"{facet}-{number}" for facet, ids in filing.items() for number in ids}


def test_the_filing_says_what_saving_it_would_say(page, sign_in):
    a_taxonomy()
    sign_in(page).goto(ADD)
    taxonomy = load_taxonomy()
    terms = [box.get_attribute("data-term").rsplit("-", 1) for box in page.locator("[data-term]").all()]
    alone = filings_after_clicks(page, range(len(terms)), afresh=True)
    for (facet, number), (ticked, implied, sent) in zip(terms, alone, strict=True):
        assert ticked == sent == as_filing([f"{facet}-{number}"])
        assert implied == implied_by(taxonomy, ticked, sent)
    page.reload()
    ranks, before = random.Random(3).choices(range(len(terms)), k=300), set()
    for rank, (ticked, implied, sent) in zip(ranks, filings_after_clicks(page, ranks), strict=True):
        assert implied == implied_by(taxonomy, ticked, sent)
        assert flat(ticked) <= flat(sent) <= flat(ticked) | flat(implied)
        assert flat(ticked) ^ before == {"-".join(terms[rank])}
        before = flat(ticked)


def test_what_is_implied_looks_different_and_goes_with_what_brought_it(page, sign_in):
    a_taxonomy()
    sign_in(page).goto(ADD)
    told = page.locator("#filing-told")
    page.get_by_label("Convergence").check()
    for label in ("Ségur du numérique", "Certification", "Hôpital"):
        expect(page.get_by_label(label, exact=True)).not_to_be_checked()
    expect(told).to_have_text("Implicite, car « Convergence » en relève : « Ségur du numérique », « Certification ».")
    page.get_by_label("DPI vague 1").check()
    expect(told).to_have_text(
        "Implicite, car « DPI vague 1 » en relève : « Hôpital ». N’est plus implicite : « Certification »."
    )
    expect(page.get_by_label("Ségur du numérique")).to_have_accessible_description(
        "implicite : découle de « DPI vague 1 »"
    )
    page.get_by_label("Imagerie").check()
    expect(page.get_by_label("Hôpital")).to_have_accessible_description("implicite : découle de « DPI vague 1 »")
    page.get_by_label("DPI vague 1").uncheck()
    expect(page.get_by_label("Imagerie")).to_be_checked()
    expect(page.get_by_label("Hôpital")).not_to_be_checked()
    expect(page.get_by_label("Hôpital")).to_have_accessible_description("")
    expect(told).to_have_text("N’est plus implicite : « Hôpital ».")
    page.get_by_label("Imagerie").uncheck()
    page.get_by_label("Convergence").uncheck()
    expect(told).to_have_text("N’est plus implicite : « Ségur du numérique », « Certification ».")
    expect(page.locator(".implied")).to_have_count(0)
    expect(page.locator("[data-term]:checked")).to_have_count(0)


def test_a_stored_filing_shows_what_was_chosen_and_saving_it_changes_nothing(page, sign_in):
    a_taxonomy()
    entry = an_entry(dispositifs="dpi-vague-1")
    sign_in(page).goto(page_of(entry))
    expect(page.locator("[data-term]:checked")).to_have_count(1)
    expect(page.locator(".implied")).to_have_count(2)
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.locator(".messagelist")).to_contain_text("Rien n’a changé")
    assert entry.versions.count() == 1


def test_what_a_chosen_term_does_not_go_with_is_told_and_makes_it_implied(page, sign_in):
    a_taxonomy()
    sign_in(page).goto(ADD)
    told = page.locator("#filing-told")
    page.get_by_label("Hôpital").check()
    expect(page.get_by_label("RIS vague 1")).to_have_accessible_description("ne va pas avec « Hôpital »")
    expect(page.get_by_label("Certification DMN")).to_have_accessible_description(
        "ne va pas avec « Ségur du numérique »"
    )
    expect(page.get_by_label("PFI vague 2")).to_have_accessible_description("")
    page.get_by_label("RIS vague 1").check()
    expect(told).to_have_text("Implicite, car « RIS vague 1 » en relève : « Imagerie ».")
    page.get_by_label("Imagerie").check()
    page.get_by_label("Imagerie").uncheck()
    expect(told).to_have_text("« Imagerie » reste implicite : découle de « RIS vague 1 ».")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.locator(".messagelist")).to_contain_text("enregistrée comme brouillon")
    slugs = {facet: [term["slug"] for term in terms] for facet, terms in Entry.objects.get().head.filing.items()}
    assert (slugs["couloirs"], slugs["dispositifs"]) == (["hopital", "imagerie"], ["ris-vague-1"])


def test_what_would_no_longer_be_filed_is_told_before_and_after_saving(page, sign_in):
    a_taxonomy()
    entry = an_entry(dispositifs="dpi-vague-1")
    sign_in(page).goto(page_of(entry))
    page.get_by_label("DPI vague 1").uncheck()
    emptied = "n’aurait plus de type d’offre ni de couloir Ségur ni de dispositif Ségur : elle vaudrait pour tous."
    expect(page.locator("#filing-told")).to_contain_text(emptied)
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.locator(".messagelist")).to_contain_text("n’a plus de type d’offre ni de couloir Ségur : elle vaut")


@pytest.mark.parametrize(("scheme", "background"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(22, 22, 22)")])
def test_the_preview_is_styled_as_the_public_site_and_follows_what_is_typed(open_page, sign_in, scheme, background):
    a_taxonomy()
    entry = an_entry(answer="Avant.")
    page = sign_in(open_page(color_scheme=scheme))
    page.goto(page_of(entry))
    preview = page.frame_locator("#preview")
    expect(preview.get_by_role("heading", level=1)).to_have_css("font-family", "Marianne, arial, sans-serif")
    expect(preview.locator("body")).to_have_css("background-color", background)
    assert preview.locator("body").evaluate("() => document.fonts.check('16px Marianne')")
    page.get_by_label("Question", exact=True).fill("Quel certificat ?")
    answer_of(page).fill("- un\n- **deux** <img src=x onerror=alert(1)>")
    page.get_by_label("DPI vague 1").check()
    expect(preview.get_by_role("heading", level=1)).to_have_text("Quel certificat ?")
    expect(preview.locator("li strong")).to_have_text("deux")
    expect(preview.locator("img")).to_have_count(0)
    expect(preview.locator(".filing")).to_contain_text("Hôpital")
    expect(preview.locator("body")).to_have_css("background-color", background)
    assert entry.versions.count() == 1


def test_what_is_not_saved_is_marked_until_it_is_as_before(page, sign_in):
    sign_in(page).goto(page_of(a_published_entry()))
    bar = page.get_by_role("group", name="Enregistrement")
    expect(bar).to_contain_text("le public ne voit rien avant la publication")
    expect(bar).to_be_in_viewport(ratio=1)
    answer_of(page).press("End")
    page.keyboard.type("!")
    expect(bar).to_contain_text("Modifications non enregistrées")
    page.keyboard.press("Backspace")
    expect(bar).not_to_contain_text("Modifications")
    bar.get_by_role("link", name="Historique").click()
    expect(page.get_by_role("heading", name="Versions")).to_be_in_viewport()


def test_the_bar_hides_no_field_that_has_the_focus(open_page, sign_in):
    a_taxonomy()
    page = sign_in(open_page(width=320, height=568))
    page.goto(page_of(an_entry()))
    hidden = page.evaluate("""() => {
        const bar = document.querySelector(".save-bar");
        const fields = [...document.querySelectorAll("#entry-form :is(textarea, input:not([type=hidden]))")];
        return fields.filter((field) => {
            field.focus();
            const box = field.getBoundingClientRect();
            return Math.min(box.bottom, box.top + 40) > bar.getBoundingClientRect().top;
        }).map((field) => field.name);
    }""")
    assert hidden == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_an_open_form_tells_that_somebody_else_saved(page, sign_in):
    entry = an_entry()
    sign_in(page).goto(page_of(entry))
    edit_entry(entry.pk, Content("Comment faire ?", "Leur texte.", a_filing()), by_command())
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # rather than wait for a minute
    expect(page.locator("#overtaken")).to_contain_text("a enregistré la version 2 pendant que vous écrivez")


def test_everybody_can_read_what_scripts_add(page, sign_in, legible):
    a_taxonomy()
    an_entry("", answer="Sans question. " * 30)
    sign_in(page).goto(page_of(an_entry()))
    page.get_by_label("DPI vague 1").check()
    expect(page.locator("#filing-told")).to_contain_text("Implicite")
    expect(page.get_by_text("Modifications non enregistrées")).to_be_visible()
    legible(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(QUESTIONS)
    page.get_by_label("Question de la fiche").fill("Quelle question ?")
    legible(page)
