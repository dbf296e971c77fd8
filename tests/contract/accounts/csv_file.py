"""A folder of CSV files."""

import csv
from pathlib import Path

import pytest

from tests.contract.account import Account


def open_account(request: pytest.FixtureRequest) -> Account:
    folder: Path = request.getfixturevalue("tmp_path")

    def read_members(name: str) -> set[str]:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return {row["id"] for row in csv.DictReader(file)}

    return Account({"folder": str(folder)}, read_members)
