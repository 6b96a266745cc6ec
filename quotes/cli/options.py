"""What commands share: each flag declared once, errors as one line and an exit code, remarks."""

from __future__ import annotations

import errno
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial, reduce, wraps
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, TextIO, TypeVar

import click
from click.core import ParameterSource

from quotes.cli.interrupting import INTERRUPTED, noticed
from quotes.errors import InputError, NothingFoundError, QuotesError
from quotes.present import FORMS, safe_line, write_rows
from quotes.records import period

if TYPE_CHECKING:
    from quotes.api import Filters, Index

NOTHING, UNUSABLE, PIPE_CLOSED = 1, 2, 141

Command = TypeVar("Command", bound=Callable[..., Any])


# Errors and remarks


class Guarded(click.Group):
    """The group of commands: turns errors into one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands in the order in which a newcomer needs them, for the help."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; only `-v` shows a traceback."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (click.exceptions.Exit, click.Abort):
            raise
        except click.ClickException as error:
            vars(error)["message"] = safe_line(error.message)
            raise
        except KeyboardInterrupt:
            noticed()
            say("Stopped. What was written is kept; run the same command again to continue.")
            ctx.exit(INTERRUPTED)
        except Exception as error:
            ctx.exit(_told(ctx, error))
        return result


def _told(ctx: click.Context, error: Exception) -> int:
    """Say what went wrong, and give the exit code for it."""
    if isinstance(error, OSError) and error.errno == errno.EPIPE:
        # Whoever read our output has left: let the flush at exit go nowhere.
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    verbose = ctx.meta.get("quotes.verbose")
    if verbose:
        say(*traceback.format_exc().splitlines())
    if isinstance(error, NothingFoundError):
        say(str(error))
        return NOTHING
    if isinstance(error, QuotesError):
        told = str(error)
    elif isinstance(error, OSError):
        told = f"{error.filename or 'output'}: {error.strerror or error}"
    else:
        told = _damaged(ctx) or (
            f"{type(error).__name__}: {error}{'' if verbose else '; add -v to see where'}"
        )
    say(f"Error: {told}")
    return UNUSABLE


def _damaged(ctx: click.Context) -> str | None:
    """What to tell of the index that was asked, if that is damaged: any error may come of it."""
    from quotes.api import damage

    asked = ctx.meta.get("quotes.index")
    try:
        return damage(asked) if asked else None
    except QuotesError as error:
        return str(error)


class _Echo(logging.Handler):
    """Log lines on stderr, as a person reads them."""

    def emit(self, record: logging.LogRecord) -> None:
        level = "" if record.levelno < logging.WARNING else f"{record.levelname.capitalize()}: "
        say(level + record.getMessage())


_LONGEST = 2_000
"""Characters of a line on stderr: names and what is quoted from a file may be of any length."""


def say(*lines: str) -> None:
    """Lines for people on stderr, whatever their parts came from; each stays one line."""
    for line in lines:
        shown = line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
        click.echo(safe_line(shown), err=True)


def note(*lines: str) -> None:
    """A remark for people on stderr, unless they asked for silence."""
    if not click.get_current_context().meta.get("quotes.silent"):
        say(*lines)


def finish(written: int) -> None:
    """Exit with the code for "nothing found" if nothing was written."""
    if not written:
        raise click.exceptions.Exit(NOTHING)


# Flags of every command


def _set_verbose(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """Our log on stderr until the command ends: what is being done with -v, else warnings."""
    ctx.meta["quotes.verbose"] = value
    logger, handler = logging.getLogger("quotes"), _Echo()
    ctx.call_on_close(partial(logger.setLevel, logger.level))
    ctx.call_on_close(partial(logger.removeHandler, handler))
    logger.setLevel(logging.INFO if value else logging.WARNING)
    logger.addHandler(handler)


def stacked(*options: Callable[..., Any]) -> Callable[[Command], Command]:
    """Several options as one decorator, listed in this order in the help."""
    return lambda command: reduce(lambda made, option: option(made), reversed(options), command)


common_options = stacked(
    click.option(
        "--silent",
        is_flag=True,
        callback=lambda ctx, _, value: ctx.meta.update({"quotes.silent": value}),
        expose_value=False,
        help="Print only errors on stderr, no progress and no remarks.",
    ),
    click.option(
        "-v",
        "--verbose",
        is_flag=True,
        callback=_set_verbose,
        expose_value=False,
        help="Say what is being done; show a traceback with an error.",
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
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    default="quotes.db",
    callback=_named_before,
    envvar="QUOTES_DB",
    show_default=True,
    show_envvar=True,
    help="The index.",
)

people_option = click.option(
    "--people",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Your own names, aliases and roles; the people.toml beside the index unless named.",
)

# What reads articles, by the names that `quotes.api` gives it.
steps_options = stacked(
    people_option,
    click.option(
        "--stanza-package",
        metavar="NAME",
        help="Split sentences with this Stanza package (needs the extra `stanza`).",
    ),
    click.option(
        "--stanza-processors",
        metavar="LIST",
        help="Use more of Stanza: tokenize,ner,coref adds names and coreference.",
    ),
)


any_language_option = click.option(
    "--any-language", is_flag=True, help="Read articles too that are not in English."
)


def standard_input(command: str) -> BinaryIO:
    """What is piped to a command.

    Raises:
        InputError: the shell closed it.
    """
    if sys.stdin is None:
        raise InputError(f"stdin is closed; pipe articles to `quotes {command} -`, or name a file")
    return sys.stdin.buffer


def opened(db: Path, *, readonly: bool = True) -> Index:
    """The index of a command, to ask only or to decide about what it contains: it must exist."""
    from quotes.api import Index

    click.get_current_context().meta["quotes.index"] = db
    return Index(db, readonly=readonly, create=readonly)


# How an answer is written


class Output(NamedTuple):
    """How the answer is written; `form` is None where no flag names one."""

    form: str | None
    headers: bool
    bom: bool
    limit: int | None


_FLAGGED = [form for form in FORMS if form != "text"]
"""The forms that have a flag; text is what a question answers without one."""


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The flags for how an answer is written, passed to the command as `output`."""

    @wraps(command)
    def gathered(*args: Any, no_headers: bool, bom: bool, limit: int | None, **rest: Any) -> Any:
        chosen = [form for form in _FLAGGED if rest.pop(f"as_{form}")]
        if len(chosen) > 1:
            flags = " and ".join(f"--{form}" for form in chosen)
            raise click.UsageError(f"{flags} exclude each other; use one of them.")
        form = chosen[0] if chosen else None
        most = None if limit is None else min(limit, sys.maxsize - 1)
        return command(*args, output=Output(form, not no_headers, bom, most), **rest)

    def flag(form: str) -> Callable[..., Any]:
        names = (*(["-t"] if form == "table" else []), f"--{form}", f"as_{form}")
        return click.option(*names, is_flag=True, help=FORMS[form].help)

    return stacked(
        *map(flag, _FLAGGED),
        click.option("--no-headers", is_flag=True, help="Omit the column names."),
        click.option("--bom", is_flag=True, help="Begin with a byte order mark, for Excel."),
        click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N rows."),
    )(gathered)


def answer(
    rows: Iterable[Any], output: Output, *, default: str = "text", out: TextIO | None = None
) -> int:
    """Write rows to stdout, or to `out`; returns how many there were."""
    return write_rows(
        islice(rows, output.limit),
        out or sys.stdout,
        output.form or default,
        headers=output.headers,
        bom=output.bom,
    )


# What narrows a question


class IsoDate(click.ParamType[str]):
    """A year, a month or a day: 2025, 2025-02 or 2025-02-12."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The date as the index has it, if it is one."""
        try:
            return period(value)
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


all_option = click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Include beliefs, knowledge, wishes and plans, and what nobody is known to have said, "
    "not only what was said or denied.",
)

SPEAKER_KINDS = ("person", "organisation", "group", "unnamed", "document")

speaker_kind_option = click.option(
    "--speaker-kind",
    type=click.Choice(SPEAKER_KINDS),
    help="Only quotations by such a speaker; the last three have no names.",
)

FILTERS: Mapping[str, Callable[[Callable[..., Any]], Callable[..., Any]]] = {
    "kind": click.option(
        "--kind",
        type=click.Choice(["direct", "mixed", "indirect"]),
        help="Only quotations that stand in quotation marks as a whole, in part or not at all.",
    ),
    "speaker_kind": speaker_kind_option,
    "outlet": click.option("--outlet", metavar="OUTLET", help="Only what this outlet printed."),
    "since": click.option("--since", type=IsoDate(), help="Only what was printed since this day."),
    "until": click.option("--until", type=IsoDate(), help="Only what was printed until this day."),
    "everything": all_option,
}
"""The flag of each of the filters of `quotes.api`, by the filter's name."""


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The flags that narrow a question, passed to the command as `chosen`."""

    @wraps(command)
    def gathered(*args: Any, **rest: Any) -> Any:
        chosen: Filters = {name: rest.pop(name) for name in FILTERS}  # type: ignore[assignment]
        return command(*args, chosen=chosen, **rest)

    return stacked(*FILTERS.values())(gathered)


def question(*own: Callable[..., Any]) -> Callable[[Command], Command]:
    """The flags of a question: the index, those of its own, how it is answered."""
    return stacked(db_option, *own, output_options, common_options)
