"""The stanza face of `quotes`: pipelines, processors, and stanza's models in the reader's stead.

In: articles, or any stanza pipeline.  Out: `AnnotatedArticle`s with stanza's sentences and,
if asked for, the mentions that stanza's models find; or stanza documents whose `ents`,
`coref` and `quotes` come from our reader.  This is the only package that imports stanza, and
with it torch; importing it registers the processors, so nothing may import it before
somebody asks for stanza.  The light path, sentences by rule, needs none of this:
`quotes.text.normalised.sentences` gives them.  Nothing here downloads anything unless told to.
"""

from quotes.annotate.articles import annotate
from quotes.annotate.mentions import mentions_of
from quotes.annotate.models import MODEL_FOLDER, pipeline

__all__ = ["MODEL_FOLDER", "annotate", "mentions_of", "pipeline"]
