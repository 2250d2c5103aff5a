"""What is refused, and in which words."""

import os
import re
import threading
import uuid

import pytest
import requests
from conftest import call, refusal
from harness import HELLO, PATIENCE_SECONDS, until
from scaleway import Client
from scaleway.container.v1 import ContainerProbe, ContainerProbeHTTPProbe, ContainerV1API


def test_every_wrong_argument_is_named_at_once(api, namespace):
    status, error = refusal(
        api.create_container,
        namespace_id=namespace.id,
        name="-no-",
        image="NOT AN IMAGE",
        port=70_000,
        max_scale=0,
        timeout="5s",
        environment_variables={"PORT": "1"},
        tags=["dormouse.no-such-option=1"],
        liveness_probe=ContainerProbe(
            failure_threshold=1, interval="1s", timeout="1s", http=ContainerProbeHTTPProbe(path="no-slash")
        ),
    )
    assert (status, error["type"]) == (400, "invalid_arguments")
    assert all(detail["help_message"] for detail in error["details"])
    named = {detail["argument_name"] for detail in error["details"]}
    assert {"name", "image", "port", "max_scale", "timeout", "liveness_probe.http.path"} <= named
    assert any(one.startswith("environment_variables") for one in named)
    assert any(one.startswith("tags") for one in named)


def test_a_refused_update_changes_nothing(api, deploy):
    made = deploy()
    status, error = refusal(api.update_container, container_id=made.id, port=0, description="x" * 2000)
    assert (status, error["type"]) == (400, "invalid_arguments")
    assert api.get_container(container_id=made.id) == made


def test_what_is_not_there_is_not_found(api):
    unknown = str(uuid.uuid4())
    for ask in (api.get_container, api.delete_container, api.redeploy_container, api.update_container):
        status, error = refusal(ask, container_id=unknown)
        assert (status, error["type"]) == (404, "not_found")
        assert (error["resource"], error["resource_id"]) == ("container", unknown)


def test_what_is_being_deleted_is_left_alone(api, deploy):
    made = deploy(min_scale=1)
    answers = []
    # a request under way keeps the container for as long as the request takes
    caller = threading.Thread(target=lambda: answers.append(call(made, "/wait/3000")))
    caller.start()
    until(lambda: requests_under_way(made) > 0, "a request under way")
    api.delete_container(container_id=made.id)

    status, error = refusal(api.update_container, container_id=made.id, port=9000)
    assert (status, error["type"]) == (409, "transient_state")
    assert (error["resource_id"], error["current_state"]) == (made.id, "deleting")
    caller.join()
    assert answers[0].status_code == 200


def requests_under_way(container):
    metrics = requests.get(f"{os.environ['SCW_API_URL']}/metrics", timeout=PATIENCE_SECONDS).text
    gauge = re.search(rf'^dormouse_gateway_in_flight{{[^}}]*"{container.name}"[^}}]*}} (\S+)', metrics, re.M)
    return float(gauge[1]) if gauge else 0


@pytest.fixture
def reader(client):
    """The API as somebody has it who may only read."""
    keys = f"{os.environ['SCW_API_URL']}/dormouse/v1/keys"
    owner = {"X-Auth-Token": client.secret_key}
    order = {
        "project_id": client.default_project_id,
        "permission_sets": ["ContainersReadOnly"],
    }
    key = requests.post(keys, json=order, headers=owner, timeout=PATIENCE_SECONDS).json()
    stranger = Client.from_env()
    stranger.access_key, stranger.secret_key = key["access_key"], key["secret_key"]
    yield ContainerV1API(stranger)
    requests.delete(f"{keys}/{key['access_key']}", headers=owner, timeout=PATIENCE_SECONDS)


def test_who_may_only_read_does_not_write(reader, namespace):
    assert reader.get_namespace(namespace_id=namespace.id).id == namespace.id
    status, error = refusal(
        reader.create_container, namespace_id=namespace.id, name="web", image=HELLO
    )
    assert (status, error["type"]) == (403, "permissions_denied")
    assert error["details"] == [{"resource": "container", "action": "write"}]
