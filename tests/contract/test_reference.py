"""The reference tables in the docs say what the code does."""

import pytest

from core.sandbox.faults import KINDS
from tests.reference import DOCS, FAULTS, TABLES, with_tables


@pytest.mark.parametrize("page", TABLES)
def test_a_page_has_the_tables_that_the_code_makes(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    assert with_tables(page, text) == text, "run: python -m tests.reference"


def test_every_kind_of_fault_is_described() -> None:
    assert FAULTS.keys() == {kind for kind in KINDS if not kind.isdigit()}
