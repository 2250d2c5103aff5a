# shellcheck shell=bash
# The container engine: found, or on Debian and its children installed and started.

readonly ENGINE_LOG=/var/log/dormouse-dockerd.log
readonly ENGINE_SETTINGS=/etc/docker/daemon.json
readonly ENGINE_START_SECONDS=60

engine_answers() {
    has docker || return 1
    if has timeout; then
        timeout 20 docker version >/dev/null 2>&1
    else
        docker version >/dev/null 2>&1
    fi
}

# Sees to it that an engine answers, or says what is missing.
need_engine() {
    local host
    host="$(setting DORMOUSE_DOCKER_HOST '')"
    [ -z "$host" ] || export DOCKER_HOST="$host"
    engine_answers && return 0
    if ! is_root || ! has_apt || [ -n "${DOCKER_HOST:-}" ]; then
        fail_without_engine
    fi
    install_engine
    engine_answers || start_engine
    await_engine
}

install_engine() {
    if ! has dockerd; then
        write_engine_settings
        install_packages docker.io || exit 1
    fi
    if ! has docker; then
        # newer releases keep the command line in a package of its own
        refresh_packages
        is_offered docker-cli && { install_packages docker-cli || exit 1; }
    fi
    return 0
}

# Instances go on running while the engine restarts. Settings that are there are somebody's choice.
write_engine_settings() {
    [ ! -e "$ENGINE_SETTINGS" ] || return 0
    mkdir -p "$(dirname "$ENGINE_SETTINGS")"
    printf '{\n  "live-restore": true\n}\n' >"$ENGINE_SETTINGS"
}

start_engine() {
    if [ -d /run/systemd/system ]; then
        systemctl start docker || fail "systemctl start docker failed; see: journalctl -u docker"
        return 0
    fi
    local flags=(--live-restore)
    # given both as a flag and in the file, dockerd refuses to start
    if grep -qs '"live-restore"' "$ENGINE_SETTINGS"; then flags=(); fi
    say "Starting dockerd in the background, its log in $ENGINE_LOG"
    setsid nohup dockerd ${flags[@]+"${flags[@]}"} >>"$ENGINE_LOG" 2>&1 </dev/null 8<&- 9<&- &
    engine_pid=$!
}

await_engine() {
    local until=$((SECONDS + ENGINE_START_SECONDS))
    while ! engine_answers; do
        if [ -n "${engine_pid:-}" ] && ! kill -0 "$engine_pid" 2>/dev/null; then
            tail -n 15 "$ENGINE_LOG" >&2
            fail "dockerd ended; the end of its log stands above"
        fi
        [ "$SECONDS" -lt "$until" ] || fail "the engine did not answer within $ENGINE_START_SECONDS seconds"
        sleep 0.3
    done
}

fail_without_engine() {
    say "dormouse: no container engine answers${DOCKER_HOST:+ at $DOCKER_HOST}."
    if [ -n "${DOCKER_HOST:-}" ]; then
        say "Start the engine that DOCKER_HOST names, or unset DOCKER_HOST."
    elif [ -S /var/run/docker.sock ] && [ ! -w /var/run/docker.sock ]; then
        say "There is one, but $(id -un) may not use it: sudo usermod -aG docker $(id -un), then log in again."
    elif has_apt; then
        say "As root this script installs and starts one: sudo ./dormouse up"
        say "Or by hand: sudo apt-get install docker.io"
    elif [ "$(uname -s)" = Darwin ]; then
        say "Install and start Docker Desktop, Colima or OrbStack."
    else
        say "Install and start Docker Engine 20.10 or newer: https://docs.docker.com/engine/install/"
    fi
    exit 1
}
