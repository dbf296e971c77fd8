"""Fixtures for all tests."""

from tests.postgres import postgres_server, postgres_url
from tests.stand_in import shared_stand_in, stand_in
from tests.stores import (
    new_postgres_store,
    new_sqlite_store,
    postgres_template,
    sqlite_template,
    store,
    store_settings,
)

__all__ = [
    "new_postgres_store",
    "new_sqlite_store",
    "postgres_server",
    "postgres_template",
    "postgres_url",
    "shared_stand_in",
    "sqlite_template",
    "stand_in",
    "store",
    "store_settings",
]
