// docs/PERFORMANCE.md's measured part, made from a run's JSON, with the plots beside it. What is written
// there by hand stands below the mark and stays.
import { copyFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./context.mjs";
import { judge, markdown, measuredText, table, targetText, verdict } from "./judge.mjs";
import { digits } from "./stats.mjs";
import { targets } from "./targets.mjs";

const MARK = "<!-- Above this line: script/bench report. Below: by hand. -->";

export function report(dir) {
    const page = join(root, "docs/PERFORMANCE.md"), images = join(root, "docs/images");
    const results = readdirSync(dir).filter((file) => file.endsWith(".json")).sort()
        .map((file) => JSON.parse(readFileSync(join(dir, file), "utf8"))).filter((result) => result.measurements)
        .sort((a, b) => place(a) - place(b));
    if (results.length === 0) throw new Error(`${dir} has no run in it`);
    const old = readFileSync(page, "utf8"), at = old.indexOf(MARK);
    if (at < 0) throw new Error(`${page} has no line "${MARK}"`);
    for (const { name } of results) {
        const plot = join(dir, `${name}.svg`);
        if (existsSync(plot)) copyFileSync(plot, join(images, `bench-${name}.svg`));
    }
    writeFileSync(page, reportText(results) + old.slice(at));
    process.stdout.write(`${page}: ${results.length} benches\n`);
}

// In the order of what was to be shown; the others after them.
function place({ measurements }) {
    const places = measurements.map(({ id }) => targets.findIndex((target) => target.id === id)).filter((at) => at >= 0);
    return Math.min(targets.length, ...places);
}

export function reportText(results) {
    const parts = [`# Performance

Measured, with how to repeat it. The benchmarks live in \`bench/\` and are no tests: machines are noisy, so
each runs ours and a peer in turn in one run and gives the medians of the rounds, with the least and the
most of them in brackets.
`, promises(results)];
    const { machine } = results[0], quick = results.some((result) => result.quick);
    parts.push(machineText(machine, results, quick), behind(results));
    for (const result of results) parts.push(section(result));
    return parts.join("\n") + "\n";
}

// Every line that was to be shown, whether it was measured or not.
function promises(results) {
    const all = results.flatMap((result) => result.measurements);
    const rows = targets.map((target) => {
        const m = all.find(({ id }) => id === target.id);
        if (!m) return [target.what, targetText(target), "not measured in this run", ""];
        const result = judge(m, target);
        return [target.what, targetText(target), measuredText(result, m), verdict(result, m)];
    });
    return `## What was to be shown\n${markdown([["", "target", "measured", "reached"], ...rows])}\n`;
}

function machineText(machine, results, quick) {
    const versions = Object.entries(Object.assign({}, ...results.map((result) => result.versions)));
    return `## The machine, and how to repeat it
${machine.processor}, ${machine.cores} cores${machine.virtual ? `, virtual (${machine.virtual})` : ""}, ${machine.memoryGB} GB of memory; ${machine.system}, Linux ${machine.kernel}; ${machine.date}, Broadsheet ${machine.broadsheet}, load at the start ${machine.load.toFixed(1)}.${
versions.length ? ` Met: ${versions.map(([name, version]) => `${name} ${version}`).join(", ")}.` : ""}${
quick ? "\n\n**A quick run: short rounds and small archives, to see that it works; not to be quoted.**" : ""}

\`script/bench --install --out DIR\` builds, installs the peers from Debian, makes the archives (seeded: everybody
has the same) and runs everything; \`script/bench report DIR\` makes this page; \`script/bench --help\` says more.
`;
}

// What the peer is better at, or what missed its target.
function behind(results) {
    const lines = results.flatMap(({ measurements }) => measurements.flatMap((m) => {
        const r = judge(m);
        if (r.times && r.times.median < 1 && !r.reached) return [`- ${m.what} (${m.unit}): ${m.peer.name} ${digits(r.peer.median)}, ours ${digits(r.ours.median)}`];
        return r.target && !r.reached ? [`- ${m.what} (${m.unit}): ${measuredText(r, m)}, to be ${targetText(r.target)}`] : [];
    }));
    return `## What we lose at, or miss\n${lines.join("\n") || "Nothing of what this run measured."}\n`;
}

function section(result) {
    const notes = [...new Set(result.measurements.map((m) => m.note).filter(Boolean))].map((note) => `${note[0].toUpperCase()}${note.slice(1)}.`);
    const parts = [`## ${result.title}`, `\`script/bench ${result.name}\`${notes.length ? `. ${notes.join(" ")}` : ""}`];
    if (result.skipped) parts.push(`Not run: ${result.skipped}.`);
    if (result.failed) parts.push(`It failed: ${result.failed.split("\n")[0]}.`);
    if (result.measurements.length) {
        parts.push(markdown(table(result.measurements)), `![${result.title}](images/bench-${result.name}.svg)`);
    }
    return parts.join("\n\n") + "\n";
}
