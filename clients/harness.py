"""What the tests of every client share: patience, names, and calling a container as its users do."""

import os
import socket
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


def resolve(host, *arguments, **more):
    """Names under .localhost are this machine, whoever resolves."""
    return ask_resolver("127.0.0.1" if host.endswith(".localhost") else host, *arguments, **more)


ask_resolver, socket.getaddrinfo = socket.getaddrinfo, resolve


def without_tls(public_endpoint):
    """Where the endpoint is called in the clear."""
    port = os.environ["DORMOUSE_GATEWAY_LISTEN"].rpartition(":")[2]
    return f"http://{urlparse(public_endpoint).hostname}:{port}"


def call(public_endpoint, path="/", method="GET", **arguments):
    """A request to an endpoint as it is told, by a client that trusts the server's authority."""
    return requests.request(
        method,
        public_endpoint + path,
        timeout=PATIENCE_SECONDS,
        verify=os.environ["DORMOUSE_DATA_DIR"] + "/tls/ca.pem",
        **arguments,
    )
