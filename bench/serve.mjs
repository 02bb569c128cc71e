// A story page, hot: Broadsheet against nginx serving the same bytes from a file, in turn, in one run.
//
//   node bench/serve.mjs [--rounds 7] [--seconds 4] [--connections 64] [--json]
//
// The server has one core (taskset), wrk the others. Both answer the same gzip bytes of the demo's
// longest-headline story; nginx with gzip_static, sendfile and open_file_cache. Needs: a release
// build, the demo site, nginx, wrk. Everything listens on 127.0.0.1 and is stopped at the end.
import { spawn, execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, mkdirSync, writeFileSync, readFileSync, rmSync } from "node:fs";
import { tmpdir, cpus } from "node:os";
import { join } from "node:path";
import http from "node:http";

const arg = (name, fallback) => {
    const i = process.argv.indexOf(`--${name}`);
    return i < 0 ? fallback : Number(process.argv[i + 1]);
};
const rounds = arg("rounds", 7), seconds = arg("seconds", 4), connections = arg("connections", 64);
// So that each request is counted as a view.
const browser = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36";
const json = process.argv.includes("--json");
const root = new URL("..", import.meta.url).pathname;
const broadsheet = join(root, "build/release/broadsheet");
const dir = mkdtempSync(join(tmpdir(), "broadsheet-bench-"));
chmodSync(dir, 0o755); // nginx's worker is another user
const children = [];

function start(command, args, ready) {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
        children.push(child);
        child.on("error", reject);
        child.on("exit", (code) => reject(new Error(`${command} ended with ${code}`)));
        if (!ready) {
            setTimeout(() => resolve(child), 500);
            return;
        }
        child.stdout.on("data", (text) => {
            const match = ready.exec(String(text));
            if (match) resolve(Object.assign(child, { match }));
        });
    });
}

function get(port, path, headers = {}) {
    return new Promise((resolve, reject) => {
        http.get({ host: "127.0.0.1", port, path, headers }, (res) => {
            const chunks = [];
            res.on("data", (c) => chunks.push(c));
            res.on("end", () => resolve({ status: res.statusCode, headers: res.headers,
                                          body: Buffer.concat(chunks) }));
        }).on("error", reject);
    });
}

// User + system CPU time of a process tree's members, in seconds.
function cpuSeconds(pids) {
    const tick = Number(execFileSync("getconf", ["CLK_TCK"]));
    return pids.reduce((sum, pid) => {
        const f = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
        return sum + (Number(f[11]) + Number(f[12])) / tick;
    }, 0);
}

function load(port, path) {
    const out = execFileSync("taskset", ["-c", `1-${cpus().length - 1}`, "wrk", "--latency",
        "-t", String(Math.max(1, cpus().length - 1)), "-c", String(connections), "-d", `${seconds}s`,
        "-H", "Accept-Encoding: gzip", "-H", `User-Agent: ${browser}`, `http://127.0.0.1:${port}${path}`], { encoding: "utf8" });
    const requests = Number(/Requests\/sec:\s+([\d.]+)/.exec(out)[1]);
    const [, n, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(out);
    if (/Non-2xx/.test(out)) throw new Error(out);
    return { rps: requests, p99ms: Number(n) * { us: 0.001, ms: 1, s: 1000 }[unit] };
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const spread = (list) => `${Math.min(...list).toFixed(0)}…${Math.max(...list).toFixed(0)}`;

try {
    const site = join(dir, "site");
    execFileSync("sh", [join(root, "script/demo"), site], { env: { ...process.env, BROADSHEET: broadsheet } });
    const ours = await start("taskset", ["-c", "0", broadsheet, "serve", "--site", site, "--loops", "1",
        "--listen", "127.0.0.1:0"], /http:\/\/localhost:(\d+)/);
    const ourPort = Number(ours.match[1]);
    const feed = await get(ourPort, "/feed/");
    const path = new URL(/<item>[\s\S]*?<link>([^<]+)<\/link>/.exec(String(feed.body))[1]).pathname;
    const page = await get(ourPort, path, { "accept-encoding": "gzip" });
    const plain = await get(ourPort, path);

    const www = join(dir, "www", path);
    mkdirSync(www, { recursive: true });
    writeFileSync(join(www, "index.html"), plain.body);
    writeFileSync(join(www, "index.html.gz"), page.body);
    const conf = join(dir, "nginx.conf");
    const port = 20000 + Math.floor(Math.random() * 20000);
    writeFileSync(conf, `worker_processes 1; worker_cpu_affinity 0001; pid ${dir}/pid; daemon off;
error_log ${dir}/error.log; events { worker_connections 8192; }
http { include /etc/nginx/mime.types; access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
  open_file_cache max=1000 inactive=1h; open_file_cache_valid 1h; gzip_static on;
  server { listen 127.0.0.1:${port}; root ${dir}/www; } }\n`);
    const nginx = await start("nginx", ["-c", conf, "-e", join(dir, "error.log")]);
    const worker = execFileSync("pgrep", ["-P", String(nginx.pid)], { encoding: "utf8" }).trim().split("\n").map(Number);
    const check = await get(port, path, { "accept-encoding": "gzip" });
    if (!check.body.equals(page.body)) throw new Error("nginx does not serve the same bytes");

    const results = { broadsheet: [], nginx: [] };
    for (let round = 0; round < rounds; round++) {
        for (const [name, p, pids] of [["broadsheet", ourPort, [ours.pid]], ["nginx", port, worker]]) {
            load.warm ??= load(p, path);
            const before = cpuSeconds(pids);
            const r = load(p, path);
            r.cpuUs = (cpuSeconds(pids) - before) / (r.rps * seconds) * 1e6;
            results[name].push(r);
        }
    }
    const of = (name, field) => results[name].map((r) => r[field]);
    const table = ["broadsheet", "nginx"].map((name) => ({
        server: name, "requests/s": Math.round(median(of(name, "rps"))), spread: spread(of(name, "rps")),
        "p99 ms": Number(median(of(name, "p99ms")).toFixed(2)), "CPU µs/request": Number(median(of(name, "cpuUs")).toFixed(1)),
    }));
    const ratio = { rps: median(of("broadsheet", "rps")) / median(of("nginx", "rps")),
                    cpu: median(of("broadsheet", "cpuUs")) / median(of("nginx", "cpuUs")) };
    const nginxVersion = spawnVersion();
    if (json) {
        console.log(JSON.stringify({ page: path, bytes: page.body.length, connections, seconds, rounds,
            nginx: nginxVersion, results, ratio }));
    } else {
        console.log(`${path}: ${page.body.length} bytes gzip, ${connections} connections, ` +
            `${rounds} rounds of ${seconds} s in turn, one core each, ${nginxVersion}`);
        console.table(table);
        console.log(`broadsheet / nginx: ${ratio.rps.toFixed(2)} × requests, ${ratio.cpu.toFixed(2)} × CPU a request`);
    }
} finally {
    for (const child of children) {
        child.removeAllListeners("exit");
        child.kill("SIGTERM");
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    rmSync(dir, { recursive: true, force: true });
}

function spawnVersion() {
    return execFileSync("sh", ["-c", "nginx -v 2>&1"], { encoding: "utf8" }).trim().replace("nginx version: ", "");
}
