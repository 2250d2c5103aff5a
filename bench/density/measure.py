"""Counts how many sleeping Java programs fit into some memory and wakes each of them, and how many fit that the engine
alone runs. Standard library only."""

import argparse
import contextlib
import json
import os
import pathlib
import re
import statistics
from urllib.parse import urlparse

from apps import IMAGE, MEGABYTE, TEXT, Caller, deployed, need_swap, swaps
from measuring import (
    BASE,
    Client,
    cleared,
    data,
    fail,
    head,
    namespace_called,
    output,
    percentile,
    plain_container,
    until,
)
from memory import around, forget_files, groups, held, of_server, whole

MEMORY_LIMIT = 225_000_000
MVCPU_LIMIT = 2000
SERVER_LABEL = "dev.dormouse.server"
UNITS = {"B": 1, "kB": 1000, "MB": 1000**2, "GB": 1000**3, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def setting(name):
    """A size that the environment gives the server, if it does; the server has checked it."""
    given = re.fullmatch(r"(\d+) *(B|[kMG]B|[KMG]iB)", os.environ.get(name, ""))
    return int(given[1]) * UNITS[given[2]] if given else None


def frozen_memory():
    """Bytes that the server lets frozen instances hold in all."""
    engine = int(output("docker", "info", "--format", "{{.MemTotal}}"))
    return setting("DORMOUSE_FROZEN_MEMORY") or min(engine, setting("DORMOUSE_MEMORY_BUDGET") or engine) // 2


def check(budget):
    """Says at once what would go wrong late."""
    if not os.environ.get("ZRAM") and not os.environ.get("SWAP"):
        need_swap()
    # until it is deep, the last one is counted by its limit
    most = frozen_memory() - MEMORY_LIMIT
    if budget > most:
        fail(
            f"BUDGET={budget} is more than the server lets sleep: at most {most}, which is DORMOUSE_FROZEN_MEMORY, or half "
            "of the engine's memory, less the limit of one program"
        )


def need_one(those, budget, now):
    """Ends the run if not even one fits."""
    if not those:
        fail(f"BUDGET={budget} is less than one program holds, which is {now:.0f}")


class Known:
    """A program that has worked, and what is to be expected of it."""

    def __init__(self, caller):
        self.caller = caller
        self.counts = caller.warm()
        self.about = json.loads(caller.asked()[1])

    def first(self):
        """Seconds of a request to the program that it was, not to another in its place; on a new connection."""
        self.caller.connection.close()
        took, answer = self.caller.asked()
        about = json.loads(answer)
        if about != self.about | {"requests": self.about["requests"] + 1}:
            fail(f"{self.caller.name} is not the one that it was: {self.about} came to {about}")
        self.about = about
        return took

    def work(self):
        """Seconds of a request that touches the heap."""
        took, answer = self.caller.asked("POST", "/words", TEXT)
        if answer != self.counts:
            fail(f"{self.caller.name} counts otherwise than before")
        return took


def called(those, now_held):
    """Seconds of a first request to each and of its work right after that, and the most that was held meanwhile."""
    first, work, most = [], [], 0
    for one in those:
        first.append(one.first())
        work.append(one.work())
        most = max(most, now_held())
    return {"first": first, "work": work, "most": most}


def resident(budget):
    """What was found of programs that the engine alone runs."""
    options = ["--memory", str(MEMORY_LIMIT), "--cpus", str(MVCPU_LIMIT / 1000)]
    forget_files(IMAGE)
    with contextlib.ExitStack() as running:
        those, containers, ports, fitting = [], [], [], 0
        while True:
            with contextlib.ExitStack() as newest:
                container, url, _ = newest.enter_context(plain_container(IMAGE, options))
                port = urlparse(url).port
                one = Known(Caller(f"resident-{len(those)}", port, urlparse(url).netloc))
                now = held(groups([*containers, container]))
                if now > budget:
                    break
                running.enter_context(newest.pop_all())
            those.append(one)
            containers.append(container)
            ports.append(port)
            fitting = now
        need_one(those, budget, now)
        all_groups = groups(containers)
        told = called(those, lambda: held(all_groups))
        return told | {"count": len(those), "held": fitting, "around": around(containers, ports)}


def ours():
    """The ids by the engine of all that this server has there, the networks of its instances included."""
    label = f"{SERVER_LABEL}={data('server-id').read_text().strip()}"
    return output("docker", "ps", "--quiet", "--no-trunc", "--filter", f"label={label}").split()


def states():
    """The states of all instances, most of which have been looked at before."""
    told = Client().call("GET", "/dormouse/v1/status?limit=1000")["containers"]
    return [instance["state"] for one in told for instance in one["instances"]]


def asleep(budget, namespace):
    """What was found of programs that went deep."""
    forget_files(IMAGE)
    those, fitting = [], 0
    while True:
        name = f"asleep-{len(those)}"
        sizes = {"memory_limit_bytes": MEMORY_LIMIT, "mvcpu_limit": MVCPU_LIMIT, "max_scale": 1}
        sleeper = deployed(namespace, name, "deep", **sizes)
        one = Known(sleeper)
        until(f"{name} being deep", lambda: sleeper.states() == ["deep"], 0.05)
        now = held(groups(ours()))
        if now > budget:
            Client().call("DELETE", f"{BASE}/containers/{sleeper.id}")
            until(f"the end of {name}", lambda: not Client().named(name), 0.05)
            break
        those.append(one)
        fitting = now
    need_one(those, budget, now)
    if states() != ["deep"] * len(those):
        fail(f"not all are deep: {states()}")
    containers = ours()
    all_groups = groups(containers)
    told = {"count": len(those), "held": fitting, "around": around(containers), "server": of_server()}
    return told | called(those, lambda: held(all_groups))


def in_all(told):
    """So many this machine would hold if each took what these took."""
    return int((whole() - told.get("server", 0)) / ((told["held"] + told["around"]) / told["count"]))


def spread(seconds):
    return f"{1000 * statistics.median(seconds):.1f} / {1000 * percentile(sorted(seconds), 0.99):.1f}"


def table(theirs, mine):
    rows = {
        "programs that fit": lambda told: f"{told['count']}",
        "each holds, MB": lambda told: f"{told['held'] / told['count'] / MEGABYTE:.1f}",
        "around each, MB": lambda told: f"{told['around'] / told['count'] / MEGABYTE:.1f}",
        "the server, MB": lambda told: f"{told.get('server', 0) / MEGABYTE:.0f}",
        "first answer p50 / p99, ms": lambda told: spread(told["first"]),
        "then work p50 / p99, ms": lambda told: spread(told["work"]),
        "most held meanwhile, MB": lambda told: f"{told['most'] / MEGABYTE:.0f}",
        "this machine would hold": lambda told: f"{in_all(told)}",
    }
    print("\n| | resident | deep |\n|---|---:|---:|")
    for name, cell in rows.items():
        print(f"| {name} | {cell(theirs)} | {cell(mine)} |")
    print(f"\nfit: {mine['count'] / theirs['count']:.2f} x   this machine: {in_all(mine) / in_all(theirs):.2f} x")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("side", choices=["check", "resident", "asleep"])
    options.add_argument("--budget", type=int, required=True)
    options.add_argument("--resident", type=pathlib.Path)
    given = options.parse_args()
    if given.side == "check":
        check(given.budget)
        return
    if given.side == "resident":
        print(json.dumps(resident(given.budget)))
        return
    need_swap()
    namespace = namespace_called("bench")
    with cleared(namespace, "asleep-"):
        mine = asleep(given.budget, namespace)
    kinds = ", ".join(name for name, _ in swaps())
    sizes = f"{given.budget / MEGABYTE:.0f} MB for programs of at most {MEMORY_LIMIT / MEGABYTE:.0f} MB each"
    print(head(f"{sizes}, swap on {kinds}"))
    table(json.loads(given.resident.read_text()), mine)


if __name__ == "__main__":
    main()
