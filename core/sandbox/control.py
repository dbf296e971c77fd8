"""Routes outside Batch's own: who is in an audience, what was called, what shall go wrong."""

from dataclasses import asdict
from typing import Any

import orjson
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.sandbox.app import MARK, StandIn
from core.sandbox.bodies import Refusal
from core.sandbox.options import Behaviour


def control_routes(stand_in: StandIn) -> list[Route]:
    """Return the routes, each by a method of one object."""
    control = _Control(stand_in)
    return [
        Route("/", control.show, methods=["GET"]),
        Route("/stand-in", control.show, methods=["GET"]),
        Route("/stand-in", control.reset, methods=["DELETE"]),
        Route("/stand-in/settings", control.behave, methods=["POST"]),
        Route("/stand-in/calls", control.list_calls, methods=["GET"]),
        Route("/stand-in/audiences/{project}/{name}", control.inspect, methods=["GET"]),
    ]


class _Control:
    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in

    async def show(self, _: Request) -> Response:
        """What it is and how it behaves."""
        behaviour = Behaviour.model_validate(
            {name: getattr(self._stand_in.options, name) for name in Behaviour.model_fields}
        )
        return _json({"stand_in": MARK["x-stand-in"], "settings": behaviour.model_dump()})

    async def reset(self, _: Request) -> Response:
        """Forget audiences and calls, behave as at the start."""
        self._stand_in.state.clear()
        self._stand_in.reset_behaviour()
        return _json({})

    async def behave(self, request: Request) -> Response:
        """Change what the body names, leave the rest."""
        try:
            wish = Behaviour.model_validate_json(await request.body())
        except ValidationError as error:
            return _json({"error": str(error)}, 400)
        self._stand_in.behave(wish)
        return await self.show(request)

    async def list_calls(self, _: Request) -> Response:
        """The requests so far, the oldest first; `at` in seconds of a monotonic clock."""
        return _json({"calls": [asdict(call) for call in self._stand_in.calls]})

    async def inspect(self, request: Request) -> Response:
        """The members, exactly: id to attributes, or to null."""
        where = request.path_params
        try:
            members = self._stand_in.state.members(where["project"], where["name"])
        except Refusal as refusal:
            return _json({"error": str(refusal)}, refusal.status)
        shown = {id: orjson.Fragment(attributes or "null") for id, attributes in members}
        return _json({"name": where["name"], "members": shown})


def _json(value: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, MARK, "application/json")
