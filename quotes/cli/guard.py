"""Errors as one line and an exit code, remarks and log lines on stderr."""

from __future__ import annotations

import errno
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

from quotes.errors import NothingFoundError, QuotesError

FOUND, NOTHING, UNUSABLE, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 130, 141


class Guarded(click.Group):
    """The group of commands: turns errors into one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands in the order of a first session, for the help."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a traceback is for `-v` alone."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except KeyboardInterrupt:
            click.echo("Stopped; what was written stays. Run it again to go on.", err=True)
            ctx.exit(INTERRUPTED)
        except Exception as error:
            ctx.exit(_told(ctx, error))
        return result


def _told(ctx: click.Context, error: Exception) -> int:
    """Say what went wrong, and give the exit code for it."""
    if isinstance(error, OSError) and error.errno == errno.EPIPE:
        _silence_stdout()
        return PIPE_CLOSED
    if ctx.meta.get("quotes.verbose"):
        click.echo(traceback.format_exc(), err=True, nl=False)
    if isinstance(error, NothingFoundError):
        click.echo(str(error), err=True)
        return NOTHING
    if isinstance(error, QuotesError):
        click.echo(f"Error: {error}", err=True)
    elif isinstance(error, OSError):
        click.echo(f"Error: {error.filename or 'output'}: {error.strerror or error}", err=True)
    else:
        again = "" if ctx.meta.get("quotes.verbose") else "; -v shows where"
        click.echo(f"Error: {type(error).__name__}: {error}{again}", err=True)
    return UNUSABLE


def _silence_stdout() -> None:
    """Let the flush at exit go nowhere: whoever read our output has left."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Echo(logging.Handler):
    """Log lines on stderr, as a person reads them."""

    def emit(self, record: logging.LogRecord) -> None:
        level = "" if record.levelno < logging.WARNING else f"{record.levelname.capitalize()}: "
        click.echo(level + record.getMessage(), err=True)


@contextmanager
def logging_to_stderr(level: int) -> Iterator[None]:
    """Our log from this level on, until the command ends."""
    logger, handler = logging.getLogger("quotes"), _Echo()
    before = logger.level
    logger.setLevel(level)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


def note(message: str) -> None:
    """A remark for people on stderr, unless they asked for silence."""
    if not click.get_current_context().meta.get("quotes.silent"):
        click.echo(message, err=True)


def finish(written: int) -> None:
    """Leave with the exit code for so many answers."""
    if not written:
        raise click.exceptions.Exit(NOTHING)
