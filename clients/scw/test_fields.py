"""Every argument of create and update, there and back."""

import os

import harness
import pytest
from conftest import call
from harness import HELLO

HTTP_PROBE = {
    "failure_threshold": 5,
    "interval": "2.500000000s",
    "timeout": "2.000000000s",
    "http": {"path": "/"},
}
TCP_PROBE = {
    "failure_threshold": 4,
    "interval": "3.000000000s",
    "timeout": "1.000000000s",
    "tcp": {},
}


def test_every_argument_of_create_comes_back(create):
    made = create(
        "description=all of it",
        "environment-variables.GREETING=Hej",
        "min-scale=1",
        "max-scale=2",
        "memory-limit-bytes=1G",
        "mvcpu-limit=500",
        "timeout=90s",
        "privacy=private",
        "protocol=http1",
        "port=9123",
        "https-connections-only=false",
        "sandbox=v1",
        "local-storage-limit-bytes=2G",
        "scaling-option.concurrent-requests-threshold=7",
        "liveness-probe.failure-threshold=5",
        "liveness-probe.interval=2.5s",
        "liveness-probe.timeout=2s",
        "liveness-probe.http.path=/",
        "startup-probe.failure-threshold=4",
        "startup-probe.interval=3s",
        "startup-probe.timeout=1s",
        "startup-probe.tcp={}",
        "tags.0=x",
        "tags.1=dormouse.idle-after=90s",
        "command.0=/hello",
        "args.0=ignored",
    )
    wanted = {
        "status": "ready",
        "description": "all of it",
        "environment_variables": {"GREETING": "Hej"},
        "min_scale": 1,
        "max_scale": 2,
        "memory_limit_bytes": 1_000_000_000,
        "mvcpu_limit": 500,
        "timeout": "90.000000000s",
        "privacy": "private",
        "protocol": "http1",
        "port": 9123,
        "https_connections_only": False,
        "sandbox": "v1",
        "local_storage_limit_bytes": 2_000_000_000,
        "scaling_option": {"concurrent_requests_threshold": 7},
        "liveness_probe": HTTP_PROBE,
        "startup_probe": TCP_PROBE,
        "tags": ["x", "dormouse.idle-after=90s"],
        "command": ["/hello"],
        "args": ["ignored"],
    }
    assert {name: made[name] for name in wanted} == wanted
    assert call(made).status_code == 403
    key = {"X-Auth-Token": os.environ["SCW_SECRET_KEY"]}
    assert call(made, headers=key).text.startswith("Hej from ")


@pytest.fixture(scope="module")
def subject(scw, namespace):
    """One container that each of the updates below changes once more."""
    made = scw("container", "create", f"namespace-id={namespace['id']}", "name=subject", f"image={HELLO}")
    return scw.settled(made)


@pytest.mark.parametrize(
    ("arguments", "field", "value"),
    [
        (["description=words"], "description", "words"),
        (["environment-variables.GREETING=Hola"], "environment_variables", {"GREETING": "Hola"}),
        (["min-scale=1"], "min_scale", 1),
        (["max-scale=3"], "max_scale", 3),
        (["memory-limit-bytes=1G"], "memory_limit_bytes", 1_000_000_000),
        (["mvcpu-limit=700"], "mvcpu_limit", 700),
        (["timeout=1m30s"], "timeout", "90.000000000s"),
        (["privacy=private"], "privacy", "private"),
        (["privacy=public"], "privacy", "public"),
        ([f"image={HELLO.removesuffix(':latest')}"], "image", HELLO.removesuffix(":latest")),
        (["port=9000"], "port", 9000),
        (["https-connection-only=true"], "https_connections_only", True),
        (["https-connection-only=false"], "https_connections_only", False),
        (["sandbox=v1"], "sandbox", "v1"),
        (["local-storage-limit-bytes=3G"], "local_storage_limit_bytes", 3_000_000_000),
        (
            ["scaling-option.concurrent-requests-threshold=9"],
            "scaling_option",
            {"concurrent_requests_threshold": 9},
        ),
        (["scaling-option.cpu-usage-threshold=72"], "scaling_option", {"cpu_usage_threshold": 72}),
        (["scaling-option.memory-usage-threshold=66"], "scaling_option", {"memory_usage_threshold": 66}),
        (
            [
                "liveness-probe.failure-threshold=5",
                "liveness-probe.interval=2.5s",
                "liveness-probe.timeout=2s",
                "liveness-probe.http.path=/",
            ],
            "liveness_probe",
            HTTP_PROBE,
        ),
        (
            [
                "startup-probe.failure-threshold=4",
                "startup-probe.interval=3s",
                "startup-probe.timeout=1s",
                "startup-probe.tcp={}",
            ],
            "startup_probe",
            TCP_PROBE,
        ),
        (["startup-probe.failure-threshold=8"], "startup_probe", TCP_PROBE | {"failure_threshold": 8}),
        (["tags.0=x", "tags.1=y"], "tags", ["x", "y"]),
        (["command.0=/hello"], "command", ["/hello"]),
        (["args.0=ignored"], "args", ["ignored"]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_an_update_changes_what_it_names_and_nothing_else(scw, subject, arguments, field, value):
    before = scw("container", "get", subject["id"])
    scw("container", "update", subject["id"], *arguments)
    after = scw.settled(subject)
    assert after == before | {field: value, "updated_at": after["updated_at"]}
    assert after["status"] == "ready"
    if field == "https_connections_only":
        plain = harness.without_tls(after["public_endpoint"])
        assert harness.call(plain, allow_redirects=False).status_code == (301 if value else 200)


def test_a_secret_reaches_the_process_and_nobody_else(scw, create):
    made = create("secret-environment-variables.GREETING=Psst")
    shown = made["secret_environment_variables"]["GREETING"]
    assert shown.startswith("$argon2id$v=19$")
    assert "Psst" not in scw.text("container", "get", made["id"])
    assert call(made).text.startswith("Psst from ")

    scw("container", "update", made["id"], "secret-environment-variables.GREETING=Louder")
    changed = scw.settled(made)
    assert changed["secret_environment_variables"]["GREETING"] != shown
    assert call(changed).text.startswith("Louder from ")
