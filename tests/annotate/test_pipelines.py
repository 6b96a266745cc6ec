"""stanza offline: the shipped tokenizer, official packages, models given by path."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quotes.annotate import annotate, pipeline, pipelines
from quotes.errors import ModelError
from quotes.records import Article, Region, Span

NEWS = (
    "KYIV (Reuters) – U.S. Treasury Secretary Scott Bessent visited Kyiv on Wednesday.\n"
    "“We can’t wait,” Mr. Bessent said. “It’s $1.5 billion.”\n\n"
    'The headline ended "without a stop"\n'
    "He didn't reply."
)


@pytest.fixture
def _fresh() -> Iterator[None]:
    """Pipelines are loaded anew, and not kept for other tests."""
    pipelines._kept_pipeline.cache_clear()
    yield
    pipelines._kept_pipeline.cache_clear()


def articles(*texts: str) -> list[Article]:
    """Articles of these texts."""
    return [Article(str(number), text) for number, text in enumerate(texts)]


ODD = "aB.?!”“\"' \n\r\t\x85\u2028\u200b\x97é\u0301😀1,"


# What must not load stanza


@pytest.mark.parametrize("name", ["quotes", "quotes.text.normalised", "quotes.records"])
def test_stanza_waits_until_asked_for(name: str) -> None:
    """Importing anything but `quotes.annotate` loads neither stanza nor torch."""
    check = f"import sys, {name}; print({{'stanza', 'torch'}} & set(sys.modules) or 'light')"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "light"


# The shipped tokenizer


@pytest.mark.model
def test_shipped_words_point_into_the_text() -> None:
    """Every word's offsets give its text back, curly marks and all."""
    document = pipeline()(NEWS)
    tokens = [token for sentence in document.sentences for token in sentence.tokens]
    assert [NEWS[t.start_char : t.end_char] for t in tokens] == [t.text for t in tokens]
    assert "".join(t.text for t in tokens) == "".join(NEWS.split())


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("“We can’t wait,” he said.", "“ We ca n’t wait , ” he said ."),
        ('"No," she didn\'t say.', '" No , " she did n\'t say .'),
        ("Mr. Trump's U.S. trip cost $5.", "Mr. Trump 's U.S. trip cost $ 5 ."),
    ],
)
def test_shipped_words(text: str, words: str) -> None:
    """Words follow UD English: marks stand alone, clitics come apart."""
    tokens = [token.text for s in pipeline()(text).sentences for token in s.tokens]
    assert " ".join(tokens) == words


@pytest.mark.model
@pytest.mark.parametrize(
    "text",
    [
        "He left. | She stayed.",
        "Mr. Bessent met Sen. Cruz on Jan. 28 in the U.S. capital. | They talked.",
        "“It is over,” he said. | “We won.”",
        '"Why?" she asked.',
        "The deal is worth $1.5 billion. | No. 10 declined to comment.",
        "A headline without a stop\n | The story begins.",
        "First paragraph.\n\n | Second paragraph.",
        "",
        " \n\t\n ",
    ],
)
def test_sentences(text: str) -> None:
    """Sentences, parted by bars; abbreviations and quotations do not end one."""
    expected = [part.strip() for part in text.split("|") if part.strip()]
    printed = text.replace("| ", "")
    (found,) = annotate(articles(printed))
    assert [span.of(printed) for span in found.sentences] == expected


@pytest.mark.model
def test_a_batch_equals_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neighbours in a batch, empty ones among them, change nothing; nor does its size."""
    batch = articles(NEWS, "", "One. Two.", "  \n Three?", "Mr. Lee")
    together = annotate(batch)
    assert together == [one for each in batch for one in annotate([each])]
    monkeypatch.setattr(pipelines, "BATCH", 2)
    assert annotate(batch) == together


def test_no_articles() -> None:
    """Nothing in, nothing out."""
    assert annotate([]) == []


@pytest.mark.model
def test_regions_are_kept_with_their_article() -> None:
    """Regions found elsewhere come along; one list too few is a mistake in the caller."""
    teaser = (Region(Span(0, 4), "teaser", "See also"),)
    found = annotate(articles("One.", "Two."), regions=[(), teaser])
    assert [each.regions for each in found] == [(), teaser]
    with pytest.raises(ValueError, match="argument"):
        annotate(articles("One.", "Two."), regions=[()])


@pytest.mark.model
@settings(max_examples=15, deadline=None)
@given(st.text(alphabet=ODD, max_size=80))
@example("\x97\x97\n\x97")
@example("\u200b\n.")
def test_any_text_gives_ordered_spans_within_its_lines(text: str) -> None:
    """Whatever the text, sentences are disjoint, in order, and never cross a line."""
    (found,) = annotate(articles(text))
    at = 0
    for span in found.sentences:
        assert at <= span.start < span.end <= len(text)
        assert len(span.of(text).splitlines()) == 1
        at = span.end


# Models that are not there


@pytest.mark.parametrize(
    "processors",
    ["tokenize,pos", "sentiment", "tokenize, quote, lemma", "ner=ontonotes", "pos=quotes"],
)
def test_only_shipped_processors_without_a_package(processors: str) -> None:
    """A processor that has no shipped model says how to get one."""
    with pytest.raises(ModelError, match="name an official Stanza package"):
        pipeline(processors=processors)


@pytest.mark.parametrize("content", [None, b"", b"not a model"])
def test_missing_or_damaged_shipped_model(tmp_path: Path, content: bytes | None) -> None:
    """A folder without good weights is named, with the remedy."""
    (tmp_path / "resources.json").write_text("{}")
    if content is not None:
        (tmp_path / "tokenize.pt").write_bytes(content)
    with pytest.raises(ModelError, match="reinstall quotes") as caught:
        pipeline(folder=tmp_path)
    assert str(tmp_path) in str(caught.value)


def test_no_packages_at_all(tmp_path: Path) -> None:
    """Where stanza has never downloaded anything, the message says what to run."""
    with pytest.raises(ModelError, match=r"stanza\.download\('en', package='ewt'"):
        pipeline("ewt", folder=tmp_path / "stanza_resources")


@pytest.mark.parametrize("package", ["unheard-of", "gone"])
def test_a_package_that_is_not_there(package_folder: Path, package: str) -> None:
    """So it does for a package unknown to stanza, and for one known but not downloaded."""
    with pytest.raises(ModelError, match="fetch it once") as caught:
        pipeline(package, folder=package_folder)
    assert f"package={package!r}" in str(caught.value)


# An official package


@pytest.mark.model
def test_an_official_package_is_used_offline(package_folder: Path) -> None:
    """A downloaded package loads from stanza's folder without the network."""
    loaded = pipeline("mini", folder=package_folder)
    assert loaded.config["tokenize_model_path"] == str(
        package_folder / "en" / "tokenize" / "mini.pt"
    )
    assert len(loaded("He left. She stayed.").sentences) == 2


@pytest.mark.model
@pytest.mark.usefixtures("_fresh")
def test_annotate_takes_an_official_package(
    package_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`stanza_package` names a package of stanza's own model folder."""
    monkeypatch.setattr(pipelines, "DEFAULT_MODEL_DIR", str(package_folder))
    assert annotate(articles(NEWS), stanza_package="mini") == annotate(articles(NEWS))
    with pytest.raises(ModelError):
        annotate(articles(NEWS), stanza_package="gone")
