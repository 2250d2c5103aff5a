"""Containers, as the SDK sees them and as they answer."""

import uuid

from conftest import call, is_gone, refusal, settled
from harness import HELLO, unique, until
from scaleway.container.v1 import (
    ContainerProbe,
    ContainerProbeHTTPProbe,
    ContainerProbeTCPProbe,
    ContainerScalingOption,
    ListContainersRequestOrderBy,
)


def test_a_container_lives_from_creating_to_gone(api, namespace):
    made = api.create_container(namespace_id=namespace.id, name=unique("life"), image=HELLO)
    assert made.status == "creating"
    assert made.error_message is None

    ready = settled(api, made)
    assert (ready.status, ready.error_message) == ("ready", "")
    assert ready.public_endpoint == made.public_endpoint
    assert call(ready).text.startswith("Hello from ")

    api.update_container(container_id=made.id, environment_variables={"GREETING": "Salut"})
    assert settled(api, made).status == "ready"
    assert call(ready).text.startswith("Salut from ")

    assert api.redeploy_container(container_id=made.id).status == "updating"
    assert settled(api, made).status == "ready"
    assert call(ready).text.startswith("Salut from ")

    assert api.delete_container(container_id=made.id).status == "deleting"
    until(lambda: is_gone(api.get_container, container_id=made.id), "the container's end")
    assert refusal(api.get_container, container_id=made.id)[1]["resource"] == "container"
    assert call(ready).status_code == 404


def test_defaults_are_those_of_the_real_platform(api, namespace, deploy):
    made = deploy()
    assert (made.min_scale, made.max_scale) == (0, 5)
    assert (made.memory_limit_bytes, made.mvcpu_limit) == (2_048_000_000, 1000)
    assert made.local_storage_limit_bytes == 1_000_000_000
    assert (made.timeout, made.privacy, made.protocol) == ("300s", "public", "http1")
    assert (made.port, made.https_connections_only, made.sandbox) == (8080, False, "v2")
    assert made.scaling_option.concurrent_requests_threshold == 50
    assert made.liveness_probe == ContainerProbe(
        failure_threshold=30, interval="10s", timeout="1s", tcp=ContainerProbeTCPProbe(), http=None
    )
    assert (made.startup_probe, made.private_network_id) == (None, None)
    assert (made.tags, made.command, made.args, made.description) == ([], [], [], "")
    assert (made.environment_variables, made.secret_environment_variables) == ({}, {})
    assert made.namespace_id == namespace.id


def test_every_field_comes_back_as_it_was_given(api, deploy):
    probe = ContainerProbe(
        failure_threshold=5, interval="15s", timeout="60s", http=ContainerProbeHTTPProbe(path="/")
    )
    made = deploy(
        description="all of it",
        environment_variables={"LINES": "one\ntwo", "GREETING": "Hej"},
        min_scale=1,
        max_scale=2,
        memory_limit_bytes=256_000_000,
        mvcpu_limit=500,
        timeout="360s",
        port=9123,
        sandbox="v1",
        local_storage_limit_bytes=1_500_000_000,
        scaling_option=ContainerScalingOption(
            concurrent_requests_threshold=7, cpu_usage_threshold=None, memory_usage_threshold=None
        ),
        liveness_probe=probe,
        startup_probe=probe,
        tags=["x", "dormouse.idle-after=90s"],
        command=["/hello"],
        args=["ignored", "$(PORT)"],
    )
    assert (made.status, made.description) == ("ready", "all of it")
    assert made.environment_variables == {"LINES": "one\ntwo", "GREETING": "Hej"}
    assert (made.min_scale, made.max_scale) == (1, 2)
    assert (made.memory_limit_bytes, made.mvcpu_limit) == (256_000_000, 500)
    assert (made.timeout, made.port, made.sandbox) == ("360s", 9123, "v1")
    assert made.local_storage_limit_bytes == 1_500_000_000
    assert made.scaling_option.concurrent_requests_threshold == 7
    assert (made.liveness_probe, made.startup_probe) == (probe, probe)
    assert made.tags == ["x", "dormouse.idle-after=90s"]
    assert (made.command, made.args) == (["/hello"], ["ignored", "$(PORT)"])
    assert call(made).text.startswith("Hej from ")


def test_a_change_of_words_needs_no_rollout_and_no_change_changes_nothing(api, deploy):
    made = deploy(description="one")
    renamed = api.update_container(container_id=made.id, description="two", tags=["t"])
    assert (renamed.status, renamed.description, renamed.tags) == ("ready", "two", ["t"])
    same = api.update_container(container_id=made.id, description="two")
    assert (same.status, same.updated_at) == ("ready", renamed.updated_at)


def test_an_update_leaves_what_it_does_not_name(api, deploy):
    made = deploy(environment_variables={"GREETING": "Hola"}, max_scale=3, tags=["keep"])
    api.update_container(container_id=made.id, mvcpu_limit=700)
    updated = settled(api, made)
    assert (updated.status, updated.mvcpu_limit, updated.max_scale) == ("ready", 700, 3)
    assert (updated.environment_variables, updated.tags) == ({"GREETING": "Hola"}, ["keep"])


def test_a_secret_reaches_the_process_and_nobody_else(api, deploy):
    made = deploy(secret_environment_variables={"GREETING": "Psst"})
    shown = made.secret_environment_variables
    assert shown["GREETING"].startswith("$argon2id$v=19$")
    assert call(made).text.startswith("Psst from ")

    api.update_container(
        container_id=made.id, secret_environment_variables={"GREETING": "", "OTHER": "x"}
    )
    updated = settled(api, made)
    assert updated.secret_environment_variables["GREETING"] == shown["GREETING"]
    assert call(made).text.startswith("Psst from ")


def test_a_container_inherits_from_its_namespace_and_wins(api, make_namespace):
    parent = make_namespace(environment_variables={"GREETING": "Above"})
    inheriting, own = (
        settled(api, api.create_container(namespace_id=parent.id, name=name, image=HELLO, **more))
        for name, more in (
            ("inherits", {}),
            ("owns", {"environment_variables": {"GREETING": "Below"}}),
        )
    )
    assert call(inheriting).text.startswith("Above from ")
    assert call(own).text.startswith("Below from ")
    assert inheriting.environment_variables == {}


def test_a_private_container_answers_those_with_a_key(client, deploy):
    made = deploy(privacy="private")
    assert call(made).status_code == 403
    assert call(made, headers={"X-Auth-Token": str(uuid.uuid4())}).status_code == 403
    assert call(made, headers={"X-Auth-Token": client.secret_key}).status_code == 200


def test_an_image_that_cannot_be_had_is_told(api, deploy):
    made = deploy(image="127.0.0.1:1/nobody/nothing:1")
    assert made.status == "error"
    assert made.error_message.startswith('Image "127.0.0.1:1/nobody/nothing:1" could not be pulled')


def test_a_bad_update_leaves_the_old_revision_serving(api, deploy):
    made = deploy(environment_variables={"GREETING": "Old"})
    api.update_container(
        container_id=made.id, command=["/not-there"], environment_variables={"GREETING": "New"}
    )
    failed = settled(api, made)
    assert failed.status == "error"
    assert failed.error_message.startswith(
        "Container is unable to start OR is not listening on port 8080"
    )
    assert call(made).text.startswith("Old from ")

    api.update_container(container_id=made.id, command=[])
    assert settled(api, made).status == "ready"
    assert call(made).text.startswith("New from ")


def test_lists_come_in_pages_and_by_namespace(api, namespace, deploy):
    made = {letter: deploy(name=f"page-{letter}") for letter in "cab"}

    def names(**arguments):
        listed = api.list_containers_all(namespace_id=namespace.id, **arguments)
        return [one.name[-1] for one in listed]

    assert names() == ["c", "a", "b"]
    assert names(page_size=2) == ["c", "a", "b"]
    assert names(page_size=1, order_by=ListContainersRequestOrderBy.NAME_ASC) == ["a", "b", "c"]
    assert names(order_by=ListContainersRequestOrderBy.CREATED_AT_DESC) == ["b", "a", "c"]
    page = api.list_containers(namespace_id=namespace.id, page=2, page_size=2)
    assert (len(page.containers), page.total_count) == (1, 3)
    assert [one.id for one in api.list_containers(name="page-a").containers] == [made["a"].id]
    beyond = api.list_containers(namespace_id=namespace.id, page=9, page_size=2)
    assert (beyond.containers, beyond.total_count) == ([], 3)


def test_deleting_a_namespace_deletes_what_is_in_it(api, namespace, deploy):
    made = deploy()
    api.delete_namespace(namespace_id=namespace.id)
    until(lambda: is_gone(api.get_namespace, namespace_id=namespace.id), "the namespace's end")
    assert is_gone(api.get_container, container_id=made.id)
    assert call(made).status_code == 404


def test_a_name_is_taken_once_in_a_namespace(api, namespace, deploy, make_namespace):
    made = deploy()
    status, error = refusal(
        api.create_container, namespace_id=namespace.id, name=made.name, image=HELLO
    )
    assert (status, error["type"], error["resource_id"]) == (409, "already_exists", made.id)
    elsewhere = make_namespace()
    api.create_container(namespace_id=elsewhere.id, name=made.name, image=HELLO)


def test_an_unknown_parent_is_not_found(api):
    unknown = str(uuid.uuid4())
    status, error = refusal(api.create_container, namespace_id=unknown, name="web", image=HELLO)
    assert (status, error["type"], error["resource"]) == (404, "not_found", "namespace")


def test_every_wrong_argument_is_named(api, namespace):
    status, error = refusal(
        api.create_container,
        namespace_id=namespace.id,
        name="No Good",
        image="Upper/Case",
        min_scale=11,
        max_scale=51,
        memory_limit_bytes=1,
        mvcpu_limit=69,
        timeout="5m",
        port=65536,
        environment_variables={"PORT": "1"},
        liveness_probe=ContainerProbe(
            failure_threshold=2, http=ContainerProbeHTTPProbe(path="x" * 101)
        ),
        tags=["dormouse.nonsense=1"],
    )
    assert (status, error["type"]) == (400, "invalid_arguments")
    named = {detail["argument_name"].split("[")[0] for detail in error["details"]}
    for wrong in (
        "name",
        "image",
        "min_scale",
        "max_scale",
        "memory_limit_bytes",
        "mvcpu_limit",
        "timeout",
        "port",
        "liveness_probe.failure_threshold",
        "liveness_probe.http.path",
    ):
        assert wrong in named, wrong
    assert any(name.startswith("environment_variables") for name in named)
    assert any(name.startswith("tags") for name in named)
