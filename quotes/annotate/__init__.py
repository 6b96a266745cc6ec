"""The stanza face of `quotes`: pipelines, processors, and stanza's models in place of the reader.

In: articles, or any stanza pipeline.  Out: `AnnotatedArticle`s with stanza's sentences and,
if asked for, the mentions that stanza's models find; or stanza documents whose `ents`,
`coref` and `quotes` come from our reader.  This is the only package that imports stanza, and
with it torch; importing it registers the processors, so nothing may import it before
somebody asks for stanza.  Sentences by rule, `quotes.text.normalised.sentences`, need none of
this.  Nothing here downloads anything unless told to.

Needs the extra `quotes[stanza]`; without it this package can be imported, and its functions say
what to install.
"""

from typing import TYPE_CHECKING

from quotes.errors import installed, require

if TYPE_CHECKING or installed("stanza"):
    from quotes.annotate.mentions import mentions_of
    from quotes.annotate.pipelines import MODEL_FOLDER, annotate, pipeline
else:

    def __getattr__(name: str) -> object:
        """Whatever is asked for is not there: raises `MissingExtraError` for the names below."""
        if name in __all__:
            require("stanza")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["MODEL_FOLDER", "annotate", "mentions_of", "pipeline"]
