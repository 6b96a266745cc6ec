"""stanza's entities and chains as mentions, and the reader's mentions as entities and chains.

Documents are written by hand.  A sentence is its words with spaces between: in "Kyiv+'s mayor
left ." the token "Kyiv's" has two words, and "du=de+le" is a token whose words do not add up to
it.  The text has the same spaces.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stanza.models.common.doc import Document
from stanza.models.common.doc import Span as Entity
from stanza.models.coref.coref_chain import CorefAttachment, CorefChain, CorefMention

from quotes.annotate import mentions_of
from quotes.annotate.mentions import linked, set_chains, set_entities
from quotes.records import Mention, MentionKind, Span


def written(
    *sentences: str,
    ents: Mapping[str, str] | None = None,
    chains: Sequence[Sequence[str]] = (),
    tags: Mapping[str, str] | None = None,
    heads: Sequence[int] = (),
) -> Document:
    """A document of these sentences.

    Args:
        ents: entity types by the tokens of the entity, at their first place.
        chains: each chain's mentions by their words, each at the first place after the one before.
        tags: part of speech by word.
        heads: of the words of a single sentence.
    """
    text, entries = "", []
    for sentence in sentences:
        text += " " if text else ""
        entry, text = _sentence(sentence, text)
        entries.append(entry)
    for word in (word for entry in entries for word in entry):
        word["upos"] = (tags or {}).get(word["text"])
    for word, head in zip(_single_words(entries), heads, strict=False):
        word |= {"head": head, "deprel": "dep"}
    document = Document(entries, text=text)
    for name, kind in (ents or {}).items():
        _tag(document, name.split(), kind)
    document.build_ents()
    document.coref = [_chain(i, document, chain) for i, chain in enumerate(chains)]
    return document


def _sentence(sentence: str, text: str) -> tuple[list[dict[str, Any]], str]:
    entry: list[dict[str, Any]] = []
    number = 1
    for i, token in enumerate(sentence.split(" ")):
        text += " " if i else ""
        printed, _, parts = token.partition("=")
        words = (parts or printed).split("+")
        printed = printed.replace("+", "")
        at = {"start_char": len(text), "end_char": len(text) + len(printed)}
        if len(words) > 1:
            entry.append({"id": (number, number + len(words) - 1), "text": printed} | at)
        for word in words:
            known = {} if parts else {"start_char": len(text), "end_char": len(text) + len(word)}
            entry.append({"id": number, "text": word} | known)
            text += "" if parts else word
            number += 1
        text += printed if parts else ""
    return entry, text


def _single_words(entries: Sequence[Sequence[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    return (word for entry in entries for word in entry if isinstance(word["id"], int))


def _tag(document: Document, words: Sequence[str], kind: str) -> None:
    for sentence in document.sentences:
        tokens = sentence.tokens
        for i in range(len(tokens) - len(words) + 1):
            chosen = tokens[i : i + len(words)]
            if [t.text for t in chosen] == list(words) and not any(t.ner for t in chosen):
                last = i + len(words) - 1
                for token in tokens[i : last + 1]:
                    token.ner = f"I-{kind}"
                tokens[last].ner = f"E-{kind}" if last > i else f"S-{kind}"
                if last > i:
                    tokens[i].ner = f"B-{kind}"
                return
    raise AssertionError(f"no {words} in {document.text!r}")


def _chain(index: int, document: Document, mentions: Sequence[str]) -> CorefChain:
    found: list[CorefMention] = []
    after = (0, 0)
    for mention in mentions:
        found.append(_mention(document, mention.split(), after))
        after = (found[-1].sentence, found[-1].end_word)
    longest = max(mentions, key=len, default="_")
    return CorefChain(index, found, longest, mentions.index(longest) if mentions else None)


def _mention(document: Document, words: list[str], after: tuple[int, int]) -> CorefMention:
    """As stanza counts: words from 0, the end left out."""
    for number, sentence in enumerate(document.sentences):
        printed = [word.text for word in sentence.words]
        for i in range(len(printed) - len(words) + 1):
            if (number, i) >= after and printed[i : i + len(words)] == words:
                return CorefMention(number, i, i + len(words))
    raise AssertionError(f"no {words} in {document.text!r} after {after}")


def shown(text: str, mentions: Sequence[Mention]) -> list[str]:
    """Mentions as a reader would note them: "he pronoun > Ann Lee"."""
    lines = []
    for mention in mentions:
        links = [mentions[i].span.of(text) for i, _ in mention.antecedents]
        lines.append(" > ".join([f"{mention.span.of(text)} {mention.kind}", *links]))
    return lines


def noted(text: str, *notes: tuple[str, MentionKind] | tuple[str, MentionKind, int, float]):  # type: ignore[no-untyped-def]
    """Mentions by words and kind, each at the first place after the last; and a link if any."""
    mentions: list[Mention] = []
    at = 0
    for words, kind, *link in notes:
        at = text.index(words, at)
        links = ((int(link[0]), float(link[1])),) if link else ()
        mentions.append(Mention(Span(at, at + len(words)), kind, links))
        at += 1
    return tuple(mentions)


# stanza's records as ours


BESSENT = {"Scott Bessent": "PERSON"}


@dataclass(frozen=True)
class Case:
    """A document and the mentions it should give, as `shown` notes them."""

    name: str
    sentences: tuple[str, ...]
    ents: Mapping[str, str]
    chains: Sequence[Sequence[str]]
    expected: Sequence[str]
    tags: Mapping[str, str] = field(default_factory=dict)


LINKS = [
    Case(
        "a pronoun means the name before it",
        ("Scott Bessent spoke .", "Then he left ."),
        BESSENT,
        [["Scott Bessent", "he"]],
        ["Scott Bessent person", "he pronoun > Scott Bessent"],
    ),
    Case(
        "first and last words of a sentence",
        ("He met Scott Bessent", "He left him"),
        BESSENT,
        [["Scott Bessent", "him"], ["He", "He"]],
        ["He pronoun", "Scott Bessent person", "He pronoun > He", "him pronoun > Scott Bessent"],
    ),
    Case(
        "the nearest name, not the nearest pronoun",
        ("Scott Bessent spoke .", "Bessent said he thinks he won ."),
        BESSENT | {"Bessent": "PERSON"},
        [["Scott Bessent", "Bessent", "he", "he"]],
        [
            "Scott Bessent person",
            "Bessent person > Scott Bessent",
            "he pronoun > Bessent",
            "he pronoun > Bessent",
        ],
    ),
    Case(
        "without a name the nearest mention",
        ("The U.S. source spoke .", "He left .", "He came ."),
        {},
        [["The U.S. source", "He", "He"]],
        ["U.S. source role", "He pronoun > U.S. source", "He pronoun > He"],
    ),
    Case(
        "a pronoun before its name looks forward",
        ("As he left , Bessent spoke .",),
        {"Bessent": "PERSON"},
        [["he", "Bessent"]],
        ["he pronoun > Bessent", "Bessent person"],
    ),
    Case(
        "a description before its name does not",
        ("The minister left .", "Bessent spoke ."),
        {"Bessent": "PERSON"},
        [["The minister", "Bessent"]],
        ["minister role", "Bessent person > minister"],
    ),
    Case(
        "entities alone have no links, and dates are none",
        ("Scott Bessent of Reuters spoke Monday .",),
        BESSENT | {"Reuters": "ORG", "Monday": "DATE"},
        [],
        ["Scott Bessent person", "Reuters organisation"],
    ),
    Case(
        "code points, not bytes",
        ("😀 Zelénskij spoke", "he left ."),
        {"Zelénskij": "PERSON"},
        [["Zelénskij", "he"]],
        ["Zelénskij person", "he pronoun > Zelénskij"],
    ),
    Case(
        "a pronoun before its description, too",
        ("As he left , the minister waved .", "She saw him ."),
        {},
        [["he", "the minister", "him"]],
        ["he pronoun > minister", "minister role", "him pronoun > minister"],
    ),
    Case("an empty chain", ("He left .",), {}, [[]], []),
]

PHRASES = [
    Case(
        "apposition after the name",
        ("Scott Bessent , the Treasury secretary , spoke .", "He left ."),
        BESSENT,
        [["Scott Bessent , the Treasury secretary ,", "He"]],
        ["Scott Bessent person", "He pronoun > Scott Bessent"],
    ),
    Case(
        "apposition before the name",
        ("The mayor of Kyiv , Vitali Klitschko , left .", "He waved ."),
        {"Kyiv": "GPE", "Vitali Klitschko": "PERSON"},
        [["The mayor of Kyiv , Vitali Klitschko", "He"]],
        ["Kyiv place", "Vitali Klitschko person", "He pronoun > Vitali Klitschko"],
    ),
    Case(
        "titles before the name",
        ("U.S. Treasury Secretary Scott Bessent left .", "He waved ."),
        BESSENT | {"U.S.": "GPE"},
        [["U.S. Treasury Secretary Scott Bessent", "He"]],
        ["U.S. place", "Scott Bessent person", "He pronoun > Scott Bessent"],
    ),
    Case(
        "a relative clause",
        ("Scott Bessent who knows Trump left .", "He waved ."),
        BESSENT | {"Trump": "PERSON"},
        [["Scott Bessent who knows Trump", "He"]],
        ["Scott Bessent person", "Trump person", "He pronoun > Scott Bessent"],
    ),
    Case(
        "somebody else's spokesman",
        ("A spokesman for Donald Trump left .", "He waved ."),
        {"Donald Trump": "PERSON"},
        [["A spokesman for Donald Trump", "He"]],
        [
            "spokesman for Donald Trump role",
            "Donald Trump person",
            "He pronoun > spokesman for Donald Trump",
        ],
    ),
    Case(
        "a possessor is not what he has",
        ("Trump+'s appointees left .", "They waved ."),
        {"Trump's": "PERSON"},
        [["Trump 's appointees", "They"]],
        ["Trump person", "Trump's appointees role", "They pronoun > Trump's appointees"],
    ),
    Case(
        "a campaign is not its candidate",
        ("The Clinton campaign spoke .", "It won ."),
        {"Clinton": "PERSON"},
        [["The Clinton campaign", "It"]],
        ["Clinton person", "Clinton campaign role", "It pronoun > Clinton campaign"],
    ),
    Case(
        "two people are neither",
        ("Kellogg and Scott Bessent left .", "They waved ."),
        BESSENT | {"Kellogg": "PERSON"},
        [["Kellogg and Scott Bessent", "They"]],
        [
            "Kellogg person",
            "Kellogg and Scott Bessent role",
            "Scott Bessent person",
            "They pronoun > Kellogg and Scott Bessent",
        ],
    ),
    Case(
        "an article belongs to a name if it is capital",
        ("The White House denied it to the Associated Press .", "They left ."),
        {"The White House": "ORG", "the Associated Press": "ORG"},
        [["the Associated Press", "They"]],
        [
            "The White House organisation",
            "Associated Press organisation",
            "They pronoun > Associated Press",
        ],
    ),
    Case(
        "US is a country, us is not",
        ("US joined us .", "US won .", "It told us ."),
        {},
        [["US", "US", "It"], ["us", "us"]],
        ["US role", "us pronoun", "US role > US", "It pronoun > US", "us pronoun > us"],
    ),
    Case(
        "what happened speaks to nobody",
        ("Prices grew .", "The growth slowed ."),
        {},
        [["grew", "The growth"]],
        ["growth role"],
        tags={"grew": "VERB"},
    ),
    Case(
        "the end of a name in a chain is the name",
        ("The Treasury Department spoke .", "It left ."),
        {"The Treasury Department": "ORG"},
        [["Treasury Department", "It"]],
        ["The Treasury Department organisation", "It pronoun > The Treasury Department"],
    ),
]

TOKENS = [
    Case(
        "an entity's token that holds its possessive",
        ("Kyiv+'s mayor left .", "It fell ."),
        {"Kyiv's": "GPE"},
        [["Kyiv 's", "It"]],
        ["Kyiv place", "It pronoun > Kyiv"],
    ),
    Case(
        "words after a multi-word token",
        ("I do+n't think he left .", "He waved ."),
        {},
        [["he", "He"]],
        ["he pronoun", "He pronoun > he"],
    ),
    Case(
        "a word that does not know where it stands has its token's place",
        ("Vive du=de+le Bessent !", "il rit"),
        {"Bessent": "PERSON"},
        [["le Bessent", "il"]],
        ["Bessent person", "il role > Bessent"],
    ),
]


@pytest.mark.parametrize("case", [*LINKS, *PHRASES, *TOKENS], ids=lambda case: case.name)
def test_mentions(case: Case) -> None:
    """Spans, kinds and links, in text order."""
    document = written(*case.sentences, ents=case.ents, chains=case.chains, tags=case.tags)
    assert shown(document.text, mentions_of(document)) == case.expected


def test_links_are_certain() -> None:
    """A chain says who is meant, not how likely it is."""
    document = written(
        "Scott Bessent spoke .", "He left .", ents=BESSENT, chains=[["Bessent", "He"]]
    )
    assert mentions_of(document)[1].antecedents == ((0, 1.0),)


def test_the_representative_does_not_matter() -> None:
    """stanza may well call a pronoun the chain's representative."""
    document = written("Bo spoke .", "He left .", ents={"Bo": "PERSON"}, chains=[["Bo", "He"]])
    (chain,) = document.coref
    chain.representative_text, chain.representative_index = "He", 1
    assert shown(document.text, mentions_of(document)) == ["Bo person", "He pronoun > Bo"]


def test_a_zero_pronoun_has_no_words() -> None:
    """stanza numbers it by a pair; it stands nowhere in the text."""
    document = written("Bo spoke .", "Left .", ents={"Bo": "PERSON"}, chains=[["Bo"]])
    document.coref[0].mentions.append(CorefMention(1, (0, 1), (0, 1)))
    assert shown(document.text, mentions_of(document)) == ["Bo person"]


PRESIDENT = "President of Ukraine Volodymyr Zelensky left ."


@pytest.mark.parametrize(
    ("heads", "meant"),
    [
        ((), "President of Ukraine Volodymyr Zelensky role"),
        ((5, 3, 1, 5, 6, 0, 6), "Volodymyr Zelensky person"),
        ((6, 3, 1, 1, 4, 0, 6), "President of Ukraine Volodymyr Zelensky role"),
    ],
)
def test_a_parse_tells_what_a_phrase_is_about(heads: Sequence[int], meant: str) -> None:
    """With `depparse` the phrase is the name that holds its head."""
    document = written(
        PRESIDENT,
        ents={"Ukraine": "GPE", "Volodymyr Zelensky": "PERSON"},
        chains=[["President of Ukraine Volodymyr Zelensky"]],
        heads=heads,
    )
    found = shown(document.text, mentions_of(document))
    assert meant in found
    assert len(found) == (3 if meant.endswith("role") else 2)


def test_a_document_that_nothing_annotated() -> None:
    """No entities, no chains, no mentions."""
    assert mentions_of(written("Nobody spoke .")) == ()


# Ours as stanza's


SPOKE = ("Treasury Secretary Scott Bessent spoke in Kyiv .", "He said Ukrainians trust him .")
TEXT = " ".join(SPOKE)
MENTIONS = noted(
    TEXT,
    ("Treasury Secretary", "role"),
    ("Scott Bessent", "person"),
    ("Kyiv", "place"),
    ("He", "pronoun", 1, 0.9),
    ("Ukrainians", "nationality"),
    ("him", "pronoun", 3, 0.8),
)


def test_entities_are_stanzas() -> None:
    """Spans of tokens with OntoNotes' types; pronouns are none."""
    document = written(*SPOKE)
    set_entities(document, MENTIONS)
    assert all(isinstance(entity, Entity) for entity in document.ents)
    assert [(e.text, e.type, e.start_char, e.end_char) for e in document.ents] == [
        ("Treasury Secretary", "ROLE", 0, 18),
        ("Scott Bessent", "PERSON", 19, 32),
        ("Kyiv", "GPE", 42, 46),
        ("Ukrainians", "NORP", 57, 67),
    ]
    assert [token.ner for token in document.sentences[0].tokens] == (
        ["B-ROLE", "E-ROLE", "B-PERSON", "E-PERSON", "O", "O", "S-GPE", "O"]
    )
    assert [entity.text for entity in document.sentences[1].ents] == ["Ukrainians"]


@pytest.mark.parametrize(
    ("sentences", "notes", "expected"),
    [
        (["A spokesman for Trump left ."], [("spokesman for Trump", "role"), ("Trump", "person")],
         ["Trump PERSON"]),
        (["Ukraine+'s army won ."], [("Ukraine", "place")], ["Ukraine's GPE"]),
        (["The Kyiv School won ."], [("Kyiv", "place"), ("Kyiv School", "organisation")],
         ["Kyiv School ORG"]),
        (["Mr. J .", "Smith left ."], [("J . Smith", "person")], []),
        (["He left ."], [("He", "pronoun")], []),
    ],
    ids=["name before role", "whole tokens", "longest name", "across sentences", "pronoun"],
)  # fmt: skip
def test_entities_do_not_overlap(
    sentences: list[str], notes: list[tuple[str, MentionKind]], expected: list[str]
) -> None:
    """stanza's tags hold one entity a token."""
    document = written(*sentences)
    mentions = [noted(document.text, note)[0] for note in notes]
    set_entities(document, mentions)
    assert [f"{entity.text} {entity.type}" for entity in document.ents] == expected


def test_setting_entities_again_replaces_them() -> None:
    """No tag of an earlier `ner` stays."""
    document = written(*SPOKE, ents={"Kyiv": "LOC"})
    set_entities(document, MENTIONS[1:2])
    assert [entity.text for entity in document.ents] == ["Scott Bessent"]


def test_chains_are_stanzas() -> None:
    """Counted in words from 0, the end left out; words know their chain."""
    document = written(*SPOKE)
    set_chains(document, MENTIONS)
    (chain,) = document.coref
    assert isinstance(chain, CorefChain)
    assert all(isinstance(mention, CorefMention) for mention in chain.mentions)
    assert [(m.sentence, m.start_word, m.end_word) for m in chain.mentions] == [
        (0, 2, 4), (1, 0, 1), (1, 4, 5),
    ]  # fmt: skip
    assert (chain.index, chain.representative_text, chain.representative_index) == (
        0, "Scott Bessent", 0,
    )  # fmt: skip
    scott, bessent = document.sentences[0].words[2:4]
    (attached,) = bessent.coref_chains
    assert isinstance(attached, CorefAttachment)
    assert (attached.is_start, attached.is_end, attached.is_representative) == (False, True, True)
    assert scott.coref_chains[0].is_start
    assert document.sentences[0].words[0].coref_chains == []


@pytest.mark.parametrize(
    ("sentences", "notes", "expected"),
    [
        (["He left .", "Ann Lee spoke ."], [("He", "pronoun"), ("Ann Lee", "person", 0, 0.9)],
         ["Ann Lee"]),
        (["Lee spoke .", "The minister from Kyiv left ."],
         [("Lee", "person"), ("minister from Kyiv", "role", 0, 0.9)], ["Lee"]),
        (["The minister left .", "She waved ."], [("minister", "role"), ("She", "pronoun", 0, 1.0)],
         ["minister"]),
        (["She left .", "They waved ."], [("She", "pronoun"), ("They", "pronoun", 0, 1.0)],
         ["They"]),
        (["Lee+'s car broke .", "She left ."], [("Lee", "person"), ("She", "pronoun", 0, 1.0)],
         ["Lee"]),
        (["Lee spoke .", "He left ."], [("Lee", "person"), ("He", "pronoun", 0, 0.4)], []),
        (["Mr. J .", "Smith left .", "He waved ."],
         [("J . Smith", "person"), ("He", "pronoun", 0, 0.9)], []),
    ],
    ids=["name after pronoun", "name over longer role", "role over pronoun", "pronouns alone",
         "a word within a token", "unlikely link", "a mention across sentences"],
)  # fmt: skip
def test_representatives(sentences: list[str], notes: list, expected: list[str]) -> None:  # type: ignore[type-arg]
    """A chain goes by its best name, never by a pronoun if it has any."""
    document = written(*sentences)
    set_chains(document, noted(document.text, *notes))
    assert [chain.representative_text for chain in document.coref] == expected


def test_no_mentions() -> None:
    """Nothing found is nothing set, and nothing fails."""
    document = written("Nobody spoke .")
    set_entities(document, ())
    set_chains(document, ())
    assert (document.ents, document.coref) == ([], [])


KINDS: list[MentionKind] = ["person", "organisation", "place", "nationality", "role"]


@st.composite
def linked_names(draw: st.DrawFn) -> tuple[list[str], list[tuple[int, int, MentionKind, int]]]:
    """Sentences of numbered words, and names on some of them with the entity each belongs to."""
    sizes = draw(st.lists(st.integers(1, 8), min_size=1, max_size=4))
    sentences, names, number = [], [], 0
    for size in sizes:
        sentences.append(" ".join(f"Wé{number + i}" for i in range(size)))
        at = number
        number += size
        while at < number:
            length = draw(st.integers(1, min(3, number - at)))
            if draw(st.booleans()):
                kind = draw(st.sampled_from(KINDS[:4]))
                names.append((at, at + length, kind, draw(st.integers(0, 3))))
            at += length
    return sentences, names


@settings(max_examples=60, deadline=None)
@given(linked_names())
def test_there_and_back(given_: tuple[list[str], list[tuple[int, int, MentionKind, int]]]) -> None:
    """What goes into stanza's records comes out of them: spans, kinds, and who is whom."""
    sentences, names = given_
    text = " ".join(sentences)
    starts = [text.index(f"Wé{i}") for i in range(len(text.split()))]
    ends = [start + len(word) for start, word in zip(starts, text.split(), strict=True)]
    last: dict[int, int] = {}
    mentions = []
    for i, (first, past, kind, entity) in enumerate(names):
        links = ((last[entity], 0.9),) if entity in last else ()
        mentions.append(Mention(Span(starts[first], ends[past - 1]), kind, links))
        last[entity] = i
    document = written(*sentences)
    set_entities(document, mentions)
    set_chains(document, mentions)
    found = mentions_of(document)
    assert [(m.span, m.kind) for m in found] == [(m.span, m.kind) for m in mentions]
    assert linked(found) == linked(mentions)
