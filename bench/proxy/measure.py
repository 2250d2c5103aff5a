"""Compares the gateway with other proxies, in rounds in which each has its turn. Standard library only."""

import collections
import contextlib
import functools
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from behind import instance, sink, upload
from measuring import fail, head, output, percentile
from proxies import COMMANDS, Place, Proxy

QUICK = os.environ.get("QUICK") == "1"
ROUNDS = int(os.environ.get("ROUNDS") or (2 if QUICK else 5))
SECONDS = 3 if QUICK else 6
WARM_ANSWERS = {"/small": 150_000 if QUICK else 400_000, "/large": 30_000 if QUICK else 60_000}
WARM_SECONDS_MAX = 120
RIVAL_WARM_SECONDS = 1
CONNECTIONS = 32
PACED_CONNECTIONS = 100
PACED_RATE = 1000
H2_CONNECTIONS = 8
H2_STREAMS = 10
MANY = 10_000
UPLOAD_BYTES = 1 << 30
UPLOAD_PART = 64 << 20
SETTLE_SECONDS = 2
STEADY_MINUTES = int(os.environ.get("STEADY_MINUTES") or 60)
STEADY_FIRST_MINUTES = 5

PER_CPU = "requests per CPU-second"
THROUGHPUT = "requests per second"
TIMES = ("p50", "p99", "p99.9")


class Figures:
    """What was measured: of each cell and proxy some figures, each once a round."""

    def __init__(self):
        self.all = collections.defaultdict(lambda: collections.defaultdict(list))

    def add(self, cell, proxy, figures):
        for name, value in figures.items():
            self.all[cell, name][proxy].append(value)

    def table(self, proxies):
        against = [rival for rival in ("nginx", "caddy") if rival in proxies and "dormouse" in proxies]
        titles = ["what", "figure", *proxies, *(f"÷ {rival}" for rival in against)]
        print("\n| " + " | ".join(titles) + " |\n|---|---|" + "---:|" * (len(titles) - 2))
        for (cell, name), values in self.all.items():
            medians = {proxy: statistics.median(values[proxy]) for proxy in proxies if values[proxy]}
            told = [shown(medians[proxy]) if proxy in medians else "–" for proxy in proxies]
            ratios = [
                f"{medians['dormouse'] / medians[rival]:.2f}" if medians.get(rival) and "dormouse" in medians else "–"
                for rival in against
            ]
            print(f"| {cell} | {name} | " + " | ".join(told + ratios) + " |", flush=True)
        self.all.clear()


def shown(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def load(folder, proxy, kind, path, seconds, rate=0, hosts=1):
    """Requests of HTTP/1.1; how many were answered, and how long that took."""
    port = proxy.tls_port if kind == "tls" else proxy.port
    connections = PACED_CONNECTIONS if rate else CONNECTIONS
    words = [f"{folder}/load", port, kind, connections, rate, seconds, hosts, path]
    told = json.loads(output(*map(str, words)))
    if told["errors"]:
        print(f"{proxy.name}: {told['errors']} requests of {kind} {path} failed", file=sys.stderr)
    return told


def load_h2(folder, proxy, path, seconds):
    """The same over HTTP/2, whose client writes a line for each request."""
    lines = folder / "h2load.log"
    lines.unlink(missing_ok=True)
    words = ["h2load", "-t1", f"-c{H2_CONNECTIONS}", f"-m{H2_STREAMS}", f"-D{seconds}", f"--log-file={lines}"]
    words += [f"--connect-to=127.0.0.1:{proxy.tls_port}", f"https://c0.bench:{proxy.tls_port}{path}"]
    output(*words)
    took = []
    for line in lines.read_text().splitlines():
        _, status, micros = line.split("\t")
        if status == "200":
            took.append(int(micros))
        elif status != "-1":  # -1 is what the end cut
            fail(f"{proxy.name} answered {status} over HTTP/2")
    took.sort()
    times = {name: percentile(took or [0], float(name[1:]) / 100) for name in TIMES}
    return {"answers": len(took), "seconds": seconds, **times}


def measured(proxy, ask, seconds):
    """What a load told, and what it cost the proxy."""
    before = proxy.cpu()
    told = ask(proxy, seconds)
    spent = proxy.cpu() - before
    if not told["answers"]:
        fail(f"{proxy.name} answered nothing in {seconds} s")
    figures = {PER_CPU: told["answers"] / spent, THROUGHPUT: told["answers"] / told["seconds"]}
    return figures | {f"{name}, ms": told[name] / 1000 for name in TIMES}


def warmed(proxy, ask, path):
    """A JVM compiles what has been called often enough, which on a busy machine takes its time."""
    ask(proxy, RIVAL_WARM_SECONDS)
    answered, deadline = 0, time.monotonic() + WARM_SECONDS_MAX
    while is_compiled(proxy) and answered < WARM_ANSWERS[path]:
        if time.monotonic() > deadline:
            print(f"{proxy.name} is not warm after {answered} answers of {path}", file=sys.stderr)
            return
        answered += ask(proxy, SECONDS)["answers"]


def is_compiled(proxy):
    return proxy.name == "dormouse"


def in_rounds(figures, proxies, cell, ask, path="/small"):
    for proxy in proxies:
        warmed(proxy, ask, path)
    rounds(figures, proxies, cell, ask)


def rounds(figures, proxies, cell, ask):
    for _ in range(ROUNDS):
        for proxy in proxies:
            figures.add(cell, proxy.name, measured(proxy, ask, SECONDS))


@contextlib.contextmanager
def started(names, place):
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(contextlib.closing(Proxy(name, place))) for name in names]


def saturated(kind):
    def part(figures, names, place):
        with started(names, place) as proxies:
            for path in ("/small", "/large"):

                def ask(proxy, seconds, path=path):
                    if kind == "h2":
                        return load_h2(place.folder, proxy, path, seconds)
                    return load(place.folder, proxy, kind, path, seconds)

                in_rounds(figures, proxies, f"{kind} {path[1:]}", ask, path)

    return part


def paced(figures, names, place):
    """Each proxy is warm from a load that it must work at, then asked at leisure."""
    with started(names, place) as proxies:
        for kind in ("plain", "tls"):

            def ask(proxy, seconds, rate, kind=kind):
                return load(place.folder, proxy, kind, "/small", seconds, rate)

            for proxy in proxies:
                warmed(proxy, functools.partial(ask, rate=0), "/small")
            slowly = functools.partial(ask, rate=PACED_RATE)
            rounds(figures, proxies, f"{kind} small, {PACED_RATE}/s", slowly)


def table(figures, names, place):
    for containers in (1, 100, MANY):
        with started(names, place._replace(containers=containers)) as proxies:

            def ask(proxy, seconds, containers=containers):
                return load(place.folder, proxy, "plain", "/small", seconds, hosts=containers)

            in_rounds(figures, proxies, f"plain small, {containers} containers", ask)


def loops(figures, names, place):
    with started(names, place._replace(threads=2)) as proxies:
        in_rounds(
            figures,
            proxies,
            "plain small, 2 threads",
            lambda proxy, seconds: load(place.folder, proxy, "plain", "/small", seconds),
        )


def idle(figures, names, place):
    """One after the other on fresh processes: what was grown before would hide what connections need."""
    for kind in ("plain", "tls"):
        for name in names:
            with started([name], place) as (proxy,):
                load(place.folder, proxy, kind, "/small", RIVAL_WARM_SECONDS)
                time.sleep(SETTLE_SECONDS)
                before = proxy.memory("VmRSS")
                port = proxy.tls_port if kind == "tls" else proxy.port
                words = [f"{place.folder}/load", port, kind, MANY, "idle", 120, 1, "/small"]
                with subprocess.Popen(list(map(str, words)), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as client:
                    told = json.loads(client.stdout.readline())
                    if told["answers"] != MANY or client.stdout.readline() != b"ready\n":
                        fail(f"{name} has {told['answers']} of {MANY} connections")
                    time.sleep(SETTLE_SECONDS)
                    each = (proxy.memory("VmRSS") - before) / MANY / 1024
                    client.stdin.close()
                figures.add(f"{MANY} idle connections, {kind}", name, {"KiB each": each})


def uploads(figures, names, place):
    with started(names, place) as proxies:
        for proxy in proxies:
            upload(proxy.port, UPLOAD_PART)
        for _ in range(ROUNDS):
            for proxy in proxies:
                before, cpu, start = proxy.memory("VmRSS"), proxy.cpu(), time.perf_counter()
                proxy.forget_peak()
                if not upload(proxy.port, UPLOAD_BYTES):
                    fail(f"{proxy.name} did not pass the upload on")
                took = {
                    "seconds": time.perf_counter() - start,
                    "CPU seconds": proxy.cpu() - cpu,
                    "most memory, MiB": proxy.memory("VmHWM") / 2**20,
                    "growth, MiB": (proxy.memory("VmHWM") - before) / 2**20,
                }
                figures.add("upload of 1 GiB", proxy.name, took)


def steady(figures, names, place):
    """The most resident memory once the first minutes are over, and at the end: what still grows then leaks."""
    with started(names, place) as proxies:
        for proxy in proxies:
            warmed(proxy, lambda proxy, seconds: load(place.folder, proxy, "plain", "/small", seconds), "/small")
            resident = []
            for _ in range(STEADY_MINUTES):
                load(place.folder, proxy, "plain", "/small", 60, PACED_RATE)
                resident.append(proxy.memory("VmRSS") / 2**20)
            told = {
                f"most MiB, minutes 1 to {STEADY_FIRST_MINUTES}": max(resident[:STEADY_FIRST_MINUTES]),
                f"most MiB, last {STEADY_FIRST_MINUTES} minutes": max(resident[-STEADY_FIRST_MINUTES:]),
                "most MiB at all": proxy.memory("VmHWM") / 2**20,
            }
            figures.add(f"{STEADY_MINUTES} minutes of {PACED_RATE}/s", proxy.name, told)


PARTS = {
    "http1": saturated("plain"),
    "tls": saturated("tls"),
    "h2": saturated("h2"),
    "paced": paced,
    "table": table,
    "loops": loops,
    "idle": idle,
    "upload": uploads,
    "steady": steady,
}
NOT_UNLESS_NAMED = ("steady",)


def chosen(variable, known):
    names = os.environ.get(variable, "").replace(",", " ").split()
    names = names or [name for name in known if name not in NOT_UNLESS_NAMED]
    strange = [name for name in names if name not in known]
    if strange:
        fail(f"{variable} names {strange[0]}; known are {', '.join(known)}")
    return names


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is stopped
    parts, names = chosen("PARTS", PARTS), chosen("PROXIES", COMMANDS)
    print(head(f"{ROUNDS} rounds of {SECONDS} s, in turn; medians, {', '.join(names)}"), flush=True)
    print(f"load average in the beginning: {os.getloadavg()[0]:.2f}", flush=True)
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="dormouse-proxy.") as folder, instance(pathlib.Path(folder)) as port:
        with sink() as sink_port:
            place = Place(prepared(pathlib.Path(folder)), port, sink_port, 1, 1)
            for part in parts:
                PARTS[part](figures, names, place)
                figures.table(names)


def prepared(folder):
    """With the client, the gateway's own start, and a certificate in it."""
    here = pathlib.Path(__file__).parent
    output("gcc", "-O2", "-o", f"{folder}/load", f"{here}/load.c", "-lssl", "-lcrypto")
    jar, compiler = sys.argv[1:3]
    output(compiler, "-cp", jar, "-d", str(folder), f"{here}/PublishedGateway.java")
    request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    request += ["-days", "2", "-subj", "/CN=c0.bench", "-addext", "subjectAltName=DNS:*.bench"]
    output(*request, "-keyout", f"{folder}/key.pem", "-out", f"{folder}/certificate.pem")
    return folder


if __name__ == "__main__":
    main()
