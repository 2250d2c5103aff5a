"""What every test has: the API as the SDK gives it, and a namespace of its own."""

import harness
import pytest
from harness import HELLO, PATIENCE_SECONDS, unique, until
from scaleway import Client, ScalewayException, WaitForOptions
from scaleway.container.v1 import ContainerV1API


def patiently():
    """The SDK's waiters, polling every second."""
    return WaitForOptions(timeout=PATIENCE_SECONDS, min_delay=1, max_delay=1)


def refusal(call, **arguments):
    """The status code and the body of the error that the call must end with."""
    with pytest.raises(ScalewayException) as caught:
        call(**arguments)
    return caught.value.status_code, caught.value.response.json()


def is_gone(get, **arguments):
    try:
        get(**arguments)
        return False
    except ScalewayException as error:
        if error.status_code == 404:
            return True
        raise


def settled(api, container):
    return api.wait_for_container(container_id=container.id, options=patiently())


def call(container, path="/", **arguments):
    return harness.call(container.public_endpoint, path, **arguments)


@pytest.fixture(scope="session")
def client():
    return Client.from_env()


@pytest.fixture(scope="session")
def api(client):
    return ContainerV1API(client)


@pytest.fixture
def make_namespace(api):
    """Makes namespaces, ready, and deletes them after the test."""
    made = []

    def make(**fields):
        namespace = api.create_namespace(**({"name": unique("ns")} | fields))
        made.append(namespace.id)
        return api.wait_for_namespace(namespace_id=namespace.id, options=patiently())

    yield make
    for namespace_id in made:
        if not is_gone(api.get_namespace, namespace_id=namespace_id):
            api.delete_namespace(namespace_id=namespace_id)
    for namespace_id in made:
        until(lambda: is_gone(api.get_namespace, namespace_id=namespace_id), "the namespace's end")


@pytest.fixture
def namespace(make_namespace):
    return make_namespace()


@pytest.fixture
def deploy(api, namespace):
    """Makes a container of the hello example and waits until it is settled."""

    def make(**fields):
        fields = {"namespace_id": namespace.id, "name": unique("co"), "image": HELLO} | fields
        return settled(api, api.create_container(**fields))

    return make
