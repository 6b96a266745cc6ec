"""What stands inside quotation marks, and what does not."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quotes.quotations.marks import Marks, Quoted, find_quoted
from quotes.records import Span


def inside(text: str, depth: int = 0) -> list[str]:
    """The words inside the marks at `depth`; pieces of one quotation are joined by " / "."""
    found = [quoted for quoted in find_quoted(text) if quoted.depth == depth]
    return [" / ".join(piece.of(text) for piece in quoted.pieces) for quoted in found]


def only(text: str) -> Quoted:
    """The one outermost quotation."""
    (quoted,) = (quoted for quoted in find_quoted(text) if quoted.depth == 0)
    return quoted


# (name, text, what stands inside the outermost marks)
PAIRED = [
    ("curly", "“We won,” he said.", ["We won,"]),
    ("straight", '"We won," he said.', ["We won,"]),
    ("straight after a comma without space", 'He said,"We won."', ["We won."]),
    ("curly single", "‘We won,’ he said.", ["We won,"]),
    ("straight single", "He said: 'We won.'", ["We won."]),
    ("guillemets", "«We won», he said.", ["We won"]),
    ("guillemets with spaces", "« We won », he said.", [" We won "]),
    ("reversed guillemets", "»We won«, he said.", ["We won"]),
    ("single guillemets", "‹We won›, he said.", ["We won"]),
    ("German", "„We won“, he said, „at last“.", ["We won", "at last"]),
    ("Polish", "„We won”, he said.", ["We won"]),
    ("backticks", "``We won,'' he said.", ["We won,"]),
    ("two apostrophes", "''We won,'' he said.", ["We won,"]),
    ("corner brackets", "「We won」", ["We won"]),
    ("Swedish", "”We won”, he said.", ["We won"]),
    ("opening curly, closing straight", '“We won," he said.', ["We won,"]),
    ("opening straight, closing curly", '"We won,” he said.', ["We won,"]),
    ("closed by an opening mark", "in “Cape Breton“ that pitches", ["Cape Breton"]),
    ("parted by he said", "“We,” he said, “won.”", ["We,", "won."]),
    ("dash before", "the line —“We won”— he said", ["We won"]),
    ("in brackets", "(“We won.”)", ["We won."]),
    ("bracketed edit first", "“[We] won,” he said", ["[We] won,"]),
    ("ellipsis first", '"...and we won," he said', ["...and we won,"]),
    ("closing after a dash", '"We were—" he said', ["We were—"]),
    ("apostrophes inside single marks", "‘We don’t, can’t,’ he said", ["We don’t, can’t,"]),
    (
        "possessive inside single marks",
        "‘The dogs’ owners won,’ he said",
        ["The dogs’ owners won,"],
    ),
    ("ends in s inside single marks", "the ‘rare earths’ deal", ["rare earths"]),
    ("elision inside single marks", "‘I love rock ’n’ roll,’ he said", ["I love rock ’n’ roll,"]),
    ("height inside", '"He is 6\'2" tall," she said', ["He is 6'2\" tall,"]),
    ("wrapped line", "He told them “we have\nwon it” today.", ["we have\nwon it"]),
    (
        "wrapped before a capital",
        "He told the people of the whole wide city that “we have met\nMr. Lee” today.",
        ["we have met\nMr. Lee"],
    ),
]

# No quotation at all.
UNMARKED = [
    ("no marks", "We won, he said."),
    ("apostrophes", "It’s O’Brien's and the Joneses’ don't-know."),
    ("possessive of plurals", "the workers’ pay and the owners' profit"),
    ("decades", "in the ’90s and the '80s and the ‘70s"),
    ("elisions", "’Tis ’em, 'til 'twas rock ’n’ roll and rock 'n' roll"),
    ("feet and inches", 'a 6\'2" man, a 5\' 11" woman and a 12" pipe'),
    ("empty marks", 'He said "" and “” and ‘’.'),
    ("marks around marks", '““”” «» "\'"\'"'),
    ("stray closing mark", "We won,” he said."),
    ("stray straight closing mark", 'We won," he said.'),
    ("stray single mark", "the dogs 'food is here"),
    ("lone apostrophe", "a ’ b ' c"),
]

# (name, text, inside the outermost marks): what a lost mark may cost.
REPAIRED = [
    (
        "unclosed ends with its paragraph",
        "“We won, he said.\n\nThen “they” left.",
        ["We won, he said.", "they"],
    ),
    ("unclosed ends with its line", "“We won.\nThen “they” left.", ["We won.", "they"]),
    ("unclosed before another", "He is “a lot, and “they” left.", ["a lot, and", "they"]),
    ("parity starts anew", 'A 5 " pipe\n"We won," he said.', [" pipe", "We won,"]),
    ("closing mark set as opening", '"We won, "he said.', ["We won, "]),
    ("single closes a double: no", "“We’ won,” he said", ["We’ won,"]),
    ("doubled opening mark", '"“We won,” he said.', ["We won,"]),
    ("markup attribute", '<a date="May 1">“We won,” he said', ["We won,"]),
]

PARAGRAPHS = [
    ("opening mark repeated", "“One.\n\n“Two.\n\n“Three,” he said.", ["One. / Two. / Three,"]),
    ("straight", '"One.\n\n"Two," he said.', ["One. / Two,"]),
    ("no blank lines", "“One.\n“Two,” he said.", ["One. / Two,"]),
    ("Windows line ends", "“One.\r\n\r\n“Two,” he said.", ["One. / Two,"]),
    ("British", "‘One.\n\n‘Two,’ he said.", ["One. / Two,"]),
    ("never closed", "“One.\n\n“Two.\n\nThe end.", ["One. / Two."]),
    ("closed each time is two", "“One.”\n\n“Two.”", ["One.", "Two."]),
    ("plain paragraph between is two", "“One.\n\nPlain.\n\n“Two.”", ["One.", "Two."]),
    ("mark not first is two", "“One.\n\nThen “Two.”", ["One.", "Two."]),
    (
        "sentence not ended is two",
        "in “Cape Breton and\n\n“Two,” he said",
        ["Cape Breton and", "Two,"],
    ),
    ("other kind of mark is two", '"One.\n\n“Two,” he said', ["One.", "Two,"]),
]

# (name, text, inside marks at depth 0, at depth 1)
NESTED = [
    ("single in double", "“He said ‘no’ to us.”", ["He said ‘no’ to us."], ["no"]),
    ("double in single", "‘He said “no” to us.’", ["He said “no” to us."], ["no"]),
    ("ending together", "“He said, ‘No.’”", ["He said, ‘No.’"], ["No."]),
    ("starting together", "“‘No’ is a word.”", ["‘No’ is a word."], ["No"]),
    ("straight", "\"He said 'no' to us.\"", ["He said 'no' to us."], ["no"]),
    ("curly in straight", '"He said “no” to us."', ["He said “no” to us."], ["no"]),
    ("guillemets", "« Il dit “non” hier »", [" Il dit “non” hier "], ["non"]),
    ("same marks", "“He said “no” to us.”", ["He said “no” to us."], ["no"]),
    ("side by side is none", "“yes” and ‘no’", ["yes", "no"], []),
    ("unclosed inner", "“He said ‘no to us,” he said.", ["He said ‘no to us,"], []),
]

# (name, text): the first outermost quotation is speech by its form alone.
SPEECH = [
    ("comma before the closing mark", "“We are ready to work,” Trump wrote."),
    ("verb first", "“We are ready,” said the president."),
    ("title before the name", "“We are ready,” US adviser Mike Waltz said on Monday."),
    ("one word", "“Yes,” he said."),
    ("question", "“Are you winning?” she asked."),
    ("lead-in with comma", "Mr. Zelensky said, “We are ready.”"),
    ("lead-in with colon", "He wrote: “This is not over.”"),
    ("several sentences", "“I’m here. We are ready.” Then he left."),
    ("several sentences after that", "said that “we would like it. In exchange we will pay.”"),
    ("several paragraphs", "“I am here.\n\n“We are all ready.”"),
    ("a paragraph of its own", "“We never had a chance to answer them.”"),
    ("shouted", "“This War MUST and WILL END — Too much Death,” Trump wrote."),
    ("straight", '"I want our team to work," Zelensky said.'),
    ("single", "‘We are ready to work,’ he said."),
    ("unclosed", "“I am here. We are ready.\n\nHe left."),
]

# (name, text, what it looks like instead)
NOT_SPEECH = [
    ("scare quotes", "the “rare earth” elements", "scare"),
    ("scare quotes, full stop inside", "they were “serious people.”", "scare"),
    ("one word said", "support needs to be “secured”.", "scare"),
    ("a word as a word", "the word “deal” is new", "scare"),
    ("part of a sentence", "He called it “the best deal that we ever made.”", "fragment"),
    ("after that", "said that “we are ready to work.”", "fragment"),
    ("a show", "on “Saturday Night Live” he laughed", "title"),
    ("a show before a comma", "on “Saturday Night Live,” he laughed", "title"),
    ("a book", "the novel “The Man in the High Castle,” which sold", "title"),
    ("a credited article", "“Met accused of whitewashing,” by Post’s Ann Lee: more", "title"),
    ("a heading in single marks", "It ended.\n‘TREMENDOUS PROGRESS’\nTrump left.", "title"),
    ("a heading with a full stop", "It ended.\n\n‘All bets are off.’\n\nHe left.", "title"),
    ("a heading in capitals", "“WE HAVE WON”\n\nHe left.", "title"),
    ("a nickname", "Dwayne “The Rock” Johnson ran", "nickname"),
    ("a nickname of two words", "Anthony “Big Tony” Salerno ran", "nickname"),
    ("no sentence end after Mrs.", "to “Mr. and Mrs. Khan, all of the city.”", "fragment"),
    ("a slogan", "He wore “Make it great again” on his hat", "fragment"),
    ("initials are no sentence end", "the “new U.S. Army base plan” there", "fragment"),
]


@pytest.mark.parametrize(("name", "text", "expected"), PAIRED, ids=[c[0] for c in PAIRED])
def test_marks_are_paired(name: str, text: str, expected: list[str]) -> None:
    """Every style of mark, by itself and mixed."""
    assert inside(text) == expected


@pytest.mark.parametrize(("name", "text"), UNMARKED, ids=[c[0] for c in UNMARKED])
def test_not_a_quotation(name: str, text: str) -> None:
    """Apostrophes, measures and stray marks quote nothing."""
    assert find_quoted(text) == ()


@pytest.mark.parametrize(("name", "text", "expected"), REPAIRED, ids=[c[0] for c in REPAIRED])
def test_a_lost_mark_costs_little(name: str, text: str, expected: list[str]) -> None:
    """A missing or doubled mark never reaches into the next paragraph."""
    assert inside(text) == expected


@pytest.mark.parametrize(("name", "text", "expected"), PARAGRAPHS, ids=[c[0] for c in PARAGRAPHS])
def test_several_paragraphs(name: str, text: str, expected: list[str]) -> None:
    """An opening mark at each paragraph and one closing mark make one quotation."""
    assert inside(text) == expected


@pytest.mark.parametrize(("name", "text", "outer", "inner"), NESTED, ids=[c[0] for c in NESTED])
def test_nested(name: str, text: str, outer: list[str], inner: list[str]) -> None:
    """Quotations inside quotations are found and told apart by depth."""
    assert inside(text) == outer
    assert inside(text, depth=1) == inner


@pytest.mark.parametrize(("name", "text"), SPEECH, ids=[c[0] for c in SPEECH])
def test_looks_like_speech(name: str, text: str) -> None:
    """Direct quotations are known by form, without any word list."""
    assert find_quoted(text)[0].looks_like == "speech"


@pytest.mark.parametrize(("name", "text", "look"), NOT_SPEECH, ids=[c[0] for c in NOT_SPEECH])
def test_does_not_look_like_speech(name: str, text: str, look: str) -> None:
    """Scare quotes, titles, nicknames, headings and fragments are never speech."""
    assert [quoted.looks_like for quoted in find_quoted(text)] == [look]


def test_a_quotation_knows_its_marks() -> None:
    """Where they stand, which one opens it, and whether one closes it."""
    quoted = only("“We are ready,” he said.")
    assert quoted.outer == (Span(0, 15),)
    assert (quoted.mark, quoted.closed) == ("“", True)
    assert not only("He was “ready.").closed


def test_share_tells_the_kinds_apart() -> None:
    """All of the words inside marks, some, or none; nested marks do not count twice."""
    text = "He said “we won ‘it’ all” and that they lost."
    marks = Marks(text)
    quoted, clause, tail = Span(8, 25), Span(8, 44), Span(26, 44)
    assert marks.share([quoted]) == 1.0
    assert marks.share([clause]) == 0.5
    assert marks.share([tail]) == 0.0
    assert marks.share([quoted, tail]) == 0.5
    assert marks.share([]) == marks.share([Span(7, 8)]) == 0.0


STRIPPED = [
    ("marks", "[“We won,”] he said", "We won,"),
    ("marks and comma outside", "[‘We won’,] he said", "We won"),
    ("space", "[ “We won” ] he said", "We won"),
    ("closing mark only", "“[We won,”] he said", "We won,"),
    ("already bare", "“[We won,]” he said", "We won,"),
    ("a part of it", "“[We] won,” he said", "We"),
    ("the possessive stays", "“[We took the dogs’]” he said", "We took the dogs’"),
    ("two paragraphs", "[“We won.\n\n“All,”] he said", "We won.\n\n“All,"),
    ("two quotations stay", "[“We” and “they”] won", "“We” and “they”"),
    ("beyond the marks stays", "[he said “we won”]", "he said “we won”"),
    ("no marks", "[we won]", "we won"),
]


@pytest.mark.parametrize(("name", "text", "expected"), STRIPPED, ids=[c[0] for c in STRIPPED])
def test_strip(name: str, text: str, expected: str) -> None:
    """Content of direct speech is the words inside the marks; [ ] shows the span given."""
    start, end = text.index("["), text.index("]") - 1
    bare = text.replace("[", "").replace("]", "")
    assert Marks(bare).strip(Span(start, end)).of(bare) == expected


def test_enclosing() -> None:
    """The outermost quotation that holds a span, or none."""
    text = "He said “we ‘won’ it” and “they lost”."
    marks = Marks(text)
    first, second = marks.outermost
    assert marks.enclosing(Span(12, 17)) is first
    assert marks.enclosing(Span(26, 37)) is second
    assert marks.enclosing(Span(8, 37)) is None
    assert marks.enclosing(Span(0, 7)) is None


MARKISH = st.text(alphabet="“”\"„‟«»‹›‘’'`‚「」ab1sS .,\n\r(—=", max_size=60)


@given(st.one_of(MARKISH, st.text(max_size=60)))
@example("“1«`“1")
def test_any_text(text: str) -> None:
    """Pieces lie in the text, in order, hold words, and quotations only nest."""
    found = find_quoted(text)
    assert found == find_quoted(text)
    assert [quoted.start for quoted in found] == sorted(quoted.start for quoted in found)
    for quoted in found:
        assert any(char.isalnum() or char == "_" for p in quoted.pieces for char in p.of(text))
        assert len(quoted.pieces) == len(quoted.outer)
        flat = [at for piece in quoted.outer for at in (piece.start, piece.end)]
        assert flat == sorted(flat)
        assert flat[0] >= 0
        assert flat[-1] <= len(text)
        for piece, outer in zip(quoted.pieces, quoted.outer, strict=True):
            assert outer.start < piece.start < piece.end <= outer.end
    for one in found:
        for other in found:
            apart = one.end <= other.start or other.end <= one.start
            nested = one.start <= other.start and other.end <= one.end
            assert apart or nested or (other.start <= one.start and one.end <= other.end)


@given(MARKISH, st.integers(0, 60), st.integers(0, 60))
def test_any_span(text: str, one: int, other: int) -> None:
    """Shares are 0..1, a stripped span lies in the span and never loses all of it."""
    marks = Marks(text)
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    span = Span(start, end)
    assert 0.0 <= marks.share([span]) <= 1.0
    bare = marks.strip(span)
    assert start <= bare.start <= bare.end <= end
    assert bare.start < bare.end or start == end


@given(MARKISH)
def test_next_paragraph_is_untouched(text: str) -> None:
    """Whatever came before, a plain paragraph and then speech are read rightly."""
    tail = "\n\nPlain.\n\n“We won,” he said."
    assert inside(text + tail)[-1] == "We won,"


@pytest.mark.parametrize("unit", ["“", '"', "«“‘", "'a ", '"a ', "“a\n\n", "‘as x ", " ", "\n"])
def test_linear_time(unit: str) -> None:
    """Texts of marks alone stay as quick as others, a character."""
    text = unit * (50_000 // len(unit))
    began = time.process_time()
    find_quoted(text)
    assert time.process_time() - began < 10


def test_an_unclosed_paragraph_goes_on_in_an_unmarked_one_that_closes_it() -> None:
    """The mark that closes the second paragraph belongs to the one that opened the first."""
    text = "“We will leave in May. Or in June.\n\nNobody will stop us,” she said."
    [quoted] = find_quoted(text)
    assert [piece.of(text) for piece in quoted.pieces] == [
        "We will leave in May. Or in June.",
        "Nobody will stop us,",
    ]


def test_a_paragraph_that_ends_in_a_comma_goes_on_under_a_new_mark() -> None:
    """A speech that is printed line by line is one."""
    text = "“We lost the match,\n\n“and we lost the crowd.”"
    [quoted] = find_quoted(text)
    assert len(quoted.pieces) == 2


def test_a_stop_behind_the_mark_ends_a_whole_sentence_in_marks() -> None:
    """British papers put it there; a few quoted words inside a sentence stay words."""
    assert [q.looks_like for q in find_quoted("He left. “We face a hard year”.")] == ["speech"]
    assert [q.looks_like for q in find_quoted("He spoke of “a hard year”.")] == ["fragment"]
