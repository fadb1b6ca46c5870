"""Images and documents in answers: what is a reference, what it looks like, and what stays as it was typed."""

import pytest

from faq.domain.limits import MEDIA_TEXT_MAX_LENGTH
from faq.domain.markup import MediaKind, compile_answer, find_media_references, place, plain_text, render
from faq.domain.markup.media import EXTENSIONS
from tests.faq.domain.rendered import Page

DIGITS = "0123456789abcdef" * 2
IMAGE = f"media:{DIGITS}.png"
DOCUMENT = f"media:{DIGITS}.pdf"
SRC = f'src="/media/{DIGITS}.png"'
HREF = f'href="/media/{DIGITS}.pdf"'

SHOWN = {
    "alone": (
        f"![L’écran de saisie]({IMAGE})",
        f'<figure><img {SRC} alt="L’écran de saisie" loading="lazy"></figure>',
    ),
    "decorative": (f"![]({IMAGE})", f'<figure><img {SRC} alt="" loading="lazy"></figure>'),
    "in a line": (f"Le bouton ![Valider]({IMAGE}).", f'<p>Le bouton <img {SRC} alt="Valider" loading="lazy">.</p>'),
    "in a list": (f"- ![Valider]({IMAGE})", f'<ul>\n<li><img {SRC} alt="Valider" loading="lazy"></li>\n</ul>'),
    "brackets, escaped or not": (
        rf"![A [b] \[c\] \*d\*]({IMAGE})",
        f'<figure><img {SRC} alt="A [b] [c] *d*" loading="lazy"></figure>',
    ),
    "marks are no emphasis": (
        f'![*a* <b> "c"]({IMAGE})',
        f'<figure><img {SRC} alt="*a* &lt;b&gt; &quot;c&quot;" loading="lazy"></figure>',
    ),
    "two together": (
        f"![a]({IMAGE})\n![b]({IMAGE})",
        f'<figure><img {SRC} alt="a" loading="lazy"><img {SRC} alt="b" loading="lazy"></figure>',
    ),
    "a link around it": (
        f"[![a]({IMAGE})](https://exemple.fr)",
        f'<p><a href="https://exemple.fr" rel="noopener noreferrer"><img {SRC} alt="a" loading="lazy"></a></p>',
    ),
    "a document in a line": (
        f"Voir [le guide (PDF, 320 ko)]({DOCUMENT}).",
        f'<p>Voir <a {HREF} download="le guide.pdf" rel="noopener noreferrer">le guide (PDF, 320 ko)</a>.</p>',
    ),
    "a document alone": (
        f"[Guide : saisie (PDF, 320 ko)]({DOCUMENT})",
        f'<p><a {HREF} download="Guide saisie.pdf" class="fr-link fr-link--download" rel="noopener noreferrer">'
        'Guide\u00a0: saisie <span class="fr-link__detail">(PDF, 320 ko)</span></a></p>',
    ),
    "a link to an image": (
        f"Voir [l’écran]({IMAGE}).",
        f'<p>Voir <a href="/media/{DIGITS}.png" download="l’écran.png" rel="noopener noreferrer">l’écran</a>.</p>',
    ),
}


@pytest.mark.parametrize(("text", "html"), SHOWN.values(), ids=SHOWN)
def test_reference_is_rendered(text: str, html: str) -> None:
    assert render(text).replace("&nbsp;", "\u00a0") == html
    assert len(find_media_references(text)) == text.count("media:")
    assert Page(text)


AS_TYPED = [
    f"![a](/media/{DIGITS}.png)",
    f"![a](media:{DIGITS}.svg)",
    f"![a](media:{DIGITS[1:]}.png)",
    f"![a](media:{DIGITS.upper()}.png)",
    f"![a](media:{DIGITS}.png)".replace(".png", ".png?x"),
    f"![a]( media:{DIGITS}.png)",
    f"![a](MEDIA:{DIGITS}.png)",
    f"![a](media:../{DIGITS}.png)",
    f"![a][media:{DIGITS}.png]",
    f"media:{DIGITS}.png",
    f"![{'a' * (MEDIA_TEXT_MAX_LENGTH + 1)}](media:{DIGITS}.png)",
    f'<img src="media:{DIGITS}.png">',
]


@pytest.mark.parametrize("text", AS_TYPED, ids=lambda text: text[:40])
def test_everything_else_stays_as_it_was_typed(text: str) -> None:
    page = Page(text)

    assert (page.text.strip(), page.images, page.links) == (text, [], [])
    assert find_media_references(text) == []


def test_references_are_found_in_reading_order() -> None:
    text = f"![Un \\[a\\]]({IMAGE})\n\n- [Deux (PDF, 3 ko)]({DOCUMENT}) et ![]({IMAGE}), \\[a]({DOCUMENT})"
    found = find_media_references(text)

    assert [(one.kind, one.text, one.name[-3:]) for one in found] == [
        (MediaKind.IMAGE, "Un [a]", "png"),
        (MediaKind.DOCUMENT, "Deux (PDF, 3 ko)", "pdf"),
        (MediaKind.IMAGE, "", "png"),
    ]
    assert text[found[2].start : found[2].end] == f"![]({IMAGE})"


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_an_exclamation_mark_before_a_document_is_one(extension: str) -> None:
    text = f"Lisez![le guide](media:{DIGITS}.{extension})"
    [reference] = find_media_references(text)

    assert reference.kind == (MediaKind.DOCUMENT if extension == "pdf" else MediaKind.IMAGE)
    assert render(text).startswith("<p>Lisez" + ("!<a" if extension == "pdf" else "<img"))


def test_the_words_are_those_of_the_alternative_text() -> None:
    assert plain_text(f"![L’écran]({IMAGE}) puis [le guide (PDF, 3 ko)]({DOCUMENT})") == (
        "L’écran puis le guide (PDF, 3 ko)"
    )


def test_readers_elsewhere_get_whole_addresses() -> None:
    text = f'![a]({IMAGE}) <img src="media:{DIGITS}.png">'

    html = place(compile_answer(text), site="https://exemple.fr")

    assert html.count(f"https://exemple.fr/media/{DIGITS}.png") == 1
    assert f'media:{DIGITS}.png"&gt;' in html
