// Programs that a benchmark starts: each is a process group of its own and is ended at the end of the
// run however that comes, also when the run itself is killed (it then gets SIGTERM from the kernel).
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import net from "node:net";

const STOP_MS = 10000, READY_MS = 60000;
const running = new Set();

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Program {
    // `ready`: a pattern to wait for on stdout; its match is .match.
    static async start(command, args, { cores, ready, env, cwd, readyMs = READY_MS } = {}) {
        const p = new Program();
        const words = ["setpriv", "--pdeathsig", "TERM", ...(cores ? ["taskset", "-c", cores] : []), command, ...args];
        p.name = command;
        p.out = p.err = "";
        p.child = spawn(words[0], words.slice(1), { detached: true, cwd, env: { ...process.env, ...env },
                                                    stdio: ["ignore", "pipe", "pipe"] });
        p.pid = p.child.pid;
        running.add(p);
        p.ended = new Promise((resolve) => {
            p.child.on("error", (error) => { p.err += error.message; resolve({ code: -1 }); });
            p.child.on("close", (code, signal) => resolve({ code, signal }));
        }).then((how) => { running.delete(p); p.how = how; return how; });
        p.child.stderr.on("data", (text) => { p.err = (p.err + text).slice(-20000); });
        const match = new Promise((resolve) => p.child.stdout.on("data", (text) => {
            p.out += text;
            const found = ready?.exec(p.out);
            if (found) resolve(found);
        }));
        if (ready) {
            const late = sleep(readyMs).then(() => { throw new Error(`${command} was not ready in ${readyMs / 1000} s: ${p.err}`); });
            late.catch(() => {}); // it may lose the race
            p.match = await Promise.race([match, late, p.ended.then(({ code }) => {
                throw new Error(`${command} ended with ${code}: ${p.err || p.out}`);
            })]);
        }
        return p;
    }

    // To its end: { code, out, err }; rejects when it fails, unless `failing`.
    static async run(command, args, options = {}) {
        const p = await Program.start(command, args, options);
        const { code, signal } = await p.ended;
        if (code !== 0 && !options.failing) {
            throw new Error(`${command} ${args.join(" ").slice(0, 200)}: ${signal ?? code}\n${p.err || p.out}`);
        }
        return { code, out: p.out, err: p.err };
    }

    // `patienceMs`: until it is killed; a database may have much to write.
    async stop(signal = "SIGTERM", patienceMs = STOP_MS) {
        if (this.how) return;
        this.kill(signal);
        const killer = setTimeout(() => this.kill("SIGKILL"), patienceMs);
        await this.ended;
        clearTimeout(killer);
    }

    kill(signal) {
        try { process.kill(-this.pid, signal); } catch { /* gone */ }
    }

    // The process and all below it.
    pids() {
        const children = new Map();
        for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
            const parent = stat(entry)?.[1];
            if (parent) children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
        }
        const all = [this.pid];
        for (let i = 0; i < all.length; i++) all.push(...(children.get(String(all[i])) ?? []));
        return all;
    }

    // User and system time of all of them so far.
    cpuSeconds() {
        return this.pids().reduce((sum, pid) => {
            const f = stat(pid);
            return f ? sum + (Number(f[11]) + Number(f[12])) / ticks : sum;
        }, 0);
    }

    // Resident memory of all of them in MB (10^6 bytes), now and at most; what forked processes share
    // is counted once for each.
    residentMB() { return memory(this.pids(), /^VmRSS:\s+(\d+)/m); }
    residentMostMB() { return memory(this.pids(), /^VmHWM:\s+(\d+)/m); }
}

// End whatever still runs.
export async function stopAll() {
    await Promise.all([...running].map((p) => p.stop()));
}

const ticks = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

// The fields of /proc/PID/stat after the name: state, parent, …
function stat(pid) {
    try {
        const text = readFileSync(`/proc/${pid}/stat`, "utf8");
        return text.slice(text.lastIndexOf(")") + 2).split(" ");
    } catch {
        return undefined;
    }
}

function memory(pids, line) {
    return pids.reduce((sum, pid) => {
        try {
            return sum + Number(line.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1024 / 1e6;
        } catch {
            return sum;
        }
    }, 0);
}

// A port of 127.0.0.1 that nobody listens on at the moment.
export function freePort() {
    return new Promise((resolve, reject) => {
        const server = net.createServer();
        server.on("error", reject);
        server.listen(0, "127.0.0.1", () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

// A command on the path, or a file.
export const onPath = (command) =>
    command.startsWith("/") ? existsSync(command) : `${process.env.PATH}:/usr/sbin:/sbin`.split(":").some((dir) => {
        try { return readdirSync(dir).includes(command); } catch { return false; }
    });
