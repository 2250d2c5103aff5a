"""The server under measurement: its API, its process, its restart. Standard library only."""

import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
from urllib.parse import urlparse

PATIENCE_SECONDS = 7200
TICKS = os.sysconf("SC_CLK_TCK")
DATA = pathlib.Path(os.environ["DORMOUSE_DATA_DIR"])
API = urlparse(os.environ["SCW_API_URL"])
BASE = "/containers/v1/regions/fr-par"


class Client:
    """One connection, made anew when it is closed."""

    def __init__(self):
        self.connection = http.client.HTTPConnection(API.hostname, API.port, timeout=120)

    def call(self, method, path, body=None):
        headers = {"X-Auth-Token": os.environ["SCW_SECRET_KEY"]}
        if body is not None:
            headers["Content-Type"] = "application/json"
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = self.connection.getresponse()
        text = response.read()
        if response.status != 200:
            sys.exit(f"registered: {method} {path} was answered {response.status}: {text.decode()}")
        return json.loads(text)


def routed(endpoint):
    """Whether the gateway answers for the endpoint."""
    url = urlparse(endpoint)
    connection = http.client.HTTPConnection("127.0.0.1", url.port or 80, timeout=120)
    try:
        connection.request("GET", "/", headers={"Host": url.netloc})
        response = connection.getresponse()
        response.read()
        return response.status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def is_healthy():
    connection = http.client.HTTPConnection(API.hostname, API.port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def until(what, question, pause=0.05):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not question():
        if time.monotonic() > deadline:
            sys.exit(f"registered: {what} did not happen within {PATIENCE_SECONDS} s")
        time.sleep(pause)


def pid():
    return int((DATA / "server.pid").read_text())


def cpu_seconds():
    fields = pathlib.Path(f"/proc/{pid()}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_bytes():
    status = pathlib.Path(f"/proc/{pid()}/status").read_text()
    return 1024 * int(re.search(r"VmRSS:\s+(\d+)", status).group(1))


def live_heap_bytes():
    """What is reachable, for the histogram collects first."""
    jcmd = pathlib.Path(os.readlink(f"/proc/{pid()}/exe")).with_name("jcmd")
    command = [str(jcmd), str(pid()), "GC.class_histogram"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return int(re.search(r"^Total\s+\d+\s+(\d+)", text, re.MULTILINE).group(1))


def restart(endpoint):
    """From the process's start: seconds to the API's first answer, CPU seconds till then, seconds to the first
    routed request."""
    old = pid()
    command = pathlib.Path(f"/proc/{old}/cmdline").read_bytes().split(b"\0")[:-1]
    environment = dict(
        one.split(b"=", 1) for one in pathlib.Path(f"/proc/{old}/environ").read_bytes().split(b"\0") if b"=" in one
    )
    os.kill(old, signal.SIGTERM)
    until("the server's end", lambda: has_ended(old))
    with open(DATA / "server.log", "ab") as log:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    (DATA / "server.pid").write_text(f"{process.pid}\n")
    until("the API's answer", is_healthy, 0.002)
    api = time.perf_counter() - start
    used = cpu_seconds()
    until("a routed request", lambda: routed(endpoint), 0.002)
    return api, used, time.perf_counter() - start


def has_ended(process):
    try:
        os.waitpid(process, os.WNOHANG)
    except ChildProcessError:
        pass
    return not pathlib.Path(f"/proc/{process}").exists()
