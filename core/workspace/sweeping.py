"""Removes files that nobody needs: snapshots, uploads, plans, ledgers, what dead processes left."""

from datetime import timedelta

from core.data.scratch import sweep_scratch
from core.data.snapshots import snapshot_path, sweep_strays
from core.durable import sweep_folder
from core.store.audiences import list_audiences
from core.store.runs import plan_files_needed
from core.store.snapshots import expired_snapshots, list_snapshots, note_file_deleted
from core.sync.draft import not_sent_path
from core.sync.lease import forget_dead
from core.workspace.opened import OpenWorkspace
from core.workspace.uploads import sweep_uploads

PLANS_KEPT = timedelta(days=30)
_STRAYS_KEPT_S = 24 * 3600.0


def sweep_home(workspace: OpenWorkspace, actor: str) -> None:
    """Remove what no row points to any more, and forget processes that are gone.

    Plans are kept for 30 days after their run, for whoever wants to see who was sent. A file
    that nothing points to is spared for a day: somebody may be about to.
    Raises: StoreError.
    """
    sweep_snapshots(workspace, actor)
    sweep_uploads(workspace)
    sweep_scratch(workspace.settings.scratch)
    forget_dead(workspace.store)
    with workspace.store.read() as session:
        plans = plan_files_needed(session, session.now() - PLANS_KEPT)
        ledgers = {audience.ledger_file for audience in list_audiences(session)}
    folder = workspace.settings.plans
    kept = plans | {not_sent_path(folder / plan).name for plan in plans}
    sweep_folder(folder, kept, _STRAYS_KEPT_S)
    sweep_folder(workspace.settings.ledgers, {file for file in ledgers if file}, _STRAYS_KEPT_S)


def sweep_snapshots(workspace: OpenWorkspace, actor: str) -> tuple[str, ...]:
    """Remove snapshot files beyond the last three that no run needs, and return their ids."""
    with workspace.store.read() as session:
        expired = expired_snapshots(session)
        known = {snapshot.id for snapshot in list_snapshots(session)}
    sweep_strays(workspace.settings, known)
    for snapshot in expired:
        snapshot_path(workspace.settings, snapshot.id).unlink(missing_ok=True)
        with workspace.store.write(actor) as session:
            note_file_deleted(session, snapshot.id)
    return tuple(snapshot.id for snapshot in expired)
