# shellcheck shell=bash
# Swap for the time of a benchmark, which needs root. ZRAM says how much there shall be in compressed memory, SWAP how
# much in a file; without either the machine's own is used.

swap_area=
swap_is_on=

set_up_swap() {
    if [ -n "${ZRAM:-}" ]; then
        swap_area="$(zramctl --find --size "$ZRAM")"
    elif [ -n "${SWAP:-}" ]; then
        swap_area="$(mktemp "${TMPDIR:-/tmp}/dormouse-swap.XXXXXX")"
    else
        return 0
    fi
    trap remove_swap EXIT
    [ -n "${ZRAM:-}" ] || fallocate --length "$SWAP" "$swap_area"
    mkswap "$swap_area" >/dev/null
    swapon --priority 32000 "$swap_area"
    swap_is_on=true
}

# What still sleeps there goes first, or it would all have to be read back.
remove_swap() {
    if [ -n "$swap_is_on" ]; then
        ../../dormouse down >/dev/null || true
        swapoff "$swap_area" || { printf 'swap stays on, at %s\n' "$swap_area" >&2 && return 1; }
    fi
    case "$swap_area" in
        /dev/*) zramctl --reset "$swap_area" ;;
        *) rm "$swap_area" ;;
    esac
}
