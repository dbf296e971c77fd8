"""Batch's six routes as the stand-in answers them, with whatever goes wrong on the way."""

import asyncio
import hmac
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.sandbox.bodies import (
    TYPES,
    Refusal,
    read_create,
    read_limit,
    read_name,
    read_remove,
    read_write,
)
from core.sandbox.bucket import Bucket
from core.sandbox.faults import Drawn, Fault, FaultPlan
from core.sandbox.options import Behaviour, SandboxOptions
from core.sandbox.state import AudienceRow, AudienceState
from core.sandbox.wire import ConnectionReset, TruncatedAnswer

MARK = {"x-stand-in": "Rollcall stand-in for Batch: nothing reaches Batch"}

# Symbol and number by status; Batch documents those of 401, 403, 404, 429 and 500.
_CODES = {
    400: ("MALFORMED_PARAMETER", 31),
    401: ("AUTHENTICATION_INVALID", 10),
    403: ("API_MISUSE", 12),
    404: ("ROUTE_NOT_FOUND", 20),
    413: ("MALFORMED_PARAMETER", 31),
    429: ("TOO_MANY_REQUESTS", 60),
    500: ("SERVER_ERROR", 0),
    503: ("MAINTENANCE", 2),
}
_UNKNOWN_AUDIENCE = ("AUDIENCE_NOT_FOUND", 40)
_CALLS_KEPT = 100_000


@dataclass(slots=True)
class Call:
    """One request as the inspection route shows it; `status` is None where no answer was given."""

    number: int
    at: float
    peer_port: int
    route: str
    name: str | None = None
    status: int | None = None
    body_bytes: int = 0
    ids: int = 0
    fault: str | None = None
    applied: bool = False


class StandIn:
    """The stand-in's state and behaviour, which control routes may change."""

    def __init__(self, options: SandboxOptions) -> None:
        self._started_with = options
        self.state = AudienceState(options.state_file)
        self.reset_behaviour()

    def reset_behaviour(self) -> None:
        """Behave as at the start and forget the calls."""
        self.options = self._started_with
        self.calls: deque[Call] = deque(maxlen=_CALLS_KEPT)
        self._calls_seen = 0
        self._plan_faults()
        self._fill_buckets()

    def behave(self, wish: Behaviour) -> None:
        """Change what the wish names; faults given count their requests from here."""
        given = {name: getattr(wish, name) for name in wish.model_fields_set}
        wanted = {name: value for name, value in given.items() if value is not None}
        self.options = replace(self.options, **wanted)
        if wanted.keys() & {"faults", "seed"}:
            self._plan_faults()
        if "rate_per_s" in wanted:
            self._fill_buckets()

    def open_call(self, route: str, peer_port: int) -> Call:
        self._calls_seen += 1
        call = Call(self._calls_seen, time.monotonic(), peer_port, route)
        self.calls.append(call)
        return call

    def draw(self, route: str) -> Drawn:
        return self._plan.draw(route)

    def check_keys(self, request: Request) -> str:
        """Return the project that both keys open."""
        project = request.headers.get("x-batch-project", "")
        known = any(_same(project, key) for key in self.options.project_keys)
        bearer = f"Bearer {self.options.rest_api_key}"
        if not known or not _same(request.headers.get("authorization", ""), bearer):
            raise Refusal(401, "the REST API key is not valid for this project")
        return project

    def check_rate(self, project: str) -> None:
        if not self._buckets[project].take():
            raise Refusal(429, f"more than {self.options.rate_per_s:g} requests a second")

    def _plan_faults(self) -> None:
        self._plan = FaultPlan(self.options.faults, self.options.seed)

    def _fill_buckets(self) -> None:
        self._buckets = {key: Bucket(self.options.rate_per_s) for key in self.options.project_keys}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request past keys and rate."""

    project: str
    query: Mapping[str, str]
    body: bytes
    call: Call


def batch_routes(stand_in: StandIn) -> list[Route]:
    """Return Batch's routes."""
    answers: dict[str, tuple[str, Callable[[StandIn, _Asked], JSONResponse]]] = {
        "create": ("POST", _create),
        "update": ("POST", _update),
        "replace": ("POST", _replace),
        "remove": ("POST", _remove),
        "view": ("GET", _view),
        "list": ("GET", _list),
    }

    def endpoint(route: str, answer: Callable[[StandIn, _Asked], JSONResponse]) -> Any:
        async def answer_request(request: Request) -> Response:
            return await _respond(stand_in, request, route, answer)

        return answer_request

    return [
        Route(f"/{{version}}/audiences/{route}", endpoint(route, answer), methods=[method])
        for route, (method, answer) in answers.items()
    ]


def build_app(stand_in: StandIn, control_routes: list[Route]) -> Starlette:
    """Return the whole stand-in as an application."""

    async def unknown_route(_: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return _refuse(stand_in, status, "no such route")

    return Starlette(
        routes=[*batch_routes(stand_in), *control_routes],
        exception_handlers={HTTPException: unknown_route},
    )


async def _respond(
    stand_in: StandIn,
    request: Request,
    route: str,
    answer: Callable[[StandIn, _Asked], JSONResponse],
) -> Response:
    if re.fullmatch(r"2\.\d+", request.path_params["version"]) is None:
        raise HTTPException(404)
    call = stand_in.open_call(route, request.client.port if request.client else 0)
    drawn = stand_in.draw(route)
    fault = drawn.failure
    call.fault = fault.kind if fault else ("slow" if drawn.wait_s else None)
    if fault and fault.kind == "reset_before":
        return ConnectionReset()
    body = await request.body()
    call.body_bytes = len(body)
    if fault and fault.kind.isdigit():
        response: Response = _failed(stand_in, fault)
    else:
        response = _answer(stand_in, request, body, call, answer)
        call.applied = call.route not in ("view", "list") and response.status_code == 202
    await asyncio.sleep(drawn.wait_s)
    return _broken(response, fault, call)


def _broken(response: Response, fault: Fault | None, call: Call) -> Response:
    """Return the answer, or what a fault of the connection leaves of it."""
    if fault and fault.kind == "reset_after":
        return ConnectionReset()
    call.status = response.status_code
    if fault and fault.kind == "truncated":
        return TruncatedAnswer.of(response)
    return response


def _answer(
    stand_in: StandIn,
    request: Request,
    body: bytes,
    call: Call,
    answer: Callable[[StandIn, _Asked], JSONResponse],
) -> JSONResponse:
    try:
        project = stand_in.check_keys(request)
        stand_in.check_rate(project)
        if request.method == "POST":
            _check_content(request)
        return answer(stand_in, _Asked(project, request.query_params, body, call))
    except Refusal as refusal:
        return _refuse(stand_in, refusal.status, str(refusal), known_route=True)


def _create(stand_in: StandIn, asked: _Asked) -> JSONResponse:
    new = read_create(asked.body)
    asked.call.name = new.name
    options = stand_in.options
    return _accepted(
        stand_in.state.create(
            asked.project,
            new,
            indexing_s=options.indexing_s,
            known_after_s=options.create_delay_s,
        )
    )


def _update(stand_in: StandIn, asked: _Asked) -> JSONResponse:
    write = read_write(asked.body, actions=True)
    asked.call.name, asked.call.ids = write.name, len(write.entries)
    indexing_s = stand_in.options.indexing_s
    return _accepted(stand_in.state.update(asked.project, write, indexing_s=indexing_s))


def _replace(stand_in: StandIn, asked: _Asked) -> JSONResponse:
    write = read_write(asked.body, actions=False)
    asked.call.name, asked.call.ids = write.name, len(write.entries)
    indexing_s = stand_in.options.indexing_s
    return _accepted(stand_in.state.replace(asked.project, write, indexing_s=indexing_s))


def _remove(stand_in: StandIn, asked: _Asked) -> JSONResponse:
    asked.call.name = read_remove(asked.body)
    return _accepted(stand_in.state.remove(asked.project, asked.call.name))


def _view(stand_in: StandIn, asked: _Asked) -> JSONResponse:
    name = asked.call.name = read_name(asked.query.get("name"))
    row, state = stand_in.state.view(asked.project, name, asked.query.get("indexing_token"))
    return JSONResponse(_shown(row) | {"indexing_state": state}, headers=MARK)


def _list(stand_in: StandIn, asked: _Asked) -> JSONResponse:
    limit = read_limit(asked.query.get("limit"))
    page = stand_in.state.list_page(asked.project, asked.query.get("from"), limit)
    shown: dict[str, Any] = {
        "audiences": [_shown(row) for row in page.audiences],
        "has_more": page.next_from is not None,
    }
    if page.count is not None:
        shown["count"] = page.count
    if page.next_from is not None:
        shown["next_from"] = page.next_from
    return JSONResponse(shown, headers=MARK)


def _shown(row: AudienceRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "display_name": row.display_name,
        "type": TYPES[row.type],
        "nb_ids": row.count,
        "created": _instant(row.created),
        "updated": _instant(row.updated),
    }


def _accepted(token: str) -> JSONResponse:
    return JSONResponse({"indexing_token": token}, status_code=202, headers=MARK)


def _failed(stand_in: StandIn, fault: Fault) -> JSONResponse:
    response = _refuse(stand_in, int(fault.kind), "told to fail", known_route=True)
    if fault.retry_after is not None:
        response.headers["retry-after"] = fault.retry_after
    return response


def _refuse(
    stand_in: StandIn, status: int, message: str, *, known_route: bool = False
) -> JSONResponse:
    symbol, number = _CODES.get(status, _CODES[500])
    if status == 404 and known_route:
        symbol, number = _UNKNOWN_AUDIENCE
    code = symbol if stand_in.options.error_codes == "symbols" else number
    answer = {"error_code": code, "error_message": f"Practice: {message}."}
    return JSONResponse(answer, status_code=status, headers=MARK)


def _check_content(request: Request) -> None:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        raise Refusal(400, "Content-Type must be application/json")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Refusal(400, "the body must not be compressed")


def _instant(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _same(given: str, key: str) -> bool:
    return hmac.compare_digest(given.encode(), key.encode())
