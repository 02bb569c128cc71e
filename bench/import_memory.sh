#!/bin/sh
# Import a made-up WordPress export of STORIES stories (default 300,000: 2.1 GB) and print the peak memory
# and the speed: bench/import_memory.sh [STORIES]. Needs `make all benches`.
set -e
cd "$(dirname "$0")/.."
work=$(mktemp -d "${TMPDIR:-/tmp}/import-memory.XXXXXX")
trap 'rm -rf "$work"' EXIT
build/release/bench/archive wxr "${1:-300000}" > "$work/big.xml"
build/release/broadsheet new "$work/site" --title Big --url https://archive.example > "$work/log"
start=$(date +%s)
build/release/broadsheet import wordpress "$work/big.xml" --site "$work/site" > "$work/log" 2>&1 &
pid=$!
peak=0
while [ -r "/proc/$pid/status" ]; do
    now=$(awk '/^VmHWM/ { print $2 }' "/proc/$pid/status" 2> "$work/null" || true)
    [ -n "$now" ] && peak=$now
    sleep 0.2
done
wait $pid
seconds=$(($(date +%s) - start))
echo "import of $(wc -c < "$work/big.xml") bytes in $seconds s, peak memory $((peak / 1024)) MiB"
[ "$peak" -lt $((128 * 1024)) ]
