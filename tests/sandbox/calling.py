"""Calls to the stand-in as raw requests, so that its rules are tested without our client."""

from typing import Any

import httpx

from tests.stand_in import StandInServer


class Caller:
    """Sends what a test says, right or wrong."""

    def __init__(self, server: StandInServer, **headers: str) -> None:
        keys = {
            "authorization": f"Bearer {server.rest_api_key}",
            "x-batch-project": server.project_key,
        }
        self._client = httpx.Client(
            base_url=server.origin, headers=keys | headers, trust_env=False, timeout=30
        )

    def post(self, route: str, body: Any) -> httpx.Response:
        return self._client.post(f"/2.11/audiences/{route}", json=body)

    def send(self, route: str, content: bytes, **headers: str) -> httpx.Response:
        typed = {"content-type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return self._client.post(f"/2.11/audiences/{route}", content=content, headers=typed)

    def get(self, path: str, **query: str) -> httpx.Response:
        return self._client.get(path, params=query)

    def view(self, name: str, token: str | None = None) -> httpx.Response:
        query = {"name": name} | ({"indexing_token": token} if token else {})
        return self.get("/2.11/audiences/view", **query)

    def create(self, name: str) -> str:
        return token_of(self.post("create", {"name": name, "type": "custom_ids"}))

    def add(self, name: str, *ids: str) -> str:
        entries = [{"action": "add", "id": id} for id in ids]
        return token_of(self.post("update", {"name": name, "ids": entries}))

    def close(self) -> None:
        self._client.close()


def token_of(answer: httpx.Response) -> str:
    assert answer.status_code == 202, answer.text
    token: str = answer.json()["indexing_token"]
    return token
