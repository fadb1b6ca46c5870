"""The limits of what people and files may send: far above honest use, and checked before anything is stored.

Below these limits, what the site does with a text takes time and memory in proportion to its length. The longest
answers of the pages that were imported have about 2,000 characters.
"""

QUESTION_MAX_LENGTH = 300
ANSWER_MAX_LENGTH = 50_000
"""Characters of an answer, or of a page about the site: some twenty printed pages."""
ANSWER_MAX_COLUMNS = 100
"""Columns of a table in an answer; one with more is shown as it was typed."""
ANSWER_MAX_CELLS = 5_000
"""Cells of all tables of an answer together, empty ones included; a table beyond is shown as it was typed."""
MEDIA_TEXT_MAX_LENGTH = 500
"""Characters of the alternative text of an image, or of the text of a link to a document; longer is no reference."""
VERSION_COMMENT_MAX_LENGTH = 500
"""Characters of the comment of a version, such as why a text was refused."""
NOTE_MAX_LENGTH = 2_000
"""Characters of one note between editors."""
AUTOSAVE_MAX_LENGTH = 1_000_000
"""Characters of one autosaved form, in the encoding of browsers: the longest answer that is stored takes half of it."""
AUTOSAVES_MAX = 50
"""Autosaved forms of one person; beyond, a new one is refused."""
AUTOSAVE_ADDRESS_MAX_LENGTH = 1_000
"""Characters of the address of the page on which a form was typed."""
REASON_MAX_LENGTH = 200
"""Characters of the reason of an event that makes entries due for a review."""
PAGE_TITLE_MAX_LENGTH = 120
LABEL_MAX_LENGTH = 100
"""Characters of the label of a term, and of its slug."""
NEW_THEMES_MAX = 10
"""Thématiques that one form may create."""
FILED_AT_ONCE_MAX = 1_000
"""Entries whose filing one form may change."""

VISITOR_COMMENT_MAX_LENGTH = 1_000
"""Characters of a visitor's comment that are stored."""
VISITOR_COMMENT_MAX_READ = 4 * VISITOR_COMMENT_MAX_LENGTH
"""Characters of a visitor's comment that are searched for personal data before it is cut: no number is cut in two."""

DUMP_NAME_MAX_LENGTH = 120
DUMP_MAX_BYTES = 200_000_000
DUMP_MAX_ANSWERS = 200_000
DUMP_MAX_FILES = 20
"""Dumps that one form may send; together they have DUMP_MAX_BYTES at most."""
PASSAGE_MAX_LENGTH = 1_000_000
"""Characters of a dump between two vote lines, blank lines included."""
CURATION_MAX_BYTES = 20_000_000
TABLE_MAX_BYTES = 50_000_000
"""Bytes of a table that is imported, as it is sent."""
TABLE_MAX_UNPACKED_BYTES = 200_000_000
"""Bytes of the sheet and of the texts of a workbook, unpacked: a small file may hide a thousand times its size."""
TABLE_MAX_ROWS = 100_000
TABLE_MAX_COLUMNS = 100
TABLE_MAX_CHANGES = 20_000
"""Rows that one import may add or change; there may be more that stay as they are."""
FORM_MAX_BYTES = 2_500_000
"""Bytes of a form that is sent, in the encoding of browsers."""

IMAGE_MAX_BYTES = 10_000_000
"""Bytes of an image, as it is sent and as it is stored."""
IMAGE_MAX_PIXELS = 40_000_000
"""Pixels of an image: those of a large photograph; unpacked, 160 MB."""
IMAGE_MAX_SIDE = 12_000
"""Pixels of the longer side of an image."""
DOCUMENT_MAX_BYTES = 20_000_000
"""Bytes of a PDF, as it is sent and as it is stored."""
DOCUMENT_MAX_PAGES = 500
DOCUMENT_MAX_OBJECTS = 200_000
"""Objects of a PDF, those within others included."""
DOCUMENT_MAX_UNPACKED_BYTES = 300_000_000
"""Bytes of all streams of a PDF, unpacked: a small file may hide a thousand times its size."""
MEDIA_CHECK_MAX_SECONDS = 30
"""Seconds of computing time in which one file is checked."""
MEDIA_CHECK_MAX_MEMORY = 1_500_000_000
"""Bytes of memory with which one file is checked."""
MEDIA_MAX_FILES = 20
"""Files that one form may send."""
MEDIA_NAME_MAX_LENGTH = 150
"""Characters of the original name of a file that are stored."""
MEDIA_UNUSED_DAYS = 30
"""Days for which a file that no text refers to is kept after it was sent."""
ENTRIES_IN_SEQUENCE_MAX = 20_000
"""Entries of a filtered list that one goes through by « suivante »."""
SAVED_FILTER_NAME_MAX_LENGTH = 60
SAVED_FILTER_QUERY_MAX_LENGTH = 2_000
"""Characters of the filters that one saves, as addresses write them."""
SAVED_FILTERS_MAX = 30
"""Filters that one person may save."""

ADMIN_SEARCH_MAX_WORDS = 50
"""Words of one search in the admin: SQLite refuses expressions that are a thousand terms deep."""
ADMIN_SEARCH_MAX_LENGTH = 1_000
"""Characters of one search in the admin: SQLite refuses patterns of 50,000."""
ADDRESS_NUMBER_MAX_DIGITS = 17
"""Digits of a number in an address or a form: every one of so many fits the keys of a table."""


def format_number(number: int) -> str:
    """Return a number as the French write it, with narrow no-break spaces between thousands."""
    return f"{number:,}".replace(",", "\u202f")


def describe_excess(what: str, length: int, limit: int, cure: str, *, unit: str = "caractères") -> str:
    """Return a French sentence that says what is too long, the limit, how long it is, and how to mend it.

    `what` begins the sentence, as « La réponse ».
    """
    return f"{what} dépasse {format_number(limit)} {unit} ({format_number(length)} en tout)\u00a0; {cure}."


ADMIN_SEARCH_CUT = (
    f"Votre recherche a été raccourcie\u00a0: {format_number(ADMIN_SEARCH_MAX_WORDS)} mots au plus, "
    f"et {format_number(ADMIN_SEARCH_MAX_LENGTH)} caractères."
)
"""Says that a search was cut."""


def cut_admin_search(text: str) -> str:
    """Return a search in the admin without the words, and the characters, beyond the limits."""
    words = text[:ADMIN_SEARCH_MAX_LENGTH].split()
    if len(text) <= ADMIN_SEARCH_MAX_LENGTH and len(words) <= ADMIN_SEARCH_MAX_WORDS:
        return text
    return " ".join(words[:ADMIN_SEARCH_MAX_WORDS])
