"""Between Spark's rows and our records: schemas from dataclasses, and plain functions over rows.

Everything that Python does to a frame goes through `map_rows`: dictionaries in, dictionaries
out, by `mapInPandas`.  What a record is called and holds stands in its dataclass alone; a
frame's columns are taken from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from functools import cache, lru_cache, partial
from itertools import islice
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd
from pyspark import cloudpickle
from pyspark.sql import DataFrame
from pyspark.sql.types import StructType

Row = dict[str, Any]
"""One row: plain Python values; a missing one is None, an array a list, a struct a dict."""

Work = Callable[[Iterator[Row]], Iterable[Row]]
"""What Python does to a partition's rows; it runs in Spark's worker processes."""

R = TypeVar("R")

_AT_ONCE = 1000
"""Rows handed back together; one row may be a whole article."""


def map_rows(frame: DataFrame, work: Work, schema: str) -> DataFrame:
    """The rows that `work` makes of a frame's rows, partition by partition.

    Args:
        work: it and all that it holds must be picklable.
        schema: of the result, as DDL ("id string, day bigint"); every row has all its columns.
    """
    columns = StructType.fromDDL(schema)
    assert isinstance(columns, StructType)
    names = columns.names

    def mapped(parts: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        rows = (
            dict(zip(given, map(_plain, values), strict=True))
            for part in parts
            for given in [list(part.columns)]
            for values in part.itertuples(index=False, name=None)
        )
        made = iter(work(rows))
        while some := list(islice(made, _AT_ONCE)):
            # As objects, so that a missing number changes no column.
            yield pd.DataFrame(some, columns=names, dtype=object)

    return frame.mapInPandas(mapped, schema)


def _plain(value: Any) -> Any:
    """A value without numpy's and pandas' types.

    >>> _plain({"at": np.array([1, 2]), "who": float("nan")})
    {'at': [1, 2], 'who': None}
    """
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [_plain(each) for each in value]
    if value is None or value is pd.NA or value != value:
        return None
    return value.item() if isinstance(value, np.generic) else value


def once(make: Callable[[], R]) -> Callable[[], R]:
    """What `make` gives, made once in each of Spark's worker processes: word lists, a model."""
    return partial(_made, cloudpickle.dumps(make))  # type: ignore[no-untyped-call]


@lru_cache(maxsize=8)
def _made(make: bytes) -> Any:
    return cloudpickle.loads(make)()


def kept(frame: DataFrame) -> DataFrame:
    """The frame worked out at once, not anew for each of its uses.

    Its plan ends here too: without that a plan that is joined with itself a few times takes
    longer to make than to run.  The rows are kept in the session's checkpoint folder if it
    has one, which outlives a lost machine, else by the workers.
    """
    if frame.sparkSession.sparkContext.getCheckpointDir():
        return frame.checkpoint()
    return frame.localCheckpoint()


# Records.


@cache
def columns_of(record: type) -> str:
    """The columns of a dataclass, as DDL.

    >>> from quotes.records import Region
    >>> columns_of(Region)
    'span struct<start:bigint,end:bigint>, kind string, evidence string'
    """
    return ", ".join(f"{name} {_ddl(hint)}" for name, hint in _fields(record).items())


@cache
def struct_of(record: type) -> str:
    """The same as one column's type.

    >>> from quotes.records import Span
    >>> struct_of(Span)
    'struct<start:bigint,end:bigint>'
    """
    return f"struct<{','.join(f'{name}:{_ddl(hint)}' for name, hint in _fields(record).items())}>"


@cache
def _fields(record: type) -> Mapping[str, Any]:
    """The types of a dataclass' fields, those left out that it makes of the others."""
    hints = get_type_hints(record)
    return {each.name: hints[each.name] for each in fields(record) if each.init}


_SIMPLE = {str: "string", int: "bigint", float: "double", bool: "boolean", bytes: "binary"}


def _ddl(hint: Any) -> str:
    hint = _present(hint)
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if get_origin(hint) is tuple:
        return f"array<{_ddl(get_args(hint)[0])}>"
    return "string" if get_origin(hint) is Literal else struct_of(hint)


def _present(hint: Any) -> Any:
    """A type without the None that it may be instead."""
    if get_origin(hint) not in (Union, UnionType):
        return hint
    (present,) = (each for each in get_args(hint) if each is not NoneType)
    return present


def row_of(record: Any) -> Row:
    """A record as a row, records within it as structs.

    >>> from quotes.records import Region, Span
    >>> row_of(Region(Span(0, 4), "byline", "By Ann Lee"))
    {'span': {'start': 0, 'end': 4}, 'kind': 'byline', 'evidence': 'By Ann Lee'}
    """
    return {name: _value(getattr(record, name)) for name in _fields(record.__class__)}


def _value(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_value(each) for each in value]
    return row_of(value) if hasattr(value, "__dataclass_fields__") else value


def record_of(record: type[R], row: Mapping[str, Any]) -> R:
    """The record that a row holds; other columns are passed over.

    >>> from quotes.records import Span
    >>> record_of(Span, {"start": 0, "end": 4, "text": "Kyiv"})
    Span(start=0, end=4)
    """
    hints = _fields(record)  # type: ignore[arg-type]  # a class is as good a key as any
    return record(**{name: _read(hint, row[name]) for name, hint in hints.items()})


def _read(hint: Any, value: Any) -> Any:
    hint = _present(hint)
    if value is None or hint in _SIMPLE or get_origin(hint) is Literal:
        return bytes(value) if isinstance(value, bytearray) else value
    if get_origin(hint) is tuple:
        return tuple(_read(get_args(hint)[0], each) for each in value)
    return record_of(hint, value)
