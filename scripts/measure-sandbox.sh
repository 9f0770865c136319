#!/usr/bin/env bash
# Measures the sandbox against its size goals: how long a world of 100,000 work items takes to load, the
# memory it needs at most, and what a search page of a hundred costs in processor time on each site.
#
#   scripts/measure-sandbox.sh [WORLD [BINARY]]    default: generate:100000,seed=1 target/release/traceline
#
# The binary must be a release build (cargo build --release --features ssr). Run it on a quiet machine; it
# needs python3 and /proc.
set -euo pipefail
cd "$(dirname "$0")/.."
world=${1:-generate:100000,seed=1}
binary=${2:-target/release/traceline}
pages=50
[ -x "$binary" ] || { echo "measure: $binary is not built: cargo build --release --features ssr" >&2; exit 1; }

work=$(mktemp -d)
pid=
trap '[ -n "$pid" ] && kill "$pid" 2>/dev/null; rm -rf "$work"' EXIT
start=$(date +%s%N)
# Nothing of the caller's settings reaches it.
env -i PATH="$PATH" HOME="$work" TRACELINE_DATA_DIR="$work/data" "$binary" sandbox --cloud 127.0.0.1:0 --data-center 127.0.0.1:0 \
    --world "$world" --plain-http >"$work/ready" 2>"$work/log" &
pid=$!
until [ -s "$work/ready" ]; do
    kill -0 "$pid" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
    sleep 0.05
done
ready=$(($(date +%s%N) - start))

# Page after page as a connector reads them: everything, ordered by id.
python3 - "$work/ready" "$pid" "$pages" "$ready" <<'PYTHON'
import base64, json, os, sys, time, urllib.parse, urllib.request

site = json.load(open(sys.argv[1]))
pid, pages, ready = int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
tick = os.sysconf("SC_CLK_TCK")

def cpu():
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / tick * 1000

def ask(url, headers):
    request = urllib.request.Request(url, headers=headers)
    return json.load(urllib.request.urlopen(request))

def measure(name, next_page):
    next_page()
    before = cpu()
    for _ in range(pages):
        assert len(next_page()) == 100
    print(f"{name}: {(cpu() - before) / pages:.1f} ms of processor time for a page of 100")

cloud, dc = site["cloud"], site["data_center"]
one = cloud["accounts"][0]
pair = base64.b64encode(f"{one['email']}:{one['token']}".encode()).decode()
token = None

def cloud_page():
    global token
    query = {"jql": "created > 0 ORDER BY id ASC", "fields": "*all", "maxResults": 100}
    if token:
        query["nextPageToken"] = token
    page = ask(f"{cloud['url']}/rest/api/3/search/jql?{urllib.parse.urlencode(query)}", {"Authorization": f"Basic {pair}"})
    token = page.get("nextPageToken")
    return page["issues"]

start = 0

def dc_page():
    global start
    query = {"jql": "ORDER BY id ASC", "fields": "*all", "maxResults": 100, "startAt": start}
    start += 100
    page = ask(f"{dc['url']}/rest/api/2/search?{urllib.parse.urlencode(query)}", {"Authorization": f"Bearer {dc['accounts'][0]['token']}"})
    return page["issues"]

print(f"ready after {ready / 1e9:.1f} s")
measure("Cloud", cloud_page)
measure("Data Center", dc_page)
peak = next(line for line in open(f"/proc/{pid}/status") if line.startswith("VmHWM"))
print(f"at most {int(peak.split()[1]) / 1024:.0f} MB of memory")
PYTHON
