#!/bin/sh
# An include may only point to a layer on the left (or to its own):
#   base < text < {http, store, picture} < render < {site, newsroom} < {api, transfer} < app
# Prints each violation; ends with "N passed, N failed" over the source files.
set -eu
cd "$(dirname "$0")/.."
find src -name '*.[ch]' | sort | xargs awk '
BEGIN {
    rank["base"] = 1; rank["text"] = 2; rank["http"] = 3; rank["store"] = 3; rank["picture"] = 3; rank["render"] = 4
    rank["site"] = 5; rank["newsroom"] = 5; rank["api"] = 6; rank["transfer"] = 6; rank["app"] = 7
}
FNR == 1 { files++; split(FILENAME, part, "/"); own = part[2] }
/^[ \t]*#[ \t]*include[ \t]*"/ {
    name = $0; sub(/^[^"]*"/, "", name); sub(/".*/, "", name)
    if (split(name, target, "/") != 2 || !(target[1] in rank)) {
        printf "%s:%d: \"%s\" is not \"layer/file.h\"\n", FILENAME, FNR, name; bad[FILENAME] = 1
    } else if (target[1] != own && rank[target[1]] >= rank[own]) {
        printf "%s:%d: %s may not include %s\n", FILENAME, FNR, own, name; bad[FILENAME] = 1
    }
}
END {
    for (f in bad) failed++
    printf "%d passed, %d failed\n", files - failed, failed
    exit failed > 0
}'
