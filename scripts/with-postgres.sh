#!/bin/sh
# Runs a command with a PostgreSQL of its own: scripts/with-postgres.sh COMMAND...
#
# The server lives in a temporary folder, listens on a free loopback port, is named to the command in
# TRACELINE_TEST_POSTGRES_URL, and is gone afterwards, also when the command fails or is interrupted. It
# does not sync to disk: nothing in it outlives the run. PostgreSQL refuses to run as root, so root starts
# it as `nobody`. With --find it only prints the folder of the binaries, or fails.
set -eu

find_binaries() {
    if command -v initdb >/dev/null 2>&1 && command -v pg_ctl >/dev/null 2>&1; then
        dirname "$(readlink -f "$(command -v pg_ctl)")"
        return
    fi
    # Debian keeps them off the PATH; the newest version wins.
    for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -rn); do
        if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then
            echo "$folder"
            return
        fi
    done
    return 1
}

binaries=$(find_binaries) || {
    echo "with-postgres: initdb and pg_ctl are missing. Run: apt-get install postgresql" >&2
    exit 1
}
if [ "${1:-}" = --find ]; then
    echo "$binaries"
    exit 0
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/traceline-postgres.XXXXXX")

# In a folder that the other user can enter, as that user.
postgres() {
    if [ "$(id -u)" = 0 ]; then
        (cd "$folder" && setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups "$@")
    else
        (cd "$folder" && "$@")
    fi
}

stop() {
    status=$?
    trap - EXIT INT TERM HUP
    if [ -f "$folder/data/postmaster.pid" ]; then
        postgres "$binaries/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
    fi
    rm -rf "$folder"
    exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

if [ "$(id -u)" = 0 ]; then
    chown nobody "$folder"
fi
postgres "$binaries/initdb" -D "$folder/data" -U app -A trust -E UTF8 --locale=C --no-sync >"$folder.log" 2>&1 || {
    cat "$folder.log" >&2
    rm -f "$folder.log"
    echo "with-postgres: initdb failed" >&2
    exit 1
}
rm -f "$folder.log"

# A port may be taken between choosing and listening, so try some.
port=$((20000 + $$ % 20000))
tries=0
until postgres "$binaries/pg_ctl" -D "$folder/data" -w -t 30 -l "$folder/server.log" \
    -o "-p $port -k $folder -c listen_addresses=127.0.0.1 -c max_connections=300 -c fsync=off -c synchronous_commit=off -c full_page_writes=off" \
    start >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -ge 5 ]; then
        cat "$folder/server.log" >&2 || true
        echo "with-postgres: PostgreSQL does not start" >&2
        exit 1
    fi
    port=$((port + 1))
done

export TRACELINE_TEST_POSTGRES_URL="postgres://app@127.0.0.1:$port/postgres"
status=0
"$@" || status=$?
exit "$status"
