# shellcheck shell=bash
# Programs that Go builds from their modules, each at one exact version, and that are kept.

# Where all that the tests build and install for themselves is kept.
readonly TOOLS_CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/dormouse/clients"

# What the modules of 2026 ask for; a Go since 1.21 fetches it by itself.
readonly GO_VERSION=go1.26.8

# built_by_go NAME COMMAND…: prints the path of the program NAME in TOOLS_CACHE; if it is not there,
# the command makes it as $GO_OUTPUT, in a folder of its own, with Go set up to keep its caches
# (several GB) out of the user's: in GO_WORKSHOP, or in a folder that goes when it is made.
# To be called as $(built_by_go …), for it leaves its subshell changed.
built_by_go() {
    local program="$TOOLS_CACHE/$1" workshop caches
    shift
    if [ ! -x "$program" ]; then
        workshop="$(mktemp -d "${TMPDIR:-/tmp}/dormouse-go.XXXXXX")"
        # shellcheck disable=SC2064 # the folder's name as it is now
        trap "rm -rf '$workshop'" EXIT
        caches="${GO_WORKSHOP:-$workshop}"
        export GOMODCACHE="$caches/modules" GOCACHE="$caches/build" CGO_ENABLED=0
        export GOFLAGS="-modcacherw -buildvcs=false"
        export GO_OUTPUT="$workshop/made"
        mkdir "$workshop/module" && cd "$workshop/module" && need_go || return 1
        patiently "Building $(basename "$program")" "$(scratch_log go)" "$@" || return 1
        mkdir -p "$TOOLS_CACHE" && mv "$GO_OUTPUT" "$program" || return 1
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
