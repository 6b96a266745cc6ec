"""Work shared out among processes: batches go in, their answers come out in the same order.

Each worker is a fresh process that loads the steps once and keeps to one core.  What is in
hand and what waits to be taken is bounded, whichever side is slow.  A worker that dies takes
one item with it at most, and a parent that dies takes all its workers with it.  `article` says
what the work is, `archive` writes the answers.

`concurrent.futures` (and loky, which is made after it) does not do this.  One process that dies
breaks the whole pool: the calls of all other workers are lost, and nothing says which call or
which signal ended it.  Its workers outlive a parent that is killed, and an interrupted parent
waits for the calls that run.  `tests/test_pool.py` shows it.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from logging.handlers import QueueHandler
from multiprocessing import current_process, get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from typing import Any, Self

from quotes.errors import ModelError, QuotesError
from quotes.ingest import Source, articles_of
from quotes.records import Article, Failure
from quotes.run.article import BATCH, ArticleResult, Recipe, Steps, read_batch, steps_for_worker

Read = tuple[Article, ArticleResult | Failure]

Work = Callable[[Sequence[Any], Steps], Sequence[Any]]
"""A function of a module: an answer for each item, in order.  It may run twice for an item."""

Lost = Callable[[Any, str], Any]
"""The answer for an item that no process survives, and what became of the last one."""

BATCH_CHARS = 60_000
"""A batch ends with this much text or with `BATCH` articles: some three seconds of work."""

FEW = 2
"""As many batches are worked off faster here than workers are started (a second each)."""

AHEAD = 2
"""Jobs asked for per worker before the first is answered: one in hand, one behind it."""

IN_HAND = 2
"""Jobs sent to a worker at a time, so that it need not wait while the parent writes."""

HELD_BYTES = 64 << 20
"""Answers kept at most behind one that takes long; then its fellows wait for it."""

_DEATHS = 2
_PATIENCE = 5.0

log = logging.getLogger(__name__)


def all_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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
    for batch, results in pool.map(read_batch, _batches(articles), _unread):
        yield list(zip(batch, results, strict=True))


def _batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    """Batches of much the same size of text; a very long article is one of its own."""
    batch: list[Article] = []
    chars = 0
    for article in articles:
        if batch and chars + len(article.text) > BATCH_CHARS:
            yield batch
            batch, chars = [], 0
        batch.append(article)
        chars += len(article.text)
        if len(batch) == BATCH:
            yield batch
            batch, chars = [], 0
    if batch:
        yield batch


def read_files(
    sources: Iterable[Source | Failure], pool: Pool
) -> Iterator[Sequence[Article | Failure]]:
    """What each file of one article holds, in order: finding it in a page takes a while."""
    rest = iter(sources)
    batches = iter(lambda: list(islice(rest, BATCH)), [])
    for _, found in pool.map(_files, batches, _unread_file):
        yield from found


def _files(sources: Sequence[Source | Failure], _: Steps) -> list[list[Article | Failure]]:
    return [articles_of(source) for source in sources]


def _unread_file(source: Source | Failure, end: str) -> list[Failure]:
    if isinstance(source, Failure):
        return [source]
    return [_crashed(str(source.path), end, "save its text as .txt")]


def _unread(article: Article, end: str) -> Failure:
    remedy = "run `quotes index` again with fewer --workers, which leaves more memory to each"
    return _crashed(article.path or f"article {article.id}", end, remedy)


def _crashed(where: str, end: str, remedy: str) -> Failure:
    return Failure(where, f"crashed the reader twice (it {end}) and was skipped; {remedy}")


@dataclass(slots=True, eq=False)
class _Job:
    """Items that are worked on together, and one by one after their worker died.

    Attributes:
        suspect: whether a worker died with it in hand, alone or with others.
        deaths: how many workers died with it alone in hand.
        packed: the answers as a worker sent them: a tenth of the memory until they are wanted.
        answers: those made in this process.
        parts: a job for each item, once it was taken apart.
    """

    work: Work
    items: Sequence[Any]
    lost: Lost
    suspect: bool = False
    deaths: int = 0
    packed: bytes = b""
    answers: Sequence[Any] | None = None
    parts: Sequence[_Job] = ()

    @property
    def done(self) -> bool:
        if self.parts:
            return all(part.done for part in self.parts)
        return bool(self.packed) or self.answers is not None

    @property
    def held(self) -> int:
        """Bytes of the answers that wait to be taken."""
        return len(self.packed) + sum(part.held for part in self.parts)

    def taken(self) -> list[Any]:
        """The answers, one an item."""
        if self.parts:
            return [answer for part in self.parts for answer in part.taken()]
        return list(pickle.loads(self.packed) if self.packed else self.answers or ())

    def take_apart(self) -> Sequence[_Job]:
        """A part for each item: one of them may be what killed the worker."""
        self.parts = [_Job(self.work, [item], self.lost, suspect=True) for item in self.items]
        return self.parts


# The parent's side.


@dataclass(slots=True, eq=False)
class _Worker:
    """A process, our end of its pipe, and what it was given."""

    process: BaseProcess
    pipe: Connection
    in_hand: deque[_Job] = field(default_factory=deque)
    ready: bool = False

    def give(self, job: _Job) -> None:
        """Send it a job; `_take` finds out if it is dead."""
        self.in_hand.append(job)
        with suppress(OSError):
            self.pipe.send((job.work, job.items))

    def end(self) -> str:
        """How it ended, in words."""
        self.process.join(_PATIENCE)
        code = self.process.exitcode
        if code == -signal.SIGKILL:
            return "was killed, perhaps for lack of memory"
        if code is not None and code < 0:
            return f"was ended by {signal.Signals(-code).name}"
        return f"ended with exit code {code}"


class Pool:
    """Worker processes for a run, started when there is enough to do; close it when done.

    Without workers, or for a few batches, this process does the work by the same steps.
    """

    def __init__(self, steps: Steps, *, workers: int = 1) -> None:
        """Nothing is started yet.

        Args:
            steps: for the work done here; the workers load theirs by its recipe.  Steps
                with a reader that cannot be sent stay in this process.
            workers: how many; 1 is this process.
        """
        self.steps = steps
        self._wanted = workers if workers > 1 and _can_be_sent(steps.recipe) else 0
        self._workers: list[_Worker] = []
        self._queue: deque[_Job] = deque()

    def __enter__(self) -> Self:
        """The pool itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the workers, whatever happened."""
        self.close()

    def close(self) -> None:
        """End the workers; what they had in hand is lost."""
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
        self, work: Work, batches: Iterable[Sequence[Any]], lost: Lost
    ) -> Iterator[tuple[Sequence[Any], list[Any]]]:
        """Each batch and its answers, in order; batches are taken as they are needed.

        One map may feed another: the batches of one may come from the answers of the other.

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
                asked.append(self._ask(work, batch, lost))
            if not asked:
                return
            if asked[0].done:
                job = asked.popleft()
                yield job.items, job.taken()
            elif self._workers:
                self._collect(None)
            else:
                self._work_here()

    def _has_room(self, asked: Collection[_Job]) -> bool:
        """Whether another job may be asked for; without workers, one after the other."""
        if not self._workers:
            return not asked
        waiting = sum(not job.done for job in asked)
        held = sum(job.held for job in asked)
        return waiting < AHEAD * len(self._workers) and held < HELD_BYTES

    def _ask(self, work: Work, items: Sequence[Any], lost: Lost) -> _Job:
        job = _Job(work, items, lost)
        self._queue.append(job)
        self._collect(0)
        return job

    def _work_here(self) -> None:
        """Do the next job in this process, unless it ended another one."""
        job = self._queue.popleft()
        if job.suspect:
            job.answers = [job.lost(item, "ended, and no other starts") for item in job.items]
        else:
            job.answers = job.work(job.items, self.steps)

    def _collect(self, timeout: float | None) -> None:
        """Take what the workers have sent; give those with room something to do."""
        self._hand_out()
        by_pipe = {worker.pipe: worker for worker in self._workers}
        for pipe in wait(by_pipe, timeout):
            self._take(by_pipe[pipe])  # type: ignore[index]  # the pipes that were given
        self._hand_out()

    def _hand_out(self) -> None:
        """Those with nothing in hand come first."""
        for full in range(IN_HAND):
            for worker in self._workers:
                if self._queue and worker.ready and len(worker.in_hand) == full:
                    worker.give(self._queue.popleft())

    def _take(self, worker: _Worker) -> None:
        try:
            kind, content = worker.pipe.recv()
        except (EOFError, OSError):
            self._bury(worker)
            return
        if kind == "answer":
            worker.in_hand.popleft().packed = content
        elif kind == "ready" and content == self.steps.version:
            worker.ready = True
        elif kind == "log":
            logging.getLogger(content.name).handle(content)
        elif kind == "ready":
            raise ModelError("quotes was changed on disk while it ran; run it again")
        else:
            raise content

    def _bury(self, worker: _Worker) -> None:
        """Take back what a dead worker had in hand; another takes its place."""
        self._workers.remove(worker)
        worker.pipe.close()
        end = worker.end()
        if not worker.ready:
            self._wanted -= 1
            left = f"{len(self._workers)} others" if self._workers else "this process alone"
            log.warning("a worker process %s while it started; going on with %s", end, left)
            return
        log.warning("a worker process %s; what it had in hand is tried again", end)
        suspects, behind = list(worker.in_hand)[:1], list(worker.in_hand)[1:]
        self._queue.extendleft(reversed(behind))
        for job in suspects:
            self._suspect(job, end)
        self._start()

    def _suspect(self, job: _Job, end: str) -> None:
        """Once more, one item at a time; what ends two workers by itself is given up."""
        if len(job.items) > 1:
            self._queue.extendleft(reversed(job.take_apart()))
            return
        job.suspect, job.deaths = True, job.deaths + 1
        if job.deaths < _DEATHS:
            self._queue.appendleft(job)
        else:
            job.answers = [job.lost(item, end) for item in job.items]

    def _start(self) -> None:
        """As many workers as are wanted, those that run included."""
        recipe = self.steps.recipe
        try:
            with _interrupts_ignored():
                while len(self._workers) < self._wanted:
                    self._workers.append(_started(recipe))
        except OSError as error:
            self._wanted = len(self._workers)
            log.warning("only %d worker processes can be started: %s", self._wanted, error)


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


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Processes started meanwhile ignore Ctrl-C from their first instruction on."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


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
        pipe.send(("ready", steps.version))
        while True:
            work, items = jobs.get()
            pipe.send(("answer", pickle.dumps(work(items, steps))))
    except QuotesError as error:
        pipe.send(("error", error))


class _ToParent(QueueHandler):
    """Log lines go to the parent, who knows where they are wanted."""

    def enqueue(self, record: logging.LogRecord) -> None:
        self.queue.send(("log", record))  # type: ignore[attr-defined]  # our pipe


def _receive(pipe: Connection, jobs: SimpleQueue[tuple[Work, Sequence[Any]]]) -> None:
    """Hand on what the parent sends, so that it never waits; end the process with it."""
    try:
        while True:
            jobs.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(1)
