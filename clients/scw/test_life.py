"""Whole lives, waited for by the CLI itself."""

from conftest import call
from harness import HELLO, unique, until


def test_a_namespace_lives_from_created_to_gone(scw):
    name = unique("life")
    made = scw("namespace", "create", f"name={name}", "description=first", "tags.0=a", "--wait")
    assert (made["name"], made["status"], made["description"]) == (name, "ready", "first")
    assert (made["tags"], made["region"]) == (["a"], "fr-par")
    assert scw("namespace", "get", made["id"]) == made
    assert [one["id"] for one in scw("namespace", "list", f"name={name}")] == [made["id"]]

    changed = scw(
        "namespace", "update", made["id"], "description=second", "environment-variables.A=1", "--wait"
    )
    assert (changed["status"], changed["description"]) == ("ready", "second")
    assert (changed["environment_variables"], changed["tags"]) == ({"A": "1"}, ["a"])

    scw.text("namespace", "delete", made["id"], "--wait")
    assert scw.is_gone("namespace", made["id"])


def test_a_container_lives_from_created_to_gone(scw, namespace):
    made = scw(
        "container", "create", f"namespace-id={namespace['id']}", "name=life", f"image={HELLO}", "--wait"
    )
    assert made["status"] == "ready"
    assert call(made).text.startswith("Hello from ")
    assert [one["id"] for one in scw("container", "list", "name=life")] == [made["id"]]

    changed = scw(
        "container", "update", made["id"], "environment-variables.GREETING=Salut", "--wait"
    )
    assert changed["status"] == "ready"
    assert call(made).text.startswith("Salut from ")

    again = scw("container", "redeploy", made["id"], "--wait")
    assert (again["status"], again["environment_variables"]) == ("ready", {"GREETING": "Salut"})
    assert call(made).text.startswith("Salut from ")

    assert scw("container", "delete", made["id"])["status"] == "deleting"
    until(lambda: scw.is_gone("container", made["id"]), "the container's end")
    assert call(made).status_code == 404


def test_a_wait_for_what_fails_ends_and_says_why(scw, namespace):
    failed = scw(
        "container",
        "create",
        f"namespace-id={namespace['id']}",
        "name=fails",
        "image=127.0.0.1:1/nobody/nothing:1",
        "--wait",
    )
    assert failed["status"] == "error"
    assert 'Image "127.0.0.1:1/nobody/nothing:1" could not be pulled' in failed["error_message"]
    assert "could not be pulled" in scw.text("container", "get", failed["id"])


def test_a_namespace_takes_its_containers_with_it(scw):
    parent = scw("namespace", "create", f"name={unique('ns')}", "environment-variables.GREETING=Above")
    made = scw(
        "container", "create", f"namespace-id={parent['id']}", "name=child", f"image={HELLO}"
    )
    ready = scw.settled(made)
    assert call(ready).text.startswith("Above from ")
    scw.text("namespace", "delete", parent["id"])
    until(lambda: scw.is_gone("namespace", parent["id"]), "the namespace's end")
    assert scw.is_gone("container", made["id"])
