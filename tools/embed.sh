#!/bin/sh
# Print a C file that carries the files named on the command line (paths from the project's root),
# for src/base/embed.h. Bytes are taken by the assembler's .incbin, so that nothing is escaped.
set -eu
echo '#include "base/embed.h"'
n=0
for f in "$@"; do
    [ -f "$f" ] || continue
    printf '__asm__(".section .rodata\\n.balign 16\\nembed_%d: .incbin \\"%s\\"\\nembed_%d_end: .byte 0\\n.previous\\n");\n' "$n" "$f" "$n"
    printf 'extern const char embed_%d[], embed_%d_end[];\n' "$n" "$n"
    n=$((n + 1))
done
echo 'const struct embed_file embed_files[] = {'
n=0
for f in "$@"; do
    [ -f "$f" ] || continue
    printf '    { "%s", embed_%d, embed_%d_end },\n' "$f" "$n" "$n"
    n=$((n + 1))
done
echo '    { 0, 0, 0 },'
echo '};'
