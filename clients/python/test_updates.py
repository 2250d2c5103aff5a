"""Every field of an update, and a redeploy that finds a newer image."""

import subprocess
from dataclasses import replace

import harness
import pytest
from conftest import call, settled
from harness import HELLO, unique
from scaleway.container.v1 import (
    ContainerProbe,
    ContainerProbeHTTPProbe,
    ContainerProbeTCPProbe,
    ContainerScalingOption,
    UpdateContainerRequestProbe,
)

HTTP_PROBE = ContainerProbe(
    failure_threshold=5, interval="2.500s", timeout="2s", http=ContainerProbeHTTPProbe(path="/")
)
TCP_PROBE = ContainerProbe(
    failure_threshold=4, interval="3s", timeout="1s", tcp=ContainerProbeTCPProbe()
)


def scaling(concurrency=None, cpu=None, memory=None):
    return ContainerScalingOption(
        concurrent_requests_threshold=concurrency,
        cpu_usage_threshold=cpu,
        memory_usage_threshold=memory,
    )


def as_shown(value):
    """The SDK reads a threshold that is not there as 0."""
    if isinstance(value, ContainerScalingOption):
        return ContainerScalingOption(**{name: at or 0 for name, at in vars(value).items()})
    return value


@pytest.fixture(scope="module")
def subject(api):
    """One container that each of the updates below changes once more."""
    namespace = api.create_namespace(name=unique("ns"))
    made = api.create_container(namespace_id=namespace.id, name="subject", image=HELLO)
    yield settled(api, made)
    api.delete_namespace(namespace_id=namespace.id)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("description", "words"),
        ("tags", ["x", "dormouse.idle-after=90s"]),
        ("environment_variables", {"GREETING": "Hola", "LINES": "one\ntwo"}),
        ("environment_variables", {}),
        ("min_scale", 1),
        ("max_scale", 3),
        ("memory_limit_bytes", 256_000_000),
        ("mvcpu_limit", 700),
        ("timeout", "90s"),
        ("privacy", "private"),
        ("privacy", "public"),
        ("image", HELLO.removesuffix(":latest")),
        ("port", 9000),
        ("sandbox", "v1"),
        ("local_storage_limit_bytes", 1_500_000_000),
        ("scaling_option", scaling(concurrency=9)),
        ("scaling_option", scaling(cpu=72)),
        ("scaling_option", scaling(memory=66)),
        ("liveness_probe", HTTP_PROBE),
        ("startup_probe", HTTP_PROBE),
        ("command", ["/hello"]),
        ("args", ["ignored"]),
        ("args", []),
        ("description", ""),
        ("tags", []),
    ],
)
def test_an_update_changes_what_it_names_and_nothing_else(api, subject, field, value):
    before = api.get_container(container_id=subject.id)
    api.update_container(container_id=subject.id, **{field: value})
    after = settled(api, subject)
    assert after == replace(before, **{field: as_shown(value)}, updated_at=after.updated_at)
    assert after.status == "ready"


def test_only_encrypted_connections(api, deploy):
    made = deploy()
    api.update_container(container_id=made.id, https_connection_only=True)
    changed = settled(api, made)
    assert (changed.status, changed.https_connections_only) == ("ready", True)
    plain = harness.call(harness.without_tls(made.public_endpoint), allow_redirects=False)
    assert (plain.status_code, plain.headers["Location"]) == (301, made.public_endpoint + "/")
    assert call(made).status_code == 200


def test_a_probe_keeps_what_an_update_does_not_name(api, deploy):
    made = deploy(startup_probe=HTTP_PROBE)
    api.update_container(
        container_id=made.id,
        startup_probe=UpdateContainerRequestProbe(
            failure_threshold=9, interval=None, timeout=None, http=None, tcp=None
        ),
    )
    assert settled(api, made).startup_probe == replace(HTTP_PROBE, failure_threshold=9)
    api.update_container(container_id=made.id, liveness_probe=TCP_PROBE)
    assert settled(api, made).liveness_probe == TCP_PROBE


def test_a_probe_that_fails_is_told_with_its_path(deploy):
    probe = ContainerProbe(
        failure_threshold=3, interval="1s", timeout="1s", http=ContainerProbeHTTPProbe(path="/nowhere")
    )
    failed = deploy(startup_probe=probe)
    assert failed.status == "error"
    assert failed.error_message.startswith(
        "Container is unable to start OR does not respond to HTTP requests on port 8080 and path /nowhere"
    )


@pytest.fixture
def moving():
    """An image whose tag can be moved on: build(greeting) makes it greet so."""
    tag = f"dormouse-clients/{unique('moving')}:latest"

    def build(greeting):
        subprocess.run(
            ["docker", "build", "--quiet", "--tag", tag, "-"],
            input=f"FROM {HELLO}\nENV GREETING={greeting}\n",
            text=True,
            check=True,
            capture_output=True,
        )
        return tag

    yield build
    subprocess.run(["docker", "image", "rm", "--force", tag], check=True, capture_output=True)


def test_a_redeploy_finds_what_the_tag_means_now(api, deploy, moving):
    made = deploy(image=moving("First"))
    assert call(made).text.startswith("First from ")
    moving("Second")
    assert call(made).text.startswith("First from ")

    assert api.redeploy_container(container_id=made.id).status == "updating"
    again = settled(api, made)
    assert (again.status, again.image) == ("ready", made.image)
    assert call(made).text.startswith("Second from ")
