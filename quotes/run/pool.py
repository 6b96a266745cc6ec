"""Work shared out among processes: batches go in, their answers come out in the same order.

Each worker is a fresh process that loads the steps once and keeps to one core.  What is in
hand and what waits to be taken is bounded, whichever side is slow.  A worker that dies, or takes
too long and is ended, takes one item with it at most, and a parent that dies takes all its
workers with it.  `article` says
what the work is, `archive` writes the answers.

`concurrent.futures` (and loky, which is made after it) does not do this.  One process that dies
breaks the whole pool: the calls of all other workers are lost, and nothing says which call or
which signal ended it.  Its workers outlive a parent that is killed, and an interrupted parent
waits for the calls that run.  `tests/test_pool.py` shows it.
"""

from __future__ import annotations

import logging
import math
import os
import pickle
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from logging.handlers import QueueHandler
from multiprocessing import current_process, get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from typing import Any, Self

from quotes.errors import ModelError, QuotesError
from quotes.ingest.files import Source, articles_of
from quotes.records import Article, Failure
from quotes.run.article import (
    BATCH,
    ArticleResult,
    Recipe,
    Steps,
    batches,
    read_batch,
    seconds_for,
    steps_for_worker,
)

Read = tuple[Article, ArticleResult | Failure]

Work = Callable[[Sequence[Any], Steps], Sequence[Any]]
"""A function of a module: an answer for each item, in order.  It may run twice for an item."""

Limit = Callable[[Sequence[Any]], float]
"""How many seconds some items may take."""

Message = str | bytes | QuotesError | logging.LogRecord
"""What a worker sends: the version of its steps once they are loaded, then the answers of a job,
packed; an error that concerns the whole run; a line of its log."""

FEW = 2  # as many batches are worked off faster here than workers are started (a second each)
AHEAD = 2  # jobs asked for per worker before the first is answered: in hand, and behind it
IN_HAND = 2  # jobs sent to a worker at a time: it need not wait while the parent writes
HELD_BYTES = 64 << 20  # answers kept at most behind one that takes long; then its fellows wait
FILE_SECONDS = 30.0  # for a file of one article; it knows its own limit and is seldom ended
_DEATHS = 2
_LATE = "took longer than"
_PATIENCE = 5.0

log = logging.getLogger(__name__)


def read_all(articles: Iterable[Article], pool: Pool) -> Iterator[list[Read]]:
    """The article pass over many articles, in batches, in the order given.

    Raises:
        ModelError, LexiconError: what concerns every article alike.

    >>> from quotes.run.article import load_steps
    >>> with Pool(load_steps(), workers=1) as pool:
    ...     [[(article, result)]] = read_all([Article("a", "“No,” Ann Lee said.")], pool)
    >>> article.id, len(result.quotations)
    ('a', 1)
    """
    limit = partial(seconds_for, steps=pool.steps)
    for batch, results in pool.map(read_batch, batches(articles), limit):
        yield list(zip(batch, results, strict=True))


def read_files(
    sources: Iterable[Source | Failure], pool: Pool
) -> Iterator[Sequence[Article | Failure]]:
    """What each file of one article holds, in order: finding it in a page takes a while."""
    rest = iter(sources)
    some = iter(lambda: list(islice(rest, BATCH)), [])
    for _, found in pool.map(_files, some, lambda files: FILE_SECONDS * len(files)):
        yield from ([each] if isinstance(each, Failure) else each for each in found)


def _files(sources: Sequence[Source | Failure], _: Steps) -> list[list[Article | Failure]]:
    return [articles_of(source) for source in sources]


def _crashed(item: Article | Source | Failure, end: str) -> Failure:
    """The answer for an item that no process survives; `end` is what became of the last one."""
    if isinstance(item, Failure):
        return item
    where = item.path if isinstance(item, Source) else item.path or f"article {item.id}"
    if end.startswith(_LATE):
        return Failure(str(where), f"{end}, twice, and was skipped; the next run tries it again")
    if isinstance(item, Source):
        remedy = "save its text as .txt"
    else:
        remedy = "run `quotes index` again with fewer --workers, which leaves more memory to each"
    return Failure(str(where), f"crashed the reader twice (it {end}) and was skipped; {remedy}")


@dataclass(slots=True, eq=False)
class _Job:
    """Items that are worked on together, and one by one after their worker died.

    Answers are None before they are there; packed as a worker sends them, they take a tenth of
    the memory until they are wanted.
    """

    work: Work
    items: Sequence[Any]
    limit: Limit
    suspect: bool = False  # a worker died with it in hand, alone or with others
    deaths: int = 0  # of workers with it alone in hand
    answers: bytes | Sequence[Any] | None = None
    parts: Sequence[_Job] = ()  # a job for each item, once it was taken apart

    @property
    def done(self) -> bool:
        if self.parts:
            return all(part.done for part in self.parts)
        return self.answers is not None

    @property
    def held(self) -> int:
        """Bytes of the answers that wait to be taken."""
        own = len(self.answers) if isinstance(self.answers, bytes) else 0
        return own + sum(part.held for part in self.parts)

    def taken(self) -> list[Any]:
        """The answers, one an item."""
        if self.parts:
            return [answer for part in self.parts for answer in part.taken()]
        if isinstance(self.answers, bytes):
            return list(pickle.loads(self.answers))
        return list(self.answers or ())


# The parent's side.


@dataclass(slots=True, eq=False)
class _Worker:
    """A process, our end of its pipe, and what it was given."""

    process: BaseProcess
    pipe: Connection
    in_hand: deque[_Job] = field(default_factory=deque)
    ready: bool = False
    due: float = math.inf  # when it is ended, if what it works on is not done
    late: str = ""  # why it was ended

    def begin(self) -> None:
        """The time of the job that comes first now runs."""
        job = self.in_hand[0] if self.in_hand else None
        self.due = time.monotonic() + job.limit(job.items) + _PATIENCE if job else math.inf

    def expire(self) -> None:
        """End the process, if it is late."""
        if time.monotonic() > self.due:
            job = self.in_hand[0]
            self.late = f"{_LATE} {job.limit(job.items):.0f} s"
            self.due = math.inf
            self.process.kill()

    def end(self) -> str:
        """How it ended, in words."""
        self.process.join(_PATIENCE)
        if self.late:
            return self.late
        code = self.process.exitcode
        if code == -signal.SIGKILL:
            return "was killed, perhaps for lack of memory"
        if code is not None and code < 0:
            return f"was ended by {signal.Signals(-code).name}"
        return f"ended with exit code {code}"


class Pool:
    """Worker processes for a run, started when there is enough to do; they end with the block.

    Without workers, or for a few batches, this process does the work by the same steps.
    """

    def __init__(self, steps: Steps, *, workers: int = 1) -> None:
        """Nothing is started yet; 1 worker is this process, which keeps a reader it cannot send."""
        self.steps = steps
        self._wanted = workers if workers > 1 and _can_be_sent(steps.recipe) else 0
        self._workers: list[_Worker] = []
        self._queue: deque[_Job] = deque()

    def __enter__(self) -> Self:
        """The pool itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the workers, whatever happened; what they had in hand is lost."""
        ended, self._workers, self._wanted = self._workers, [], 0
        self._queue.clear()
        for worker in ended:
            worker.pipe.close()
        for worker in ended:
            worker.process.join(_PATIENCE)
            if worker.process.exitcode is None:
                worker.process.kill()
                worker.process.join()

    def map(
        self, work: Work, batches: Iterable[Sequence[Any]], limit: Limit = lambda _: math.inf
    ) -> Iterator[tuple[Sequence[Any], list[Any]]]:
        """Each batch and its answers, in order; batches are taken as they are needed.

        One map may feed another: the batches of one may come from the answers of the other.

        Args:
            limit: how long a worker may take for a batch, or for an item alone.

        Raises:
            QuotesError: what a worker raised; it concerns the whole run.
        """
        coming = iter(batches)
        if self._wanted:
            first = list(islice(coming, FEW + 1))
            coming = chain(first, coming)
            if len(first) > FEW:
                self._start()
        asked: deque[_Job] = deque()
        while True:
            while self._has_room(asked) and (batch := next(coming, None)) is not None:
                asked.append(_Job(work, batch, limit))
                self._queue.append(asked[-1])
                self._collect(0)
            if not asked:
                return
            if asked[0].done:
                job = asked.popleft()
                yield job.items, job.taken()
            elif self._workers:
                self._collect(None)
            else:  # the next job is done in this process, unless it ended another one
                job = self._queue.popleft()
                if job.suspect:
                    how = "ended, and no other starts"
                    job.answers = [_crashed(item, how) for item in job.items]
                else:
                    job.answers = job.work(job.items, self.steps)

    def _has_room(self, asked: Collection[_Job]) -> bool:
        """Whether another job may be asked for; without workers, one after the other."""
        if not self._workers:
            return not asked
        waiting = sum(not job.done for job in asked)
        return waiting < AHEAD * len(self._workers) and sum(job.held for job in asked) < HELD_BYTES

    def _collect(self, timeout: float | None) -> None:
        """Take what the workers have sent; give those with room something to do."""
        self._hand_out()
        by_pipe = {worker.pipe: worker for worker in self._workers}
        due = min((each.due for each in self._workers), default=math.inf)
        if timeout is None and due < math.inf:
            timeout = max(0.0, due - time.monotonic()) + 0.1
        for pipe in wait(by_pipe, timeout):
            self._take(by_pipe[pipe])  # type: ignore[index]  # the pipes that were given
        for worker in self._workers:
            worker.expire()
        self._hand_out()

    def _hand_out(self) -> None:
        """Those with nothing in hand come first; `_take` finds out if one is dead."""
        for full in range(IN_HAND):
            for worker in self._workers:
                if self._queue and worker.ready and len(worker.in_hand) == full:
                    job = self._queue.popleft()
                    worker.in_hand.append(job)
                    if not full:
                        worker.begin()
                    with suppress(OSError):
                        worker.pipe.send((job.work, job.items))

    def _take(self, worker: _Worker) -> None:
        """Deal with the next message of a worker, which says by its type what it is."""
        try:
            message: Message = worker.pipe.recv()
        except (EOFError, OSError):
            self._bury(worker)
            return
        if isinstance(message, bytes):
            worker.in_hand.popleft().answers = message
            worker.begin()
        elif isinstance(message, logging.LogRecord):
            logging.getLogger(message.name).handle(message)
        elif isinstance(message, QuotesError):
            raise message
        elif message == self.steps.version:
            worker.ready = True
        else:
            raise ModelError("quotes was changed on disk while it ran; run it again")

    def _bury(self, worker: _Worker) -> None:
        """Another takes a dead worker's place; what it had in hand is tried again, item by item."""
        self._workers.remove(worker)
        worker.pipe.close()
        end = worker.end()
        if not worker.ready:
            self._wanted -= 1
            left = f"{len(self._workers)} others" if self._workers else "this process alone"
            log.warning("a worker process %s while it started; going on with %s", end, left)
            return
        log.warning("a worker process %s; what it had in hand is tried again", end)
        again = worker.in_hand
        if again and len(again[0].items) > 1:
            job = again.popleft()
            job.parts = [_Job(job.work, [item], job.limit, suspect=True) for item in job.items]
            again.extendleft(reversed(job.parts))
        elif again:
            again[0].suspect, again[0].deaths = True, again[0].deaths + 1
            if again[0].deaths == _DEATHS:
                job = again.popleft()
                job.answers = [_crashed(item, end) for item in job.items]
        self._queue.extendleft(reversed(again))
        self._start()

    def _start(self) -> None:
        """As many workers as are wanted, those that run included; they ignore Ctrl-C at once."""
        with _ctrl_c_later():
            try:
                while len(self._workers) < self._wanted:
                    self._workers.append(_started(self.steps.recipe))
            except OSError as error:
                self._wanted = len(self._workers)
                log.warning("only %d worker processes can be started: %s", self._wanted, error)


@contextmanager
def _ctrl_c_later() -> Iterator[None]:
    """Processes that are started within never see Ctrl-C; this one does, behind the block.

    The mask of signals is inherited by what is started.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # it is started by the first process, and lifts the mask
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _can_be_sent(recipe: Recipe) -> bool:
    """Whether other processes can load the steps; a daemon may not start any."""
    if current_process().daemon:
        return False
    try:
        pickle.dumps(recipe)
    except Exception as error:  # whatever somebody's reader raises on it
        log.info("articles are read in this process: the reader cannot be sent (%s)", error)
        return False
    return True


def _started(recipe: Recipe) -> _Worker:
    """A fresh process: not a copy of this one, whose threads and model would be broken."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    level = logging.getLogger("quotes").level
    process = context.Process(target=_serve, args=(theirs, recipe, level), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


# The worker's side.

_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def _serve(pipe: Connection, recipe: Recipe, level: int) -> None:
    """Load the steps, then answer job after job until the parent closes the pipe or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    ours = logging.getLogger("quotes")
    ours.setLevel(level)
    ours.addHandler(_ToParent(pipe))  # type: ignore[arg-type]  # what `enqueue` takes
    jobs: SimpleQueue[tuple[Work, Sequence[Any]]] = SimpleQueue()
    threading.Thread(target=_receive, args=(pipe, jobs), daemon=True).start()
    try:
        steps = steps_for_worker(recipe)
        pipe.send(steps.version)
        while True:
            work, items = jobs.get()
            pipe.send(pickle.dumps(work(items, steps)))
    except QuotesError as error:
        pipe.send(error)


class _ToParent(QueueHandler):
    """Log lines go to the parent, who knows where they are wanted."""

    def enqueue(self, record: logging.LogRecord) -> None:
        self.queue.send(record)  # type: ignore[attr-defined]  # our pipe


def _receive(pipe: Connection, jobs: SimpleQueue[tuple[Work, Sequence[Any]]]) -> None:
    """Hand on what the parent sends, so that it never waits; end the process with it."""
    try:
        while True:
            jobs.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(1)
