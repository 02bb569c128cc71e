// The machine that a run was made on, as the report tells it.
import { readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { cpus, loadavg, release, totalmem } from "node:os";

const output = (command, ...args) => {
    try { return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim(); } catch { return ""; }
};

export function machine() {
    return {
        processor: cpus()[0].model.trim(),
        cores: cpus().length,
        memoryGB: Math.round(totalmem() / 1e9),
        virtual: /Hypervisor vendor:\s+(\S+)/.exec(output("lscpu"))?.[1] ?? "",
        kernel: /^[\d.]+/.exec(release())[0],
        system: /PRETTY_NAME="(.*)"/.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "",
        node: process.version,
        broadsheet: output("git", "-C", new URL("../..", import.meta.url).pathname, "describe", "--always", "--dirty"),
        load: loadavg()[0],
        date: new Date().toISOString().slice(0, 10),
    };
}
