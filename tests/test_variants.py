"""One utterance in all its wordings: compared, ordered, counted, and shown."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from quotes.answers.catalogue import families, show
from quotes.answers.compared import all_variants, spoken, variants, wordings
from quotes.api import Index
from quotes.cli import cli
from quotes.errors import NothingFoundError
from quotes.index.opening import open_index
from quotes.index.write import write_article
from quotes.present import cells, columns, record, views, write_rows
from quotes.present.page import Page
from quotes.records import Article, Quotation, Span, Speaker
from quotes.rows import Occurrence, Tie, Utterance, Variants

LEE = Speaker("ann-lee", "Ann Lee", "person")


def printing(text: str, outlet: str = "The Sun", number: int = 1) -> Occurrence:
    """One printing; mixed where the text has quotation marks of its own."""
    kind = "mixed" if "“" in text else "direct"
    at, content = 0, []
    for piece in text.split(" … ") if kind == "direct" else [text]:
        content.append(Span(at, at + len(piece)))
        at += len(piece) + 20
    return Occurrence(
        f"q{number}", "c1", f"a{number}", LEE, "she", "", text, kind, "assertion", "said", outlet,
        False, None, None, "2025-02-12", tuple(content), 0.9, "reader", None,
    )  # fmt: skip


def worded(*texts: str) -> list[tuple[str, str]]:
    """Each wording's roles and its plain marks."""
    rows = wordings([printing(text, number=n) for n, text in enumerate(texts)])
    return [(" ".join(row.roles), row.marked) for row in rows]


# What is counted once

ACCOUNTS = {
    "one family": ("a1=Sun b2=Star", "a1 b2", 1),
    "none": ("a1=Sun b2=Star", "", 2),
    "one outlet twice": ("a1=Sun b2=Sun", "", 1),
    "an outlet's own beside the copy": ("a1=Sun b2=Star c3=Sun", "a1 b2", 2),
    "unknown outlets": ("a1= b2= c3=", "a1 b2", 2),
    "an outlet of an article's name": ("a1=b2 b2=", "", 2),
}


@pytest.mark.parametrize("case", ACCOUNTS.values(), ids=ACCOUNTS)
def test_accounts(case: tuple[str, str, int]) -> None:
    """A family is one account, and so is what an outlet printed outside all families."""
    rows, family, expected = case
    found = tuple(
        replace(
            printing("No."), article=id_, outlet=outlet or None,
            family="w1" if id_ in family.split() else None,
        )
        for id_, outlet in (row.split("=") for row in rows.split())
    )  # fmt: skip
    said = Utterance("c1", LEE, "she", "No.", (), "direct", "assertion", (), None, found)
    assert said.accounts == expected


# What is compared

SPOKEN = [
    ("direct: without the comma of the sentence it stands in", "We won,", "We won"),
    ("direct: a full stop goes, an abbreviation's stays", "Won in the U.S.", "Won in the U.S."),
    ("direct: a question stays one", "Did we win?", "Did we win?"),
    ("direct: what “he said” parts is put together", "We won, … and how.", "We won, and how"),
    ("direct: an ellipsis that was printed stays", "We … won", "We … won"),
    ("mixed: the words in marks", "that backing must be “secured.”", "secured"),
    ("mixed: pieces with an ellipsis", "it was “big” and “bold”", "big … bold"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "expected"), SPOKEN, ids=[name for name, *_ in SPOKEN])
def test_the_speakers_own_words(name: str, text: str, expected: str) -> None:
    """Without what the outlet puts around them."""
    given = printing(text)
    if "printed" in name:
        given = replace(given, content=(Span(0, len(text)),))
    assert spoken(given) == expected


WORDED = [
    ("one wording", ["We won.", "We won,"], [("fullest commonest", "We won")]),
    (
        "signs, marks and a first capital make no other wording",
        ["It’s over – we won", "it's over - we won"],
        [("fullest commonest", "It’s over — we won")],
    ),
    (
        "the fullest comes first, whoever was earlier",
        ["we won", "Today we won"],
        [("fullest commonest", "Today we won"), ("", "[-Today-] we won")],
    ),
    (
        "the commonest may be another",
        ["Today we won it", "we won it", "we won it"],
        [("fullest", "Today we won it"), ("commonest", "[-Today-] we won it")],
    ),
    (
        "a word added within a fragment",
        ["spent billions, with little to show. PEACE!", "spent it “with too little to show”"],
        [
            ("fullest commonest", "spent billions, with little to show. PEACE!"),
            ("", "[-spent billions,-] with {+too+} little to show[-. PEACE!-]"),
        ],
    ),
    (
        "capitals, brackets and question marks do",
        ["We won it", "we WON it", "We won [the war]", "We won it?", "We won it."],
        [
            ("fullest commonest", "We won it"),
            ("", "[-We won-]{+we WON+} it"),
            ("", "We won [-it-]{+[the war]+}"),
            ("", "We won it{+?+}"),
        ],
    ),
]


@pytest.mark.parametrize(("name", "texts", "expected"), WORDED, ids=[name for name, *_ in WORDED])
def test_wordings(name: str, texts: list[str], expected: list[tuple[str, str]]) -> None:
    """Each distinct one once, beside the fullest."""
    assert worded(*texts) == expected


def test_a_change_of_meaning_is_told() -> None:
    """A negation, a number, a name; and where it stands in either wording."""
    full, other = wordings([printing("We will not pay $5"), printing("We will pay $5", number=2)])
    assert (full.meanings, other.meanings) == ((), ("negation dropped: not",))
    (change,) = other.changes
    assert change.before
    assert change.before.of(full.text).strip() == "not"


DENIED = [
    ("he says they will “take the bait”", True),
    ("he says they won’t “take the bait”", False),
    ("it was “the bait”", True),
    ("she called them “that other party”", False),
    ("they “will” surely “take the bait that is laid out”", True),
    ("they “will” never “take the bait that is laid out”", False),
]


@pytest.mark.parametrize(("clause", "told"), DENIED)
def test_a_fragment_of_what_was_denied(clause: str, told: bool) -> None:
    """Told where the negation was near and the outlet does not deny in words of its own."""
    whole = printing("We will not take the bait that is laid out for us by that other party")
    _, fragment = wordings([whole, printing(clause, number=2)])
    assert bool(fragment.meanings) == told


# Of an index

PRESS = [
    ("a1", "Reuters", "2025-02-12T08:00:00Z", "q1", "We will not give it away, ever,"),
    ("a2", "Bluewin", "2025-02-12T09:00:00Z", "q2", "We will give it away, ever,"),
    ("a3", "The Sun", "2025-02-13", "q3", "We will not give it away, ever."),
    ("a4", None, None, "q4", "not give it away"),
    ("a5", "Kyiv Post", "2025-02-12", "q5", "nothing is going to be handed over"),
    ("a6", "Reuters", "2025-02-14", "q6", "It is cold"),
    ("a7", "The Star", "2025-02-14", "q7", "It is cold"),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An index of `PRESS`: two utterances, Bluewin's article a rewrite, a paraphrase."""
    path = tmp_path / "quotes.db"
    db = open_index(path)
    for id_, outlet, published, quotation, words in PRESS:
        text = f"“{words}” Ann Lee said."
        end = 1 + len(words)
        found = Quotation(
            quotation, "direct", (Span(1, end),), (Span(end + 10, end + 14),),
            (Span(end + 2, end + 9),), "assertion", 0.9, "reader", LEE,
        )  # fmt: skip
        write_article(db, Article(id_, text, outlet=outlet, published=published), [found])
    db.execute("INSERT INTO entity VALUES ('ann-lee', 'Ann Lee', 'person', NULL, NULL, 'ann lee')")
    db.execute("UPDATE quotation SET speaker = 'ann-lee' WHERE id != 'q6' AND id != 'q7'")
    for cluster, members in (("c1", "q1 q2 q3 q4"), ("c2", "q6 q7")):
        db.execute("INSERT INTO cluster VALUES (?, '')", (cluster,))
        for id_ in members.split():
            db.execute("UPDATE quotation SET cluster = ? WHERE id = ?", (cluster, id_))
    relate(db)
    db.close()
    return path


def relate(db: sqlite3.Connection) -> None:
    """A family of two, and a paraphrase of two of the printings."""
    db.execute("INSERT INTO family VALUES ('w1', 'Reuters', 'credited by 1 of 2: (Reuters)', 'a1')")
    db.execute("UPDATE article SET family = 'w1', family_reason = 'nearest' WHERE id = 'a1'")
    db.execute(
        "UPDATE article SET family = 'w1', family_kind = 'rewrite', "
        "family_reason = 'retells 62% of it' WHERE id = 'a2'"
    )
    number = dict(db.execute("SELECT id, number FROM quotation"))
    for one, similarity in (("q1", 0.8), ("q3", 0.9)):
        for pair in ((one, "q5"), ("q5", one)):
            row = (*(number[id_] for id_ in pair), similarity, "the same speaker and day")
            db.execute("INSERT INTO paraphrase VALUES (?, ?, ?, ?)", row)


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    """The same, opened to ask."""
    db = open_index(path, readonly=True)
    yield db
    db.close()


def test_an_utterance_in_full(db: sqlite3.Connection) -> None:
    """Wordings, order of spread, accounts, family and paraphrase from one id."""
    found = variants(db, "c1")
    assert [(row.text, [p.outlet for p in row.printings]) for row in found.wordings] == [
        ("We will not give it away, ever", ["Reuters", "The Sun"]),
        ("We will give it away, ever", ["Bluewin"]),
        ("not give it away", [None]),
    ]
    assert found.meanings == ("negation dropped: not",)
    assert [[p.outlet for p in wave] for wave in found.waves] == [
        ["Reuters"],
        ["Bluewin"],
        ["The Sun"],
    ]
    assert [p.article for p in found.undated] == ["a4"]
    assert (len(found.utterance.outlets), found.utterance.accounts) == (3, 3)  # a4 has no outlet
    family, paraphrase = found.families[0], found.paraphrases[0]
    assert [(m.outlet, m.kind) for m in family.members] == [
        ("Reuters", None),
        ("Bluewin", "rewrite"),
    ]
    assert (paraphrase.quotation.quotation, paraphrase.of) == ("q5", "q3")
    assert (paraphrase.similarity, paraphrase.reason) == (0.9, "the same speaker and day")
    assert len(found.paraphrases) == 1


def test_a_paraphrase_leads_back_to_the_words(db: sqlite3.Connection) -> None:
    """Both printings of the one utterance are named beside the quotation that retells it."""
    found = variants(db, "q5")
    assert [p.quotation.quotation for p in found.paraphrases] == ["q3", "q1"]
    assert (len(found.wordings), found.families) == (1, ())


def test_a_family_says_nothing_of_its_origins_own_words(db: sqlite3.Connection) -> None:
    """The agency's article alone is nobody's copy."""
    assert variants(db, "c2").families == ()


def test_every_utterance(db: sqlite3.Connection) -> None:
    """Printed most first; by one speaker; those alone that change what is said."""
    assert [each.id for each in all_variants(db)] == ["c1", "c2", "q5"]
    assert [each.id for each in all_variants(db, speaker="lee")] == ["c1", "q5"]
    assert [each.id for each in all_variants(db, speaker="Nobody")] == []
    assert [each.id for each in all_variants(db, changed=True)] == ["c1"]
    assert next(all_variants(db)) == variants(db, "c1")


def test_an_unknown_id_is_told(db: sqlite3.Connection) -> None:
    """As in every question."""
    with pytest.raises(NothingFoundError, match="no such"):
        variants(db, "zz")


def test_families_and_the_article(db: sqlite3.Connection) -> None:
    """By any outlet that has a part in one; an article knows its own."""
    (family,) = families(db)
    assert (family.id, family.first, len(family.members)) == ("w1", "a1", 2)
    assert list(families(db, outlet="bluewin")) == [family]
    assert list(families(db, outlet="The Sun")) == []
    assert show(db, "a2").family == family
    assert show(db, "a3").family is None


def test_what_holds_a_group_together_is_explained(path: Path) -> None:
    """The wording it depends on, whose text the article is, and what says it in other words."""
    with Index(path, readonly=True) as index:
        told = {each.quotation.quotation: each for each in index.explain("c1")}
        (alone,) = index.explain("q5")
    assert told["q1"].tie == Tie(None, "the fullest wording")
    tie = told["q2"].tie
    assert tie
    assert tie.partner
    assert tie.partner.quotation == "q1"
    assert "the same speaker; the same day" in tie.reason
    assert [each.family.id for each in told.values() if each.family] == ["w1", "w1"]
    assert [each.of for each in told["q3"].paraphrases] == ["q3"]
    assert (alone.tie, len(alone.paraphrases)) == (None, 2)
    out = run(path, "explain", "q2")[1]
    assert "variant    of “We will not give it away, ever,” · q1 · Reuters 2025-02-12 08:00Z" in out
    assert "family     Bluewin rewrites Reuters: retells 62% of it (a1)" in out
    assert "reworded" in run(path, "explain", "q3")[1]
    (record,) = json.loads(run(path, "explain", "q2", "--json")[1])
    assert record["tie"]["partner"] == "q1"


# As people and programs read it


def page(found: Variants, *, colour: bool = False) -> str:
    """What a page of a hundred columns shows."""
    out = io.StringIO()
    block = views()[Variants].block
    assert block
    block(Page(out, width=100, colour=colour), found)
    return out.getvalue()


def test_a_page_without_colour(db: sqlite3.Connection) -> None:
    """Everything there is to know, in plain marks."""
    assert page(variants(db, "c1")).splitlines() == [
        "Ann Lee  3 wordings in 4 outlets · c1",
        "1         “We will not give it away, ever”",
        "          the fullest",
        "          Reuters 2025-02-12 08:00Z, The Sun 2025-02-13",
        "2         “We will [-not-] give it away, ever”",
        "          ! negation dropped: not",
        "          dropped “not”",
        "          Bluewin 2025-02-12 09:00Z",
        "3         “[-We will-] not give it away[-, ever-]”",
        "          dropped “We will”, “ever”",
        "          outlet unknown undated",
        "first     2025-02-12 08:00Z · Reuters",
        "then      2025-02-12 09:00Z · Bluewin",
        "then      2025-02-13 · The Sun",
        "undated   outlet unknown (a4)",
        "accounts  4 outlets, 3 independent accounts",
        "          Bluewin rewrites Reuters: retells 62% of it",
        "          origin Reuters: credited by 1 of 2: (Reuters)",
        "in other  Kyiv Post 2025-02-12 · Ann Lee",
        "words     “nothing is going to be handed over”",
        "          likeness 0.90: the same speaker and day · q5",
    ]


def test_a_page_in_colour(db: sqlite3.Connection) -> None:
    """Struck, underlined; no marks that say the same."""
    text = page(variants(db, "c1"), colour=True)
    assert "\x1b[9;31mnot\x1b[0m" in text
    assert "[-" not in text
    assert "\x1b[1;31m! negation dropped: not\x1b[0m" in text


def test_long_stretches_that_the_fullest_shows_are_cut() -> None:
    """A fragment of a speech reads as a fragment; what is new is shown in full."""
    speech = " ".join(f"word{n}" for n in range(60))
    rows = wordings([printing(speech), printing(f"more {speech[210:]}", number=2)])
    row = record(rows_of(rows[1].printings[0], rows))["wordings"][1]
    assert len(row["marked"]) > 300
    shown = page(rows_of(rows[1].printings[0], rows)).splitlines()
    line = next(line for line in shown if line.startswith("2 "))
    assert "word0 word1 word2 […]" in line


def rows_of(one: Occurrence, rows: tuple) -> Variants:  # type: ignore[type-arg]
    """An utterance of these wordings alone."""
    from quotes.answers.utterances import utterance_of

    return Variants(utterance_of([one], ""), rows, ((one,),), (), ())


def test_strangers_text_does_not_reach_the_terminal() -> None:
    """An escape sequence in an article is no colour of ours."""
    rows = wordings([printing("We \x1b[31mwon"), printing("We \x1b[31m never won", number=2)])
    assert "\x1b[31m" not in page(rows_of(rows[0].printings[0], rows))


def test_csv_has_a_row_a_printing(db: sqlite3.Connection) -> None:
    """The columns of the export, then those of the wording."""
    lines = cells(variants(db, "c1"))
    assert [tuple(line) for line in lines] == [columns(Variants)] * 4
    (reuters, bluewin, sun, undated) = lines
    assert [line["order"] for line in lines] == [1, 2, 3, None]
    assert (reuters["role"], sun["wording"], undated["words"]) == (
        "fullest; commonest",
        1,
        "not give it away",
    )
    expected = {
        "family": "w1",
        "family_kind": "rewrite",
        "origin": "Reuters",
        "account": "w1",
        "accounts": 3,
        "marked": "We will [-not-] give it away, ever",
        "changes": "dropped",
        "meaning": "negation dropped: not",
    }
    assert {key: bluewin[key] for key in expected} == expected
    assert (sun["paraphrases"], bluewin["paraphrases"]) == ("q5", "")


def test_json_has_typed_changes_with_their_places(db: sqlite3.Connection) -> None:
    """Names and shapes that other programs rely on."""
    whole = record(variants(db, "c1"))
    assert list(whole) == [
        *("id", "speaker", "speaker_as_written", "referent", "outlets", "accounts", "meanings"),
        *("wordings", "spread", "undated", "families", "paraphrases"),
        *("polarity", "cue", "speaker_doubt"),
    ]
    first, second, _ = whole["wordings"]
    (change,) = second["changes"]
    start, end = change.pop("before")
    assert first["text"][start:end] == "not "
    assert change == {"kind": "dropped", "after": None, "meaning": "negation dropped: not"}
    assert list(second) == [
        *("number", "text", "roles", "changes", "marked", "meanings", "printings")
    ]
    assert (whole["spread"], whole["undated"]) == ([["q1"], ["q2"], ["q3"]], ["q4"])
    assert whole["families"][0]["articles"][1]["kind"] == "rewrite"
    assert whole["paraphrases"][0]["quotation"]["id"] == "q5"


def test_blocks_are_written_as_they_come(db: sqlite3.Connection) -> None:
    """An archive's utterances need not fit into memory."""
    out = io.StringIO()

    def rows() -> Iterator[Variants]:
        yield variants(db, "c1")
        assert "c1" in out.getvalue()
        yield variants(db, "c2")

    assert write_rows(rows(), out, "text") == 2


# The commands


def run(path: Path, *args: str) -> tuple[int, str, str]:
    """Exit code, answer and remarks."""
    result = CliRunner().invoke(cli, [*args, "--db", str(path)])
    return result.exit_code, result.stdout, result.stderr


def test_the_command_without_an_id(path: Path) -> None:
    """Every utterance, or those that changed; a row a printing as CSV."""
    assert run(path, "variants")[1].count(" wordings in ") == 1
    assert run(path, "variants", "--changed", "-t")[1].count("negation dropped") == 1
    code, out, _ = run(path, "variants", "--csv", "--speaker", "Ann Lee")
    assert (code, len(list(csv.DictReader(io.StringIO(out))))) == (0, 5)
    assert len(json.loads(run(path, "variants", "--json")[1])) == 3
    code, out, told = run(path, "variants", "--limit", "1")
    assert (code, out.count("first "), told) == (0, 1, "")


def test_wrong_or_empty_questions(path: Path) -> None:
    """One line that says what is the matter."""
    code, _, told = run(path, "variants", "c1", "--changed")
    assert (code, "omit ID" in told) == (2, True)
    code, _, told = run(path, "variants", "--changed", "--speaker", "Nobody")
    assert (code, told) == (1, "No such utterance appears in more than one article.\n")
    code, _, told = run(path, "families", "--outlet", "Nobody")
    assert (code, told) == (1, "No article copies or rewrites another.\n")


def test_families_as_a_command(path: Path) -> None:
    """What each article is to the first."""
    code, out, _ = run(path, "families")
    assert code == 0
    assert out.splitlines()[0] == "Reuters  2 articles in 2 outlets · w1"
    assert [line.split(" · ")[:2] for line in out.splitlines()[2:]] == [
        ["first     2025-02-12 08:00Z", "Reuters"],
        ["rewrite   2025-02-12 09:00Z", "Bluewin"],
        ["          retells 62% of it"],
    ]
    rows = list(csv.DictReader(io.StringIO(run(path, "families", "--csv")[1])))
    assert [(row["article"], row["kind"]) for row in rows] == [("a1", "first"), ("a2", "rewrite")]


def test_who_said_tells_who_says_it_in_other_words(path: Path) -> None:
    """A paraphrase of one outlet beside the words of another, and the other way round."""
    assert run(path, "who-said", "give it away")[1].splitlines()[-1] == (
        "  in other words, Kyiv Post: nothing is going to be handed over"
    )
    assert run(path, "by", "Ann Lee")[1].count("in other words, ") == 3
    (line,) = run(path, "who-said", "handed over", "--nl")[1].splitlines()
    assert [each["quotation"]["id"] for each in json.loads(line)["paraphrases"]] == ["q3", "q1"]


def test_other_questions_tell_accounts_and_families(path: Path) -> None:
    """Beside the outlets, in the head of the article, and among the outlets."""
    assert "Reuters, Bluewin, The Sun" in run(path, "who-said", "give it away")[1]
    rows = csv.DictReader(io.StringIO(run(path, "who-said", "give it away", "--csv")[1]))
    assert {row["accounts"] for row in rows} == {"3"}
    assert "Bluewin rewrites Reuters: retells 62% of it (a1)" in run(path, "show", "a2")[1]
    assert "Others go back to it: Bluewin (rewrite, a2)" in run(path, "show", "a1")[1]
    assert json.loads(run(path, "show", "a1", "--nl")[1])["family"]["id"] == "w1"
    rows = csv.DictReader(io.StringIO(run(path, "outlets", "--csv")[1]))
    assert {row["outlet"]: row["reprints"] for row in rows}["Bluewin"] == "1"


SEEDS = {
    "secured": ["secured"],
    "tremendous progress": ["tremendous progress"],
    "will end soon": ["begins later", "capitals"],
    "little to show": ["begins later", "added “too”", "ends earlier"],
    "rare earths and other things": ["begins later"],
}


@pytest.mark.model
def test_the_sample_articles(tmp_path: Path) -> None:
    """Each remark that two of the articles print is one utterance, and the rewrite is told."""
    with Index(tmp_path / "quotes.db") as index:
        index.add([Path(__file__).parents[1] / "fixtures" / "seeds"])
        for words, told in SEEDS.items():
            (said,) = index.who_said(words)
            assert len(said.occurrences) == 2, words
            out = page(index.variants(said.id))
            assert [each for each in told if each not in out] == [], words
        accounts = {words: index.who_said(words)[0].accounts for words in SEEDS}
        (family,) = index.families()
    assert [accounts["secured"], accounts["tremendous progress"]] == [1, 1]
    assert accounts["little to show"] == 2
    assert [(each.outlet, each.kind) for each in family.members] == [
        ("Reuters", None),
        ("Defence Talks", "rewrite"),
    ]
