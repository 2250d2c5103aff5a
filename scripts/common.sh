# shellcheck shell=bash
# Words, errors and small questions that every part of the script uses.

# What is going on, for people; results alone go to the standard output.
say() { printf '%s\n' "$*" >&2; }

# The command failed.
fail() {
    say "dormouse: $*"
    exit 1
}

# The command was called wrongly.
misuse() {
    say "dormouse: $*"
    exit "$USAGE_ERROR"
}

has() { command -v "$1" >/dev/null 2>&1; }

is_root() { [ "$(id -u)" -eq 0 ]; }

wants_help() {
    local argument
    for argument in "$@"; do
        case "$argument" in -h | --help) return 0 ;; esac
    done
    return 1
}

# no_more "the command" ARGUMENTS…: refuses arguments that nobody took.
no_more() {
    local command="$1"
    shift
    [ $# -eq 0 ] || misuse "$command does not know \"$1\"; see ./dormouse $command --help"
}

# patiently "What it is doing" LOG COMMAND…: runs the command with its output in LOG; says so when
# it takes more than a second, and again every ten; shows the end of LOG if it fails.
patiently() {
    local what="$1" log="$2" child waited=0 status=0
    shift 2
    "$@" >"$log" 2>&1 </dev/null &
    child=$!
    while kill -0 "$child" 2>/dev/null; do
        sleep 0.2
        waited=$((waited + 1))
        if [ "$waited" -eq 5 ]; then
            say "$what …"
        elif [ $((waited % 50)) -eq 0 ]; then
            say "$what … ($((waited / 5)) s)"
        fi
    done
    wait "$child" || status=$?
    if [ "$status" -ne 0 ]; then
        tail -n 40 "$log" >&2
        say "dormouse: $what failed; all of it is in $log"
    fi
    return "$status"
}

# Whether this is a Debian or one of its children, where this script may install packages as root.
has_apt() { has apt-get && has apt-cache && has dpkg-query; }

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Whether the distribution offers the package.
is_offered() {
    apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]'
}

refresh_packages() {
    [ -z "${packages_are_fresh:-}" ] || return 0
    patiently "Reading the list of packages" "$(scratch_log apt)" apt-get update -q || true
    packages_are_fresh=yes
}

# install_packages PACKAGE…: installs those that are missing; needs root.
install_packages() {
    local missing=() package
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    refresh_packages
    patiently "Installing ${missing[*]}" "$(scratch_log apt)" \
        env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# The folder for the output of this run's steps; kept only if a step wrote there and the run fails.
make_scratch() {
    scratch="$(mktemp -d "${TMPDIR:-/tmp}/dormouse.XXXXXX")"
    trap 'remove_scratch $?' EXIT
}

remove_scratch() {
    if [ "$1" -eq 0 ]; then rm -rf "$scratch"; else rmdir "$scratch" 2>/dev/null || true; fi
}

# The file for the output of a step.
scratch_log() { printf '%s/%s.log\n' "$scratch" "$1"; }
