"""Times first answers, and bursts, of a Java program that is frozen, deep or stopped, and reads what it holds. Standard
library only."""

import argparse
import statistics

from apps import MEGABYTE, TEXT, deployed, need_swap, swaps
from measuring import BASE, Client, burst, head, percentile, until

MEMORY_LIMIT = 256_000_000
# with so little it takes two seconds to boot
MVCPU_LIMIT = 560
THRESHOLD = 10
MOST = 5
BURST_REQUESTS = THRESHOLD * MOST
WORK_MILLIS = 100
# longer than all instances take to come up
BRING_UP_MILLIS = 30_000

# the tag that takes it there, by the state in which it waits
SLEEPS = {"frozen": "freeze", "deep": "deep", "stopped": "stop"}


def waiting(state, count=1):
    """What is there when so many wait in that state."""
    return [] if state == "stopped" else count * [state]


def deploy(namespace, state):
    return deployed(
        namespace, state, SLEEPS[state], memory_limit_bytes=MEMORY_LIMIT, mvcpu_limit=MVCPU_LIMIT, max_scale=1
    )


def measured(state, caller):
    """First, second and third answer of one that waits in its state, and what it holds there."""
    until(f"being {state}", lambda: caller.states() == waiting(state), 0.05)
    asleep = 0 if state == "stopped" else caller.holds()
    return caller.call(), caller.call(), caller.call(), asleep


def row(name, told, awake, cold):
    first = sorted(one[0] for one in told)
    p50 = statistics.median(first)
    cells = [f"{1000 * p50:.1f}", f"{1000 * percentile(first, 0.99):.1f}"]
    cells += [f"{1000 * statistics.median(one[number] for one in told):.1f}" for number in (1, 2)]
    holds = statistics.median(one[3] for one in told)
    cells += [f"{holds / MEGABYTE:.0f}", f"{holds / awake:.2f}", f"{p50 / cold:.3f}", f"{len(told)}"]
    return f"| {name} | " + " | ".join(cells) + " |"


def first_answers(namespace, rounds):
    callers = {state: deploy(namespace, state) for state in SLEEPS}
    for caller in callers.values():
        caller.warm()
    awake = callers["frozen"].holds()
    told, boots = {state: [] for state in SLEEPS}, []
    for _ in range(rounds):
        for state, caller in callers.items():
            told[state].append(measured(state, caller))
        boots.append(callers["stopped"].boot())
    cold = statistics.median(one[0] for one in told["stopped"])
    kinds = ", ".join(name for name, _ in swaps())
    boot = f"boots in {statistics.median(boots):.2f} s with {MVCPU_LIMIT} thousandths of a CPU"
    print(head(f"{rounds} rounds, swap on {kinds}, awake it holds {awake / MEGABYTE:.0f} MB and {boot}"))
    print("\n| | first answer p50, ms | p99, ms | once more, ms | and again, ms | holds, MB | of awake | of cold | of |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for state in SLEEPS:
        print(row(state, told[state], awake, cold), flush=True)
    for caller in callers.values():
        Client().call("DELETE", f"{BASE}/containers/{caller.id}")


def brought_up(namespace, state):
    """One of which as many instances as there may be have worked."""
    sizes = {"memory_limit_bytes": MEMORY_LIMIT, "mvcpu_limit": MVCPU_LIMIT, "max_scale": MOST}
    sizes |= {"scaling_option": {"concurrent_requests_threshold": THRESHOLD}}
    caller = deployed(namespace, f"burst-{state}", SLEEPS[state], **sizes)
    burst(caller.endpoint, f"/wait/{BRING_UP_MILLIS}", BURST_REQUESTS)
    for _ in range(2):
        burst(caller.endpoint, "/words", BURST_REQUESTS, TEXT)
    return caller


def burst_row(name, rounds):
    """Of each round the last answer, of all rounds each answer."""
    last = [max(seconds) for seconds, _ in rounds]
    each = sorted(one for seconds, _ in rounds for one in seconds)
    failed = sum(lost for _, lost in rounds)
    cells = [statistics.median(last), max(last), percentile(each, 0.5), percentile(each, 0.99)]
    of = f"{failed} of {BURST_REQUESTS * len(rounds)}"
    return f"| {name} | " + " | ".join(f"{1000 * one:.0f}" for one in cells) + f" | {of} |"


def bursts(namespace, rounds):
    """Bursts that find as many instances as there may be in each state, or none; and right after them, awake."""
    callers = {state: brought_up(namespace, state) for state in SLEEPS}
    found = {state: [] for state in (*SLEEPS, "awake")}
    for _ in range(rounds):
        for state, caller in callers.items():
            until(f"all being {state}", lambda: caller.states() == waiting(state, MOST), 0.2)
            found[state].append(burst(caller.endpoint, f"/wait/{WORK_MILLIS}", BURST_REQUESTS))
            if state == "frozen":
                found["awake"].append(burst(caller.endpoint, f"/wait/{WORK_MILLIS}", BURST_REQUESTS))
    print(
        f"\n{rounds} bursts of {BURST_REQUESTS} requests at once, {WORK_MILLIS} ms each; at most {MOST} instances of "
        f"{THRESHOLD} requests\n\n| found | all answered, ms | worst round, ms | p50, ms | p99, ms | failed |\n"
        "|---|---:|---:|---:|---:|---:|"
    )
    for state, those in found.items():
        print(burst_row(state, those), flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--bursts", type=int, default=5)
    size = options.parse_args()
    need_swap()
    namespace = Client().call("POST", BASE + "/namespaces", {"name": "bench"})["id"]
    first_answers(namespace, size.rounds)
    if size.bursts:
        bursts(namespace, size.bursts)


if __name__ == "__main__":
    main()
