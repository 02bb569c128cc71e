// The command line of script/bench: finds the benches, runs them one after the other, prints what came
// out, and writes it into a folder. bench/lib/context.mjs says how a bench is written.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Context, Skipped, root } from "./context.mjs";
import { columns, table } from "./judge.mjs";
import { machine } from "./machine.mjs";
import { plot } from "./plot.mjs";
import { onPath } from "./processes.mjs";
import { report } from "./report.mjs";
import { digits, median } from "./stats.mjs";

const usage = `Usage: script/bench [NAME…] [OPTION…]       run these benches, or all
       script/bench list                  say which there are
       script/bench report DIR            make docs/PERFORMANCE.md from the run in DIR

Ours and the peer run in turn in one run; medians of the rounds, with their spread.

Options:
  --quick            three short rounds, small archives: to see that it works, not to quote
  --rounds N         rounds of each (default 7)
  --out DIR          where the run's JSON and plots go (default build/bench/run)
  --json             print the run's JSON instead of tables
  --install          install the peers that are missing from Debian (as root or with sudo)
  --archives DIR     the made-up archives, DIR/1000, DIR/100000, DIR/1000000: made there when missing
                     and kept for the next run; only copies are served (default build/bench/archives;
                     the largest takes 9 GB, and its copy as much again)
  --tmp DIR          where those copies and the peers' files go (default: the system's)

Examples:
  script/bench serve
  script/bench start memory --archives /srv/archives
  script/bench --install && script/bench report build/bench/run
`;

const { values: options, positionals } = (() => {
    try {
        return parseArgs({ allowPositionals: true, options: {
            quick: { type: "boolean" }, rounds: { type: "string" }, out: { type: "string" }, json: { type: "boolean" },
            install: { type: "boolean" }, archives: { type: "string" }, tmp: { type: "string" }, help: { type: "boolean", short: "h" } } });
    } catch (error) {
        return wrong(error.message);
    }
})();

function wrong(message) {
    process.stderr.write(`script/bench: ${message}\n\n${usage}`);
    process.exit(2);
}

async function benches() {
    const files = readdirSync(join(root, "bench")).filter((file) => file.endsWith(".mjs")).sort();
    return Promise.all(files.map((file) => import(join(root, "bench", file))));
}

// The Debian packages of what the bench calls and is not here.
const missing = ({ needs = {} }) => Object.entries(needs).filter(([command]) => !onPath(command)).map(([, name]) => name);

// From Debian, without starting what they serve with: Debian asks this file first.
function install(packages) {
    const policy = "/usr/sbin/policy-rc.d";
    const script = `set -e
        [ -e ${policy} ] || { trap 'rm -f ${policy}' EXIT; printf '#!/bin/sh\\nexit 101\\n' > ${policy}; chmod 755 ${policy}; }
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends "$@"`;
    process.stderr.write(`installing ${packages.join(" ")}\n`);
    const [command, ...words] = [...(process.getuid() === 0 ? [] : ["sudo"]), "env", "DEBIAN_FRONTEND=noninteractive", "sh", "-c", script, "install", ...packages];
    execFileSync(command, words, { stdio: ["ignore", "ignore", "inherit"] });
}

async function runOne(bench) {
    const result = { name: bench.name, title: bench.title, measurements: [], versions: {} };
    const lacking = missing(bench);
    if (lacking.length > 0) {
        return { ...result, skipped: `needs ${lacking.join(", ")}: apt install ${lacking.join(" ")}, or --install` };
    }
    const ctx = new Context({ quick: Boolean(options.quick), rounds: Number(options.rounds ?? (options.quick ? 3 : 7)),
                              archives: options.archives ?? join(root, "build/bench/archives"), tmp: options.tmp });
    current = ctx;
    try {
        for await (const m of await bench.run(ctx)) {
            result.measurements.push(m);
            ctx.log(progress(m));
        }
    } catch (error) {
        result[error instanceof Skipped ? "skipped" : "failed"] = error instanceof Skipped ? error.message : error.stack;
    } finally {
        await ctx.end();
    }
    return { ...result, versions: ctx.versions };
}

const progress = (m) => `${m.what}: ${digits(median(m.ours))} ${m.unit}${m.peer ? `, ${m.peer.name} ${digits(median(m.peer.values))}` : ""}`;

function tell(result) {
    console.log(`\n${result.name}: ${result.title}`);
    if (result.measurements.length > 0) console.log(columns(table(result.measurements)));
    for (const note of new Set(result.measurements.map((m) => m.note).filter(Boolean))) console.log(`  ${note}`);
    if (result.skipped) console.log(`  skipped: ${result.skipped}`);
    if (result.failed) console.log(`  FAILED: ${result.failed}`);
}

async function main() {
    if (options.help) return process.stdout.write(usage);
    if (options.rounds !== undefined && !(Number(options.rounds) >= 1)) wrong(`--rounds ${options.rounds}: a number of at least 1`);
    if (positionals[0] === "report") {
        if (positionals.length !== 2) wrong("report takes one folder");
        return report(positionals[1]);
    }
    const all = await benches();
    if (positionals[0] === "list") {
        return console.log(columns(all.map(({ name, title }) => [name, title])));
    }
    const unknown = positionals.find((name) => !all.some((bench) => bench.name === name));
    if (unknown) wrong(`${unknown}: there is no such bench; there are ${all.map(({ name }) => name).join(", ")}`);
    const chosen = positionals.length ? all.filter(({ name }) => positionals.includes(name)) : all;
    if (options.install) {
        const packages = [...new Set(chosen.flatMap(missing))];
        if (packages.length > 0) install(packages);
    }
    const out = options.out ?? join(root, "build/bench/run");
    mkdirSync(out, { recursive: true });
    const run = { machine: machine(), quick: Boolean(options.quick), results: [] };
    for (const bench of chosen) {
        process.stderr.write(`${bench.name}…\n`);
        const result = await runOne(bench);
        run.results.push(result);
        if (!options.json) tell(result);
        // After each, so that a run that is broken off leaves what it had.
        writeFileSync(join(out, `${bench.name}.json`), JSON.stringify({ machine: run.machine, quick: run.quick, ...result }, null, 1) + "\n");
        if (result.measurements.length > 0) writeFileSync(join(out, `${bench.name}.svg`), plot(result.title, result.measurements));
    }
    if (options.json) console.log(JSON.stringify(run, null, 1));
    process.exitCode = run.results.some(({ failed }) => failed) ? 1 : 0;
}

let current;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, async () => {
        process.stderr.write(`${signal}: stopping what was started\n`);
        await current?.end();
        process.exit(130);
    });
}
await main();
