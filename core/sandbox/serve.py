"""Runs the stand-in until it is interrupted."""

import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress

import uvicorn

from core.errors import UsageError
from core.sandbox.app import StandIn, build_app
from core.sandbox.control import control_routes
from core.sandbox.options import SandboxOptions
from core.sandbox.wire import WireProtocol


def serve(options: SandboxOptions, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `announce` gets the origin once it can be called.

    Raises: UsageError.
    """
    with closing(_listen(options)) as listener:
        stand_in = _open(options)
        with closing(stand_in.state), suppress(KeyboardInterrupt):
            server = uvicorn.Server(_configure(stand_in))
            announce(f"http://{options.host}:{listener.getsockname()[1]}")
            server.run(sockets=[listener])


def describe_start(options: SandboxOptions, origin: str) -> str:
    """Return what whoever started it needs to know."""
    kept = f"in {options.state_file}" if options.state_file else "in memory, gone when it stops"
    return "\n".join(
        [
            f"Stand-in for Batch at {origin}. Practice: nothing reaches Batch.",
            f"  REST API key  {options.rest_api_key}",
            *(f"  project key   {key}" for key in options.project_keys),
            f"  rate          {options.rate_per_s:g} requests a second and project",
            f"  state         {kept}",
        ]
    )


def _configure(stand_in: StandIn) -> uvicorn.Config:
    return uvicorn.Config(
        build_app(stand_in, control_routes(stand_in)),
        http=WireProtocol,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        # Longer than a caller at one request a second ever rests.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=2,
    )


def _open(options: SandboxOptions) -> StandIn:
    try:
        return StandIn(options)
    except sqlite3.Error as error:
        raise UsageError(
            f"The stand-in cannot keep its state in {options.state_file} ({error}): "
            "name a new file in a folder that exists with --state-file."
        ) from error


def _listen(options: SandboxOptions) -> socket.socket:
    try:
        return socket.create_server((options.host, options.port), backlog=128)
    except OSError as error:
        raise UsageError(
            f"The stand-in cannot listen on {options.host}:{options.port} ({error.strerror}): "
            "name another port with --port, 0 takes any free one."
        ) from error
