"""Fixtures for all tests, and how many examples hypothesis tries."""

import os

from hypothesis import HealthCheck, settings

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

_SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much]
settings.register_profile(
    "quick", max_examples=30, deadline=None, derandomize=True, suppress_health_check=_SLOW
)
settings.register_profile("thorough", max_examples=500, deadline=None, suppress_health_check=_SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

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
