"""What the environment can set, read once at start."""

from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import UsageError

PROJECT_ROOT = Path(__file__).resolve().parent.parent
# What `make run` keeps in the home: the lists of its stand-in and its port, and that it runs.
STAND_IN_STATE, STAND_IN_PORT, RUN_LOCK = "stand-in.db", "stand-in.port", "run.lock"


class Settings(BaseSettings):
    """Settings of one process; every field is the variable ROLLCALL_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="ROLLCALL_", extra="ignore", frozen=True)

    home: Path = Field(PROJECT_ROOT / "data", description="store, snapshots, uploads, plans, key")
    database_url: SecretStr | None = Field(
        None, description="PostgreSQL or SQLite URL of the store; left out: SQLite in the home"
    )
    secret_key: SecretStr | None = Field(
        None, description="key that encrypts secrets; left out: the files in <home>/key"
    )
    sample: bool = Field(False, description="load the sample shop into an empty store")
    practice_url: str = Field(
        "http://127.0.0.1:8100", description="origin of the stand-in that the sample shop sends to"
    )
    port: int = Field(8501, ge=1, le=65_535, description="port of the app under `make run`")
    sandbox_port: int | None = Field(
        None, ge=1, le=65_535, description="port of the stand-in under `make run`; left out: 8100"
    )
    open_browser: bool = Field(True, description="open a browser when `make run` is ready")
    auth: Literal["none"] = Field("none", description="who may sign in; only `none` is built")
    proxy: str | None = Field(None, description="proxy for calls to destinations")
    ca_file: Path | None = Field(None, description="certificates trusted for destinations (PEM)")
    batch_url: str = Field(
        "https://api.batch.com", description="origin of Batch destinations created without one"
    )
    memory: str | None = Field(None, description="memory of this process's DuckDB, e.g. `2GB`")
    load_max_rows: int = Field(60_000_000, description="rows a table")
    load_max_columns: int = Field(2_000, description="columns a table")
    load_max_cell_bytes: int = Field(1_048_576, description="bytes a cell")
    load_max_minutes: float = Field(60, description="minutes a load")
    load_quiet_s: float = Field(
        10, description="seconds that a file must rest before a scheduled load takes it"
    )
    upload_max_bytes: int = Field(1_073_741_824, description="bytes an uploaded file")
    run_computing: int = Field(1, ge=1, description="runs that compute at a time in one process")
    lease_s: float = Field(60, description="seconds a lease lasts without a heartbeat")
    stall_s: float = Field(600, description="seconds without a step after which a run is given up")
    max_takeovers: int = Field(5, description="takeovers after which a run needs attention")
    http_timeout_s: float = Field(30, description="seconds to wait for a destination's answer")
    allowed_hosts: str = Field(
        "",
        description="names besides localhost and 127.0.0.1 by which browsers may reach the app, "
        "with commas between",
    )
    ping_url: SecretStr | None = Field(
        None, description="address that the scheduler requests each minute, to be watched elsewhere"
    )

    @field_validator("home")
    @classmethod
    def _whole_path(cls, home: Path) -> Path:
        """Return the folder itself, so that paths in it are the same whoever makes them."""
        return home.resolve()

    @cached_property
    def logs(self) -> Path:
        return self.home / "logs"

    @cached_property
    def snapshots(self) -> Path:
        return self.home / "snapshots"

    @cached_property
    def uploads(self) -> Path:
        return self.home / "uploads"

    @cached_property
    def plans(self) -> Path:
        return self.home / "plans"

    @cached_property
    def ledgers(self) -> Path:
        return self.home / "ledgers"

    @cached_property
    def scratch(self) -> Path:
        """The folder for files that no row points to and that any start may sweep."""
        return self.home / "tmp"


def read_settings() -> Settings:
    """Return the settings of the environment.

    Raises: UsageError, naming the variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        name = f"ROLLCALL_{'_'.join(str(part) for part in fault['loc'])}".upper()
        raise UsageError(f"The variable {name} cannot be used: {fault['msg']}.") from None


def make_folders(settings: Settings) -> None:
    """Make the home and its folders where they are missing, for their owner's eyes alone.

    Raises: UsageError.
    """
    if "?" in str(settings.home):  # DuckDB would write beside what stands before it
        raise UsageError(
            f"Data cannot be loaded into {settings.home}, as there is a ? in its path. "
            "Name another folder with ROLLCALL_HOME."
        )
    s = settings
    parts = (s.logs, s.snapshots, s.uploads, s.plans, s.ledgers, s.scratch)
    for folder in (settings.home, *parts):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"{folder} cannot be made: {error.strerror or error}. "
                "Name a folder that may be written with ROLLCALL_HOME."
            ) from error
