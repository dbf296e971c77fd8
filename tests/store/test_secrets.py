"""Secrets can be read with a key that is kept apart, and with nothing else."""

import os
import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from core.errors import SecretUnreadable, StoreUnavailable, UsageError
from core.settings import Settings
from core.store.secrets import SecretBox


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def test_a_secret_comes_back(settings: Settings) -> None:
    encrypted = SecretBox(settings).encrypt("s3cret")
    assert "s3cret" not in encrypted
    assert SecretBox(settings).decrypt(encrypted, "It") == "s3cret"


def test_only_the_owner_may_read_the_key(settings: Settings) -> None:
    SecretBox(settings).encrypt("s3cret")
    folder = settings.home / "key"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "0001.key").stat().st_mode) == 0o600


def test_reading_makes_no_key(settings: Settings) -> None:
    with pytest.raises(SecretUnreadable, match="there is no key"):
        SecretBox(settings).decrypt("gAAA", "The secret 'rest_api_key'")
    assert not (settings.home / "key").exists()


def test_another_key_says_what_cannot_be_read(settings: Settings) -> None:
    encrypted = SecretBox(settings).encrypt("s3cret")
    (settings.home / "key" / "0001.key").write_bytes(Fernet.generate_key())
    with pytest.raises(SecretUnreadable, match=r"^The secret 'x' cannot be read"):
        SecretBox(settings).decrypt(encrypted, "The secret 'x'")


def test_a_newer_key_is_noticed_while_running(settings: Settings) -> None:
    running = SecretBox(settings)
    old = running.encrypt("old")
    SecretBox(settings).add_key()
    new = SecretBox(settings).encrypt("new")
    assert (running.decrypt(old, "It"), running.decrypt(new, "It")) == ("old", "new")
    os.unlink(settings.home / "key" / "0002.key")
    with pytest.raises(SecretUnreadable):
        running.decrypt(new, "It")


def test_the_newest_key_encrypts(settings: Settings) -> None:
    box = SecretBox(settings)
    box.encrypt("first")
    box.add_key()
    encrypted = box.encrypt("second")
    newest = Fernet((settings.home / "key" / "0002.key").read_bytes())
    assert newest.decrypt(encrypted) == b"second"


def test_a_key_of_the_environment_needs_no_file(settings: Settings) -> None:
    key = Fernet.generate_key().decode()
    box = SecretBox(settings.model_copy(update={"secret_key": SecretStr(key)}))
    assert box.decrypt(box.encrypt("s3cret"), "It") == "s3cret"
    assert not settings.home.exists()
    with pytest.raises(UsageError, match="comma"):
        box.add_key()


def test_older_keys_of_the_environment_still_read(settings: Settings) -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    encrypted = Fernet(old).encrypt(b"s3cret").decode()
    both = settings.model_copy(update={"secret_key": SecretStr(f"{new}, {old}")})
    assert SecretBox(both).decrypt(encrypted, "It") == "s3cret"


def test_a_key_that_is_none_is_refused_and_not_shown(settings: Settings) -> None:
    with pytest.raises(UsageError, match="32 random bytes") as told:
        SecretBox(settings.model_copy(update={"secret_key": SecretStr("hunter2")}))
    assert "hunter2" not in str(told.value)


def test_a_broken_key_file_is_named(settings: Settings) -> None:
    box = SecretBox(settings)
    encrypted = box.encrypt("s3cret")
    (settings.home / "key" / "0001.key").write_bytes(b"torn")
    with pytest.raises(SecretUnreadable, match=r"0001\.key cannot be used"):
        box.decrypt(encrypted, "It")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(StoreUnavailable, match="No key for secrets"):
        SecretBox(Settings(home=tmp_path / "home")).encrypt("s3cret")
