# shellcheck shell=bash
# The tests and the benchmarks.

# Of its branch "go", which is its master as an ordinary module.
readonly GVISOR_VERSION=v0.0.0-20260905035102-160fafc42237

help_test() {
    cat <<'TEXT'
Usage: ./dormouse test [PART…]
       ./dormouse test gvisor
       ./dormouse test chaos [MINUTES [SEED]]

Runs the tests, all of them or the parts named, and prints what each runner concludes:

  scripts        shellcheck over this script and its parts
  java           ./mvnw verify: unit, architecture, contract, API and end-to-end tests, formatting
  clients        the official clients of clients/, each against a fresh server
  clients/NAME   one of them: clients/go, clients/python, clients/scw, clients/terraform

Not among "all": gvisor, what needs gVisor's runsc, which is built from its Go module first (minutes
of CPU time, once) and given to an engine of the tests' own. Needs root.

Nor is chaos, a run of so many minutes (5) in which the server, the engine and instances
are killed, the network is cut, the clock jumps and disks fill, in an order that the seed decides,
under steady load and random writes. In its end every promise is looked at; target/chaos.md tells.
Needs root.

On Debian and Ubuntu as root it installs what the tests need. The clients are built and installed
once, which takes minutes, and kept in ${XDG_CACHE_HOME:-~/.cache}/dormouse/clients.
TEXT
}

command_test() {
    if [ "${1:-}" = chaos ]; then
        shift
        test_chaos "$@"
        return
    fi
    if [ "${1:-}" = gvisor ]; then
        shift
        test_gvisor "$@"
        return
    fi
    local part parts=("$@") failed=()
    [ ${#parts[@]} -gt 0 ] || parts=(scripts java clients)
    for part in "${parts[@]}"; do
        is_test_part "$part" || misuse "there is no part \"$part\"; see ./dormouse test --help"
    done
    need_test_tools
    for part in "${parts[@]}"; do
        say "== $part"
        case "$part" in
            clients/*) test_client "${part#clients/}" ;;
            *) "test_$part" ;;
        esac || failed+=("$part")
    done
    [ ${#failed[@]} -eq 0 ] || fail "failed: ${failed[*]}"
    say "All tests passed: ${parts[*]}"
}

is_test_part() {
    case "$1" in
        scripts | java | clients) ;;
        clients/*) [ -x "$ROOT/$1/run" ] ;;
        *) return 1 ;;
    esac
}

need_test_tools() {
    if has_apt && is_root; then
        install_packages curl ca-certificates openssl gcc libc6-dev busybox-static docker-registry \
            python3-venv shellcheck iproute2 iptables nghttp2-client || exit 1
    fi
    need_java
    need_engine
}

test_scripts() {
    has shellcheck || fail "shellcheck is needed; please install it"
    local scripts=()
    while IFS= read -r script; do scripts+=("$script"); done < <(all_scripts)
    (cd "$ROOT" && shellcheck -x "${scripts[@]}") && say "shellcheck: ${#scripts[@]} scripts, no findings"
}

all_scripts() {
    (
        cd "$ROOT" || exit 1
        printf '%s\n' dormouse scripts/*.sh clients/*.sh bench/*.sh .ci/run
        find examples clients bench src/test -type f \( -name build -o -name run \) ! -path '*/.venv/*' ! -path '*/target/*' | sort |
            while IFS= read -r file; do
                head -n 1 "$file" | grep -q bash && printf '%s\n' "$file"
            done
    )
}

test_java() {
    local log status=0
    log="$(scratch_log verify)"
    patiently "Running ./mvnw verify" "$log" in_root ./mvnw -B -ntp verify || status=$?
    grep -E 'Tests run:.*Fail|BUILD (SUCCESS|FAILURE)|Total time' "$log" | grep -v ' -- in ' >&2 || true
    return "$status"
}

test_chaos() {
    local minutes="${1:-5}" seed="${2:-}" log status=0
    case "$minutes$seed" in *[!0-9]*) misuse "minutes and seed are whole numbers; see ./dormouse test --help" ;; esac
    is_root || fail "the chaos run needs root: it mounts disks and makes networks of its own"
    need_test_tools
    if has_apt; then install_packages faketime || exit 1; fi
    log="$(scratch_log chaos)"
    patiently "Chaos for $minutes minutes" "$log" in_root ./mvnw -B -ntp verify -Dtest=none \
        -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=ChaosIT -Dchaos.minutes="$minutes" \
        ${seed:+-Dchaos.seed="$seed"} || status=$?
    cat "$ROOT/target/chaos.md" >&2 || true
    return "$status"
}

test_gvisor() {
    local runsc log status=0
    no_more "test gvisor" "$@"
    is_root || fail "the gVisor tests need root: they start an engine of their own"
    need_test_tools
    runsc="$(built_by_go "runsc-$GVISOR_VERSION" go_command gvisor.dev/gvisor/runsc "$GVISOR_VERSION")" || return 1
    log="$(scratch_log gvisor)"
    patiently "Running what needs gVisor" "$log" in_root ./mvnw -B -ntp verify -Dtest=none \
        -Dsurefire.failIfNoSpecifiedTests=false -Dit.test='*Gvisor*IT' -Ddormouse.runsc="$runsc" || status=$?
    grep -E 'Tests run:.*Fail|BUILD (SUCCESS|FAILURE)' "$log" | grep -v ' -- in ' >&2 || true
    return "$status"
}

test_clients() (
    # one workshop for all that Go builds: what two clients have in common is fetched and built once
    GO_WORKSHOP="$(mktemp -d "${TMPDIR:-/tmp}/dormouse-go.XXXXXX")"
    export GO_WORKSHOP
    trap 'rm -rf "$GO_WORKSHOP"' EXIT
    status=0
    for folder in "$ROOT"/clients/*/; do
        test_client "$(basename "$folder")" || status=1
    done
    exit "$status"
)

test_client() {
    say "-- $1"
    build_if_needed
    train_if_needed
    with_fresh_server "127.0.0.1:$(free_port)" "$ROOT/clients/$1/run"
}

# with_fresh_server TLS_LISTEN COMMAND…: runs the command beside a server on a new data folder and free
# ports, with the environment that a Scaleway client needs.
with_fresh_server() (
    local data tls_listen="$1"
    shift
    data="$(mktemp -d "${TMPDIR:-/tmp}/dormouse-test.XXXXXX")"
    unset "${!DORMOUSE_@}"
    export DORMOUSE_DATA_DIR="$data"
    DORMOUSE_API_LISTEN="127.0.0.1:$(free_port)"
    DORMOUSE_GATEWAY_LISTEN="127.0.0.1:$(free_port)"
    export DORMOUSE_API_LISTEN DORMOUSE_GATEWAY_LISTEN DORMOUSE_GATEWAY_TLS_LISTEN="$tls_listen"
    trap '"$ROOT/dormouse" down --data >/dev/null && rm -rf "$data"' EXIT
    "$ROOT/dormouse" up --no-example || exit 1
    eval "$("$ROOT/dormouse" env)"
    "$@"
)

# A port that nobody listens on now.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

help_bench() {
    cat <<'TEXT'
Usage: ./dormouse bench [NAME…]

Runs the benchmarks in bench/, all of them or those named, each beside a fresh server, and prints
what each measured. Each folder's README says which question it answers.
TEXT
}

command_bench() {
    local name names=("$@") folder status=0
    if [ ${#names[@]} -eq 0 ]; then
        for folder in "$ROOT"/bench/*/run; do names+=("$(basename "${folder%/run}")"); done
    fi
    for name in "${names[@]}"; do
        [ -x "$ROOT/bench/$name/run" ] || misuse "there is no benchmark \"$name\" in bench/"
    done
    need_test_tools
    build_if_needed
    train_if_needed
    for name in "${names[@]}"; do
        say "== $name"
        # without TLS, as what they compare with
        with_fresh_server off "$ROOT/bench/$name/run" || status=1
    done
    return "$status"
}
