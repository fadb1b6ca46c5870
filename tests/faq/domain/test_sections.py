from faq.domain.markup import Section, parse_sections


def test_a_text_is_cut_at_its_headings():
    text = "Avant.\n\n## Un \nPremier.\n- point\n\n##  Deux\nSecond.\n"
    assert parse_sections(text) == [
        Section("", "Avant."),
        Section("Un", "Premier.\n- point"),
        Section("Deux", "Second."),
    ]


def test_what_only_looks_like_a_heading_is_text():
    text = "# Un\n ## Deux\n##Trois\n## \n### Quatre"
    assert parse_sections(text) == [Section("", text)]


def test_a_heading_may_have_nothing_below_and_nothing_gives_nothing():
    assert parse_sections("## Seul") == [Section("Seul", "")]
    assert parse_sections(" \n") == []
