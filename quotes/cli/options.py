"""The flags that commands share, each defined once, and what they hand over."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce, wraps
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click
from click.core import ParameterSource

from quotes.cli.guard import logging_to_stderr
from quotes.present import FORMS, write_rows

if TYPE_CHECKING:
    from quotes.records import Kind, SpeakerKind

Command = TypeVar("Command", bound=Callable[..., Any])


def _set_verbose(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    ctx.meta["quotes.verbose"] = value
    ctx.with_resource(logging_to_stderr(logging.INFO if value else logging.WARNING))


def _set_silent(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    ctx.meta["quotes.silent"] = value


def _stacked(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one decorator, listed in this order in the help."""

    def decorate(command: Command) -> Command:
        return reduce(lambda made, option: option(made), reversed(options), command)

    return decorate


common_options = _stacked(
    click.option(
        "--silent",
        is_flag=True,
        callback=_set_silent,
        expose_value=False,
        help="No progress and no remarks on stderr; errors stay.",
    ),
    click.option(
        "-v",
        "--verbose",
        is_flag=True,
        callback=_set_verbose,
        expose_value=False,
        help="Say what is being done; errors with a traceback.",
    ),
)


def _named_before(ctx: click.Context, option: click.Parameter, value: Path) -> Path:
    """The index; `quotes speakers --db FILE merge` names it before the command."""
    name, group = option.name or "", ctx.parent
    while group is not None and name not in group.params:
        group = group.parent
    if group is None or ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
        return value
    return Path(group.params[name])


db_option = click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False),
    default="quotes.db",
    callback=_named_before,
    envvar="QUOTES_DB",
    show_default=True,
    show_envvar=True,
    help="The index.",
)

steps_options = _stacked(
    click.option(
        "--people",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="Your own names, aliases and roles (people.toml).",
    ),
    click.option(
        "--stanza-package", metavar="NAME", help="Take sentences from this official Stanza package."
    ),
    click.option(
        "--stanza-processors",
        metavar="LIST",
        help="Take more from Stanza: tokenize,ner,coref takes names and who is meant.",
    ),
)


@dataclass(frozen=True, slots=True)
class Output:
    """How the answer is wanted; `form` is None where no flag names one."""

    form: str | None
    headers: bool
    bom: bool
    limit: int | None


_FLAGGED = [form for form in FORMS if form != "text"]
"""The forms that have a flag; text is what a question answers without one."""


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The flags for how an answer is written, handed to the command as `output`."""

    @wraps(command)
    def gathered(*args: Any, no_headers: bool, bom: bool, limit: int | None, **rest: Any) -> Any:
        chosen = [form for form in _FLAGGED if rest.pop(f"as_{form}")]
        if len(chosen) > 1:
            flags = " and ".join(f"--{form}" for form in chosen)
            raise click.UsageError(f"{flags} exclude each other; name one.")
        form = chosen[0] if chosen else None
        return command(*args, output=Output(form, not no_headers, bom, limit), **rest)

    short = {"table": ["-t"]}
    return _stacked(
        *(
            click.option(
                *short.get(form, []), f"--{form}", f"as_{form}", is_flag=True, help=FORMS[form].help
            )
            for form in _FLAGGED
        ),
        click.option("--no-headers", is_flag=True, help="Leave the column names out."),
        click.option("--bom", is_flag=True, help="Begin with a byte order mark, for Excel."),
        click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most so many."),
    )(gathered)


all_option = click.option(
    "--all",
    is_flag=True,
    help="Beliefs, knowledge, wishes and plans as well, not only what was said.",
)

SPEAKER_KINDS = ("person", "organisation", "group", "unnamed", "document")

speaker_kind_option = click.option(
    "--speaker-kind",
    type=click.Choice(SPEAKER_KINDS),
    help="Only what such a source said; the last three have no names.",
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What narrows a question, in the words of `query`."""

    everything: bool
    kind: Kind | None
    speaker_kind: SpeakerKind | None
    outlet: str | None
    since: str | None
    until: str | None


class IsoDate(click.ParamType[str]):
    """A year, a month or a day: 2025, 2025-02 or 2025-02-12."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The date as it was typed, if it is one."""
        padded = f"{value}{'-01-01'[len(value) - 4 :]}" if len(value) in (4, 7) else value
        try:
            date.fromisoformat(padded)
        except ValueError:
            self.fail(f"{value!r} is not a date; write it as 2025-02-12.", param, ctx)
        return str(value)


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The flags that narrow a question, handed to the command as `chosen`."""

    @wraps(command)
    def gathered(
        *args: Any,
        kind: Kind | None,
        speaker_kind: SpeakerKind | None,
        outlet: str | None,
        since: str | None,
        until: str | None,
        all: bool,
        **rest: Any,
    ) -> Any:
        chosen = Chosen(all, kind, speaker_kind, outlet, since, until)
        return command(*args, chosen=chosen, **rest)

    return _stacked(
        click.option(
            "--kind",
            type=click.Choice(["direct", "mixed", "indirect"]),
            help="All, a part or none of it in quotation marks.",
        ),
        speaker_kind_option,
        click.option("--outlet", metavar="NAME", help="Only what this outlet printed."),
        click.option("--since", type=IsoDate(), help="Printed on this day or later."),
        click.option("--until", type=IsoDate(), help="Printed on this day or before."),
        all_option,
    )(gathered)


def answer(
    rows: Iterable[Any], output: Output, *, default: str = "text", out: TextIO | None = None
) -> int:
    """Write rows to stdout, or to `out`; gives how many there were."""
    return write_rows(
        islice(rows, output.limit),
        out or sys.stdout,
        output.form or default,
        headers=output.headers,
        bom=output.bom,
    )
