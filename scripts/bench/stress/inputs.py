"""More than 200 files that nobody should have to read, and what becomes of them.

Each is read alone by `quotes index` into an index of its own kind, and all of them in one run:
none may end a run, hang, or give a traceback, and a good article among them must be indexed.
"""

# ruff: noqa: E501  (tables of inputs read best one a line)
from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tools import Found, quotes, ran

STORY = (
    "The bridge at the harbour is safe, Mayor Ann Lee said on Monday. "
    "“We checked every bolt of it,” she said. It will open again on Friday, she added.\n\n"
)
GOOD = STORY * 3
MEBI = 1 << 20
NOISE = random.Random(1)


def all_inputs() -> dict[str, bytes]:
    """Name and bytes of every file, by kind of fault."""
    made: dict[str, bytes] = {}
    for kind in (_plain, _encodings, _pages, _lines, _tables, _manifests, _names):
        made |= {f"{kind.__name__[1:]}/{name}": raw for name, raw in kind()}
    return made


def _plain() -> Iterator[tuple[str, bytes]]:
    units = (
        *" \n\t\r.“”\"'‘’—-([{<&@#0aA",
        "\u2028",
        "\u200b",
        "\u202e",
        "\u0301",
        "\U0001f600",
        "漢",
    )
    for number, unit in enumerate(units):
        yield f"only-{number}.txt", (unit * 100_000).encode()
        yield f"then-{number}.txt", (GOOD + unit * 50_000 + "\n" + GOOD).encode()
    pairs = (
        "“ ",
        " ”",
        "‘a",
        "A.",
        "Mr. ",
        "A B ",
        "LEE: ",
        "he said ",
        "\n“",
        "a\u0301",
        "''",
        "- ",
    )
    for number, pair in enumerate(pairs):
        yield f"pair-{number}.txt", (pair * 30_000).encode()
    yield "empty.txt", b""
    yield "one.txt", b"a"
    yield "million-words.txt", b"word " * 200_000
    yield "million-lines.txt", b"a\n" * 500_000
    yield "one-line.txt", (GOOD.replace("\n", " ") * 200).encode()
    yield "headline.txt", b"A headline of some words\n\n" + b" " * MEBI
    yield "too-long.txt", b"word " * 2_100_000
    yield "noise.txt", NOISE.randbytes(50_000)
    yield "zeros.txt", bytes(50_000)
    yield "escapes.txt", ("\x1b[2J\x1b]0;title\x07\x9b31m" + GOOD).encode()


def _encodings() -> Iterator[tuple[str, bytes]]:
    for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-7", "cp1252",
                 "cp1251", "koi8-r", "shift_jis", "gb18030", "big5", "cp037", "mac_roman",
                 "utf-8-sig", "cp437"):  # fmt: skip
        yield f"{name}.txt", GOOD.encode(name, "replace")
        yield f"{name}.html", _page(GOOD).encode(name, "replace")
    raw = GOOD.encode()
    for name, bad in (
        ("ff", b"\xff"),
        ("c0", b"\xc0\xaf"),
        ("half", b"\xe2\x80"),
        ("surrogate", b"\xed\xa0\x80"),
    ):
        yield f"{name}.txt", raw[:90] + bad + raw[90:]
        yield f"{name}.jsonl", b'{"text": "' + raw[:40] + bad + b'"}\n' + _line() + b"\n"
        yield f"{name}.csv", b"text,outlet\n" + b"a " + bad + b' said,X\n"' + raw + b'",Y\n'
    yield "bom-twice.txt", b"\xef\xbb\xbf\xef\xbb\xbf" + raw
    yield "bom-only.txt", b"\xef\xbb\xbf"
    yield "utf-16-odd.txt", GOOD.encode("utf-16") + b"\x00"
    yield "utf-16-halves.txt", b"\xff\xfe" + b"\x00\xd8" * 5_000
    yield (
        "charset.html",
        _page(GOOD, head='<meta charset="no-such-thing">').encode("cp1252", "replace"),
    )


def _page(body: str, *, head: str = "", tag: str = "") -> str:
    text = "".join(f"<p>{line}</p>" for line in body.split("\n") if line)
    return f"<!doctype html><html><head><title>A bridge</title>{head}</head><body {tag}><article>{text}</article></body></html>"


def _pages() -> Iterator[tuple[str, bytes]]:
    many = " ".join(f"a{number}=1" for number in range(30_000))
    repeated = {
        "div": "<div>", "b": "<b><i>", "table": "<table><tr><td>", "ul": "<ul><li>", "span": "<span>a </span>",
        "link": "<a href=x>a b ", "p": "<p>He said so on Monday, and she denied it at once.", "comment": "<!--",
        "lt": "<", "entity": "&amp;&#x0;&bogus;", "script": "<script>", "cdata": "<![CDATA[", "br": "a<br>",
        "meta": '<meta name="date" content="2020-01-01">', "time": "<time datetime=2020-13-45>1 Jan</time>",
        "h1": "<h1>Title", "svg": "<svg><g>", "form": "<form><input>", "quote": "<blockquote>“", "null": "\0",
    }  # fmt: skip
    for name, unit in repeated.items():
        times = max(1, 200_000 // len(unit))
        yield f"{name}.html", _page(GOOD).replace("<article>", "<article>" + unit * times).encode()
    heads = {
        "ld-deep": '<script type="application/ld+json">' + '{"a":' * 20_000 + "</script>",
        "ld-list": '<script type="application/ld+json">' + "[" * 50_000 + "</script>",
        "ld-types": '<script type="application/ld+json">{"@type": 5, "author": [[{}]], "headline": {}}</script>',
        "ld-date": '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"' + "9" * 50_000 + '"}</script>',
        "site": '<meta property="og:site_name" content="' + "\x1b[2J\u202eevil\n" * 500 + '">',
        "url": '<link rel="canonical" href="http://[::1' + "a" * 10_000 + '">',
        "base": '<base href="javascript:alert(1)">', "title": "<title>" + "t " * 100_000 + "</title>",
        "refresh": '<meta http-equiv="refresh" content="0;url=file:///etc/passwd">',
        "xml": '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        "laugh": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "' + "&a;" * 1000 + '">]>',
    }  # fmt: skip
    for name, head in heads.items():
        yield f"head-{name}.html", _page(GOOD, head=head).encode()
    yield "attributes.html", _page(GOOD, tag=many).encode()
    yield "attribute.html", _page(GOOD, tag=f'style="{"a" * MEBI}"').encode()
    yield "quote-open.html", _page(GOOD, tag='title="').encode()
    yield "no-end.html", _page(GOOD)[:300].encode()
    yield "only-tags.html", b"<p></p>" * 20_000
    yield "frameset.html", b"<html><frameset><frame src=a.html></frameset></html>"
    yield "xhtml.html", b'<?xml version="1.0" encoding="utf-8"?>' + _page(GOOD).encode()
    yield "xml.html", b"<?xml version='1.0'?><rss><item>" + GOOD.encode() + b"</item></rss>"
    yield "plain.html", GOOD.encode()
    yield "long.html", _page(GOOD * 3_000).encode()
    yield "noise.html", NOISE.randbytes(100_000)


def _line(**fields: object) -> bytes:
    return json.dumps({"text": GOOD, **fields}).encode()


def _lines() -> Iterator[tuple[str, bytes]]:
    odd: dict[str, object] = {
        "null": None, "number": 5, "list": [], "object": {}, "true": True, "huge": 10**400, "float": 1e308,
        "control": "\0\x1b[31m\x85\u2028", "bidi": "\u202e\u2066abc", "lone": "\ud800", "long": "x" * MEBI,
        "lines": "a\nb\r\nc", "empty": "", "blank": " \t", "formula": "=cmd|' /C calc'!A0", "path": "../../etc/passwd",
    }  # fmt: skip
    for name, value in odd.items():
        for field in ("id", "text", "outlet", "title", "date", "url"):
            record = {"text": f"{GOOD}{name}{field}", field: value}
            line = b'{"text": "a", "id": 1e999}' if name == "float" else json.dumps(record).encode()
            yield f"{field}-{name}.jsonl", line + b"\n" + _line(id=f"good-{field}-{name}") + b"\n"
    raw = {
        "deep": b'{"a":' * 50_000, "brackets": b"[" * 100_000, "array": b"[" + _line() + b"]", "nan": b'{"text": NaN}',
        "string": b'"text"', "number": b"5", "twice": b'{"text":"a","text":"b he said."}', "comma": _line() + b",",
        "single": b"{'text': 'a'}", "digits": b'{"text": ' + b"9" * 100_000 + b"}", "half": _line()[:-20],
        "blank-lines": b"\n" * 100_000 + _line(), "cr": _line() + b"\r" + _line(id="b"), "no-text": b'{"body": "a"}',
        "long-line": b'{"text": "' + b"a " * (6 * MEBI) + b'"}', "binary": NOISE.randbytes(10_000),
        "separators": json.dumps({"text": GOOD + "\u2028\x85"}, ensure_ascii=False).encode(),
    }  # fmt: skip
    for name, lines in raw.items():
        yield f"{name}.jsonl", lines + b"\n" + _line(id=f"good-{name}") + b"\n"


def _tables() -> Iterator[tuple[str, bytes]]:
    good = '"' + GOOD.replace('"', "”") + '",Reuters\n'
    texts = {
        "cell": "text,outlet\n" + '"' + "word " * 40_000 + '",A\n' + good, "huge-cell": "text\n" + '"' + "a " * (6 * MEBI) + '"\n',
        "open": 'text,outlet\n"never closed,A\n' + good, "open-late": "text,outlet\n" + good + '"a"b"c,A\n' + good,
        "no-header": good * 3, "one-column": "text\n" + "a\n" * 100, "no-text": "body,outlet\n" + good, "only-header": "text,outlet\n",
        "twice": "text,text,outlet\n" + "a,b," + "A\n" + good, "wide": "text," + ",".join(f"c{n}" for n in range(20_000)) + "\n" + good,
        "ragged": "text,outlet\na\na,b,c,d,e\n,\n,,\n\n" + good, "semicolons": "text;outlet\na;b\n", "tabs": "text\toutlet\na\tb\n",
        "nul": "text,outlet\na\0b,A\n" + good, "cr": "text,outlet\r" + good.replace("\n", "\r"), "formula": "text,outlet\n=1+1,+A\n" + good,
        "header": "x" * (11 * MEBI) + "\n" + good, "quotes": '"' * 99_999 + "\n" + good, "commas": "," * 500_000 + "\n" + good,
        "blank": "\n" * 100_000, "spaces": "text , outlet \n" + good, "upper": "TEXT,Outlet\n" + good, "date": "text,date\n" + '"' + GOOD + '",99/99/9999\n',
    }  # fmt: skip
    for name, text in texts.items():
        yield f"{name}.csv", text.encode()


def _manifests() -> Iterator[tuple[str, bytes]]:
    head = "file,outlet,published\n"
    rows = {
        "empty-row": head + ",,\na.txt,Reuters,2025-02-01\n", "first-empty": "file,outlet,published\n,,\n", "semicolon": head.replace(",", ";") + "a.txt;R;2025\n",
        "up": head + "../../../etc/passwd,R,2025-01-01\n", "absolute": head + "/etc/passwd,R,2025-01-01\n", "missing": head + "gone.txt,R,2025-01-01\n",
        "twice": head + "a.txt,R,2025-01-01\na.txt,S,2025-01-02\n", "dates": head + "a.txt,R,yesterday\n", "long": head + f"a.txt,{'R' * 200_000},2025-01-01\n",
        "many": head + "".join(f"{n}.txt,R,2025-01-01\n" for n in range(20_000)), "escape": head + "a.txt,\x1b[2J\u202eR,2025-01-01\n",
        "self": head + "outlets.csv,R,2025-01-01\n", "nul": head + "a\0.txt,R,2025-01-01\n", "open": head + '"a.txt,R,2025-01-01\n', "header": head,
    }  # fmt: skip
    for name, text in rows.items():
        yield f"{name}/outlets.csv", text.encode()
        yield f"{name}/a.txt", f"{name} {GOOD}".encode()


def _names() -> Iterator[tuple[str, bytes]]:
    names = ("\x1b[2J.txt", "a\nb.txt", "\u202etxt.exe.txt", " .txt", "a b.txt", "-.txt", "--db.txt", "'.txt", '".txt', "%s.txt",
             "{}.txt", "*.txt", "a" * 240 + ".txt", ".hidden.txt", "é.txt", "e\u0301.txt", "漢字.txt", "a.TXT", "a.txt.html",
             "\x85\x9b31m.txt", "$(id).txt", "\\.txt", "a\r.txt", "\u2066a.txt", "con.txt", "a.jsonl.csv")  # fmt: skip
    for name in names:
        raw = (
            _line()
            if name.endswith((".jsonl", ".csv"))
            else _page(GOOD).encode()
            if name.endswith(".html")
            else f"{name!a} {GOOD}".encode()
        )
        yield name, raw


def written(folder: Path, made: dict[str, bytes]) -> list[Path]:
    """The files in a folder, and links, pipes and unreadable things beside them."""
    paths = []
    for name, raw in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
        paths.append(path)
    odd = folder / "odd"
    odd.mkdir()
    (odd / "loop.txt").symlink_to("loop.txt")
    (odd / "nowhere.txt").symlink_to("gone.txt")
    (odd / "up").symlink_to("..", target_is_directory=True)
    (odd / "folder.txt").mkdir()
    os.mkfifo(odd / "pipe.txt")
    (odd / "device.txt").symlink_to("/dev/zero")
    with (odd / os.fsdecode(b"\xff\xfe.txt")).open("w", encoding="utf-8") as file:
        file.write(GOOD)
    (odd / "nobody.txt").write_text(GOOD, encoding="utf-8")
    (odd / "nobody.txt").chmod(0)
    return [*paths, *sorted(odd.iterdir())]


def run(rng: random.Random, folder: Path, *, most: int | None = None) -> Found:
    """Read every input alone, without the network, then all of them by the whole program."""
    found = Found("hostile inputs")
    there = folder / "inputs"
    there.mkdir()
    made = all_inputs()
    chosen = made if most is None else {name: made[name] for name in rng.sample(sorted(made), most)}
    paths = written(there, chosen)
    slowest = 0.0
    for path in paths:
        ended = ran(partial(_ingested, path), said=f"reading {path.relative_to(there)}")
        found.take(ended.faults())
        slowest = max(slowest, ended.seconds)
    found.figures.append(f"{len(paths)} hostile inputs read alone, the slowest in {slowest:.1f} s")
    if most is None:
        good = there / "good.txt"
        good.write_text("A last good one. " + GOOD, encoding="utf-8")
        db = folder / "inputs.db"
        whole = quotes("index", there, good, "--db", db, "--workers", "2", timeout=1800)
        found.take(whole.faults())
        if "good.txt" not in quotes("show", "good.txt", "--db", db).out.decode() + _paths(db):
            found.faults.append("the good article among the hostile ones is not in the index")
        found.figures.append(f"all of them in one run of `quotes index`: {whole.seconds:.0f} s")
    return found


def _ingested(path: Path) -> None:
    from quotes.ingest.files import read_articles
    from quotes.records import Failure

    for each in read_articles([path]):
        print(each.message if isinstance(each, Failure) else len(each.text))


def _paths(db: Path) -> str:
    import sqlite3

    with sqlite3.connect(db) as index:
        return " ".join(
            path for (path,) in index.execute("SELECT path FROM article WHERE path NOT NULL")
        )
