"""A workspace as a process holds it: store, secrets, DuckDB, and the runner over them."""

import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass

from core.clock import Clock
from core.data.catalogue import Catalogue
from core.data.instance import Instance, Snapshot
from core.data.snapshots import nothing_loaded, snapshot_path
from core.destinations import make_destination
from core.destinations._base import Destination
from core.settings import Settings, make_folders
from core.store.database import Store, open_store
from core.store.destinations import DestinationView, destination_secrets
from core.store.secrets import SecretBox
from core.store.snapshots import current_snapshot
from core.sync.calls import Patience
from core.sync.run import Runner
from core.workspace.members import SavedMembers

_KNOWS_EFFECTIVE_IDS = os.access in os.supports_effective_ids


@dataclass(frozen=True, slots=True)
class OpenWorkspace:
    """What a process needs to answer and to act; `instance` is shared by its threads."""

    settings: Settings
    store: Store
    box: SecretBox
    instance: Instance

    @property
    def is_writable(self) -> bool:
        """Return whether files can be made in the home, as far as its rights and its disk go."""
        return os.access(self.settings.home, os.W_OK | os.X_OK, effective_ids=_KNOWS_EFFECTIVE_IDS)

    def connect(self, saved: DestinationView) -> Destination:
        """Return a saved destination with its secrets, ready to send.

        Raises: SecretUnreadable, UsageError.
        """
        with self.store.read() as session:
            secrets = destination_secrets(session, saved.key, self.box)
        return make_destination(
            saved.platform, {**json.loads(saved.config), **secrets}, self.settings
        )

    def runner(self, role: str = "command", patience: Patience | None = None) -> Runner:
        """Return a runner of this process; use it as a context."""
        members = SavedMembers(self.store, self.settings, self.instance)
        return Runner(
            self.store,
            self.settings,
            self.instance,
            members,
            self.connect,
            role=role,
            patience=patience,
        )

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Lend the current snapshot.

        Raises: SnapshotMissing, also where nothing was loaded yet.
        """
        with self.store.read() as session:
            found = current_snapshot(session)
        if found is None:
            raise nothing_loaded()
        with self.snapshot_of(found.id) as opened:
            yield opened

    def snapshot_of(self, snapshot_id: str) -> AbstractContextManager[Snapshot]:
        """Lend the snapshot of that id, current or not.

        Raises: SnapshotMissing.
        """
        return self.instance.snapshot(snapshot_path(self.settings, snapshot_id))

    def catalogue(self) -> Catalogue | None:
        """Return what the current snapshot holds, None before the first load.

        Raises: SnapshotMissing where its file is gone.
        """
        with self.store.read() as session:
            found = current_snapshot(session)
        if found is None:
            return None
        with self.snapshot_of(found.id) as opened:
            return opened.catalogue


@contextmanager
def open_workspace(
    settings: Settings, memory_share: float, clock: Clock | None = None
) -> Iterator[OpenWorkspace]:
    """Open the workspace of the settings; `memory_share` is DuckDB's part of the machine's.

    Raises: StoreError, UsageError.
    """
    make_folders(settings)
    with ExitStack() as stack:
        store = open_store(settings, clock)
        stack.callback(store.close)
        instance = Instance(settings, memory_share)
        stack.callback(instance.close)
        yield OpenWorkspace(settings, store, SecretBox(settings), instance)
