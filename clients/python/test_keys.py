"""Who is let in."""

import uuid

from conftest import refusal
from scaleway import Client
from scaleway.container.v1 import ContainerV1API


def test_an_unknown_key_is_refused(client):
    stranger = Client.from_env()
    stranger.secret_key = str(uuid.uuid4())
    status, error = refusal(ContainerV1API(stranger).list_namespaces)
    assert (status, error["type"]) == (401, "denied_authentication")
    assert (error["method"], error["reason"]) == ("api_key", "not_found")


def test_what_another_project_holds_is_not_there(client, namespace):
    status, error = refusal(
        ContainerV1API(client).create_namespace, name="elsewhere", project_id=str(uuid.uuid4())
    )
    assert status in (403, 404)
    assert error["type"] in ("permissions_denied", "not_found")
