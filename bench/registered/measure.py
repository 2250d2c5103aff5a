"""Measures one server with ten containers and with many, and prints both. Standard library only."""

import argparse
import concurrent.futures
import contextlib
import os
import pathlib
import re
import signal
import statistics
import threading
import time

from measuring import (
    BASE,
    IMAGE,
    Client,
    answers,
    cpu_seconds,
    fail,
    head,
    output,
    percentile,
    restarted,
    server_process,
    until,
)

NO_IMAGE = "127.0.0.1:1/dormouse-bench/none:latest"
CREATORS = 16
REQUESTS = 300
ROUNDS = 5
FEW = 10
FEW_SERVING = 2
REST_SECONDS = 7200
ENGINE_PID = pathlib.Path("/var/run/docker.pid")

creator = threading.local()


def create(namespace, number, serves, sleepers):
    """Registers one; returns it and how long the API took."""
    body = {
        "namespace_id": namespace,
        "name": f"{'serving' if serves else 'sleeper'}-{number:05}",
        "image": IMAGE if serves or sleepers == "real" else NO_IMAGE,
        "memory_limit_bytes": 128_000_000,
        "mvcpu_limit": 100,
        "min_scale": 1 if serves else 0,
        "max_scale": 1,
        "tags": [] if serves else ["dormouse.idle-after=1s", "dormouse.sleep=stop"],
        "environment_variables": {"GREETING": f"Hello from number {number}"},
    }
    start = time.perf_counter()
    made = creator.api.call("POST", BASE + "/containers", body)
    return made, time.perf_counter() - start


def connect():
    creator.api = Client()


def register(namespace, numbers, serves, sleepers):
    """Registers them, and returns when all have come to rest."""
    start = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(CREATORS, initializer=connect) as creators:
        made = list(creators.map(lambda number: create(namespace, number, serves, sleepers), numbers))
    accepted = time.perf_counter() - start
    until("rest", is_at_rest, 0.5, REST_SECONDS)
    settled = time.perf_counter() - start
    took = [seconds for _, seconds in made]
    print(
        f"{len(made)} more {'serving' if serves else 'asleep'}: accepted in {accepted:.1f} s"
        f" (median {1000 * statistics.median(took):.1f} ms each), all at rest after {settled:.0f} s",
        flush=True,
    )
    return [container for container, _ in made]


def is_at_rest():
    """Whether nothing is being deployed, and no more instances are there than serve."""
    answer = Client().call("GET", "/dormouse/v1/status?limit=1000")
    counts = answer["counts"]
    sleeper_awake = any(one["instances"] and one["name"].startswith("sleeper") for one in answer["containers"])
    return counts["creating"] + counts["updating"] == 0 and not sleeper_awake


def timed(action, times):
    took = []
    for round_ in range(times):
        start = time.perf_counter()
        action(round_)
        took.append(1000 * (time.perf_counter() - start))
    return sorted(took)


def requests(figures, name, path):
    one = Client()
    timed(lambda _: one.call("GET", path), REQUESTS // 3)
    took = timed(lambda _: one.call("GET", path), REQUESTS)
    figures[f"{name} p50, ms"] = percentile(took, 0.50)
    figures[f"{name} p99, ms"] = percentile(took, 0.99)


def patched(container):
    """Milliseconds from a change to ready, sorted."""
    path = f"{BASE}/containers/{container['id']}"
    api = Client()

    def change(round_):
        variables = {"GREETING": f"{time.time()} {round_}"}
        status = api.settled(api.call("PATCH", path, {"environment_variables": variables}))["status"]
        if status != "ready":
            fail(f"a changed variable came to {status}")

    return timed(change, ROUNDS)


def woken(sleepers):
    """Milliseconds from the first request to a sleeper until its answer, sorted."""
    return timed(lambda round_: until("an answer", lambda: answers(sleepers[round_]["public_endpoint"])), ROUNDS)


def resident_bytes(process):
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return 1024 * int(re.search(r"VmRSS:\s+(\d+)", status).group(1))


def live_heap_bytes(process):
    """What is reachable, for the histogram collects first."""
    jcmd = pathlib.Path(os.readlink(f"/proc/{process}/exe")).with_name("jcmd")
    histogram = output(str(jcmd), str(process), "GC.class_histogram")
    return int(re.search(r"^Total\s+\d+\s+(\d+)", histogram, re.MULTILINE).group(1))


def wakes(process):
    """How often one of its threads that waited was woken."""
    total = 0
    for status in pathlib.Path(f"/proc/{process}/task").glob("*/status"):
        with contextlib.suppress(FileNotFoundError):
            total += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status.read_text(), re.MULTILINE).group(1))
    return total


def at_rest(process, seconds):
    """Beside the engine, and what a wake costs here: on a shared machine its memory is cold by then."""
    engine = int(ENGINE_PID.read_text())
    before, engine_before, wakes_before = cpu_seconds(process), cpu_seconds(engine), wakes(process)
    reading = []
    memory = bytearray(1 << 20)
    for _ in range(int(seconds)):
        time.sleep(1)
        start = time.process_time()
        sum(memory[::4096])
        reading.append(time.process_time() - start)
    return {
        "idle CPU, % of a core": 100 * (cpu_seconds(process) - before) / seconds,
        "wakes of its threads per second": (wakes(process) - wakes_before) / seconds,
        "the engine's, % of a core": 100 * (cpu_seconds(engine) - engine_before) / seconds,
        "floor: reading 256 pages after a second, µs": 1e6 * statistics.median(reading),
    }


def measure(containers, idle_seconds, sleepers_kind):
    """Every figure of the server as it is, by its name."""
    total = len(containers)
    serving = containers[0]
    sleepers = [one for one in containers if one["name"].startswith("sleeper")]
    process = server_process()
    figures = {}
    figures["live heap, MB"] = live_heap_bytes(process) / 1e6
    figures["resident set, MB"] = resident_bytes(process) / 1e6
    # What the work before set going, such as compiling, is not idleness.
    time.sleep(2 * idle_seconds)
    figures.update(at_rest(process, idle_seconds))
    requests(figures, "list, first page of 10,", BASE + "/containers?page_size=10")
    requests(figures, "list, last page of 10,", f"{BASE}/containers?page_size=10&page={-(-total // 10)}")
    by_namespace = f"{BASE}/containers?page_size=10&namespace_id={serving['namespace_id']}"
    requests(figures, "list of the namespace", by_namespace)
    requests(figures, "get", f"{BASE}/containers/{serving['id']}")
    requests(figures, "status of ten", "/dormouse/v1/status?limit=10")
    figures["PATCH to ready p50, ms"] = percentile(patched(serving), 0.5)
    if sleepers_kind == "real":
        figures["wake p50, ms"] = percentile(woken(sleepers), 0.5)
    starts = [restarted(serving["public_endpoint"], signal.SIGTERM) for _ in range(ROUNDS)]
    figures["start to API p50, ms"] = 1000 * statistics.median(one.api for one in starts)
    figures["start to API p50, CPU ms"] = 1000 * statistics.median(one.api_cpu for one in starts)
    figures["start to routed p50, ms"] = 1000 * statistics.median(one.routed for one in starts)
    return figures


def table(few, many, total):
    print(f"\n| figure | at {FEW} | at {total} | ratio |\n|---|---:|---:|---:|")
    for name, small in few.items():
        large = many[name]
        print(f"| {name} | {small:.2f} | {large:.2f} | {large / small if small else float('nan'):.2f} |")
    for name in ("live heap, MB", "resident set, MB"):
        each = 1e6 * (many[name] - few[name]) / (total - FEW) / 1024
        print(f"| {name.split(',')[0]} of one more container, KiB | | {each:.2f} | |")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--containers", type=int, default=10_000)
    options.add_argument("--serving", type=int, default=200)
    options.add_argument("--sleepers", choices=["real", "refused"], default="real")
    options.add_argument("--idle-seconds", type=float, default=60)
    size = options.parse_args()
    if size.containers <= FEW or not FEW_SERVING <= size.serving <= size.containers - FEW:
        options.error(f"more than {FEW} containers, of which {FEW_SERVING} to all but {FEW} serve")
    print(head(f"{size.containers} containers, {size.serving} of them serving, sleepers {size.sleepers}"), flush=True)
    namespace = Client().call("POST", BASE + "/namespaces", {"name": "bench"})["id"]
    containers = register(namespace, range(FEW_SERVING), True, size.sleepers)
    containers += register(namespace, range(FEW_SERVING, FEW), False, size.sleepers)
    few = measure(containers, size.idle_seconds, size.sleepers)
    first_serving = size.containers - (size.serving - FEW_SERVING)
    containers += register(namespace, range(FEW, first_serving), False, size.sleepers)
    containers += register(namespace, range(first_serving, size.containers), True, size.sleepers)
    many = measure(containers, size.idle_seconds, size.sleepers)
    table(few, many, size.containers)


if __name__ == "__main__":
    main()
