"""Times the first answer from zero, Dormouse and `docker run` in turn. Standard library only."""

import http.client
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from urllib.parse import urlparse

IMAGE = "dormouse-examples/hello:latest"
PATIENCE_SECONDS = 60


def answer(port, host):
    """Whether a request to this machine's port is answered with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/", headers={"Host": host})
        response = connection.getresponse()
        response.read()
        return response.status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def until(question, pause):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not question():
        if time.monotonic() > deadline:
            sys.exit(f"cold-start: {question.__doc__} did not happen within {PATIENCE_SECONDS} s")
        time.sleep(pause)


def is_at_zero():
    """going to zero"""
    request = urllib.request.Request(
        os.environ["SCW_API_URL"] + "/dormouse/v1/status?name=cold",
        headers={"X-Auth-Token": os.environ["SCW_SECRET_KEY"]},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as response:
        return not json.load(response)["containers"][0]["instances"]


def dormouse(endpoint):
    until(is_at_zero, 0.1)
    start = time.perf_counter()
    if not answer(endpoint.port or 80, endpoint.netloc):
        sys.exit("cold-start: the endpoint did not answer with 200")
    return time.perf_counter() - start


def docker_run():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = time.perf_counter()
    command = ["docker", "run", "--detach", "--publish", f"127.0.0.1:{port}:8080", IMAGE]
    container = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    try:

        def is_answered():
            """an answer of docker run"""
            return answer(port, "localhost")

        until(is_answered, 0.001)
        return time.perf_counter() - start
    finally:
        remove = ["docker", "rm", "--force", container]
        subprocess.run(remove, check=True, capture_output=True)


def told(name, seconds):
    in_ms = sorted(1000 * one for one in seconds)
    return (
        f"{name:12} median {statistics.median(in_ms):6.0f} ms"
        f"   least {in_ms[0]:6.0f}   most {in_ms[-1]:6.0f}   of {len(in_ms)}"
    )


def main():
    endpoint, rounds = urlparse(sys.argv[1]), int(sys.argv[2])
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(dormouse(endpoint))
        theirs.append(docker_run())
    print(f"From nothing to the first answer, {os.cpu_count()} cores, {platform.platform()}")
    print(told("dormouse", ours))
    print(told("docker run", theirs))


if __name__ == "__main__":
    main()
