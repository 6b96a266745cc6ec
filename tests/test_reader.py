"""The reader's parts: words, windows, decoding; and the shipped model on real sentences."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.errors import ModelError
from quotes.reader import Reader
from quotes.reader.decode import (
    BUCKETS,
    TAGS,
    Found,
    Scores,
    Weights,
    bucket,
    decode,
    forbidden_steps,
)
from quotes.reader.pieces import Pieces
from quotes.reader.windows import central, windows

SIZE = 4


def pieces_of(lengths: list[int], breaks: set[int]) -> Pieces:
    """Words of these many pieces each; those numbered in `breaks` begin a paragraph."""
    total = len(lengths)
    starts = np.arange(total) * 2
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


def decoded(scores: Scores, lines: list[int] | None = None) -> list[Found]:
    """Decoded with neutral weights, all on one line unless told."""
    words = len(scores.tags)
    return decode(scores, WEIGHTS, np.array(lines or [0] * words, dtype=np.int64))


WEIGHTS = Weights(
    transitions=np.zeros((len(TAGS), len(TAGS)), dtype=np.float32),
    content_bias=np.zeros(BUCKETS, dtype=np.float32),
    source_bias=np.zeros(BUCKETS, dtype=np.float32),
)


def test_content_cue_and_source_are_linked() -> None:
    """Source, cue and content of one attribution come out together."""
    [found] = decoded(scores_of("sqccc.", {2: 1, 3: 1, 4: 1, 1: 0}))
    assert (found.content, found.cue, found.source) == (((2, 5),), (1, 2), (0, 1))


def test_pieces_parted_by_the_cue_are_one_attribution() -> None:
    """Two content pieces that point at one cue belong together."""
    [found] = decoded(scores_of("ccsqcc", {0: 3, 1: 3, 4: 3, 5: 3, 3: 2}))
    assert found.content == ((0, 2), (4, 6))


def test_adjacent_contents_of_two_cues_stay_apart() -> None:
    """A new span begins where the tags say so, and each goes to its own cue."""
    found = decoded(scores_of("qccCcq", {1: 0, 2: 0, 3: 5, 4: 5}))
    assert [(f.content, f.cue) for f in found] == [(((1, 3),), (0, 1)), (((3, 5),), (5, 6))]


def test_a_link_across_a_line_needs_more_evidence() -> None:
    """The same faint link holds within a line and not across one."""
    faint = scores_of("qc", {})
    faint.content_query[1, 0] = 2.0
    assert decoded(faint)[0].cue == (0, 1)
    assert decoded(faint, [0, 1])[0].cue is None


def test_a_piece_does_not_reach_over_another_cue() -> None:
    """A faint link to a cue beyond a nearer one gives way to none."""
    far = scores_of("q.q.c", {})
    far.content_query[4, 0] = 3.0
    assert decoded(far)[0].cue is None


def test_content_without_a_cue_stands_alone() -> None:
    """No link means no cue and no source, never somebody else's."""
    [found] = decoded(scores_of("sq.cc", {}))
    assert (found.content, found.cue, found.source) == (((3, 5),), None, None)


def test_a_cue_without_content_reports_nothing() -> None:
    """A cue alone is no attribution."""
    assert decoded(scores_of("sq...", {1: 0})) == []


def test_a_cue_without_a_source_has_none() -> None:
    """An agentless passive ("it was said that") names nobody."""
    [found] = decoded(scores_of("sqcc", {2: 1, 3: 1}))
    assert found.source is None


@given(st.integers(1, 40).flatmap(lambda n: st.lists(st.integers(0, 6), min_size=n, max_size=n)))
def test_decoded_spans_are_disjoint_and_well_formed(best: list[int]) -> None:
    """Whatever the network says, spans lie inside the text and never overlap."""
    logits = np.zeros((len(best), len(TAGS)), dtype=np.float32)
    logits[np.arange(len(best)), best] = 3.0
    none = np.zeros((len(best), SIZE + 1), dtype=np.float32)
    found = decoded(Scores(logits, none, none[:, :-1], none, none[:, :-1]))
    spans = sorted({s for f in found for s in (*f.content, f.cue, f.source) if s})
    assert all(0 <= start < end <= len(best) for start, end in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
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
