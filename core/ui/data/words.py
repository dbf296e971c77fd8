"""How the page of the data says things: types and states of refreshes."""

from core.data.catalogue import FieldType
from core.segments.naming import TYPE_WORDS as TYPE_WORDS_INSIDE
from core.store.loads import LoadState

TYPE_WORDS = {kind: TYPE_WORDS_INSIDE[kind].capitalize() for kind in FieldType}
LOAD_WORDS = {
    LoadState.QUEUED: "waiting for its turn",
    LoadState.LOADING: "under way",
    LoadState.LOADED: "done",
    LoadState.FAILED: "failed",
    LoadState.CANCELLED: "cancelled",
}
