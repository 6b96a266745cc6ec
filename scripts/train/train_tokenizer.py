"""Train the shipped stanza tokenizer: words and sentences of English news.

    python scripts/train/train_tokenizer.py --corpora DIR --out DIR [--steps 1400]

`--corpora` holds `ewt/` and `gum/` with `{train,dev,test}.conllu.gz` (UD English-EWT and
GUM).  The training itself is stanza's own; this program prepares its input, stores the
weights in half precision and writes `figures.json` beside them.  With one thread and one
version of torch, two runs give the same weights.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

SEED = 20
CURLY_SHARE = 0.5
LONGEST_SENTENCE = 300  # code points; stanza drops longer ones from training (0.9 % of EWT)
# Of a run, not of the weights: paths, and how long it was to be.
RUN_SETTINGS = (
    *("dev_", "txt_", "label_", "conll_", "save_", "load_", "mwt_json", "wandb", "device"),
    *("steps", "epochs"),
)

Range = tuple[int, int]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph's text with its gold words and sentences, as ranges of code points."""

    text: str
    words: tuple[Range, ...]
    sentences: tuple[Range, ...]

    def labels(self) -> str:
        """Stanza's labels, one a character: 1 ends a word, 2 a sentence, 0 neither."""
        labels = ["0"] * len(self.text)
        for _, end in self.words:
            labels[end - 1] = "1"
        for _, end in self.sentences:
            labels[end - 1] = "2"
        return "".join(labels)


@dataclass(frozen=True)
class Document:
    """A gold document: paragraphs in order."""

    id: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def text(self) -> str:
        """The paragraphs with a blank line between them."""
        return "\n\n".join(p.text for p in self.paragraphs)

    def gold(self) -> tuple[set[Range], set[Range]]:
        """All words and all sentences, as ranges of `text`."""
        words: set[Range] = set()
        sentences: set[Range] = set()
        at = 0
        for p in self.paragraphs:
            words.update((at + start, at + end) for start, end in p.words)
            sentences.update((at + start, at + end) for start, end in p.sentences)
            at += len(p.text) + 2
        return words, sentences


# Reading CoNLL-U


def read_documents(path: Path) -> list[Document]:
    """The documents of a gzipped CoNLL-U file, multiword tokens replaced by their words."""
    documents: list[Document] = []
    for name, paragraphs in _paragraph_blocks(path):
        documents.append(Document(name, tuple(_paragraph(block) for block in paragraphs)))
    return documents


def _paragraph_blocks(path: Path) -> Iterator[tuple[str, list[list[list[str]]]]]:
    """Each document's name with its paragraphs, which are sentences, which are lines."""
    name, paragraphs = "", []
    for block in gzip.decompress(path.read_bytes()).decode("utf-8").strip().split("\n\n"):
        lines = block.split("\n")
        new = next((x for x in lines if x.startswith("# newdoc id = ")), None)
        if new is not None:
            if paragraphs:
                yield name, paragraphs
            name, paragraphs = new.removeprefix("# newdoc id = "), []
        if not paragraphs or any(re.match(r"# newpar\b(?!_)", x) for x in lines):
            paragraphs.append([])
        paragraphs[-1].append([x for x in lines if not x.startswith("#")])
    yield name, paragraphs


def _paragraph(block: list[list[str]]) -> Paragraph:
    text, words, sentences = "", [], []
    for lines in block:
        begin = len(text)
        for form, space in _words(lines):
            words.append((len(text), len(text) + len(form)))
            text += form + space
        sentences.append((begin, words[-1][1]))
    return Paragraph(text.rstrip(), tuple(words), tuple(sentences))


def _words(lines: list[str]) -> Iterator[tuple[str, str]]:
    """A sentence's words and the space after each; parts of a multiword token are glued.

    Every multiword token of the two corpora is the plain concatenation of its words
    ("do" + "n't"), so splitting it here leaves nothing for an `mwt` processor to do.
    """
    last_glued, space_after_glued = 0, ""
    for line in lines:
        number, form, *_, misc = line.split("\t")
        space = "" if "SpaceAfter=No" in misc.split("|") else " "
        if "-" in number:
            last_glued, space_after_glued = int(number.split("-")[1]), space
        elif number.isdigit():
            glued = int(number) <= last_glued
            end = space_after_glued if int(number) == last_glued else ""
            yield form, end if glued else space


def curly(text: str) -> str:
    """The text with curly marks for straight ones, its length unchanged.

    >>> curly('"No," he said. "It isn\\'t."')
    '“No,” he said. “It isn’t.”'
    """
    opened = re.sub(r"(?:(?<=^)|(?<=[\s(\[—–-]))\"(?=\S)", "“", text)
    opened = re.sub(r"(?:(?<=^)|(?<=[\s(\[“—–-]))'(?=[^\W\d])", "‘", opened)
    return opened.replace('"', "”").replace("'", "’")


def with_curly_copies(documents: Iterable[Document]) -> list[Document]:
    """The documents, and a curly copy of a seeded half of those with straight marks."""
    rng = random.Random(SEED)
    result = []
    for document in documents:
        result.append(document)
        if rng.random() < CURLY_SHARE and curly(document.text) != document.text:
            paragraphs = tuple(replace(p, text=curly(p.text)) for p in document.paragraphs)
            result.append(Document(document.id, paragraphs))
    return result


# Training


def write_input(documents: Iterable[Document], stem: Path) -> None:
    """Stanza's two input files: the text, and a label for each of its characters."""
    paragraphs = [p for document in documents for p in document.paragraphs]
    texts, labels = (p.text for p in paragraphs), (p.labels() for p in paragraphs)
    stem.with_suffix(".txt").write_text("\n\n".join(texts) + "\n", encoding="utf-8")
    stem.with_suffix(".labels").write_text("\n\n".join(labels) + "\n", encoding="utf-8")


def train(work: Path, *, steps: int) -> Path:
    """Run stanza's trainer on the input under `work`; gives the file it saved."""
    from stanza.models import tokenizer

    (work / "mwt.json").write_text("[]", encoding="utf-8")
    # fmt: off
    options = {
        "txt_file": work / "train.txt", "label_file": work / "train.labels",
        "dev_txt_file": work / "dev.txt", "dev_label_file": work / "dev.labels",
        "mwt_json_file": work / "mwt.json", "save_dir": work, "save_name": "full.pt",
        "lang": "en", "shorthand": "en_quotes", "max_seqlen": LONGEST_SENTENCE,
        "steps": steps, "eval_steps": 200, "seed": SEED,
    }
    # fmt: on
    arguments = [str(part) for key, value in options.items() for part in (f"--{key}", value)]
    tokenizer.main([*arguments, "--cpu", "--no_use_mwt"])
    return work / "full.pt"


def ship(trained: Path, folder: Path) -> None:
    """Store trained weights in half precision, without the paths they were trained from."""
    import torch

    stored: dict[str, Any] = torch.load(trained, weights_only=True)
    stored["model"] = {name: weight.half() for name, weight in stored["model"].items()}
    settings = sorted(stored["config"].items())
    stored["config"] = {k: v for k, v in settings if not k.startswith(RUN_SETTINGS)}
    torch.save(stored, folder / "tokenize.pt", _use_new_zipfile_serialization=False)
    (folder / "resources.json").write_text("{}\n", encoding="utf-8")


# Measuring


def f1(found: set[Any], gold: set[Any]) -> float:
    """F1 of exact ranges, 0..1; 1 where there is nothing and nothing was found."""
    return 2 * len(found & gold) / (len(found) + len(gold)) if found or gold else 1.0


def measure(documents: list[Document], folder: Path) -> dict[str, float]:
    """Words and sentences F1 of the weights in `folder`, pooled over the documents."""
    from quotes.annotate import pipeline

    texts = [document.text for document in documents]
    gold_words, gold_sentences, words, sentences = set(), set(), set(), set()
    for number, parsed in enumerate(pipeline(folder=folder).bulk_process(texts)):
        words_here, sentences_here = documents[number].gold()
        gold_words |= {(number, *span) for span in words_here}
        gold_sentences |= {(number, *span) for span in sentences_here}
        for sentence in parsed.sentences:
            tokens = [(token.start_char, token.end_char) for token in sentence.tokens]
            words |= {(number, *span) for span in tokens}
            sentences.add((number, tokens[0][0], tokens[-1][1]))
    return {
        "documents": len(documents),
        "words": len(gold_words),
        "sentences": len(gold_sentences),
        "words F1": round(f1(words, gold_words), 4),
        "sentences F1": round(f1(sentences, gold_sentences), 4),
    }


def evaluation_sets(corpora: Path) -> dict[str, list[Document]]:
    """What is measured: GUM's news and all of GUM and EWT, dev and test parts."""
    sets: dict[str, list[Document]] = {}
    for part in ("dev", "test"):
        gum = read_documents(corpora / "gum" / f"{part}.conllu.gz")
        sets[f"GUM news {part}"] = [d for d in gum if d.id.startswith("GUM_news_")]
        sets[f"GUM {part}"] = gum
        sets[f"EWT {part}"] = read_documents(corpora / "ewt" / f"{part}.conllu.gz")
    return sets


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1400)
    options = parser.parse_args()
    work = options.out / "work"
    work.mkdir(parents=True, exist_ok=True)
    for part in ("train", "dev"):
        files = [options.corpora / name / f"{part}.conllu.gz" for name in ("ewt", "gum")]
        documents = [document for file in files for document in read_documents(file)]
        write_input(with_curly_copies(documents) if part == "train" else documents, work / part)
    began = time.process_time()
    trained = train(work, steps=options.steps)
    print(f"training took {time.process_time() - began:.0f} CPU seconds")
    figures: dict[str, Any] = {"steps": options.steps, "seed": SEED}
    ship(trained, options.out)
    sets = evaluation_sets(options.corpora)
    figures |= {name: measure(documents, options.out) for name, documents in sets.items()}
    (options.out / "figures.json").write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
