"""Mentions from the network's numbers: spans, kinds, and whom each may refer to."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import quotes
from quotes.reader.decode import BUCKETS
from quotes.reader.mentions import KIND_TAGS, KINDS, MentionScores, head_start, mentions
from quotes.reader.pieces import cut, load_tokenizer
from quotes.records import Mention

TOKENIZER = load_tokenizer(Path(quotes.__file__).parent / "models" / "reader" / "tokenizer.json")
SIZE = 3
APART = np.zeros(BUCKETS + 1, dtype=np.float32)


def read(
    text: str, named: dict[str, str], likes: dict[tuple[str, str], float], windows: int = 1
) -> tuple[Mention, ...]:
    """Mentions of `text` when the network tags `named` words with their kind and scores the
    link from one word to another by `likes`; `windows` cuts the words into that many.
    """
    pieces = cut(text, TOKENIZER)
    words = [text[s:e] for s, e in zip(pieces.starts, pieces.ends, strict=True)]
    kinds = np.zeros((len(words), len(KIND_TAGS)), dtype=np.float32)
    kinds[:, 0] = 1.0
    for phrase, kind in named.items():
        tag = 1 + 2 * KINDS.index(kind)  # type: ignore[arg-type]
        first, *rest = phrase.split()
        kinds[words.index(first), tag] = 5.0
        for word in rest:
            kinds[words.index(word), tag + 1] = 5.0
    query = np.zeros((len(words), SIZE + len(likes) + 1), dtype=np.float32)
    key = np.zeros((len(words), SIZE + len(likes)), dtype=np.float32)
    for number, ((asking, meant), score) in enumerate(likes.items()):
        query[words.index(asking), number] = score
        key[words.index(meant), number] = 1.0
    window = np.arange(len(words)) * windows // len(words)
    return mentions(text, pieces, MentionScores(kinds, query, key, window), APART)


def meant(text: str, found: tuple[Mention, ...], word: str) -> str | None:
    """The words of the likeliest antecedent of the mention `word`."""
    mention = next(m for m in found if m.span.of(text) == word)
    return found[mention.antecedents[0][0]].span.of(text) if mention.antecedents else None


TEXT = "Anna Reyes met Tom Ortiz at the Red Cross. She thanked the mayor."
NAMED = {
    "Anna Reyes": "person",
    "Tom Ortiz": "person",
    "Red Cross": "organisation",
    "mayor": "role",
}


def test_names_roles_and_pronouns_come_in_text_order_with_their_words() -> None:
    """Each mention's span gives exactly its words."""
    found = read(TEXT, NAMED, {})
    assert [(m.span.of(TEXT), m.kind) for m in found] == [
        ("Anna Reyes", "person"),
        ("Tom Ortiz", "person"),
        ("Red Cross", "organisation"),
        ("She", "pronoun"),
        ("mayor", "role"),
    ]


def test_the_likeliest_antecedent_stands_first() -> None:
    """A link is from head to head: the last word of a name."""
    found = read(TEXT, NAMED, {("She", "Reyes"): 6.0, ("She", "Ortiz"): 4.0})
    assert meant(TEXT, found, "She") == "Anna Reyes"
    she = next(m for m in found if m.kind == "pronoun")
    assert [found[i].span.of(TEXT) for i, _ in she.antecedents] == ["Anna Reyes", "Tom Ortiz"]
    assert 0.8 < she.antecedents[0][1] < 0.95


def test_where_nobody_is_likelier_there_is_no_antecedent() -> None:
    """What the links leave of 1 is "none of them"."""
    found = read(TEXT, NAMED, {("mayor", "Ortiz"): -9.0, ("mayor", "Reyes"): -9.0})
    mayor = next(m for m in found if m.kind == "role")
    names = [found[i].span.of(TEXT) for i, _ in mayor.antecedents]
    assert "Tom Ortiz" not in names
    assert "Anna Reyes" not in names


def test_a_role_looks_back_only_and_a_pronoun_ahead_as_well() -> None:
    """ "In her speech, the mayor …": her is the mayor, the mayor is not her."""
    text = "In her speech the mayor thanked Ortiz."
    found = read(
        text, {"mayor": "role", "Ortiz": "person"}, {("her", "mayor"): 5.0, ("mayor", "Ortiz"): 9.0}
    )
    assert meant(text, found, "her") == "mayor"
    assert meant(text, found, "mayor") != "Ortiz"


@pytest.mark.parametrize(("windows", "seen"), [(1, True), (2, True), (4, False)])
def test_the_window_in_front_is_looked_back_into(windows: int, seen: bool) -> None:
    """Antecedents lie in the window before too, but not in every earlier one."""
    text = "Reyes came late and then the train left the old station while she waited"
    found = read(text, {"Reyes": "person"}, {("she", "Reyes"): 9.0}, windows)
    assert (meant(text, found, "she") == "Reyes") is seen


@pytest.mark.parametrize(
    ("text", "pronouns"),
    [
        ("It said us and US and WHO and who", ["It", "us", "who"]),
        ("HE WAS THERE", ["HE"]),
        ("the hero of theirs", ["theirs"]),
        ("no pronoun here", []),
    ],
)
def test_pronouns_are_words_and_no_initials(text: str, pronouns: list[str]) -> None:
    """ "US" and "WHO" in capitals are names."""
    found = read(text, {}, {})
    assert [m.span.of(text) for m in found] == pronouns


@pytest.mark.parametrize(
    ("phrase", "head"),
    [
        ("the leader of the party", "leader"),
        ("Scott Bessent, the Treasury secretary", "Bessent"),
        ("Trump’s appointees", "appointees"),
        ("the company's", "company"),
        ("Council of Europe", "Council"),
        ("she", "she"),
        ("...", "..."),
    ],
)
def test_a_head_is_the_last_word_of_the_core(phrase: str, head: str) -> None:
    """Where a link begins and ends."""
    assert phrase[head_start(phrase, 0, len(phrase)) :].startswith(head)


@given(text=st.text(max_size=80), seed=st.integers(0, 1000))
def test_any_numbers_give_mentions_within_the_text(text: str, seed: int) -> None:
    """Whatever the network says: spans in order, links to other mentions, shares below 1."""
    pieces = cut(text, TOKENIZER)
    rng = np.random.default_rng(seed)
    words = len(pieces)
    scores = MentionScores(
        rng.normal(size=(words, len(KIND_TAGS))).astype(np.float32),
        rng.normal(size=(words, SIZE + 1)).astype(np.float32),
        rng.normal(size=(words, SIZE)).astype(np.float32),
        np.sort(rng.integers(0, 3, size=words)),
    )
    found = mentions(text, pieces, scores, APART)
    for one, other in pairwise(found):
        assert one.span.end <= other.span.start
    for number, mention in enumerate(found):
        assert 0 <= mention.span.start < mention.span.end <= len(text)
        assert all(link != number and 0 <= link < len(found) for link, _ in mention.antecedents)
        assert sum(share for _, share in mention.antecedents) <= 1.01
