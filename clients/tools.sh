# shellcheck shell=bash
# How the official clients are had: each by its package name at one exact version, through the
# ordinary client of its registry. What was installed or built is kept in a cache, named after what
# it was made from, so that only the first run takes minutes.

clients="$(cd -P "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

# shellcheck source=scripts/common.sh
source "$clients/../scripts/common.sh"
# shellcheck source=scripts/go.sh
source "$clients/../scripts/go.sh"

: "${SCW_API_URL:?set it with: eval \"\$(./dormouse env)\"}"

make_scratch

# The image that the containers of the tests run: built here, so that no image registry is needed.
build_hello() {
    patiently "Building the example hello" "$(scratch_log hello)" "$clients/../examples/hello/build"
}

# python_of FOLDER: prints the Python that has what FOLDER/requirements.txt names.
python_of() {
    local name folder
    name="python-$({ python3 -VV && command -v python3 && cat "$1/requirements.txt"; } | cksum | tr ' ' -)"
    folder="$TOOLS_CACHE/$name"
    if [ ! -e "$folder/complete" ]; then
        patiently "Installing $(tr '\n' ' ' <"$1/requirements.txt")" "$(scratch_log pip)" \
            make_python "$folder" "$1/requirements.txt" || return 1
    fi
    printf '%s\n' "$folder/bin/python"
}

make_python() {
    rm -rf "$1"
    mkdir -p "$TOOLS_CACHE" &&
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

# build_tests_in FOLDER: builds the tests of the Go module there, as GO_OUTPUT.
build_tests_in() { (cd "$1" && go test -c -o "$GO_OUTPUT" .); }
