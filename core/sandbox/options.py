"""How the stand-in is started and what can be changed while it runs."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from core.sandbox.faults import Fault

ErrorCodes = Literal["symbols", "numbers"]

DEFAULT_PORT = 8100
# Open to all, like the stand-in itself: they give access to nothing.
DEFAULT_REST_API_KEY = "stand-in-rest-api-key"
DEFAULT_PROJECT_KEY = "project_standin0standin0standin0standin0"


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """What the stand-in is started with; each field's metadata holds its description."""

    port: int = field(
        default=DEFAULT_PORT, metadata={"description": "port to listen on; 0 takes any free one"}
    )
    host: str = field(default="127.0.0.1", metadata={"description": "address to listen on"})
    state_file: Path | None = field(
        default=None, metadata={"description": "SQLite file of its state; left out: in memory"}
    )
    rest_api_key: str = field(
        default=DEFAULT_REST_API_KEY, metadata={"description": "REST API key that it accepts"}
    )
    project_keys: tuple[str, ...] = field(
        default=(DEFAULT_PROJECT_KEY,),
        metadata={"description": "project keys that it accepts, each with audiences of its own"},
    )
    rate_per_s: float = field(
        default=1.0,
        metadata={"description": "requests a second and project, 429 above that; 0: no limit"},
    )
    indexing_s: float = field(
        default=2.0, metadata={"description": "seconds for which a write is IN_PROGRESS"}
    )
    create_delay_s: float = field(
        default=0.0, metadata={"description": "seconds until a created audience is known"}
    )
    error_codes: ErrorCodes = field(
        default="symbols", metadata={"description": "`error_code` as `symbols` or `numbers`"}
    )
    faults: tuple[Fault, ...] = field(
        default=(),
        metadata={"description": "what goes wrong, each `KIND[@ROUTE]:SHARE%` or `…:N,N`"},
    )
    seed: int = field(default=0, metadata={"description": "seed of the faults' shares"})


class Behaviour(BaseModel):
    """What can be changed while it runs; fields left out stay as they are."""

    model_config = ConfigDict(extra="forbid")

    rate_per_s: float | None = Field(None, ge=0)
    indexing_s: float | None = Field(None, ge=0)
    create_delay_s: float | None = Field(None, ge=0)
    error_codes: ErrorCodes | None = None
    faults: tuple[Fault, ...] | None = None
    seed: int | None = None
