#!/bin/sh
# Client libraries that know nothing of Traceline tour the sandbox Jira: scripts/tours.sh BINARY
#
# Starts the sandbox on free ports, runs every end2end/tours/tour_*.py against it in a Python environment
# of their own below the target folder and every tour_*.mjs in the Node of the browser tests, then tours the
# Data Center of the oldest and of the newest supported version, and prints `N passed, N failed` last.
set -u
cd "$(dirname "$0")/.."
binary=$1
target=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
python=$target/tours/bin/python
work=$(mktemp -d "${TMPDIR:-/tmp}/traceline-tours.XXXXXX")
sandbox=
passed=0
failed=0
stop() {
    [ -z "$sandbox" ] || kill "$sandbox" 2>/dev/null
    sandbox=
}
finish() {
    stop
    rm -rf "$work"
}
trap finish EXIT

# start VERSION
start() {
    rm -f "$work/sandbox.json"
    # Nothing of the caller's settings reaches it.
    env -i PATH="$PATH" HOME="$work" TRACELINE_DATA_DIR="$work/data" ${SANDBOX_EXCHANGES:+SANDBOX_EXCHANGES="$SANDBOX_EXCHANGES"} \
        "$binary" sandbox --cloud 127.0.0.1:0 --data-center 127.0.0.1:0 --dc-version "$1" --plain-http \
        >"$work/sandbox.json" 2>"$work/sandbox.log" &
    sandbox=$!
    tries=0
    until [ -s "$work/sandbox.json" ]; do
        tries=$((tries + 1))
        if [ "$tries" -gt 300 ] || ! kill -0 "$sandbox" 2>/dev/null; then
            echo "tours: the sandbox did not start"
            cat "$work/sandbox.log"
            echo "0 passed, 1 failed"
            exit 1
        fi
        sleep 0.1
    done
}

# tour [SITE]: all tours, of one site only when it is named
tour() {
    for one in end2end/tours/tour_*.py end2end/tours/tour_*.mjs; do
        case $one in
        *.py) runner=$python ;;
        *) runner=end2end/node_modules/.bin/node ;;
        esac
        "$runner" "$one" "$work/sandbox.json" "$@" | tee "$work/out"
        counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$work/out" | tail -n 1)
        # A tour that broke off counts as one failure.
        counts=${counts:-0 1}
        passed=$((passed + ${counts% *}))
        failed=$((failed + ${counts#* }))
    done
}

start 10.7.4
tour
stop
for version in 10.6.1 11.2.1; do
    echo "Data Center $version"
    start "$version"
    tour data_center
    stop
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
