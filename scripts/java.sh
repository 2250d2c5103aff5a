# shellcheck shell=bash
# Finding a JDK, building the program, running it.

readonly JAVA_LEAST=25

# The feature release of the JDK in a folder, such as 25; nothing if there is no JDK in it.
jdk_release() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 0
    "$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1
}

is_good_jdk() {
    local release
    release="$(jdk_release "$1")"
    [ -n "$release" ] && [ "$release" -ge "$JAVA_LEAST" ]
}

# Every folder that may be a JDK, the likeliest first.
jdk_candidates() {
    local java folder
    printf '%s\n' "${JAVA_HOME:-}"
    for folder in /usr/lib/jvm/*"$JAVA_LEAST"* /usr/lib/jvm/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home \
        "$HOME"/.sdkman/candidates/java/* /opt/*jdk* /opt/java/*; do
        printf '%s\n' "$folder"
    done
    if java="$(command -v java)"; then
        java="$(readlink -f "$java" 2>/dev/null || printf '%s' "$java")"
        dirname "$(dirname "$java")"
    fi
}

# Sets and exports JAVA_HOME to a JDK that is new enough; false if there is none.
find_java() {
    local folder
    while IFS= read -r folder; do
        if [ -n "$folder" ] && is_good_jdk "$folder"; then
            export JAVA_HOME="$folder"
            return 0
        fi
    done < <(jdk_candidates)
    return 1
}

need_java() {
    local package
    [ -z "${java_is_found:-}" ] || return 0
    java_is_found=yes
    find_java && return 0
    if has_apt && is_root; then
        refresh_packages
        for package in "openjdk-$JAVA_LEAST-jdk-headless" "temurin-$JAVA_LEAST-jdk"; do
            if is_offered "$package" && install_packages "$package" && find_java; then
                return 0
            fi
        done
    fi
    fail_without_java
}

fail_without_java() {
    say "dormouse: a JDK of release $JAVA_LEAST or newer is needed, and none was found:"
    say "  not in JAVA_HOME (${JAVA_HOME:-not set}), /usr/lib/jvm, or by the java on PATH."
    if has_apt; then
        if is_offered "openjdk-$JAVA_LEAST-jdk-headless"; then
            say "Install it with: sudo apt-get install openjdk-$JAVA_LEAST-jdk-headless"
        else
            say "This distribution does not offer it. Install temurin-$JAVA_LEAST-jdk from the package"
            say "archive of Adoptium (https://adoptium.net/installation/linux), or unpack a JDK"
            say "anywhere and set JAVA_HOME to its folder. Then run this again."
        fi
    elif has dnf; then
        say "Install it with: sudo dnf install java-$JAVA_LEAST-openjdk-devel"
    elif has brew; then
        say "Install it with: brew install openjdk@$JAVA_LEAST"
    else
        say "Get it from https://adoptium.net, and set JAVA_HOME to its folder."
    fi
    exit 1
}

# The SHA-256 of the standard input, cut short.
short_checksum() {
    if has sha256sum; then sha256sum; else shasum -a 256; fi | cut -c 1-16
}

# What the program is built from, as one short text that changes with any of it.
sources_stamp() {
    (
        cd "$ROOT" || exit 1
        {
            find pom.xml src/main -type f | LC_ALL=C sort
            find pom.xml src/main -type f -print0 | LC_ALL=C sort -z | xargs -0 cat
        } | short_checksum
    )
}

built_jar() {
    find "$ROOT/target" -maxdepth 1 -name 'dormouse-*.jar' ! -name '*-sources.jar' 2>/dev/null | head -n 1
}

help_build() {
    cat <<'TEXT'
Usage: ./dormouse build

Builds the server into target/ if its sources are newer than what is there.
TEXT
}

command_build() {
    no_more build "$@"
    need_java
    build_if_needed
}

# Builds unless target/ holds what the sources would give. One build at a time.
build_if_needed() {
    local stamp
    stamp="$(sources_stamp)"
    if is_built "$stamp"; then return 0; fi
    lock_file 8 "$ROOT/pom.xml" "another build"
    if ! is_built "$stamp"; then
        patiently "Building Dormouse" "$(scratch_log build)" in_root ./mvnw -B -ntp -Dmaven.test.skip=true package ||
            exit 1
        printf '%s\n' "$stamp" >"$ROOT/target/sources.stamp"
    fi
    exec 8<&-
}

is_built() {
    [ -n "$(built_jar)" ] && [ "$(cat "$ROOT/target/sources.stamp" 2>/dev/null)" = "$1" ]
}

in_root() { (cd "$ROOT" && "$@"); }

# lock_file DESCRIPTOR FILE "what holds it": waits for the lock, where the system has one.
lock_file() {
    eval "exec $1<\"\$2\""
    has flock || return 0
    flock -n "$1" && return 0
    say "Waiting for $3 to end …"
    flock -w 600 "$1" || fail "$3 did not end within ten minutes"
}

# command_of_program CLASS ARGUMENTS…: becomes one of the commands that are part of the program.
command_of_program() {
    local jar
    need_java
    jar="$(program_jar)"
    if [ -z "$jar" ]; then
        build_if_needed
        jar="$(built_jar)"
    fi
    # shellcheck disable=SC2154 # made at the start
    rm -rf "$scratch"
    DORMOUSE_DATA_DIR="$DATA_DIR" exec "$JAVA_HOME/bin/java" \
        -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto \
        --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
        -cp "$jar" "$@"
}
