"""A warning after a save: images that came in without the text that stands for them."""

from django.contrib import messages

from faq.services.media_uses import get_texts_by_name

_DECORATIVE = "decorative"
"""The field of the form that names the images which were said to be decorative."""


def warn_of_undescribed_images(request, before, after):
    """Add a message on the images that a text shows without alternative text, unless that was so, or was chosen."""
    known = {name for name, text in get_texts_by_name(before).items() if not text.strip()}
    chosen = {reference.partition(":")[2] for reference in request.POST.getlist(_DECORATIVE)}
    new = [name for name, text in get_texts_by_name(after).items() if not text.strip() and not name.endswith(".pdf")]
    number = len({*new} - known - chosen)
    if number:
        told = "Une image n’a" if number == 1 else f"{number} images n’ont"
        messages.warning(
            request,
            f"{told} pas de texte alternatif\u00a0: qui ne la voit pas n’en saura rien. Écrivez entre les crochets ce "
            "qu’elle montre, si elle n’est pas seulement décorative.",
        )
