// How long a program takes, and its most memory.
import { performance } from "node:perf_hooks";
import { sleep } from "../lib/processes.mjs";

// The program run to its end: { seconds, mb, out }; mb is the most that was resident, in 10^6 bytes, as the
// kernel keeps it, looked at twenty times a second.
export async function watched(ctx, command, args, options) {
    const begun = performance.now();
    const program = await ctx.start(command, args, options);
    const ended = program.ended.then(() => performance.now());
    let mb = 0;
    while (!program.how) {
        mb = Math.max(mb, program.residentMostMB());
        await Promise.race([ended, sleep(50)]);
    }
    const { code, signal } = program.how;
    if (code !== 0) throw new Error(`${command} ${args.join(" ")}: ${signal ?? code}\n${program.err || program.out}`);
    return { seconds: (await ended - begun) / 1000, mb, out: program.out };
}
