# shellcheck shell=bash
# The server: started in the background, awaited, restarted on a new build, stopped.
#
# It runs from a copy in the data folder, never from target/: a JVM whose jar is overwritten dies.

readonly SERVER_START_SECONDS=60
readonly SERVER_STOP_SECONDS=60
readonly SERVER_LOG_BYTES_MAX=$((16 * 1024 * 1024))
# Four times the JVM's own thresholds: its optimizing compiler took a third of a start.
readonly LATE_OPTIMIZATION=(-XX:Tier4InvocationThreshold=20000 -XX:Tier4MinInvocationThreshold=2400
    -XX:Tier4CompileThreshold=60000 -XX:Tier4BackEdgeThreshold=160000)

# Else threads of the JVM wake while nothing happens: G1's refinement twenty times a second, the one that
# looks for locks nobody waits for four times, G1's own clock once, unless it is given a longer interval;
# what a quiet half hour leaves unused goes back to the system then. The pool of the database's readers looks
# for those it could close twice a minute, and closes none.
readonly QUIET_THREADS=(-XX:G1ConcRefinementThreads=0 -XX:G1PeriodicGCInterval=1800000
    -XX:+UnlockDiagnosticVMOptions -XX:AsyncDeflationInterval=10000
    -Dcom.zaxxer.hikari.housekeeping.periodMs=1800000)
readonly EXAMPLE=hello
readonly EXAMPLE_IMAGE="dormouse-examples/$EXAMPLE:latest"

default_data_dir() {
    if is_root; then
        printf '%s\n' /var/lib/dormouse
    else
        printf '%s\n' "${XDG_DATA_HOME:-$HOME/.local/share}/dormouse"
    fi
}

DATA_DIR="${DORMOUSE_DATA_DIR:-$(default_data_dir)}"
case "$DATA_DIR" in /*) ;; *) DATA_DIR="$PWD/$DATA_DIR" ;; esac
readonly DATA_DIR
readonly SETTINGS_FILE="${DORMOUSE_CONFIG:-$DATA_DIR/dormouse.conf}"
readonly SERVER_LOG="$DATA_DIR/server.log"
readonly PID_FILE="$DATA_DIR/server.pid"
readonly CREDENTIALS="$DATA_DIR/credentials"
readonly AUTHORITY="$DATA_DIR/tls/ca.pem"

# setting NAME DEFAULT: from the environment, else from the file, else the default.
setting() {
    local value="${!1:-}"
    if [ -z "$value" ] && [ -r "$SETTINGS_FILE" ]; then
        value="$(sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//p" "$SETTINGS_FILE" | tail -n 1)"
    fi
    printf '%s\n' "${value:-$2}"
}

# Where the server's API is asked whether it is up.
api_url() {
    local listen host port
    listen="$(setting DORMOUSE_API_LISTEN 127.0.0.1:8080)"
    host="${listen%:*}" port="${listen##*:}"
    if [ "$port" = 0 ]; then
        # the system chose a port, and only the server can tell which
        sed -n 's/^SCW_API_URL=//p' "$CREDENTIALS" 2>/dev/null || true
        return 0
    fi
    case "$host" in '' | 0.0.0.0 | '[::]') host=127.0.0.1 ;; esac
    printf 'http://%s:%s\n' "$host" "$port"
}

# The process of this data folder's server; false if there is none.
server_pid() {
    local pid
    pid="$(cat "$PID_FILE" 2>/dev/null)" || return 1
    [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null || return 1
    # a number can have become another process's; this server's names its folder
    case "$(command_line_of "$pid")" in
        *"$DATA_DIR/program/"*dev.dormouse.Main*) printf '%s\n' "$pid" ;;
        *) return 1 ;;
    esac
}

# A bare Debian has no ps, other systems have no /proc.
command_line_of() {
    if [ -r "/proc/$1/cmdline" ]; then
        tr '\0' ' ' <"/proc/$1/cmdline"
    else
        ps -ww -o args= -p "$1" 2>/dev/null
    fi
}

is_up() {
    local url
    url="$(api_url)"
    [ -n "$url" ] && curl -fsS --noproxy '*' --max-time 5 -o /dev/null "$url/healthz" 2>/dev/null
}

# What the server would be started with: any change of it calls for a restart.
start_stamp() {
    {
        sources_stamp
        env | grep '^DORMOUSE_' | LC_ALL=C sort || true
        cat "$SETTINGS_FILE" 2>/dev/null || true
    } | short_checksum
}

# The jar of the program that this data folder's server runs, or was last started with.
program_jar() {
    local stamp
    stamp="$(cat "$DATA_DIR/program/current" 2>/dev/null)" || return 0
    find "$DATA_DIR/program/$stamp" -maxdepth 1 -name '*.jar' 2>/dev/null | head -n 1
}

help_up() {
    cat <<TEXT
Usage: ./dormouse up [--no-example]

Installs what is missing (as root on Debian and Ubuntu; elsewhere it says what), builds the server
if its sources changed, starts it in the background, waits until it answers, then builds the
example "$EXAMPLE", deploys it and prints its endpoint.

A server that runs already is left alone, unless its sources or settings have changed: then it is
restarted, and the containers' instances go on running meanwhile.

  --no-example   start the server only

Data folder: $DATA_DIR (DORMOUSE_DATA_DIR)
Settings:    $SETTINGS_FILE (DORMOUSE_CONFIG), or the environment
Log:         $SERVER_LOG
TEXT
}

command_up() {
    local with_example=yes
    if [ "${1:-}" = --no-example ]; then
        with_example=
        shift
    fi
    no_more up "$@"
    need_curl
    need_java
    need_engine
    build_if_needed
    if ! mkdir -p "$DATA_DIR" || ! chmod 700 "$DATA_DIR" || ! touch "$DATA_DIR/up.lock"; then
        fail "the data folder $DATA_DIR cannot be written; set DORMOUSE_DATA_DIR to one that can"
    fi
    lock_file 9 "$DATA_DIR/up.lock" "another up or down of $DATA_DIR"
    server_as_built
    [ -z "$with_example" ] || show_example
    train_in_background
}

need_curl() {
    has curl && return 0
    if has_apt && is_root; then install_packages curl ca-certificates && return 0; fi
    fail "curl is needed; please install it"
}

# Leaves the running server alone if it is what would be started, else (re)starts it.
server_as_built() {
    local stamp
    stamp="$(start_stamp)"
    if server_pid >/dev/null; then
        if [ "$(cat "$DATA_DIR/server.stamp" 2>/dev/null)" = "$stamp" ] && is_up; then
            say "Dormouse is up at $(api_url)"
            return 0
        fi
        say "The server's sources or settings have changed: restarting it"
        stop_server
    fi
    install_program
    start_server
    printf '%s\n' "$stamp" >"$DATA_DIR/server.stamp"
    say "Dormouse is up at $(api_url), its log in $SERVER_LOG"
}

# Copies the build into the data folder and removes older copies. Times are kept, for the JVM takes
# its cache for outdated if those of the jars differ.
install_program() {
    local stamp folder jar old
    stamp="$(cat "$ROOT/target/sources.stamp")"
    folder="$DATA_DIR/program/$stamp"
    jar="$(built_jar)"
    if [ ! -d "$folder" ] || [ "$jar" -nt "$folder/${jar##*/}" ]; then
        rm -rf "$folder" "$folder.new"
        mkdir -p "$folder.new"
        cp -Rp "$jar" "$ROOT/target/lib" "$folder.new/"
        mv "$folder.new" "$folder"
    fi
    printf '%s\n' "$stamp" >"$DATA_DIR/program/current"
    for old in "$DATA_DIR/program"/*/; do
        [ "$old" = "$folder/" ] || rm -rf "$old"
    done
}

# Becomes the server. A cache that does not fit is as good as none, and not worth a word.
run_server() {
    local cache options=()
    cache="$(startup_cache)"
    [ ! -r "$cache" ] || options=("-XX:AOTCache=$cache" '-Xlog:aot*=off,cds*=off')
    exec_java "$(program_jar)" ${options[@]+"${options[@]}"} dev.dormouse.Main
}

# exec_java JAR OPTIONS… CLASS ARGUMENTS…: becomes the server's Java program, with the options that a
# cache holds for.
exec_java() {
    local jar="$1" sqlite
    shift
    sqlite="${jar%/*}/lib/sqlite/$(uname -m)"
    [ ! -d "$sqlite" ] || set -- "-Dorg.sqlite.lib.path=$sqlite" "$@"
    exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED \
        --sun-misc-unsafe-memory-access=allow -XX:+ExitOnOutOfMemoryError \
        "${LATE_OPTIMIZATION[@]}" "${QUIET_THREADS[@]}" -cp "$jar" "$@"
}

start_server() {
    local log_start pid
    if is_up; then
        fail "something answers at $(api_url) already, and it is not the server of $DATA_DIR; set DORMOUSE_API_LISTEN"
    fi
    log_start="$(rotate_server_log)"
    export DORMOUSE_DATA_DIR="$DATA_DIR"
    (
        exec 8<&- 9<&-
        trap '' HUP
        run_server
    ) >>"$SERVER_LOG" 2>&1 </dev/null &
    pid=$!
    disown "$pid"
    printf '%s\n' "$pid" >"$PID_FILE"
    await_server "$pid" "$log_start"
}

# Keeps one older log when it has grown large; prints the size of the one that is written on.
rotate_server_log() {
    local size=0
    [ ! -f "$SERVER_LOG" ] || size="$(wc -c <"$SERVER_LOG" | tr -d ' ')"
    if [ "$size" -gt "$SERVER_LOG_BYTES_MAX" ]; then
        mv "$SERVER_LOG" "$SERVER_LOG.1"
        size=0
    fi
    printf '%s\n' "$size"
}

await_server() {
    local pid="$1" log_start="$2" until=$((SECONDS + SERVER_START_SECONDS)) told=
    until is_up; do
        if ! kill -0 "$pid" 2>/dev/null; then
            rm -f "$PID_FILE"
            tail -c "+$((log_start + 1))" "$SERVER_LOG" | tail -n 40 >&2
            fail "the server ended while starting; what it said stands above"
        fi
        if [ "$SECONDS" -ge "$until" ]; then
            tail -n 20 "$SERVER_LOG" >&2
            fail "the server did not answer at $(api_url) within $SERVER_START_SECONDS seconds; the end of its log stands above"
        fi
        if [ -z "$told" ] && [ "$SECONDS" -ge $((until - SERVER_START_SECONDS + 2)) ]; then
            say "Starting the server …"
            told=yes
        fi
        sleep 0.1
    done
}

stop_server() {
    local pid until=$((SECONDS + SERVER_STOP_SECONDS)) told=
    if pid="$(server_pid)"; then
        kill -TERM "$pid"
        while kill -0 "$pid" 2>/dev/null; do
            if [ "$SECONDS" -ge "$until" ]; then
                say "The server did not stop within $SERVER_STOP_SECONDS seconds: ending it"
                kill -KILL "$pid" 2>/dev/null || true
                until=$((SECONDS + SERVER_STOP_SECONDS))
            fi
            if [ -z "$told" ] && [ "$SECONDS" -ge $((until - SERVER_STOP_SECONDS + 2)) ]; then
                say "Stopping the server; it lets requests end …"
                told=yes
            fi
            sleep 0.1
        done
    fi
    rm -f "$PID_FILE" "$DATA_DIR/server.stamp"
}

# Builds and deploys the example unless it answers already, and prints how to call it.
show_example() {
    local image endpoint known
    need_compiler
    patiently "Building the example $EXAMPLE" "$(scratch_log example)" "$ROOT/examples/$EXAMPLE/build" || exit 1
    image="$(docker image inspect --format '{{.Id}}' "$EXAMPLE_IMAGE")"
    known="$(cat "$DATA_DIR/example.deployed" 2>/dev/null || true)"
    endpoint="${known#* }"
    if [ "${known%% *}" != "$image" ] || ! working_curl "$endpoint" >/dev/null; then
        # the line to call it with is tried and shown below
        endpoint="$("$ROOT/dormouse" deploy "$EXAMPLE" "$EXAMPLE_IMAGE" --namespace examples \
            2> >(sed '/^Call it with: /d' >&2))" || exit 1
        printf '%s %s\n' "$image" "$endpoint" >"$DATA_DIR/example.deployed"
    fi
    printf 'The example "%s" answers at %s\nTry it:\n  ' "$EXAMPLE" "$endpoint"
    working_curl "$endpoint" || fail "$endpoint does not answer; see ./dormouse status $EXAMPLE"
}

need_compiler() {
    if has gcc && [ -e /usr/include/stdio.h ]; then return 0; fi
    if has_apt && is_root; then install_packages gcc libc6-dev || exit 1; fi
}

# Prints the curl line that calls the endpoint, having tried it; false if none works.
working_curl() {
    local url="$1" resolve
    [ -n "$url" ] || return 1
    # not every resolver knows that names under .localhost are this machine
    resolve="$(authority_of "$url"):127.0.0.1"
    trying_curl "$url" ||
        trying_curl --cacert "$AUTHORITY" "$url" ||
        trying_curl --resolve "$resolve" "$url" ||
        trying_curl --cacert "$AUTHORITY" --resolve "$resolve" "$url"
}

# The host and the port of a URL, told or not.
authority_of() {
    local authority="${1#*://}"
    authority="${authority%%/*}"
    case "$1" in
        http*://*:[0-9]*) ;;
        https:*) authority="$authority:443" ;;
        *) authority="$authority:80" ;;
    esac
    printf '%s\n' "$authority"
}

# trying_curl ARGUMENTS…: prints the line if it works.
trying_curl() { try_curl "$@" && printf 'curl %s\n' "$*"; }

try_curl() { curl -fsS --noproxy '*' --max-time 20 -o /dev/null "$@" 2>/dev/null; }

help_down() {
    cat <<TEXT
Usage: ./dormouse down [--data]

Stops the server of $DATA_DIR and removes its instances and networks from the engine. The next
"up" brings every container back.

  --data   remove its data too: containers, keys, logs; only dormouse.conf is kept
TEXT
}

command_down() {
    local with_data='' log
    if [ "${1:-}" = --data ]; then
        with_data=yes
        shift
    fi
    no_more down "$@"
    if [ ! -d "$DATA_DIR" ]; then
        say "There is no server in $DATA_DIR"
        return 0
    fi
    touch "$DATA_DIR/up.lock" 2>/dev/null || fail "the data folder $DATA_DIR belongs to somebody else"
    lock_file 9 "$DATA_DIR/up.lock" "another up or down of $DATA_DIR"
    stop_server
    if [ -n "$(program_jar)" ]; then
        need_java
        export DORMOUSE_DATA_DIR="$DATA_DIR"
        log="$(scratch_log down)"
        patiently "Removing instances" "$log" exec_java "$(program_jar)" dev.dormouse.Main down || exit 1
        sed -n 's/^[^ ]* WARN  *[^ ]* - //p' "$log"
    fi
    [ -z "$with_data" ] || remove_data
    say "Dormouse is down"
}

remove_data() {
    [ -e "$CREDENTIALS" ] || [ -d "$DATA_DIR/program" ] ||
        fail "$DATA_DIR does not look like a data folder of Dormouse: nothing removed"
    find "$DATA_DIR" -mindepth 1 -maxdepth 1 ! -name dormouse.conf -exec rm -rf {} +
    rmdir "$DATA_DIR" 2>/dev/null || true
}

help_env() {
    cat <<'TEXT'
Usage: ./dormouse env

Prints the settings that Scaleway's CLI, SDKs and Terraform provider read, as lines for a shell:

  eval "$(./dormouse env)"

The server must have been started once. The lines hold a secret key.
TEXT
}

command_env() {
    local name value
    no_more env "$@"
    [ -r "$CREDENTIALS" ] || fail "there are no credentials in $DATA_DIR; start the server with ./dormouse up"
    while IFS='=' read -r name value; do
        case "$name" in SCW_*) printf "export %s='%s'\n" "$name" "${value//\'/\'\\\'\'}" ;; esac
    done <"$CREDENTIALS"
}
