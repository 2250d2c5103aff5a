"""What people read: lists, single things, and errors."""

import uuid

from conftest import Scw
from harness import HELLO, unique

UNKNOWN = "12345678-1234-4123-8123-123456789abc"


def test_a_person_reads_fields_and_tables(scw, namespace, create):
    made = create("memory-limit-bytes=1G", "timeout=90s")
    fields = dict(
        line.split(None, 1) for line in scw.text("container", "get", made["id"]).splitlines() if " " in line
    )
    assert (fields["ID"], fields["Name"]) == (made["id"], made["name"])
    assert (fields["Status"], fields["MemoryLimitBytes"]) == ("ready", "1.0 GB")
    assert fields["Timeout"] == "1 minutes 30 seconds"
    assert fields["PublicEndpoint"] == made["public_endpoint"]

    header, *rows = scw.text("container", "list", f"namespace-id={namespace['id']}").splitlines()
    assert header.startswith("ID ") and "PUBLIC ENDPOINT" in header
    assert any(row.startswith(made["id"]) and " ready " in row for row in rows)
    assert namespace["name"] in scw.text("namespace", "list")


def test_lists_are_ordered_and_narrowed(scw):
    parent = scw("namespace", "create", f"name={unique('list')}")
    for name in ("cc", "aa", "bb"):
        scw("container", "create", f"namespace-id={parent['id']}", f"name={name}", f"image={HELLO}")

    def names(*arguments):
        return [one["name"] for one in scw("container", "list", f"namespace-id={parent['id']}", *arguments)]

    assert names() == ["cc", "aa", "bb"]
    assert names("order-by=created_at_desc") == ["bb", "aa", "cc"]
    assert names("order-by=name_asc") == ["aa", "bb", "cc"]
    assert names("name=bb") == ["bb"]
    assert names("region=all", "order-by=name_asc") == ["aa", "bb", "cc"]
    assert names("region=nl-ams") == []
    assert names(f"project-id={uuid.uuid4()}") == []
    scw.text("namespace", "delete", parent["id"])


def test_what_is_not_there_is_told(scw):
    for kind in ("namespace", "container"):
        human, machine = scw.refusal(kind, "get", UNKNOWN)
        assert human.strip() == f"Cannot find resource '{kind}' with ID '{UNKNOWN}'"
        assert machine["error"] == {"resource": kind, "resource_id": UNKNOWN}
    human, _ = scw.refusal("container", "create", f"namespace-id={UNKNOWN}", "name=web", f"image={HELLO}")
    assert human.strip() == f"Cannot find resource 'namespace' with ID '{UNKNOWN}'"


def test_every_wrong_argument_is_named_with_a_hint(scw, namespace):
    human, machine = scw.refusal(
        "container", "create", f"namespace-id={namespace['id']}", "name=-no-", f"image={HELLO}", "port=70000"
    )
    assert "'name' is wrongly formatted" in human
    assert "'port' does not respect constraint" in human
    assert "Hint:" in human and "70000" in human
    assert {one["argument_name"] for one in machine["error"]["details"]} == {"name", "port"}


def test_a_taken_name_is_told(scw, namespace):
    human, machine = scw.refusal("namespace", "create", f"name={namespace['name']}")
    assert "already exists" in human
    assert machine["error"]["type"] == "already_exists"


def test_a_stranger_is_sent_away(scw):
    human, machine = scw.refusal("namespace", "list", SCW_SECRET_KEY=str(uuid.uuid4()))
    assert human.strip() == machine["error"] == "scaleway-sdk-go: denied authentication: API key does not exist"


def test_another_project_is_out_of_reach(scw):
    human, machine = scw.refusal("namespace", "create", f"name={unique('ns')}", f"project-id={UNKNOWN}")
    assert human.strip() == machine["error"] == "scaleway-sdk-go: insufficient permissions: write namespace"


def test_a_server_that_is_not_there_is_told(tmp_path):
    human, _ = Scw(tmp_path).refusal("namespace", "list", SCW_API_URL="http://127.0.0.1:1")
    assert "connection refused" in human
