# shellcheck shell=bash
# Swap for the time of a benchmark, which needs root. ZRAM says how much there shall be in compressed memory, SWAP how
# much in a file; without either the machine's own is used.

swap_area=

set_up_swap() {
    if [ -n "${ZRAM:-}" ]; then
        swap_area="$(zramctl --find --size "$ZRAM")"
    elif [ -n "${SWAP:-}" ]; then
        swap_area="$(mktemp "${TMPDIR:-/tmp}/dormouse-swap.XXXXXX")"
        fallocate --length "$SWAP" "$swap_area"
    else
        return 0
    fi
    trap remove_swap EXIT
    mkswap "$swap_area" >/dev/null
    swapon --priority 32000 "$swap_area"
}

remove_swap() {
    if grep -q "^$swap_area " /proc/swaps; then swapoff "$swap_area"; fi
    case "$swap_area" in
        /dev/*) zramctl --reset "$swap_area" ;;
        *) rm "$swap_area" ;;
    esac
}
