#!/bin/sh
# Client libraries that know nothing of Traceline tour the sandbox Jira: scripts/tours.sh BINARY
#
# Starts the sandbox on free ports, runs every end2end/tours/tour_*.py against it in a Python environment
# of their own below the target folder and every tour_*.mjs in the Node of the browser tests, and prints
# `N passed, N failed` last.
set -u
cd "$(dirname "$0")/.."
binary=$1
target=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
python=$target/tours/bin/python
work=$(mktemp -d "${TMPDIR:-/tmp}/traceline-tours.XXXXXX")
sandbox=
finish() {
    [ -z "$sandbox" ] || kill "$sandbox" 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT

# Nothing of the caller's settings reaches it.
env -i PATH="$PATH" HOME="$work" TRACELINE_DATA_DIR="$work/data" ${SANDBOX_EXCHANGES:+SANDBOX_EXCHANGES="$SANDBOX_EXCHANGES"} \
    "$binary" sandbox --cloud 127.0.0.1:0 --data-center 127.0.0.1:0 --plain-http \
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

passed=0
failed=0
for tour in end2end/tours/tour_*.py end2end/tours/tour_*.mjs; do
    case $tour in
    *.py) runner=$python ;;
    *) runner=end2end/node_modules/.bin/node ;;
    esac
    "$runner" "$tour" "$work/sandbox.json" | tee "$work/out"
    counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$work/out" | tail -n 1)
    # A tour that broke off counts as one failure.
    counts=${counts:-0 1}
    passed=$((passed + ${counts% *}))
    failed=$((failed + ${counts#* }))
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
