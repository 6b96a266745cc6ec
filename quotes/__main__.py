"""Where the program begins, as `quotes` and as `python -m quotes`.

Nothing is imported before it is known what Ctrl-C does: the first second is spent on imports, and
whoever presses it then wants no traceback.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # behind `signal`, which takes longer to load


def main() -> None:
    """Run the command line; until it is loaded, Ctrl-C ends the process at once."""
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    from quotes.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()
