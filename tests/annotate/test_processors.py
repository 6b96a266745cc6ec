"""`ner`, `coref` and `quote` in stanza pipelines: one reading, real stanza models beside it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import stanza
from stanza.models.common.doc import Document
from stanza.models.coref.coref_chain import CorefChain, CorefMention
from stanza.pipeline.processor import ProcessorVariant, register_processor_variant
from stanza.pipeline.registry import PROCESSOR_VARIANTS

from quotes import extract
from quotes.annotate import annotate, pipeline, pipelines
from quotes.errors import ModelError
from quotes.records import Article, Mention, MentionKind, Reading, Span, TextReading
from quotes.run import article as steps

NER = Path(__file__).parent / "models" / "ner.pt"

TEXT = "Scott Bessent visited Kyiv. The city was calm. “We can win,” he said."
OTHER = "Ann Lee smiled. “It is over,” she said."

ALL = "tokenize,ner,coref,quote"

LINKED: Mapping[str, Sequence[tuple[str, MentionKind, int | None]]] = {
    TEXT: [
        ("Scott Bessent", "person", None),
        ("Kyiv", "place", None),
        ("The city", "role", 1),
        ("he", "pronoun", 0),
    ],
    OTHER: [("Ann Lee", "person", None), ("she", "pronoun", 0)],
}
"""The mentions of each text: words, kind, and which mention is meant."""

SAID = re.compile(r"“(?P<content>[^”]+)” (?P<source>\w+) (?P<cue>said)")


class LinkingReader:
    """Finds “words” somebody said, and the mentions noted above; counts its texts and calls."""

    version = "linking"

    def __init__(self) -> None:
        """Nothing read yet."""
        self.texts = self.calls = 0

    def read(self, texts: Sequence[str]) -> list[TextReading]:
        """The same for the same text."""
        self.texts += len(texts)
        self.calls += 1
        return [TextReading(tuple(map(_said, SAID.finditer(t))), _noted(t)) for t in texts]


def _said(found: re.Match[str]) -> Reading:
    content, cue, source = (Span(*found.span(role)) for role in ("content", "cue", "source"))
    return Reading((content,), (cue,), (source,), 0.9)


def _noted(text: str) -> tuple[Mention, ...]:
    mentions = []
    for words, kind, meant in LINKED.get(text, ()):
        found = re.search(rf"\b{words}\b", text)
        assert found
        links = () if meant is None else ((meant, 0.9),)
        mentions.append(Mention(Span(*found.span()), kind, links))
    return tuple(mentions)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> LinkingReader:
    """The reader that all processors share, without a model."""
    reader = LinkingReader()
    monkeypatch.setattr(pipelines, "_reader", lambda _: reader)
    return reader


@pytest.fixture
def _fresh() -> Iterator[None]:
    """Pipelines are loaded anew, and not kept for other tests."""
    pipelines._kept_pipeline.cache_clear()
    yield
    pipelines._kept_pipeline.cache_clear()


@lru_cache(maxsize=4)
def kept(names: str = ALL) -> stanza.Pipeline:
    """A pipeline of what is shipped, loaded once for many tests."""
    return pipeline(processors=names)


def ents(document: Document) -> list[str]:
    """A document's entities with their types."""
    return [f"{entity.text} {entity.type}" for entity in document.ents]


def chains(document: Document) -> list[tuple[str, list[str]]]:
    """A document's chains: who represents them, and the words of each mention."""
    return [
        (chain.representative_text, [_words(document, mention) for mention in chain.mentions])
        for chain in document.coref
    ]


def _words(document: Document, mention: CorefMention) -> str:
    words = document.sentences[mention.sentence].words
    return " ".join(word.text for word in words[mention.start_word : mention.end_word])


def speakers(document: Document) -> list[str | None]:
    """Who says each quotation of a document."""
    return [quote.speaker.name if quote.speaker else None for quote in document.quotes]


# Our reader as stanza's processors


@pytest.mark.model
def test_a_shipped_pipeline(reader: LinkingReader) -> None:
    """Entities, chains and quotations of one document, after one reading."""
    document = kept()(TEXT)
    assert ents(document) == ["Scott Bessent PERSON", "Kyiv GPE", "The city ROLE"]
    assert chains(document) == [
        ("Scott Bessent", ["Scott Bessent", "he"]),
        ("Kyiv", ["Kyiv", "The city"]),
    ]
    assert [quote.content[0].of(TEXT) for quote in document.quotes] == ["We can win,"]
    assert speakers(document) == ["Scott Bessent"]
    assert (reader.calls, reader.texts) == (1, 1)


@pytest.mark.model
def test_many_documents_are_read_together(reader: LinkingReader) -> None:
    """One call of the reader for all, each document its own."""
    nlp = kept()
    first, second = nlp.bulk_process([TEXT, OTHER])
    assert (reader.calls, reader.texts) == (1, 2)
    assert ents(second) == ["Ann Lee PERSON"]
    assert [speakers(document) for document in (first, second)] == [["Scott Bessent"], ["Ann Lee"]]
    assert chains(first) == chains(nlp(TEXT))


@pytest.mark.model
def test_a_document_goes_through_twice(reader: LinkingReader) -> None:
    """Processors run apart still share the reading; a copy of the document can be made."""
    nlp = kept()
    document = nlp(TEXT, processors="tokenize,ner")
    assert (document.coref, document.quotes) == ([], ())
    document = nlp(copy.deepcopy(document), processors="coref,quote")
    assert (len(document.coref), len(document.quotes), reader.texts) == (2, 1, 1)


@pytest.mark.model
@pytest.mark.parametrize("names", ["ner", "coref", "quote", "tokenize,ner", "tokenize,coref"])
def test_each_processor_alone(reader: LinkingReader, names: str) -> None:
    """None needs another of ours; the tokenizer comes along."""
    document = pipeline(processors=names)(TEXT)
    found = {"ner": document.ents, "coref": document.coref, "quote": document.quotes}
    assert [name for name, each in found.items() if each] == [names.rpartition(",")[2]]
    assert reader.texts == 1


@pytest.mark.model
def test_stanzas_own_pipeline(reader: LinkingReader, package_folder: Path) -> None:
    """Once `quotes.annotate` is imported, any stanza pipeline takes them as "quotes"."""
    nlp = stanza.Pipeline(
        "en",
        dir=str(package_folder),
        package=None,
        processors={"tokenize": "mini", "ner": "quotes", "coref": "quotes", "quote": "default"},
        download_method=None,
        verbose=False,
    )
    document = nlp(TEXT)
    assert ents(document)[0] == "Scott Bessent PERSON"
    assert len(document.coref) == 2
    assert speakers(document) == ["Scott Bessent"]
    assert reader.texts == 1
    assert "ner=" in str(nlp)


@pytest.mark.model
def test_quote_joins_an_official_pipeline(reader: LinkingReader, package_folder: Path) -> None:
    """`quote` alone beside an official package's processors."""
    nlp = pipeline("mini", folder=package_folder, processors="tokenize,quote")
    assert speakers(nlp(TEXT)) == ["Scott Bessent"]


@pytest.mark.model
def test_words_carry_their_annotations(reader: LinkingReader) -> None:
    """Tags on tokens, chains on words, and stanza can write them all out."""
    document = kept()(TEXT, processors="tokenize,ner,coref")
    first = document.sentences[0].words[0]
    assert first.parent.ner == "B-PERSON"
    assert first.coref_chains[0].chain.representative_text == "Scott Bessent"
    assert first.coref_chains[0].is_representative
    assert "B-PERSON" in f"{document:C}"
    assert json.loads(str(document))[0][0]["ner"] == "B-PERSON"


@pytest.mark.model
@pytest.mark.parametrize("text", ["", " \n ", "It rained."])
def test_texts_without_anybody(reader: LinkingReader, text: str) -> None:
    """Nothing to find is no error."""
    document = kept()(text)
    assert (document.ents, document.coref, document.quotes) == ([], [], ())


@pytest.mark.model
def test_no_quotes_unless_asked_for(reader: LinkingReader) -> None:
    """A pipeline without our processors never loads the reader."""
    assert pipeline()(TEXT).quotes == ()
    assert reader.texts == 0


@pytest.mark.model
def test_a_people_file_names_speakers(reader: LinkingReader, tmp_path: Path) -> None:
    """``quote_people`` is a `people.toml`, as --people is."""
    people = tmp_path / "people.toml"
    people.write_text('[[person]]\nname = "Scott K. H. Bessent"\naliases = ["Scott Bessent"]\n')
    nlp = pipeline(processors="tokenize,quote", quote_people=str(people))
    assert speakers(nlp(TEXT)) == ["Scott K. H. Bessent"]


@pytest.mark.model
def test_the_shipped_reader() -> None:
    """Real weights: whatever they find, each record points into the text."""
    text = (
        "“We will win,” said Scott Bessent.\n\nThe ministry said on Monday that taxes would rise."
    )
    document, silence = kept().bulk_process([text, "It rained in Kyiv."])
    assert [(q.kind, q.content[0].of(text), q.source[0].of(text)) for q in document.quotes] == [
        ("direct", "We will win,", "Scott Bessent"),
        ("indirect", "that taxes would rise", "The ministry"),
    ]
    assert document.quotes[0].speaker.name == "Scott Bessent"
    assert silence.quotes == ()
    assert all(text[e.start_char : e.end_char] == e.text for e in document.ents)
    assert all(text.find(chain.representative_text) >= 0 for chain in document.coref)


# stanza's own models


@register_processor_variant("coref", "toy")
class ToyCoref(ProcessorVariant):  # type: ignore[misc]
    """Stands for stanza's coref model: chains each "he" or "she" to the surnames below.

    As stanza's, it runs before `ner` and knows no entities.
    """

    OVERRIDE = True

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Nothing to load."""

    def process(self, document: Document) -> Document:
        """Chains as stanza's processor sets them, a pronoun representing them."""
        words = [(i, word) for i, each in enumerate(document.sentences) for word in each.words]
        names = [CorefMention(i, w.id - 2, w.id) for i, w in words if w.text in ("Obama", "Lee")]
        they = [CorefMention(i, w.id - 1, w.id) for i, w in words if w.text in ("he", "she")]
        document.coref = [CorefChain(0, [*names, *they], "he", len(names))] if they else []
        return document

    def bulk_process(self, documents: list[Document]) -> list[Document]:
        """In bulk stanza's coref loses the chains, so it must not be called so."""
        raise AssertionError(f"coref in bulk, {len(documents)} documents")


def test_the_toy_is_known() -> None:
    """stanza took the stand-in for one of its own."""
    assert PROCESSOR_VARIANTS["coref"]["toy"] is ToyCoref


MET = "Barack Obama met John Smith in Germany."
STORY = f"BERLIN\n{MET}\nThe talks were long.\n“We agreed,” he said."
BY_STANZA = f"tokenize,ner={NER},coref=toy"


@pytest.mark.model
@pytest.mark.usefixtures("_fresh")
def test_annotate_takes_stanzas_names() -> None:
    """A trained stanza `ner` finds names; offsets are the article's, lines end sentences."""
    (found,) = annotate([Article("a", STORY)], stanza_processors=f"tokenize,ner={NER}")
    assert found.mentions is not None
    names = {mention.span.of(STORY): mention.kind for mention in found.mentions}
    assert (names["Barack Obama"], names["John Smith"]) == ("person", "person")
    assert names["Germany"] == "place"
    assert not any(mention.antecedents for mention in found.mentions)
    assert [span.of(STORY) for span in found.sentences] == STORY.split("\n")


@pytest.mark.model
@pytest.mark.usefixtures("_fresh")
def test_annotate_takes_stanzas_chains(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chains become links, article by article, empty articles among them."""
    monkeypatch.setattr(pipelines, "BATCH", 2)
    texts = [STORY, "", "Ann Lee smiled.\n“No,” she said."]
    found = annotate([Article(str(i), t) for i, t in enumerate(texts)], stanza_processors=BY_STANZA)
    assert found[1].mentions == ()
    for each, pronoun, name in ((found[0], "he", "Barack Obama"), (found[2], "she", "Ann Lee")):
        assert each.mentions
        last = each.mentions[-1]
        assert (last.span.of(each.article.text), last.kind) == (pronoun, "pronoun")
        ((meant, probability),) = last.antecedents
        assert (each.mentions[meant].span.of(each.article.text), probability) == (name, 1.0)


@pytest.mark.model
@pytest.mark.usefixtures("_fresh")
@pytest.mark.parametrize("names", ["tokenize", "tokenize,ner,coref", "tokenize,quote", None])
def test_without_stanzas_models_the_reader_is_not_asked(
    reader: LinkingReader, names: str | None
) -> None:
    """`annotate` leaves the mentions to the reader's own pass, which comes anyway."""
    (found,) = annotate([Article("a", TEXT)], stanza_processors=names)
    assert found.mentions is None
    assert len(found.sentences) == 3
    assert reader.texts == 0


@pytest.mark.model
@pytest.mark.usefixtures("_fresh")
def test_coref_needs_names(reader: LinkingReader) -> None:
    """Chains without entities would name nobody: the message says what to ask for."""
    with pytest.raises(ModelError, match="tokenize,ner,coref"):
        annotate([Article("a", TEXT)], stanza_processors="tokenize,coref=toy")


@pytest.mark.model
@pytest.mark.usefixtures("_fresh")
def test_extract_takes_them(reader: LinkingReader, monkeypatch: pytest.MonkeyPatch) -> None:
    """One option, and stanza's mentions reach the step that names speakers."""
    seen: list[Sequence[Mention]] = []
    resolve = steps.resolve_article

    def watched(*given: Any, mentions: Sequence[Mention], **options: Any) -> Any:
        seen.append(mentions)
        return resolve(*given, mentions=mentions, **options)

    monkeypatch.setattr(steps, "resolve_article", watched)
    (quotation,) = extract(STORY, reader=reader, stanza_processors=BY_STANZA)
    assert quotation.content[0].of(STORY) == "We agreed,"
    assert [mention.span.of(STORY) for mention in seen[0]][-1] == "he"
    extract(TEXT, reader=reader)
    assert [mention.span.of(TEXT) for mention in seen[1]] == [w for w, _, _ in LINKED[TEXT]]


@pytest.mark.model
def test_quote_takes_them(reader: LinkingReader) -> None:
    """In a pipeline of stanza's models, `quote` names speakers by their chains."""
    text = f"{MET} “We agreed,” he said."
    document = pipeline(processors=f"{BY_STANZA},quote")(text)
    assert ents(document) == ["Barack Obama PERSON", "John Smith PERSON", "Germany LOC"]
    assert chains(document) == [("he", ["Barack Obama", "he"])]
    assert speakers(document) == ["Barack Obama"]
    assert pipelines.has_stanza_mentions(pipeline(processors=BY_STANZA))
    assert not pipelines.has_stanza_mentions(kept())


@pytest.mark.model
@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("tokenize,ner=nowhere.pt", "nowhere.pt: no such file"),
        (f"tokenize,depparse={NER}", "depparse|Depparse"),
        (f"tokenize,ner={NER.with_name('broken.pt')}", "no such file"),
        ("tokenize,coref=huge", "no model for 'coref' is shipped"),
        ("tokenize=ewt", "no model for 'tokenize' is shipped"),
    ],
)
def test_processors_that_cannot_be_had(names: str, message: str) -> None:
    """The message says which one, and what to do."""
    with pytest.raises(ModelError, match=message):
        pipeline(processors=names)


@pytest.mark.model
def test_a_model_by_path_within_a_package(package_folder: Path) -> None:
    """A package's tokenizer and a `ner` of one's own."""
    nlp = pipeline("mini", folder=package_folder, processors=f"tokenize,ner={NER}")
    assert "Barack Obama PERSON" in ents(nlp(MET))


@pytest.mark.model
def test_our_reader_within_a_package(reader: LinkingReader, package_folder: Path) -> None:
    """``ner=quotes`` takes the reader's beside a package's other processors."""
    nlp = pipeline("mini", folder=package_folder, processors="tokenize,ner=quotes,coref=quotes")
    assert chains(nlp(TEXT))[0] == ("Scott Bessent", ["Scott Bessent", "he"])


@pytest.mark.model
def test_a_processor_that_needs_another(package_folder: Path) -> None:
    """What stanza reports over many lines is one: who needs what."""
    with pytest.raises(ModelError, match="QuoteProcessor needs tokenize; name them too"):
        pipeline("mini", folder=package_folder, processors="quote")


@pytest.mark.model
def test_a_package_without_a_processor(package_folder: Path) -> None:
    """stanza would leave it out in silence; that nobody is named must not come as a surprise."""
    with pytest.raises(ModelError, match=r"'mini' has no ner: .*quotes"):
        pipeline("mini", folder=package_folder, processors="tokenize,ner")
