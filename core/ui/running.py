"""Asking for a run from whichever page; the scheduler sends it."""

from core.store.activations import get_activation
from core.store.runs import RunView
from core.sync.queueing import queue_by_hand
from core.ui.edge import plain, say_next
from core.ui.session import actor, workspace
from core.workspace.run_told import why_it_waits


def queue_run_of(activation_key: str) -> RunView:
    """Return the run that is queued now, and let the next page say so.

    Raises: RunRefused where the activation itself is paused or archived, UnknownName.
    """
    with workspace().store.write(actor()) as session:
        run = queue_by_hand(session, get_activation(session, activation_key))
        because = why_it_waits(session, run)
    say_next(begun_words("Queued", because), is_passing=True)
    return run


def begun_words(what: str, because: str | None) -> str:
    """Return that something was done and what comes next, as Markdown.

    >>> begun_words("Queued", None)
    'Queued: the scheduler sends it in a moment.'
    >>> begun_words("Queued", "everything is paused")
    'Queued: it waits because everything is paused.'
    """
    if because is None:
        return f"{what}: the scheduler sends it in a moment."
    return f"{what}: it waits because {plain(because)}."
