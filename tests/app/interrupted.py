"""A store that is out of reach for one moment, and a browser that is refreshed."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import StoreUnavailable
from core.store.database import ReadSession, Store
from tests.app.conftest import OpenApp


@contextmanager
def unreadable(nth: int = 0) -> Iterator[None]:
    """Let the nth reading of the store from now on fail, as one that is locked does."""
    read, readings = Store.read, iter(range(1_000_000))

    def fail_once(store: Store) -> AbstractContextManager[ReadSession]:
        if next(readings) == nth:
            raise StoreUnavailable("The store is locked by another process.")
        return read(store)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "read", fail_once)
        yield


def interrupted(page: AppTest, nth: int = 0) -> AppTest:
    """Return the page after a run in which the store was locked, and one in which it was not."""
    with unreadable(nth):
        page.run()
        assert any("is locked" in error.value for error in page.error)
    return page.run()


def refreshed(app: OpenApp, name: str, page: AppTest) -> AppTest:
    """Return the page in a new tab at the same address."""
    return app(name, **dict(page.query_params))
