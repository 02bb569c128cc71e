// Load on a server: wrk for HTTP/1.1, h2load for HTTP/2, on the cores that the server has not.
import { writeFileSync } from "node:fs";

// What a reader's browser sends, so that the request is counted as a view.
export const browser = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36";
const milliseconds = { us: 0.001, ms: 1, s: 1000, m: 60000 };

// One or many addresses over HTTP/1.1: { rate, requests, p99ms }. `paths`: drawn from at random.
export async function wrk(ctx, { url, path, paths, connections, seconds, gzip = true }) {
    const args = ["--latency", "-t", String(Math.min(ctx.loadThreads, connections)), "-c", String(connections), "-d", `${seconds}s`,
        "--timeout", "30s", "-H", `User-Agent: ${browser}`, ...(gzip ? ["-H", "Accept-Encoding: gzip"] : [])];
    if (paths) args.push("-s", randomPaths(ctx, paths));
    const { out } = await ctx.run("wrk", [...args, `${url}${path ?? "/"}`], { cores: ctx.loadCores });
    const bad = /Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)/.exec(out);
    if (bad) throw new Error(`wrk ${url}: ${bad[0]}`);
    const [, n, unit] = /99%\s+([\d.]+)(us|ms|s|m)/.exec(out);
    return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(out)[1]), p99ms: Number(n) * milliseconds[unit],
             requests: Number(/(\d+) requests in/.exec(out)[1]) };
}

// One address over HTTP/2: { rate, requests }. h2load times a stream only as mean and spread, so there is no p99.
export async function h2load(ctx, { url, path, connections, streams, seconds }) {
    const { out } = await ctx.run("h2load", ["-t", String(Math.min(ctx.loadThreads, connections)), "-c", String(connections),
        "-m", String(streams), "-D", String(seconds), "-H", "accept-encoding: gzip", "-H", `user-agent: ${browser}`,
        `${url}${path}`], { cores: ctx.loadCores });
    const [, failed] = /succeeded, (\d+) failed/.exec(out), [, requests] = /status codes: (\d+) 2xx/.exec(out);
    if (Number(failed) > 0 || Number(requests) === 0) throw new Error(`h2load ${url}: ${out}`);
    return { rate: Number(/finished in [^,]+, ([\d.]+) req\/s/.exec(out)[1]), requests: Number(requests) };
}

// The same with the processor time that the server took for a request: { rate, …, cpuUs }.
export async function withCpu(server, load) {
    const before = server.cpuSeconds(), result = await load();
    return { ...result, cpuUs: (server.cpuSeconds() - before) / result.requests * 1e6 };
}

// A script for wrk: each thread walks the addresses from a place of its own, in an order of its own.
function randomPaths(ctx, paths) {
    const list = ctx.path("paths.txt"), script = ctx.path("paths.lua");
    writeFileSync(list, paths.join("\n") + "\n");
    writeFileSync(script, `
local threads = 0
function setup(thread) thread:set("number", threads) threads = threads + 1 end
function init()
    paths = {}
    for line in io.lines("${list}") do paths[#paths + 1] = line end
    math.randomseed(20240607 + number)
end
function request() return wrk.format("GET", paths[math.random(#paths)]) end
`);
    return script;
}
