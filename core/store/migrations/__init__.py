"""Alembic's migrations, one file a revision, run by `core.store.upgrade`."""
