"""Kills the server and times its return, with a floor and a rival in turn. Standard library only."""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from measuring import (
    answers,
    data,
    end,
    fail,
    free_port,
    head,
    output,
    plain_container,
    restarted,
    row,
    server_process,
    until,
)


def instance():
    """What tells the one instance's process from any other: engine container, process, start."""
    server = data("server-id").read_text().strip()
    ours = ["--filter", f"label=dev.dormouse.server={server}", "--filter", "label=dev.dormouse.instance"]
    running = output("docker", "ps", "--quiet", *ours)
    if len(running.split()) != 1:
        fail(f"one instance should run, and these do: {running}")
    return output("docker", "inspect", "--format", "{{.Id}} {{.State.Pid}} {{.State.StartedAt}}", running)


def dormouse(endpoint):
    before = instance()
    took = restarted(endpoint, signal.SIGKILL)
    if instance() != before:
        fail(f"{before} ran before, and now {instance()}")
    return took


class FileServer:
    """The floor: the JDK's own, on an empty folder."""

    def __init__(self, java):
        port = free_port()
        self.url = f"http://localhost:{port}/"
        self.folder = tempfile.TemporaryDirectory()
        self.command = [java, "-m", "jdk.httpserver", "-b", "127.0.0.1", "-p", str(port), "-d", self.folder.name]
        self.process = self.started()

    def started(self):
        process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("the file server's answer", lambda: answers(self.url))
        return process

    def restarted(self):
        end(self.process.pid)
        start = time.perf_counter()
        self.process = self.started()
        return time.perf_counter() - start

    def close(self):
        end(self.process.pid)
        self.folder.cleanup()


def docker_restart(container, url):
    start = time.perf_counter()
    output("docker", "restart", "--time", "0", container)
    until("the plain container's answer", lambda: answers(url))
    return time.perf_counter() - start


def main():
    endpoint, rounds = sys.argv[1], int(sys.argv[2])
    server = pathlib.Path(f"/proc/{server_process()}")
    cache = "with" if b"-XX:AOTCache=" in (server / "cmdline").read_bytes() else "without"
    java = os.readlink(server / "exe")
    ours, floors, rivals = [], [], []
    with contextlib.closing(FileServer(java)) as floor, plain_container() as (container, url, _):
        for _ in range(rounds):
            ours.append(dormouse(endpoint))
            floors.append(floor.restarted())
            rivals.append(docker_restart(container, url))
    print(head(f"Killed and started again {rounds} times, {cache} an AOT cache"))
    print(row("dormouse, routed", [one.routed for one in ours]))
    print(row("dormouse, API", [one.api for one in ours]))
    print(row("dormouse, CPU to routed", [one.routed_cpu for one in ours], "s"))
    print(row("jwebserver", floors))
    print(row("docker restart", rivals))


if __name__ == "__main__":
    main()
