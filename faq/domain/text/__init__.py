"""The analysis of French text: one normal form for equality, one folding for lookups, one tokenizer for words."""

from faq.domain.text.normalisation import (
    FINGERPRINT_LENGTH,
    build_label_key,
    expand_letters,
    fingerprint,
    fold,
    has_letter_or_digit,
    is_visible,
    normalise,
    remove_direction_marks,
)
from faq.domain.text.stemming import stem
from faq.domain.text.tokenizer import (
    SENTENCE_ENDS,
    placed_tokens,
    split_chunks,
    tokenize,
    tokenize_chunk,
    tokenize_sentences,
)
from faq.domain.text.tokens import COMMON_WEIGHT, PlacedToken, Token, TokenKind
