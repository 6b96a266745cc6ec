"""Train the small stanza `ner` that the tests put in the reader's place.

    python scripts/train/train_ner.py --corpora DIR [--out tests/models/ner.pt] [--steps 2000]

`--corpora` holds `gum/` with `{train,dev,test}.conllu.gz`.  Entities are GUM's mentions of
persons, organisations and places whose head is a proper noun, cut to the words that GUM
calls the mention's core.  The training itself is stanza's own; the tagger sees characters
only, so that the file stays small and holds no words of the corpus.  It is there to run a real
model through the code, not to be used: see the figure it prints.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SEED = 20
TYPES = {"person": "PERSON", "organization": "ORG", "place": "LOC"}
# Of a run, not of the weights: paths, and how long it was to be.
RUN_SETTINGS = ("train_file", "eval_", "save_", "wordvec_", "data_dir", "wandb", "device", "max_")

BRACKET = re.compile(r"\((?P<opened>\d+)-(?P<rest>[^()]*)\)?|(?P<closed>\d+)\)")
"""What `Entity=` holds: openings with their fields, closings with the number alone."""

Word = dict[str, str]


@dataclass(frozen=True)
class Name:
    """A named mention: its words as half-open range, and stanza's type for it."""

    start: int
    end: int
    type: str


def sentences(path: Path) -> Iterator[list[Word]]:
    """The sentences of a corpus file as stanza's trainer wants them: words with BIOES tags."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows: list[list[str]] = []
        for line in lines:
            if line[0].isdigit():
                rows.append(line.rstrip("\n").split("\t"))
            elif rows and not line.strip():
                yield tagged([row for row in rows if row[0].isdigit()])
                rows = []


def tagged(rows: list[list[str]]) -> list[Word]:
    """One sentence: of names that overlap the longest is kept."""
    tags = ["O"] * len(rows)
    for name in sorted(names(rows), key=lambda each: each.start - each.end):
        if set(tags[name.start : name.end]) != {"O"}:
            continue
        last = name.end - 1
        tags[name.start : name.end] = [f"I-{name.type}"] * (name.end - name.start)
        tags[name.start] = f"{'B' if name.start < last else 'S'}-{name.type}"
        if name.start < last:
            tags[last] = f"E-{name.type}"
    return [{"text": row[1], "ner": tag} for row, tag in zip(rows, tags, strict=True)]


def names(rows: list[list[str]]) -> Iterator[Name]:
    """The named mentions that open in a sentence."""
    for at, row in enumerate(rows):
        fields = dict(part.split("=", 1) for part in row[9].split("|") if "=" in part)
        for found in BRACKET.finditer(fields.get("Entity", "")):
            if found["opened"] and (name := named(found["rest"], at, rows)):
                yield name


def named(rest: str, at: int, rows: list[list[str]]) -> Name | None:
    """The name of a mention whose fields after its number are `rest`, if it has one.

    The fields are type, status, salience, centering, core words counted from 1, and more.
    """
    parts = rest.split("-")
    if parts[0] not in TYPES or len(parts) < 5 or not re.fullmatch(r"[\d,]+", parts[4]):
        return None
    core = [at + int(number) - 1 for number in parts[4].split(",")]
    if core[-1] >= len(rows) or rows[core[0]][3] != "PROPN":
        return None
    return Name(core[0], core[-1] + 1, TYPES[parts[0]])


def train(work: Path, *, steps: int) -> Path:
    """Run stanza's trainer on the input under `work`; gives the file it saved."""
    from stanza.models import ner_tagger

    options = {
        "train_file": work / "train.json",
        "eval_file": work / "dev.json",
        "save_dir": work,
        "save_name": "full.pt",
        "shorthand": "en_quotes",
        "word_emb_dim": 0,
        "char_emb_dim": 32,
        "char_hidden_dim": 64,
        "hidden_dim": 64,
        "optim": "adam",
        "lr": 0.003,
        "dropout": 0.3,
        "eval_interval": 250,
        "max_steps": steps,
        "seed": SEED,
    }
    arguments = [str(part) for key, value in options.items() for part in (f"--{key}", value)]
    ner_tagger.main([*arguments, "--cpu", "--no_pretrain"])
    return work / "full.pt"


def ship(trained: Path, out: Path) -> None:
    """Store trained weights in half precision, without paths and without the corpus' words."""
    import torch

    stored: dict[str, Any] = torch.load(trained, weights_only=True)
    stored["model"] = {name: weight.half() for name, weight in stored["model"].items()}
    settings = sorted(stored["config"].items())
    stored["config"] = {k: v for k, v in settings if not k.startswith(RUN_SETTINGS)}
    del stored["vocab"]["delta"]
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(stored, out, _use_new_zipfile_serialization=False)


def measure(model: Path, gold: list[list[Word]]) -> dict[str, float]:
    """Entities of gold sentences found by a stored model: precision, recall, F1."""
    from stanza.models.common.doc import Document
    from stanza.models.ner.scorer import score_by_entity

    from quotes.annotate import pipeline

    nlp = pipeline(processors=f"tokenize,ner={model}", use_gpu=False)
    words = [[{"text": word["text"]} for word in sentence] for sentence in gold]
    document = nlp.process(Document(words), processors="ner")
    found = [[token.ner for token in sentence.tokens] for sentence in document.sentences]
    precision, recall, f1, _ = score_by_entity(
        found, [[word["ner"] for word in sentence] for sentence in gold]
    )
    return {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("tests/models/ner.pt"))
    parser.add_argument("--steps", type=int, default=2000)
    options = parser.parse_args()
    parts = {
        part: list(sentences(options.corpora / "gum" / f"{part}.conllu.gz"))
        for part in ("train", "dev", "test")
    }
    began = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for part in ("train", "dev"):
            (work / f"{part}.json").write_text(json.dumps(parts[part]), encoding="utf-8")
        ship(train(work, steps=options.steps), options.out)
    print(f"training took {time.process_time() - began:.0f} CPU seconds")
    print(json.dumps(measure(options.out, parts["test"])))


if __name__ == "__main__":
    main()
