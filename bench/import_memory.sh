#!/bin/sh
# Import a generated WordPress export of MIB mebibytes (default 2048) and print the peak memory and
# the speed: bench/import_memory.sh [MIB [KIB-OF-A-BODY]]
set -e
cd "$(dirname "$0")/.."
mib=${1:-2048}
kib=${2:-200}
work=$(mktemp -d "${TMPDIR:-/tmp}/import-memory.XXXXXX")
trap 'rm -rf "$work"' EXIT
awk -v mib="$mib" -v kib="$kib" -f bench/make_wxr.awk > "$work/big.xml"
build/release/broadsheet new "$work/site" --title Big --url https://big.example > "$work/log"
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
