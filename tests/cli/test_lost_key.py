"""A key that is lost is mended by giving the secrets again, as docs/store.md says."""

import shutil

from tests.cli.terminal import Terminal
from tests.stand_in import StandInServer

RUN = ("activations", "run", "french_to_batch", "--json")


def test_secrets_given_again_replace_those_that_cannot_be_read(
    terminal: Terminal, empty: Terminal, hurried: StandInServer
) -> None:
    shutil.rmtree(terminal.home / "key")
    failed = terminal.run(*RUN)
    assert failed.exit == 1 and "there is no key" in failed.out + failed.err
    assert terminal.run("apply", terminal.path("workspace.toml")).exit == 1
    assert empty.run("apply", empty.path("workspace.toml")).exit == 0
    assert terminal.run(*RUN).json["state"] == "succeeded"
