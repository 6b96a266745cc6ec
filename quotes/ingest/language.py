"""Whether a text is in English, the language that is read here; and if not, in which one it is.

Nearly every English text shows by its commonest words.  The rest is looked at by py3langid, which
needs a second and a half to load: no English archive ever does.  A text too short to tell, and
names or scores that are in no language, count as English.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any


def _listed(entries: str) -> tuple[str, ...]:
    return tuple(entries.split())


# Words that few other languages share.
_ENGLISH = frozenset(
    _listed(
        """
        the of and to that for with was said his her they this from have has had which their would
        were been are not but by at it he she we you will be as who when what there about after
        than into could should
        """
    )
)
# In 43 articles of 30 outlets 27 to 36 words in a hundred are of these; in German, French or
# Tagalog none to 3, in Dutch 4, in Nigerian Pidgin 8; with half of it in German, 15 and more.
_SHARE = 0.15
_SURE = 0.9
_SHORT_WORDS, _SHORT_LETTERS = 30, 150
_LOOKED_AT = 40_000
# What the detector takes English for, above all in headlines and in reported dialogue.
_NEAR = frozenset({"en", "sco", "pcm", "jam", "tpi", "bi"})
_NAMES = dict(
    each.split("=")
    for each in _listed(
        """
        af=Afrikaans am=Amharic ar=Arabic as=Assamese az=Azerbaijani be=Belarusian bg=Bulgarian
        bn=Bengali bs=Bosnian ca=Catalan cs=Czech cy=Welsh da=Danish de=German el=Greek
        eo=Esperanto es=Spanish et=Estonian eu=Basque fa=Persian fi=Finnish fr=French ga=Irish
        gl=Galician gu=Gujarati ha=Hausa he=Hebrew hi=Hindi hr=Croatian ht=Haitian hu=Hungarian
        hy=Armenian id=Indonesian ig=Igbo is=Icelandic it=Italian ja=Japanese ka=Georgian
        kk=Kazakh km=Khmer kn=Kannada ko=Korean ku=Kurdish ky=Kyrgyz la=Latin lb=Luxembourgish
        lo=Lao lt=Lithuanian lv=Latvian mg=Malagasy mk=Macedonian ml=Malayalam mn=Mongolian
        mr=Marathi ms=Malay mt=Maltese my=Burmese nb=Norwegian ne=Nepali nl=Dutch nn=Norwegian
        no=Norwegian or=Odia pa=Punjabi pl=Polish ps=Pashto pt=Portuguese ro=Romanian ru=Russian
        rw=Kinyarwanda si=Sinhala sk=Slovak sl=Slovene so=Somali sq=Albanian sr=Serbian
        sv=Swedish sw=Swahili ta=Tamil te=Telugu tg=Tajik th=Thai tl=Tagalog tr=Turkish
        uk=Ukrainian ur=Urdu uz=Uzbek vi=Vietnamese xh=Xhosa yo=Yoruba zh=Chinese zu=Zulu
        """
    )
)


_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{2}")


def words_in(text: str) -> int:
    """How many words a text has; in scripts without blanks, two characters count as one."""
    return len(text.split()) + len(_UNSPACED.findall(text))


def other_language(text: str) -> str | None:
    """The language of a text that is not in English; None if it is, or cannot be told.

    >>> other_language("Der Minister sagte am Dienstag in Berlin, er werde gehen. " * 5)
    'German'
    >>> other_language("The minister said on Tuesday in Berlin that he would go. " * 5) is None
    True
    """
    text = text[:_LOOKED_AT]
    words = re.findall(r"[^\W\d_]+", text.casefold())
    if len(words) < _SHORT_WORDS and sum(map(len, words)) < _SHORT_LETTERS:
        return None
    if sum(word in _ENGLISH for word in words) >= _SHARE * len(words):
        return None
    code, chance = _detector().classify(text.casefold())
    if code in _NEAR or chance < _SURE:
        return None
    return _NAMES.get(code, f"another language ({code})")


@cache
def _detector() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
