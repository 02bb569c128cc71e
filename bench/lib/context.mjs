// How a bench is written. Every bench/*.mjs is one, and exports:
//
//   name    as it is called on the command line: "serve"
//   title   what it measures, one line
//   needs   what it calls from the system, with the Debian package: { wrk: "wrk", nginx: "nginx" };
//           when one is missing the bench is skipped and the report says why
//   run     async (ctx) => the measurements: a list, or an async generator of them
//
// A measurement is one figure of ours, beside one peer's or alone:
//
//   { id, what, unit, better: "more" | "less", ours: [a value a round], peer?: { name, values },
//     note? }
//
// `id`: that of bench/lib/targets.mjs if it answers one of its lines, else any of its own. `note`: what
// a reader must know to judge it (sizes, versions, who published meanwhile).
//
// The ctx that run() gets is a Context, below: what it starts is stopped and what it makes is removed
// when the bench ends, however it ends. Ours and the peer take turns (ctx.inTurn), so that what else the
// machine does falls upon both.
import { existsSync, mkdirSync, mkdtempSync, chmodSync, readdirSync, renameSync, rmSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { Ground } from "./ground.mjs";
import { Program, stopAll } from "./processes.mjs";

export const root = new URL("../..", import.meta.url).pathname;
export const broadsheet = join(root, "build/release/broadsheet");
export const archive = join(root, "build/release/bench/archive");

// Thrown by ctx.skip: the bench cannot run here.
export class Skipped extends Error {}

export class Context {
    // options: rounds, quick, archives (a folder of sites by their number of stories)
    constructor(options) {
        Object.assign(this, options);
        this.dir = mkdtempSync(join(options.tmp ?? tmpdir(), "broadsheet-bench-"));
        chmodSync(this.dir, 0o755); // the workers of nginx and varnishd are other users
        const last = cpus().length - 1;
        this.serverCores = "0";
        this.loadCores = last > 0 ? `1-${last}` : "0";
        this.loadThreads = Math.max(1, last);
        this.versions = {};
        this.copies = new Map();
        this.grounds = new Set();
    }

    log(text) { process.stderr.write(`  ${text}\n`); }
    skip(reason) { throw new Skipped(reason); }
    // How long one measurement of a round takes.
    seconds(usual) { return this.quick ? Math.min(1, usual) : usual; }
    // A folder or file name of this bench's own.
    path(...names) { return join(this.dir, ...names); }
    // Say which version of a peer was met.
    met(name, version) { this.versions[name] = version.trim(); }

    start(command, args, options) { return Program.start(command, args, options); }
    run(command, args, options) { return Program.run(command, args, options); }

    // Each function in turn, `rounds` times, after one round that does not count: { name: [what it
    // returned in each round] }. Every second round goes the other way about, so that none always
    // follows the same one.
    async inTurn(functions, { rounds = this.rounds, warm = true } = {}) {
        const names = Object.keys(functions);
        const results = Object.fromEntries(names.map((name) => [name, []]));
        for (let round = warm ? -1 : 0; round < rounds; round++) {
            for (const name of round % 2 ? [...names].reverse() : names) {
                const value = await functions[name](round);
                if (round >= 0) results[name].push(value);
            }
        }
        return results;
    }

    // A site of so many made-up stories, this run's own copy: it may be served and written to. Made
    // once and kept in the folder of archives, which nothing else ever writes to.
    async site(stories) {
        if (this.copies.has(stories)) return this.copies.get(stories);
        const kept = join(this.archives, String(stories));
        if (!existsSync(join(kept, "site.db"))) {
            this.log(`making an archive of ${stories} stories in ${kept}`);
            mkdirSync(this.archives, { recursive: true });
            rmSync(`${kept}.making`, { recursive: true, force: true });
            await this.run(archive, ["site", `${kept}.making`, String(stories)]);
            renameSync(`${kept}.making`, kept);
        }
        const copy = this.path(`site-${stories}`);
        execFileSync("cp", ["-r", "--reflink=auto", kept, copy]);
        this.copies.set(stories, copy);
        // One of an older Broadsheet is brought up to date now, and not while something is measured.
        await this.run(broadsheet, ["get", "title", "--site", copy]);
        for (const file of readdirSync(copy).filter((name) => name.startsWith("site.db.before-"))) rmSync(join(copy, file));
        return copy;
    }

    // What `use` returns, which gets a folder in a new file system (bench/lib/ground.mjs); gone after that.
    async onNewGround(use) {
        const ground = new Ground(this.path(`ground-${this.groundsMade = (this.groundsMade ?? 0) + 1}`));
        this.grounds.add(ground);
        try {
            return await use(ground);
        } finally {
            this.grounds.delete(ground);
            ground.remove();
        }
    }

    // The copy is not needed any longer.
    drop(stories) {
        rmSync(this.copies.get(stories) ?? this.path("none"), { recursive: true, force: true });
        this.copies.delete(stories);
    }

    async end() {
        await stopAll();
        for (const ground of this.grounds) ground.remove();
        rmSync(this.dir, { recursive: true, force: true, maxRetries: 10 });
    }
}
