from collections.abc import Iterator

import pytest

from tests.sandbox.calling import Caller
from tests.stand_in import StandInServer


@pytest.fixture
def caller(stand_in: StandInServer) -> Iterator[Caller]:
    made = Caller(stand_in)
    yield made
    made.close()
