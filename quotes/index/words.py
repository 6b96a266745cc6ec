"""How words are searched: text goes in, folded words with their places come out.

The full-text table holds what `search_form` gives, and a question is put in the same form.
"""

from __future__ import annotations

import re
import unicodedata

from quotes.records import Span

# A word is letters and digits, with the marks and invisible hyphens that may stand inside
# it.  An apostrophe of any kind parts words, so "Trump" is found in "Trump’s" and "don't"
# is the phrase "don t" however it was typed; some apostrophes count as letters in Unicode.
_WORD = re.compile(
    r"[^\W_ʹʺʻʼʽʾʿˈ]"
    r"(?:[^\W_ʹʺʻʼʽʾʿˈ]|[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff])*"
)


def words_of(text: str) -> list[tuple[str, Span]]:
    """The words of `text` as they are searched, folded, each with its span in `text`.

    >>> words_of("Don’t, José!")
    [('don', Span(start=0, end=3)), ('t', Span(start=4, end=5)), ('jose', Span(start=7, end=11))]
    """
    found = ((_folded(word.group()), Span(*word.span())) for word in _WORD.finditer(text))
    return [(folded, span) for folded, span in found if folded]


def _folded(word: str) -> str:
    """Case, diacritics and typographic forms taken off; letters and digits only."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def search_form(text: str) -> str:
    """`text` as words with one space between: what the full-text table holds and is asked.

    >>> search_form("“U.S. – don’t”") == search_form('"U.S. - don\\'t"')
    True
    """
    return " ".join(folded for folded, _ in words_of(text))
