"""What the tests of every client share: patience, names, and calling a container as its users do."""

import time
import uuid
from urllib.parse import urlparse

import pytest
import requests

HELLO = "dormouse-examples/hello:latest"
PATIENCE_SECONDS = 120


def unique(prefix):
    return f"{prefix}-{uuid.uuid4().hex[:12]}"


def until(question, what):
    """The first true answer; the deadline is what makes it a test."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answer = question()
        if answer:
            return answer
        time.sleep(0.1)
    pytest.fail(f"{what} did not happen within {PATIENCE_SECONDS} s")


def call(public_endpoint, path="/", method="GET", **arguments):
    """A request to an endpoint; names under .localhost are this machine, whoever resolves."""
    endpoint = urlparse(public_endpoint)
    headers = arguments.pop("headers", {}) | {"Host": endpoint.netloc}
    return requests.request(
        method,
        f"{endpoint.scheme}://127.0.0.1:{endpoint.port or 80}{path}",
        headers=headers,
        timeout=PATIENCE_SECONDS,
        **arguments,
    )
