# shellcheck shell=bash
# Starts that take half the work: what a JVM loads, links and counts while the server starts, it keeps in a file
# (its AOT cache), which is made once per build. docs/decisions/0015-starts-from-an-aot-cache.md tells why so.

readonly TRAINING_SECONDS=300

# The cache of this build and this JDK, whether it is there or not.
startup_cache() {
    printf '%s/target/startup/%s-%s.aot\n' "$ROOT" "$(cat "$ROOT/target/sources.stamp" 2>/dev/null)" \
        "$("$JAVA_HOME/bin/java" -version 2>&1 | short_checksum)"
}

help_train() {
    cat <<'TEXT'
Usage: ./dormouse train

Makes the starts of the server quicker: a server without containers, on a folder and ports of its
own, is started and stopped, and what its JVM learned is kept in target/ for later starts. "up" does
this by itself, in the background, once for each build.
TEXT
}

command_train() {
    no_more train "$@"
    need_curl
    need_java
    build_if_needed
    train_if_needed
}

# For whoever has started a server and does not wait for the next to be quicker.
train_in_background() {
    [ ! -f "$(startup_cache)" ] || return 0
    (
        exec 8<&- 9<&-
        trap '' HUP
        exec nice -n 19 "$ROOT/dormouse" train
    ) >/dev/null 2>&1 </dev/null &
    disown "$!"
}

# Makes the cache unless it is there, is being made, or could not be made of this build: the folder
# of that attempt stays, and its log tells.
train_if_needed() {
    local cache folder
    cache="$(startup_cache)"
    folder="${cache%.aot}.training"
    [ ! -f "$cache" ] || return 0
    mkdir -p "${cache%/*}" && mkdir "$folder" 2>/dev/null || return 0
    patiently "Making later starts quicker" "$folder/log" train_in "$folder" || return 0
    find "${cache%/*}" -mindepth 1 -maxdepth 1 ! -path "$folder" -exec rm -rf {} +
    mv "$folder/cache" "$cache"
    rm -rf "$folder"
}

# The JVM writes the cache when the server is told to stop.
train_in() (
    engine="$(setting DORMOUSE_DOCKER_HOST "${DOCKER_HOST:-}")"
    unset "${!DORMOUSE_@}"
    [ -z "$engine" ] || export DORMOUSE_DOCKER_HOST="$engine"
    export DORMOUSE_DATA_DIR="$1/data" DORMOUSE_HOST_FIREWALL=off
    export DORMOUSE_API_LISTEN=127.0.0.1:0 DORMOUSE_GATEWAY_LISTEN=127.0.0.1:0
    export DORMOUSE_GATEWAY_TLS_LISTEN=127.0.0.1:0
    # the first makes what the second finds, as most starts find a database and certificates
    serve_training "$1"
    # what C2 compiles in a training it compiles at every start; what has no counters, it never does
    serve_training "$1" -XX:TieredStopAtLevel=2 "-XX:AOTCacheOutput=$1/cache"
    # its network, of which the engine has thirty to give
    (exec_java "$(built_jar)" dev.dormouse.Main down) || true
    [ -s "$1/cache" ]
)

# serve_training FOLDER OPTIONS…: a server, from its start to its end.
serve_training() {
    local folder="$1"
    shift
    exec_java "$(built_jar)" "$@" dev.dormouse.Main &
    pid=$!
    trap 'kill -KILL "$pid" 2>/dev/null || true' EXIT
    while_training "$pid" trainee_is_silent "$folder/data/credentials"
    call_trainee "$folder"
    kill -TERM "$pid"
    while_training "$pid" kill -0 "$pid"
    trap - EXIT
}

# while_training PROCESS COMMAND…: waits as long as the command succeeds and the process lives.
while_training() {
    local pid="$1" until=$((SECONDS + TRAINING_SECONDS))
    shift
    while kill -0 "$pid" 2>/dev/null && "$@" 2>/dev/null; do
        [ "$SECONDS" -lt "$until" ] || exit 1
        sleep 0.1
    done
}

trainee_is_silent() { ! curl -fsS --noproxy '*' --max-time 5 -o /dev/null "$(credential SCW_API_URL "$1")/healthz"; }

# What a server is asked first after a restart: a list, a change, a request to a host. The one container
# is of an image that the engine can have from nowhere.
call_trainee() {
    local api namespace log=$1/log ca=$1/data/tls/ca.pem
    api="$(credential SCW_API_URL "$1/data/credentials")/containers/v1/regions/fr-par"
    set -- curl -sS --noproxy '*' --max-time 30 -H 'Content-Type: application/json' \
        -H "X-Auth-Token: $(credential SCW_SECRET_KEY "$1/data/credentials")"
    "$@" -o /dev/null "$api/containers"
    namespace="$("$@" -d "{\"name\":\"training$pid\"}" "$api/namespaces" | sed -n 's/^{"id":"\([^"]*\)".*/\1/p')"
    "$@" -d "{\"name\":\"training\",\"namespace_id\":\"$namespace\",\"image\":\"localhost:1/none\"}" \
        -o /dev/null "$api/containers"
    while_training "$pid" container_is_underway "$@" "$api/containers?name=training"
    set -- "$@" -o /dev/null
    "$@" "http://127.0.0.1:$(gateway_port port "$log")/"
    "$@" --cacert "$ca" "https://127.0.0.1:$(gateway_port tls_port "$log")/"
}

container_is_underway() { "$@" | grep -q '"status":"\(creating\|updating\)"'; }

# gateway_port NAME LOG: one of those that the server says it serves on.
gateway_port() { sed -n "s/.* The gateway serves .* $1=\"\([0-9]*\)\".*/\1/p" "$2" | tail -n 1; }

# credential NAME FILE
credential() { sed -n "s/^$1=//p" "$2"; }
