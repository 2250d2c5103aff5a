"""What every test has: the CLI, which knows nothing but the SCW_ variables, and a namespace."""

import json
import os
import subprocess

import harness
import pytest
from harness import HELLO, PATIENCE_SECONDS, unique, until

TRANSIENT = {"creating", "updating", "deleting"}


class Scw:
    """The CLI with a home of its own, where no configuration is."""

    def __init__(self, home):
        self.environment = {name: value for name, value in os.environ.items() if name.startswith("SCW_")}
        self.environment |= {"HOME": str(home), "PATH": "/usr/bin:/bin"}

    def run(self, *arguments, **environment):
        return subprocess.run(
            [os.environ["CLIENT_PROGRAM"], "container", *arguments],
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )

    def text(self, *arguments):
        """What a person sees."""
        ended = self.run(*arguments)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def __call__(self, *arguments):
        """What a script reads."""
        return json.loads(self.text(*arguments, "-o", "json"))

    def refusal(self, *arguments, **environment):
        """The error as a person sees it and as a script reads it."""
        human = self.run(*arguments, **environment)
        machine = self.run(*arguments, "-o", "json", **environment)
        assert (human.returncode, machine.returncode) == (1, 1), (human.stdout, machine.stdout)
        assert (human.stdout, machine.stdout) == ("", "")
        return human.stderr, json.loads(machine.stderr)

    def settled(self, container):
        """The container once it is neither created nor updated any more."""

        def look():
            found = self("container", "get", container["id"])
            return None if found["status"] in TRANSIENT else found

        return until(look, f"a settled {container['name']}")

    def is_gone(self, kind, identifier):
        return f"Cannot find resource '{kind}'" in self.run(kind, "get", identifier).stderr


def call(container, path="/", **arguments):
    return harness.call(container["public_endpoint"], path, **arguments)


@pytest.fixture(scope="session")
def scw(tmp_path_factory):
    return Scw(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def namespace(scw):
    made = scw("namespace", "create", f"name={unique('ns')}", "--wait")
    yield made
    scw.text("namespace", "delete", made["id"])
    until(lambda: scw.is_gone("namespace", made["id"]), "the namespace's end")


@pytest.fixture
def create(scw, namespace):
    """Makes a container of the hello example and waits until it is settled."""

    def make(*arguments):
        made = scw(
            "container",
            "create",
            f"namespace-id={namespace['id']}",
            f"name={unique('co')}",
            *(arguments if any(one.startswith("image=") for one in arguments) else [f"image={HELLO}", *arguments]),
        )
        return scw.settled(made)

    return make
