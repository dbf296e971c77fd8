"""Works on queued loads, one at a time."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Event

from core.data.load import translated_files
from core.data.manifest import read_manifest
from core.data.report import LoadedSnapshot, Progress
from core.data.unfinished import find_unfinished
from core.errors import (
    Cancelled,
    LeaseLost,
    RollcallError,
    StorageFault,
    StoreError,
    StoreUnavailable,
)
from core.store.database import WriteSession
from core.store.loads import (
    LoadState,
    LoadView,
    claim_load,
    claimable_load,
    end_load,
    get_load,
    give_back_load,
    list_loads,
    note_load_progress,
    put_off_load,
)
from core.sync.lease import OwnProcess, is_gone
from core.worker.logs import about, say_unforeseen
from core.workspace.loading import load_data
from core.workspace.opened import OpenWorkspace
from core.workspace.uploads import upload_of

log = logging.getLogger(__name__)

_UNFINISHED_WAIT_S = 10.0
_OBSTACLE_WAIT_S = 300.0
_PROGRESS_EVERY_S = 1.0


class LoadThread:
    """One thread that loads what is queued."""

    def __init__(self, workspace: OpenWorkspace, process: OwnProcess) -> None:
        self._workspace = workspace
        self._process = process
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="load")
        self._stopping = Event()
        self._work: tuple[Future[None], _Loading] | None = None

    def fill(self) -> bool:
        """Begin the load whose turn it is; return whether there was one. Raises: StoreError."""
        if self._work is not None and not self._work[0].done():
            self._work[1].heed_cancel()
            return False
        self._give_back_lost()
        load = self._claim()
        if load is None:
            return False
        loading = _Loading(self._workspace, self._process.role, load, self._stopping)
        self._work = (self._pool.submit(loading.work), loading)
        return True

    def stop(self) -> None:
        """Break off the load under way: nothing has changed, and it is queued again."""
        self._stopping.set()
        if self._work is not None:
            self._work[1].cancel.set()

    def close(self) -> None:
        """Return when the thread has ended."""
        self._pool.shutdown(wait=True)

    def _claim(self) -> LoadView | None:
        store = self._workspace.store
        with store.read() as session:
            load = claimable_load(session, session.now())
        if load is None:
            return None
        with store.write(self._process.role) as session:
            return claim_load(session, load.id, self._process.id)

    def _give_back_lost(self) -> None:
        store = self._workspace.store
        with store.read() as session:
            loading = list_loads(session, states=[LoadState.LOADING])
        for load in loading:
            if is_gone(store, load.process_id):
                with store.write(self._process.role) as session:
                    give_back_load(session, load, store.settings.max_takeovers)


class _Loading:
    """One claimed load."""

    def __init__(
        self, workspace: OpenWorkspace, actor: str, load: LoadView, stopping: Event
    ) -> None:
        self._workspace = workspace
        self._store = workspace.store
        self._actor = actor
        self._load = load
        self._token = load.token or ""
        self._stopping = stopping
        self._said_at = float("-inf")
        self.cancel = Event()

    def heed_cancel(self) -> None:
        """Stop where somebody asked for it, or where the load is not ours any more."""
        with self._store.read() as session:
            now = get_load(session, self._load.id)
        if now.cancel_asked_by is not None or now.token != self._token:
            self.cancel.set()

    def work(self) -> None:
        """Load, and note what came of it."""
        with about(load=self._load.id):
            try:
                self._work()
            except LeaseLost as error:
                log.warning("load lost to another process", extra={"error": type(error).__name__})
            except (StoreError, StorageFault) as error:
                log.error("load interrupted", extra={"error": type(error).__name__})
                self._put_off_surely(str(error), _OBSTACLE_WAIT_S)
            except RollcallError as error:
                self._end(error)
            except Exception as error:
                say_unforeseen(log, "load interrupted", error)
                self._end(error)

    def _work(self) -> None:
        path = Path(self._load.manifest_path)
        unfinished = self._find_unfinished(path)
        if unfinished is not None:
            self._put_off(unfinished, _UNFINISHED_WAIT_S)
            return
        log.info("load begun")
        made = load_data(
            self._workspace,
            path,
            self._actor,
            accept_fewer=self._load.accept_fewer,
            on_progress=self._note,
            cancel=self.cancel,
            also=self._note_loaded,
        )
        log.info("loaded", extra={"snapshot": made.loaded.id})

    def _find_unfinished(self, path: Path) -> str | None:
        """Return a sentence about a file that is still being written; uploaded ones are whole."""
        settings = self._workspace.settings
        if upload_of(settings, str(path)) is not None:
            return None
        with translated_files():
            return find_unfinished(read_manifest(path), settings.load_quiet_s)

    def _note_loaded(self, session: WriteSession, loaded: LoadedSnapshot) -> None:
        end_load(session, self._load.id, self._token, LoadState.LOADED, snapshot_id=loaded.id)

    def _note(self, progress: Progress) -> None:
        now = self._store.clock.monotonic()
        if now - self._said_at < _PROGRESS_EVERY_S:
            return
        self._said_at = now
        # A note that finds the store locked is not worth a load: the next one tells more.
        with suppress(StoreUnavailable), self._store.write(self._actor) as session:
            note_load_progress(
                session, self._load.id, self._token, progress.sentence, progress.share
            )

    def _end(self, error: Exception) -> None:
        if isinstance(error, Cancelled) and self._stopping.is_set():
            self._put_off_surely("The scheduler was stopped.", 0)
            return
        state = LoadState.CANCELLED if isinstance(error, Cancelled) else LoadState.FAILED
        said = error if isinstance(error, RollcallError) else RollcallError(_UNFORESEEN)
        log.error("load failed", extra={"error": type(error).__name__})
        self._surely(lambda: self._note_end(state, said))

    def _note_end(self, state: LoadState, error: RollcallError) -> None:
        with self._store.write(self._actor) as session:
            end_load(session, self._load.id, self._token, state, error=error)

    def _put_off(self, reason: str, wait_s: float) -> None:
        log.info("load put off", extra={"wait_s": wait_s})
        with self._store.write(self._actor) as session:
            until = session.now() + timedelta(seconds=wait_s)
            put_off_load(session, self._load.id, self._token, until, reason)

    def _put_off_surely(self, reason: str, wait_s: float) -> None:
        self._surely(lambda: self._put_off(reason, wait_s))

    def _surely(self, write: Callable[[], None]) -> None:
        """Let go of the load as soon as the store takes it; else its process's end does."""
        while not self._stopping.is_set():
            try:
                write()
                return
            except (StoreError, StorageFault):
                self._store.clock.sleep(_PROGRESS_EVERY_S)
            except LeaseLost:
                return
        try:
            write()
        except RollcallError as error:
            log.warning("load left as it is", extra={"error": type(error).__name__})


_UNFORESEEN = "The load failed where it should not: see the scheduler's log, and report it."
