"""Every attribute is changed, each in a container or namespace of its own, all in one apply."""

import os

import harness
from conftest import REQUIRED
from harness import HELLO, unique

HTTP = {"failure_threshold": 5, "interval": "15s", "timeout": "20s", "http": {"path": "/"}}
TCP = {"failure_threshold": 4, "interval": "1m0s", "timeout": "2s", "tcp": True}
BARE = HELLO.removesuffix(":latest")

# attribute: what it is first, what it becomes
CONTAINERS = {
    "description": ("one", "two"),
    "tags": (["a"], ["b", "c"]),
    "environment_variables": ({"GREETING": "One", "GONE": "x"}, {"GREETING": "Two"}),
    "secret_environment_variables": ({"GREETING": "One", "GONE": "x"}, {"GREETING": "Two"}),
    "min_scale": (1, 2),
    "max_scale": (3, 4),
    "memory_limit": (512, 1024),
    "memory_limit_bytes": (512_000_000, 1_024_000_000),
    "cpu_limit": (500, 700),
    "timeout": (60, 90),
    "privacy": ("public", "private"),
    "image": (HELLO, BARE),
    "registry_image": (HELLO, BARE),
    "registry_sha256": ("one", "two"),
    "protocol": ("http1", "h2c"),
    "port": (8080, 9000),
    "deploy": (False, True),
    "https_connections_only": (False, True),
    "http_option": ("enabled", "redirected"),
    "sandbox": ("v2", "v1"),
    "liveness_probe": (TCP, HTTP),
    "startup_probe": (HTTP, TCP),
    "scaling_option": ({"concurrent_requests_threshold": 7}, {"cpu_usage_threshold": 72}),
    "local_storage_limit": (1000, 2000),
    "local_storage_limit_bytes": (1_000_000_000, 2_000_000_000),
    "command": (["/hello"], ["/hello", "more"]),
    "args": (["one"], ["two", "three"]),
}
NAMESPACES = {
    "description": ("one", "two"),
    "tags": (["a"], ["b", "c"]),
    "environment_variables": ({"A": "one", "GONE": "x"}, {"A": "two"}),
    "secret_environment_variables": ({"A": "one", "GONE": "x"}, {"A": "two"}),
}
# what goes back to nothing when it is no longer written; the others keep what they are
CLEARED = {
    "description": "",
    "tags": [],
    "secret_environment_variables": {},
    "command": [],
    "args": [],
}


def configuration(namespace, containers, namespaces):
    """One container for each attribute, in one namespace; one namespace for each of theirs."""
    homes = {name: {"name": f"{namespace}-{name.replace('_', '-')}"} | more for name, more in namespaces.items()}
    homes["all"] = {"name": namespace}
    apps = {}
    for name, more in containers.items():
        image = {} if {"image", "registry_image"} & {*more} else {"image": HELLO}
        home = {"name": name.replace("_", "-"), "namespace_id": "${scaleway_container_namespace.all.id}"}
        apps[name] = home | image | more
    return {
        "terraform": REQUIRED,
        "resource": {"scaleway_container_namespace": homes, "scaleway_container": apps},
    }


def stage(table, at):
    return {name: {name: values[at]} for name, values in table.items()}


def shown(value):
    """A value of the configuration as the state has it: a block is a list of one, without what is not set."""
    return [value] if isinstance(value, dict) and not all(isinstance(one, str) for one in value.values()) else value


def given(value):
    """A value of the state without what was not set in its blocks."""
    if isinstance(value, list):
        return [given(one) for one in value]
    if isinstance(value, dict):
        return {name: given(one) for name, one in value.items() if one not in (0, False, [], None, "")}
    return value


def check(state, table, kind, at):
    for name, values in table.items():
        found = state[f"{kind}.{name}"]
        assert found.get("status", "ready") == "ready", (name, found["error_message"])
        if name == "secret_environment_variables":
            assert {*found[name]} == {*values[at]}
            assert all(one.startswith("$argon2id$") for one in found[name].values())
        elif name.endswith("_probe"):
            wanted = values[at] | ({"http": [values[at]["http"]]} if "http" in values[at] else {})
            assert given(found[name]) == [wanted], name
        else:
            assert given(found[name]) == shown(values[at]), name


def test_every_attribute_changes_in_place(terraform):
    namespace = unique("every")
    terraform.init(configuration(namespace, stage(CONTAINERS, 0), stage(NAMESPACES, 0)))
    terraform.apply()
    assert terraform.plan() == (0, 0, 0)
    first = terraform.state()
    check(first, CONTAINERS, "scaleway_container", 0)
    check(first, NAMESPACES, "scaleway_container_namespace", 0)

    terraform.write(configuration(namespace, stage(CONTAINERS, 1), stage(NAMESPACES, 1)))
    assert terraform.plan() == (0, len(CONTAINERS) + len(NAMESPACES), 0)
    terraform.apply()
    assert terraform.plan() == (0, 0, 0)
    second = terraform.state()
    check(second, CONTAINERS, "scaleway_container", 1)
    check(second, NAMESPACES, "scaleway_container_namespace", 1)
    assert {name: one["id"] for name, one in first.items()} == {name: one["id"] for name, one in second.items()}
    check_effects({name: second[f"scaleway_container.{name}"]["public_endpoint"] for name in CONTAINERS})

    # a startup probe stays: the provider has no way to take one away, and plans to for ever
    bare = {name: {} for name in CONTAINERS} | {"startup_probe": {"startup_probe": TCP}}
    terraform.write(configuration(namespace, bare, {name: {} for name in NAMESPACES}))
    terraform.apply()
    assert terraform.plan() == (0, 0, 0)
    third = terraform.state()
    for kind, table in (("scaleway_container", CONTAINERS), ("scaleway_container_namespace", NAMESPACES)):
        for name in table.keys() & CLEARED.keys():
            assert third[f"{kind}.{name}"][name] == CLEARED[name], name


def check_effects(endpoints):
    """What the second values do, where one can see it from outside."""
    assert harness.call(endpoints["environment_variables"]).text.startswith("Two from ")
    assert harness.call(endpoints["secret_environment_variables"]).text.startswith("Two from ")
    assert harness.call(endpoints["port"]).text.startswith("Hello from ")
    assert harness.call(endpoints["privacy"]).status_code == 403
    key = {"X-Auth-Token": os.environ["SCW_SECRET_KEY"]}
    assert harness.call(endpoints["privacy"], headers=key).text.startswith("Hello from ")
    for name in ("https_connections_only", "http_option"):
        assert harness.call(harness.without_tls(endpoints[name]), allow_redirects=False).status_code == 301, name
