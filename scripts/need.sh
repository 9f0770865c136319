#!/bin/sh
# Makes sure that what the build or the tests need is there: scripts/need.sh rust cc node chromium postgres npm tours
#
# Installs through apt (as root or through sudo) and rustup only; where it cannot, it prints the exact line
# to run and ends with 1. Says nothing about what is already there. Runs any number of times.
set -eu
cd "$(dirname "$0")/.."

say() { echo "need: $*"; }

missing() {
    echo "need: $1 is missing. Run: $2" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# apt WHAT PACKAGE...: installs the packages that give WHAT.
apt() {
    what=$1
    shift
    line="apt-get install --yes --no-install-recommends $*"
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "need: $what is missing and this machine has no apt; install what Debian calls: $*" >&2
        exit 1
    fi
    if [ "$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            missing "$what" "su -c 'apt-get update && $line'"
        fi
        # In a terminal sudo may ask for a password; without one it must not hang.
        if [ ! -t 0 ] && ! sudo -n true 2>/dev/null; then
            missing "$what" "sudo apt-get update && sudo $line"
        fi
    fi
    say "$what is missing, installing: $*"
    # Package lists may be old or absent on a fresh machine.
    if ! { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive $line; }; then
        missing "$what" "sudo apt-get update && sudo $line"
    fi
}

need_rust() {
    command -v cargo >/dev/null 2>&1 || missing "Rust" "install rustup (see https://rustup.rs), then open a new shell"
    libraries=$(rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null || true)
    if [ -n "$libraries" ] && [ -d "$libraries" ]; then
        return
    fi
    command -v rustup >/dev/null 2>&1 ||
        missing "the Rust target wasm32-unknown-unknown" "install it the way your Rust was installed, or use rustup"
    say "adding the Rust target wasm32-unknown-unknown"
    rustup target add wasm32-unknown-unknown ||
        missing "the Rust target wasm32-unknown-unknown" "rustup target add wasm32-unknown-unknown"
}

need_rust_tools() {
    need_rust
    cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt || missing "rustfmt" "rustup component add rustfmt"
    cargo clippy --version >/dev/null 2>&1 || rustup component add clippy || missing "clippy" "rustup component add clippy"
}

need_cc() {
    command -v cc >/dev/null 2>&1 || apt "a C compiler" gcc libc6-dev
}

need_node() {
    line="install Node 20 or newer with npm (https://nodejs.org), Debian 13 and newer: apt-get install nodejs npm"
    command -v npm >/dev/null 2>&1 || missing "npm" "$line"
    major=$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
    [ "${major:-0}" -ge 20 ] || missing "Node 20 or newer (found: $(node --version 2>/dev/null || echo none))" "$line"
}

need_chromium() {
    [ -x "${TRACELINE_CHROMIUM:-/usr/bin/chromium}" ] || apt "Chromium" chromium
}

need_postgres() {
    scripts/with-postgres.sh --find >/dev/null 2>&1 || apt "PostgreSQL" postgresql
}

need_npm() {
    need_node
    stamp=end2end/node_modules/.installed-lock
    cmp -s end2end/package-lock.json "$stamp" && return
    say "installing the packages of the browser tests"
    (cd end2end && npm ci --no-progress) || missing "the browser-test packages" "cd end2end && npm ci"
    cp end2end/package-lock.json "$stamp"
}

# The client libraries that tour the sandbox Jira: those of npm beside the tours, where a module looks for
# them, and those of Python in an environment of their own.
need_tours() {
    need_npm
    stamp=end2end/tours/node_modules/.installed-lock
    if ! cmp -s end2end/tours/package-lock.json "$stamp"; then
        say "installing the npm client that tours the sandbox"
        (cd end2end/tours && npm ci --no-progress --ignore-scripts) ||
            missing "the npm client of the tours" "cd end2end/tours && npm ci"
        cp end2end/tours/package-lock.json "$stamp"
    fi
    folder=${CARGO_TARGET_DIR:-target}/tours
    list=end2end/tours/requirements.txt
    cmp -s "$list" "$folder/.installed" && return
    python3 -c 'import venv, ensurepip' 2>/dev/null || apt "Python 3 with venv" python3 python3-venv
    say "installing the client libraries that tour the sandbox"
    line="python3 -m venv $folder && $folder/bin/pip install --requirement $list"
    { python3 -m venv "$folder" && "$folder/bin/pip" install --quiet --disable-pip-version-check --requirement "$list"; } ||
        missing "the client libraries of the tours" "$line"
    cp "$list" "$folder/.installed"
}

for item in "$@"; do
    case $item in
    rust) need_rust ;;
    rust-tools) need_rust_tools ;;
    cc) need_cc ;;
    node) need_node ;;
    chromium) need_chromium ;;
    postgres) need_postgres ;;
    npm) need_npm ;;
    tours) need_tours ;;
    *)
        echo "need: do not know what $item is" >&2
        exit 2
        ;;
    esac
done
