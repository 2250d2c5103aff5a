# shellcheck shell=bash
# How the official clients are had: each by its package name at one exact version, through the
# ordinary client of its registry. What was installed or built is kept in a cache, named after what
# it was made from, so that only the first run takes minutes.

clients="$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

# shellcheck source=scripts/common.sh
source "$clients/../scripts/common.sh"

: "${SCW_API_URL:?set it with: eval \"\$(./dormouse env)\"}"

readonly CLIENTS_CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/dormouse/clients"

# What the clients of 2026 ask for; a Go since 1.21 fetches it by itself.
readonly GO_VERSION=go1.26.8

make_scratch

# The image that the containers of the tests run: built here, so that no image registry is needed.
build_hello() {
    patiently "Building the example hello" "$(scratch_log hello)" "$clients/../examples/hello/build"
}

# python_of FOLDER: prints the Python that has what FOLDER/requirements.txt names.
python_of() {
    local name folder
    name="python-$({ python3 -VV && command -v python3 && cat "$1/requirements.txt"; } | cksum | tr ' ' -)"
    folder="$CLIENTS_CACHE/$name"
    if [ ! -e "$folder/complete" ]; then
        patiently "Installing $(tr '\n' ' ' <"$1/requirements.txt")" "$(scratch_log pip)" \
            make_python "$folder" "$1/requirements.txt" || return 1
    fi
    printf '%s\n' "$folder/bin/python"
}

make_python() {
    rm -rf "$1"
    mkdir -p "$CLIENTS_CACHE" &&
        python3 -m venv "$1" &&
        "$1/bin/pip" install --disable-pip-version-check --requirement "$2" &&
        touch "$1/complete"
}

# run_pytest FOLDER ARGUMENT…: the tests of FOLDER with its own Python; the arguments go to pytest.
run_pytest() {
    local folder="$1" python
    shift
    python="$(python_of "$folder")" || return 1
    (cd "$folder" && PYTHONDONTWRITEBYTECODE=1 "$python" -m pytest -p no:cacheprovider "$@")
}

# built_by_go NAME COMMAND…: prints the path of the program NAME in the cache; if it is not there,
# the command makes it as $GO_OUTPUT, in a folder of its own, with Go set up to keep its caches
# (several GB) out of the user's: in CLIENTS_GO_WORKSHOP, or in a folder that goes when it is made.
# To be called as $(built_by_go …), for it leaves its subshell changed.
built_by_go() {
    local program="$CLIENTS_CACHE/$1" workshop caches
    shift
    if [ ! -x "$program" ]; then
        workshop="$(mktemp -d "${TMPDIR:-/tmp}/dormouse-go.XXXXXX")"
        # shellcheck disable=SC2064 # the folder's name as it is now
        trap "rm -rf '$workshop'" EXIT
        caches="${CLIENTS_GO_WORKSHOP:-$workshop}"
        export GOMODCACHE="$caches/modules" GOCACHE="$caches/build" CGO_ENABLED=0
        export GOFLAGS="-modcacherw -buildvcs=false"
        export GO_OUTPUT="$workshop/made"
        mkdir "$workshop/module" && cd "$workshop/module" && need_go || return 1
        patiently "Building $(basename "$program")" "$(scratch_log go)" "$@" || return 1
        mkdir -p "$CLIENTS_CACHE" && mv "$GO_OUTPUT" "$program" || return 1
    fi
    printf '%s\n' "$program"
}

# go_command PACKAGE VERSION [LINKER_FLAGS]: builds the command that PACKAGE is, as GO_OUTPUT.
go_command() {
    go mod init tools &&
        go get "$1@$2" &&
        go build -trimpath -ldflags "-s -w ${3:-}" -o "$GO_OUTPUT" "$1"
}

# A Go that is GO_VERSION, or fetches it. Debian 12's is too old for that: there it is fetched here,
# from where newer ones do.
need_go() {
    local toolchain
    if ! has go; then
        { has_apt && is_root && install_packages golang-go; } || fail "Go is needed; please install it"
    fi
    case "$(go env GOVERSION)" in
        go1.? | go1.?.* | go1.1? | go1.1?.* | go1.20 | go1.20.*)
            toolchain="golang.org/toolchain@v0.0.1-$GO_VERSION.$(go env GOOS)-$(go env GOARCH)"
            patiently "Fetching $GO_VERSION" "$(scratch_log toolchain)" go mod download "$toolchain" || return 1
            toolchain="$GOMODCACHE/$toolchain"
            chmod +x "$toolchain"/bin/* "$toolchain"/pkg/tool/*/* || return 1
            export PATH="$toolchain/bin:$PATH"
            ;;
    esac
    export GOTOOLCHAIN=auto
}

# build_tests_in FOLDER: builds the tests of the Go module there, as GO_OUTPUT.
build_tests_in() { (cd "$1" && go test -c -o "$GO_OUTPUT" .); }
