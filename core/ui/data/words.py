"""How the page of the data says things: types and states of refreshes."""

from core.data.catalogue import FieldType
from core.store.loads import LoadState

TYPE_WORDS = {
    FieldType.TEXT: "Text",
    FieldType.NUMBER: "Number",
    FieldType.BOOLEAN: "Yes or no",
    FieldType.DATE: "Date",
    FieldType.TIMESTAMP: "Date and time",
}
LOAD_WORDS = {
    LoadState.QUEUED: "waiting for its turn",
    LoadState.LOADING: "under way",
    LoadState.LOADED: "done",
    LoadState.FAILED: "failed",
    LoadState.CANCELLED: "cancelled",
}
