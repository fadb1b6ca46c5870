"""Reads a public page the way a visitor's browser does: its questions, its answers, its links."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

ANSWER_ID = re.compile(r"fiche-(\d+)")
OPTION = re.compile(r"(?P<label>.*) \((?P<count>[\d\u202f]+)\)")
COUNT = re.compile(r"([\d\u202f]+)\u00a0réponses?")


@dataclass
class ShownOption:
    """One option of a question as printed: « Hôpital (12) »."""

    slug: str
    selected: bool
    text: str = ""

    @property
    def label(self) -> str:
        """The name that the page gives it."""
        return OPTION.fullmatch(self.text)["label"]

    @property
    def count(self) -> int:
        """How many answers it promises."""
        return number(OPTION.fullmatch(self.text)["count"])


@dataclass
class ShownPage(HTMLParser):
    """The content of a page of answers."""

    html: str
    questions: dict[str, list[ShownOption]] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    canonical: str = ""
    status: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self._tag = ""
        self._link = ""
        self._asked = False
        self.feed(self.html)
        for options in self.questions.values():
            for option in options:
                option.text = option.text.strip()

    def handle_starttag(self, tag, attrs):
        """Note questions, options, answers and links as they begin."""
        attributes = dict(attrs)
        if tag == "select":
            # Those of other forms ask nothing of the cascade.
            self._asked = attributes.get("form") == "cascade"
            if self._asked:
                self.questions[attributes["name"]] = []
        elif tag == "option" and self._asked:
            [*_, options] = self.questions.values()
            options.append(ShownOption(attributes["value"], "selected" in attributes))
        elif tag == "a":
            self._link = attributes.get("href", "")
        elif tag == "link" and attributes["rel"] == "canonical":
            self.canonical = attributes["href"]
        if found := ANSWER_ID.fullmatch(attributes.get("id") or ""):
            self.numbers.append(int(found[1]))
        if tag == "div":
            self._open.append(attributes.get("data-part", ""))
        self._tag = tag

    def handle_endtag(self, tag):
        """Leave the part that ends."""
        if tag == "div":
            self._open.pop()
        if tag == "a":
            self._link = ""
        self._tag = ""

    def handle_data(self, data):
        """Return a text to what it stands in."""
        if self._tag == "option" and self._asked:
            [*_, options] = self.questions.values()
            options[-1].text += data
        if self._link:
            self.links[self._link] = self.links.get(self._link, "") + data
        if "status" in self._open:
            self.status += data
        self.text += data

    @property
    def count(self) -> int:
        """How many answers the page says there are, on all its pages."""
        return number(COUNT.search(self.status)[1])

    def submitted(self, **changed: str) -> str:
        """Return the address that the form leads to after some changes, empty parameters included."""
        chosen = {
            parameter: next((option.slug for option in options if option.selected), "")
            for parameter, options in self.questions.items()
        }
        return "/?" + urlencode(chosen | changed)


def number(text: str) -> int:
    """Read a number as French prints it."""
    return int(text.replace("\u202f", ""))


def read(client, address: str, *, status: int = 200) -> ShownPage:
    """Get a page of answers, or one that says why there is none."""
    response = client.get(address)
    assert response.status_code == status, address
    return ShownPage(response.content.decode())
