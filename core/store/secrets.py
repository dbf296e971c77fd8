"""Secrets of destinations, encrypted with keys that are kept outside the database."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from core.errors import SecretUnreadable, StoreUnavailable, UsageError
from core.settings import Settings

KEY_FOLDER = "key"
KEY_FILES = "*.key"
Signature = tuple[tuple[str, int, int], ...]


class SecretBox:
    """Encrypts with the newest key, decrypts with any; threads may share it.

    Keys are ROLLCALL_SECRET_KEY (several: newest first, by commas), then the files of the home's
    key folder, highest number first. Files are read again when they change.
    """

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.home / KEY_FOLDER
        self._from_environment = _environment_keys(settings)
        self._lock = Lock()
        self._read: tuple[Signature, tuple[Fernet, ...]] = ((), ())

    def encrypt(self, secret: str) -> str:
        """Return the secret unreadable; the first call of all makes a key.

        Raises: StoreUnavailable where no key can be written.
        """
        keys = self._keys()
        if not keys:
            self._make_key(only_first=True)
            keys = self._keys()
        return MultiFernet(keys).encrypt(secret.encode()).decode("ascii")

    def decrypt(self, encrypted: str, what: str) -> str:
        """Return the secret; `what` names it in the error.

        Raises: SecretUnreadable.
        """
        keys = self._keys()
        if not keys:
            raise SecretUnreadable(
                f"{what} cannot be read: there is no key in {self._folder} and "
                "ROLLCALL_SECRET_KEY is not set. Put the key back, or give the secret again."
            )
        try:
            return MultiFernet(keys).decrypt(encrypted).decode()
        except InvalidToken as error:
            raise SecretUnreadable(
                f"{what} cannot be read: it was encrypted with another key than those in "
                f"{self._folder} or ROLLCALL_SECRET_KEY. Put that key back, or give the secret "
                "again."
            ) from error

    def opens(self, encrypted: str, secret: str) -> bool:
        """Return whether `encrypted` can be read and is the secret."""
        return self._decrypted(encrypted) == secret

    def reads(self, encrypted: str) -> bool:
        """Return whether `encrypted` can be read."""
        return self._decrypted(encrypted) is not None

    def add_key(self) -> None:
        """Make a newer key file, for all that is encrypted from now on.

        Raises: UsageError where the environment gives the newest key.
        """
        if self._from_environment:
            raise UsageError(
                "ROLLCALL_SECRET_KEY is set: put the new key before the old one in it, "
                "with a comma between them."
            )
        self._make_key(only_first=False)

    def _decrypted(self, encrypted: str) -> str | None:
        try:
            return self.decrypt(encrypted, "A secret")
        except SecretUnreadable:
            return None

    def _keys(self) -> tuple[Fernet, ...]:
        files = self._files()
        signature = tuple(
            (file.name, file.stat().st_mtime_ns, file.stat().st_ino) for file in files
        )
        with self._lock:
            if self._read[0] != signature:
                self._read = (signature, tuple(_key_of(file) for file in files))
            return self._from_environment + self._read[1]

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob(KEY_FILES), reverse=True)

    def _make_key(self, *, only_first: bool) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _alone(self._folder):
                files = self._files()
                if files and only_first:
                    return
                number = int(files[0].stem) + 1 if files else 1
                _write_key(self._folder / f"{number:04}.key")
        except OSError as error:
            raise StoreUnavailable(
                f"No key for secrets can be made in {self._folder}: {error.strerror}. "
                "Make the folder writable, or set ROLLCALL_SECRET_KEY."
            ) from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write_key(file: Path) -> None:
    unfinished = file.with_suffix(".unfinished")
    handle = os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(Fernet.generate_key())
        out.flush()
        os.fsync(handle)
    unfinished.rename(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _key_of(file: Path) -> Fernet:
    try:
        return Fernet(file.read_bytes().strip())
    except (OSError, ValueError) as error:
        raise SecretUnreadable(
            f"The key file {file} cannot be used: put back a copy of it, or remove it and give "
            "the secrets of all destinations again."
        ) from error


def _environment_keys(settings: Settings) -> tuple[Fernet, ...]:
    if settings.secret_key is None:
        return ()
    given = settings.secret_key.get_secret_value().split(",")
    try:
        return tuple(Fernet(key.strip()) for key in given)
    except ValueError as error:
        raise UsageError(
            "ROLLCALL_SECRET_KEY is no key: it needs 32 random bytes in URL-safe base64, as "
            "`python -c 'from cryptography.fernet import Fernet; "
            "print(Fernet.generate_key().decode())'` prints them."
        ) from error
