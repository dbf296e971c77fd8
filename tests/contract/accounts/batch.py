"""Batch, by way of the stand-in."""

import pytest

from tests.contract.account import Account
from tests.stand_in import StandInServer


def open_account(request: pytest.FixtureRequest) -> Account:
    stand_in: StandInServer = request.getfixturevalue("stand_in")
    return Account(stand_in.config, stand_in.members)
