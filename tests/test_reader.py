"""The reader's parts: words, windows, links, mentions; and the shipped model on real sentences."""

from __future__ import annotations

import tracemalloc
from collections.abc import Set
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import quotes
from quotes.errors import ModelError
from quotes.reader import Reader
from quotes.reader.decode import (
    BUCKETS,
    KIND_TAGS,
    KINDS,
    TAGS,
    MentionScores,
    Scores,
    Weights,
    bucket,
    decode,
    forbidden_steps,
    head_start,
    kind_path,
    mentions,
    within,
)
from quotes.reader.pieces import Pieces, central, cut, load_tokenizer, windows
from quotes.records import Mention, Reading, Span

SIZE = 4


def pieces_of(lengths: list[int], breaks: Set[int]) -> Pieces:
    """Words of these many pieces each; those numbered in `breaks` begin a paragraph."""
    total = len(lengths)
    starts = np.arange(total)
    first = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64)
    gaps = np.array([2 if n in breaks else 1 for n in range(total)], dtype=np.int64)
    zeros = np.zeros(total, dtype=np.int64)
    stops, ids = zeros == 1, np.zeros(int(first[-1]), dtype=np.int64)
    return Pieces(starts, starts + 1, zeros, gaps, stops, ids, first)


def scores_of(tags: str, links: dict[int, int]) -> Scores:
    """Sure scores for tags such as "s q c c ." and links from word to word.

    Letters: c content, q cue, s source, a capital begins a new span, a dot is outside.
    """
    letters = {"c": 1, "q": 3, "s": 5}
    logits = np.full((len(tags), len(TAGS)), -5.0, dtype=np.float32)
    for word, letter in enumerate(tags):
        tag = 0
        if letter != ".":
            tag = letters[letter.lower()]
            before = tags[word - 1].lower() if word else "."
            tag += letter.islower() and before == letter
        logits[word, tag] = 5.0
    keys = np.eye(len(tags), dtype=np.float32)
    query = np.zeros((len(tags), len(tags) + 1), dtype=np.float32)
    for word, target in links.items():
        query[word, target] = 9.0
    query[:, -1] = 1.0
    return Scores(logits, query, keys, query, keys)


def decoded(scores: Scores, breaks: frozenset[int] = frozenset()) -> tuple[Reading, ...]:
    """Decoded with neutral weights; each word is one code point, so that spans count words."""
    return decode(scores, WEIGHTS, pieces_of([1] * len(scores.tags), breaks))


def spans(*ranges: tuple[int, int]) -> tuple[Span, ...]:
    """Spans of these words."""
    return tuple(Span(*each) for each in ranges)


WEIGHTS = Weights(
    transitions=np.zeros((len(TAGS), len(TAGS)), dtype=np.float32),
    content_bias=np.zeros(BUCKETS, dtype=np.float32),
    source_bias=np.zeros(BUCKETS, dtype=np.float32),
)


def test_content_cue_and_source_are_linked() -> None:
    """Source, cue and content of one attribution come out together."""
    [found] = decoded(scores_of("sqccc.", {2: 1, 3: 1, 4: 1, 1: 0}))
    assert (found.content, found.cue, found.source) == (spans((2, 5)), spans((1, 2)), spans((0, 1)))


def test_pieces_parted_by_the_cue_are_one_attribution() -> None:
    """Two content pieces that point at one cue belong together."""
    [found] = decoded(scores_of("ccsqcc", {0: 3, 1: 3, 4: 3, 5: 3, 3: 2}))
    assert found.content == spans((0, 2), (4, 6))


def test_adjacent_contents_of_two_cues_stay_apart() -> None:
    """A new span begins where the tags say so, and each goes to its own cue."""
    found = decoded(scores_of("qccCcq", {1: 0, 2: 0, 3: 5, 4: 5}))
    assert [(f.content, f.cue) for f in found] == [
        (spans((1, 3)), spans((0, 1))),
        (spans((3, 5)), spans((5, 6))),
    ]


def test_a_link_across_a_line_needs_more_evidence() -> None:
    """The same faint link holds within a line and not across one."""
    faint = scores_of("qc", {})
    faint.content_query[1, 0] = 2.0
    assert decoded(faint)[0].cue == spans((0, 1))
    assert decoded(faint, frozenset({1}))[0].cue == ()


def test_a_piece_does_not_reach_over_another_cue() -> None:
    """A faint link to a cue beyond a nearer one gives way to none."""
    far = scores_of("q.q.c", {})
    far.content_query[4, 0] = 3.0
    assert decoded(far)[0].cue == ()


def test_content_without_a_cue_stands_alone() -> None:
    """No link means no cue and no source, never somebody else's."""
    [found] = decoded(scores_of("sq.cc", {}))
    assert (found.content, found.cue, found.source) == (spans((3, 5)), (), ())


def test_a_cue_without_content_reports_nothing() -> None:
    """A cue alone is no attribution."""
    assert decoded(scores_of("sq...", {1: 0})) == ()


def test_a_cue_without_a_source_has_none() -> None:
    """An agentless passive ("it was said that") names nobody."""
    [found] = decoded(scores_of("sqcc", {2: 1, 3: 1}))
    assert found.source == ()


@given(st.integers(1, 40).flatmap(lambda n: st.lists(st.integers(0, 6), min_size=n, max_size=n)))
def test_decoded_spans_are_disjoint_and_well_formed(best: list[int]) -> None:
    """Whatever the network says, spans lie inside the text and never overlap."""
    logits = np.zeros((len(best), len(TAGS)), dtype=np.float32)
    logits[np.arange(len(best)), best] = 3.0
    none = np.zeros((len(best), SIZE + 1), dtype=np.float32)
    found = decoded(Scores(logits, none, none[:, :-1], none, none[:, :-1]))
    told = sorted({span for f in found for span in (*f.content, *f.cue, *f.source)})
    assert all(0 <= span.start < span.end <= len(best) for span in told)
    assert all(one.end <= other.start for one, other in pairwise(told))
    assert all(0.0 <= f.confidence <= 1.0 for f in found)


def test_the_bio_scheme_forbids_only_steps_into_another_roles_inside() -> None:
    """I-content follows B-content or I-content and nothing else."""
    column = forbidden_steps()[:, TAGS.index("I-content")]
    allowed = {tag for tag, value in zip(TAGS, column, strict=True) if value == 0.0}
    assert allowed == {"B-content", "I-content"}


def test_distance_classes_tell_direction_and_never_leave_the_table() -> None:
    """Near and far, before and after are told apart."""
    classes = bucket(np.array([-5000, -3, -1, 0, 1, 3, 5000]))
    assert classes.min() >= 0
    assert classes.max() < BUCKETS
    assert (np.diff(classes) >= 0).all()
    assert len({int(c) for c in classes}) >= 6


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=120),
    st.sets(st.integers(0, 119)),
    st.integers(10, 40),
    st.integers(0, 9),
)
def test_windows_cover_every_word_and_hold_no_more_than_fits(
    lengths: list[int], breaks: set[int], size: int, overlap: int
) -> None:
    """No word is lost, no window is too long, every word is taken from a window holding it."""
    pieces = pieces_of(lengths, breaks)
    ranges = windows(pieces, size=size, overlap=overlap)
    taken = central(ranges, pieces)
    assert ranges[0][0] == 0
    assert ranges[-1][1] == len(lengths)
    for begin, end in ranges:
        assert pieces.first[end] - pieces.first[begin] <= size
    for word, number in enumerate(taken):
        assert ranges[number][0] <= word < ranges[number][1]


def test_windows_begin_at_paragraphs_where_they_can() -> None:
    """A window ends before a paragraph that would not fit."""
    ranges = windows(pieces_of([1] * 30, {0, 9, 18, 27}), size=10, overlap=0)
    assert ranges == [(0, 9), (9, 18), (18, 27), (27, 30)]


def tiled(tags: str, times: int) -> Scores:
    """Sure scores for `tags` over and over, every word linking to any cue or source alike."""
    tile = scores_of(tags, {}).tags
    words = len(tile) * times
    key = np.ones((words, 1), dtype=np.float32)
    query = np.tile(np.array([9.0, 0.0], dtype=np.float32), (words, 1))
    return Scores(np.tile(tile, (times, 1)), query, key, query, key)


def test_a_long_text_takes_memory_by_its_length() -> None:
    """Eight times the words give eight times the attributions in at most nine times the memory."""
    near = np.linspace(-9, 9, BUCKETS // 2, dtype=np.float32)
    bias = np.concatenate([near, near[::-1]])
    weights = Weights(WEIGHTS.transitions, bias, bias)
    peaks = []
    for times in (500, 4000):
        scores, pieces = tiled("sqccc.", times), pieces_of([1] * 6 * times, set())
        tracemalloc.start()
        found = decode(scores, weights, pieces)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert [(f.source, f.cue, f.content) for f in found] == [
            (spans((at, at + 1)), spans((at + 1, at + 2)), spans((at + 2, at + 5)))
            for at in range(0, 6 * times, 6)
        ]
    assert peaks[1] < 9 * peaks[0]


# Mentions


TOKENIZER = load_tokenizer(Path(quotes.__file__).parent / "models" / "reader" / "tokenizer.json")
PLACES = 3
APART = np.zeros(BUCKETS + 1, dtype=np.float32)
STEPS = np.zeros((len(KIND_TAGS), len(KIND_TAGS)), dtype=np.float32)


def read_mentions(
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
    query = np.zeros((len(words), PLACES + len(likes) + 1), dtype=np.float32)
    key = np.zeros((len(words), PLACES + len(likes)), dtype=np.float32)
    for number, ((asking, meant), score) in enumerate(likes.items()):
        query[words.index(asking), number] = score
        key[words.index(meant), number] = 1.0
    window = np.arange(len(words)) * windows // len(words)
    return mentions(text, pieces, MentionScores(kinds, query, key, window), APART, STEPS)


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
    found = read_mentions(TEXT, NAMED, {})
    assert [(m.span.of(TEXT), m.kind) for m in found] == [
        ("Anna Reyes", "person"),
        ("Tom Ortiz", "person"),
        ("Red Cross", "organisation"),
        ("She", "pronoun"),
        ("mayor", "role"),
    ]


def test_the_likeliest_antecedent_stands_first() -> None:
    """A link is from head to head: the last word of a name."""
    found = read_mentions(TEXT, NAMED, {("She", "Reyes"): 6.0, ("She", "Ortiz"): 4.0})
    assert meant(TEXT, found, "She") == "Anna Reyes"
    she = next(m for m in found if m.kind == "pronoun")
    assert [found[i].span.of(TEXT) for i, _ in she.antecedents] == ["Anna Reyes", "Tom Ortiz"]
    assert 0.8 < she.antecedents[0][1] < 0.95


def test_where_nobody_is_likelier_there_is_no_antecedent() -> None:
    """What the links leave of 1 is "none of them"."""
    found = read_mentions(TEXT, NAMED, {("mayor", "Ortiz"): -9.0, ("mayor", "Reyes"): -9.0})
    mayor = next(m for m in found if m.kind == "role")
    names = [found[i].span.of(TEXT) for i, _ in mayor.antecedents]
    assert "Tom Ortiz" not in names
    assert "Anna Reyes" not in names


def test_a_role_looks_back_only_and_a_pronoun_ahead_as_well() -> None:
    """ "In her speech, the mayor …": her is the mayor, the mayor is not her."""
    text = "In her speech the mayor thanked Ortiz."
    found = read_mentions(
        text, {"mayor": "role", "Ortiz": "person"}, {("her", "mayor"): 5.0, ("mayor", "Ortiz"): 9.0}
    )
    assert meant(text, found, "her") == "mayor"
    assert meant(text, found, "mayor") != "Ortiz"


@pytest.mark.parametrize(("windows", "seen"), [(1, True), (2, True), (4, False)])
def test_the_window_in_front_is_looked_back_into(windows: int, seen: bool) -> None:
    """Antecedents lie in the window before too, but not in every earlier one."""
    text = "Reyes came late and then the train left the old station while she waited"
    found = read_mentions(text, {"Reyes": "person"}, {("she", "Reyes"): 9.0}, windows)
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
    found = read_mentions(text, {}, {})
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


def test_a_name_is_one_kind_from_its_first_word_to_its_last() -> None:
    """ "University of Leeds" whose "Leeds" looks a little more like a place of its own."""
    kinds = np.zeros((6, len(KIND_TAGS)), dtype=np.float32)
    kinds[[0, 1, 5], 0] = 20.0
    kinds[2, KIND_TAGS.index("B-organisation")] = 6.0
    kinds[3:5, KIND_TAGS.index("I-organisation")] = 4.0
    kinds[4, KIND_TAGS.index("B-place")] = 4.5
    steps = STEPS.copy()
    steps[KIND_TAGS.index("I-organisation"), KIND_TAGS.index("B-place")] = -3.0
    tags = [KIND_TAGS[tag] for tag in kind_path(kinds, steps)]
    assert tags == ["O", "O", "B-organisation", "I-organisation", "I-organisation", "O"]


def test_an_inner_attribution_stands_in_the_content_of_an_outer_one() -> None:
    """Others of the inner layer are left out: nobody reports them."""
    outer = Reading(spans((4, 20)), spans((3, 4)), spans((0, 3)), 0.9)
    inner = Reading(spans((10, 20)), spans((8, 9)), spans((5, 8)), 0.9)
    beside = Reading(spans((30, 40)), spans((28, 29)), (), 0.9)
    across = Reading(spans((18, 24)), spans((17, 18)), (), 0.9)
    same = Reading(spans((4, 20)), spans((3, 4)), (), 0.9)
    bare = Reading(spans((6, 8)), (), (), 0.9)
    assert within([inner, beside, across, same, bare], [outer]) == (inner,)


@given(text=st.text(max_size=80), seed=st.integers(0, 1000))
def test_any_numbers_give_mentions_within_the_text(text: str, seed: int) -> None:
    """Whatever the network says: spans in order, links to other mentions, shares below 1."""
    pieces = cut(text, TOKENIZER)
    rng = np.random.default_rng(seed)
    words = len(pieces)
    scores = MentionScores(
        rng.normal(size=(words, len(KIND_TAGS))).astype(np.float32),
        rng.normal(size=(words, PLACES + 1)).astype(np.float32),
        rng.normal(size=(words, PLACES)).astype(np.float32),
        np.sort(rng.integers(0, 3, size=words)),
    )
    found = mentions(text, pieces, scores, APART, STEPS)
    for one, other in pairwise(found):
        assert one.span.end <= other.span.start
    for number, mention in enumerate(found):
        assert 0 <= mention.span.start < mention.span.end <= len(text)
        assert all(link != number and 0 <= link < len(found) for link, _ in mention.antecedents)
        assert sum(share for _, share in mention.antecedents) <= 1.01


# The shipped model


def test_a_damaged_model_folder_names_itself_and_the_remedy(tmp_path: Path) -> None:
    """A user learns which folder is wrong and what to do."""
    with pytest.raises(ModelError, match=r"reader\.json.*reinstall"):
        Reader.load(tmp_path)
    (tmp_path / "reader.json").write_text('{"format": 0}', encoding="utf-8")
    with pytest.raises(ModelError, match="another version"):
        Reader.load(tmp_path)


@pytest.fixture(scope="module")
def reader() -> Reader:
    """The shipped model."""
    return Reader.load(threads=2)


READS = {
    "direct": ("“The bridge is closed,” Mayor Anna Reyes said.", "Mayor Anna Reyes", "said"),
    "indirect": (
        "The company said on Friday that it would close two of its plants.",
        "The company",
        "said",
    ),
    "according to": (
        "The fire killed three people, according to the police.",
        "the police",
        "according to",
    ),
    "straight marks": ('"We did not see it coming," Ortiz told reporters.', "Ortiz", "told"),
}


@pytest.mark.model
@pytest.mark.parametrize("case", READS)
def test_the_shipped_model_reads_plain_sentences(case: str, reader: Reader) -> None:
    """Source and cue of sentences that no reader may miss."""
    text, source, cue = READS[case]
    [reading] = reader.read([text])[0].attributions
    assert [span.of(text) for span in reading.source] == [source]
    assert [span.of(text).split()[0] for span in reading.cue] == [cue.split()[0]]


@pytest.mark.model
def test_the_shipped_model_reads_a_report_inside_a_report(reader: Reader) -> None:
    """Who is reported to have said something is found beside who reports it."""
    text = "The Herald reported that Anna Reyes told the council that the bridge is unsafe."
    outer, inner = reader.read([text])[0].attributions
    assert [each.source[0].of(text) for each in (outer, inner)] == ["The Herald", "Anna Reyes"]
    assert inner.content[0].of(text).endswith("the bridge is unsafe")


@pytest.mark.model
def test_plain_narration_has_no_attribution(reader: Reader) -> None:
    """Nobody says anything here."""
    text = "The train left the station at noon. It rained all day, and the streets were empty."
    assert reader.read([text])[0].attributions == ()


@pytest.mark.model
def test_reading_together_equals_reading_alone(reader: Reader) -> None:
    """A batch changes nothing, and empty or odd texts do no harm."""
    texts = [text for text, _, _ in READS.values()]
    texts += ["", " \n ", "🙂", "«", texts[0] * 40]
    together = reader.read(texts)
    alone = [reader.read([text])[0] for text in texts]
    assert together == alone


@pytest.mark.model
def test_a_text_longer_than_any_window_is_read_to_its_end(reader: Reader) -> None:
    """Length has no limit: the last sentence of a long text is found as the first is."""
    sentence = "The train left at noon. "
    last = "“The bridge is closed,” Mayor Anna Reyes said."
    text = sentence * 400 + "\n\n" + last
    [reading] = reader.read([text])[0].attributions
    assert reading.source[0].of(text) == "Mayor Anna Reyes"
