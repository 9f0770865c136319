#!/bin/sh
# Runs every test and counts: scripts/test.sh
#
# Each suite prints as it runs; at the end a line per suite, then `N passed, N failed` alone on the last
# line. A suite that cannot run (does not compile, does not start) counts as one failure. `make test` has
# made sure that everything needed is installed.
set -u
cd "$(dirname "$0")/.."

logs=$(mktemp -d "${TMPDIR:-/tmp}/traceline-test.XXXXXX")
trap 'rm -rf "$logs"' EXIT
passed_in_all=0
failed_in_all=0
summary=""

# suite NAME PASSED FAILED STATUS: adds a suite to the count.
suite() {
    name=$1 passed=$2 failed=$3 status=$4
    if [ "$status" != 0 ] && [ "$failed" = 0 ]; then
        failed=1
    fi
    passed_in_all=$((passed_in_all + passed))
    failed_in_all=$((failed_in_all + failed))
    summary="$summary$(printf '%-28s %5d passed, %d failed' "$name" "$passed" "$failed")
"
}

# run LOG COMMAND...: shows and keeps the output; gives the command's exit code.
run() {
    log=$1
    shift
    { "$@" 2>&1; echo $? >"$log.status"; } | tee "$log"
    return "$(cat "$log.status")"
}

# count_cargo NAME LOG STATUS: adds up cargo's `test result:` lines.
count_cargo() {
    counts=$(awk '/^test result: /{ for (i = 1; i < NF; i++) { if ($(i+1) ~ /^passed/) p += $i; if ($(i+1) ~ /^failed/) f += $i } } END { print p + 0, f + 0 }' "$2")
    suite "$1" "${counts% *}" "${counts#* }" "$3"
}

# Every exchange that a test has with the sandbox Jira is kept here and judged at the end.
mkdir -p "${CARGO_TARGET_DIR:-target}"
SANDBOX_EXCHANGES=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)/exchanges
export SANDBOX_EXCHANGES
rm -rf "$SANDBOX_EXCHANGES"

echo "test: rules, use cases and store, on SQLite and on PostgreSQL"
status=0
run "$logs/cargo" scripts/with-postgres.sh cargo test --features ssr --no-fail-fast || status=$?
count_cargo "cargo test" "$logs/cargo" "$status"

echo "test: the build tool"
status=0
run "$logs/xtask" cargo test --profile xtask --package xtask --all-features || status=$?
count_cargo "build tool" "$logs/xtask" "$status"

echo "test: browser"
status=0
run "$logs/build" cargo xtask build || status=$?
if [ "$status" = 0 ]; then
    run "$logs/size" cargo xtask size || status=$?
    suite "size of the browser part" $((status == 0)) 0 "$status"
    target=$(cd "${CARGO_TARGET_DIR:-target}" && pwd)
    results=$PWD/end2end/test-results/results.json
    rm -f "$results"
    status=0
    run "$logs/browser" env TRACELINE_BIN="${TRACELINE_BIN:-$target/debug/traceline}" \
        TRACELINE_SITE_ROOT="$PWD/target/site" PLAYWRIGHT_JSON_OUTPUT_FILE="$results" \
        npm --prefix end2end --silent test || status=$?
    counts=$(node -e '
        const { stats } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
        console.log(stats.expected + stats.flaky, stats.unexpected);
    ' "$results" 2>/dev/null) || counts="0 0" status=1
    suite "browser" "${counts% *}" "${counts#* }" "$status"
else
    suite "browser (does not build)" 0 1 "$status"
fi

echo "test: client libraries on tour through the sandbox Jira"
status=0
run "$logs/tours" scripts/tours.sh "${TRACELINE_BIN:-$(cd "${CARGO_TARGET_DIR:-target}" && pwd)/debug/traceline}" || status=$?
counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$logs/tours" | tail -n 1)
counts=${counts:-0 0}
suite "client libraries" "${counts% *}" "${counts#* }" "$status"

echo "test: the sandbox Jira against the vendor's documents"
documents=${TRACELINE_JIRA_SPECS:-}
if [ -n "$documents" ] && [ -d "$documents" ]; then
    status=0
    run "$logs/judge" cargo judge "$SANDBOX_EXCHANGES" "$documents" || status=$?
    counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$logs/judge" | tail -n 1)
    counts=${counts:-0 0}
    suite "contract of the sandbox" "${counts% *}" "${counts#* }" "$status"
elif [ "${CI:-}" = true ]; then
    echo "test: TRACELINE_JIRA_SPECS must name the folder of the vendor's OpenAPI documents"
    suite "contract of the sandbox" 0 1 1
else
    echo "test: skipped, TRACELINE_JIRA_SPECS names no folder with the vendor's OpenAPI documents"
fi

echo
printf '%s' "$summary"
echo "$passed_in_all passed, $failed_in_all failed"
[ "$failed_in_all" = 0 ]
