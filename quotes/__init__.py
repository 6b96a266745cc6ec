"""Quote attribution and a speaker index for newsrooms.

The public names load when they are first asked for: `import quotes` costs nothing, and a
question to an index never loads a model.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as `typing` has it, which takes longer to import than all else here
if TYPE_CHECKING:
    from typing import Any

    from quotes.api import Index, extract
    from quotes.errors import QuotesError
    from quotes.records import Article, Quotation, Span, Speaker
    from quotes.rows import Utterance

    __version__: str

__all__ = [
    "Article",
    "Index",
    "Quotation",
    "QuotesError",
    "Span",
    "Speaker",
    "Utterance",
    "__version__",
    "extract",
]

_HOMES = {"Index": "api", "extract": "api", "QuotesError": "errors", "Utterance": "rows"}


def __getattr__(name: str) -> Any:
    """Load a public name from its module, or look up the version; others live in `records`."""
    if name not in __all__:
        raise AttributeError(f"module 'quotes' has no attribute {name!r}")
    if name == "__version__":
        value = import_module("importlib.metadata").version("quotes")
    else:
        value = getattr(import_module(f"quotes.{_HOMES.get(name, 'records')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
