"""Every reader of text takes any text: a few cases here, 100,000 with `make fuzz`."""

import pytest

from tests.fuzzing.__main__ import fuzz
from tests.fuzzing.readers import READERS


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_any_text_is_read(reader):
    result = fuzz(reader, 25)
    assert result.failure is None, result.failure
    assert result.cases >= 25


def test_a_reader_that_fails_is_reported_with_its_case():
    def refuse(text):
        assert "7" not in text

    reader = READERS[2].__class__("test", READERS[2].cases, refuse)
    assert "case=('7',)" in str(fuzz(reader, 2_000).failure)
