// What the tests in JavaScript share: a tiny runner, a site to play with, a server to ask.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const root = new URL("../..", import.meta.url).pathname;
export const broadsheet = process.env.BROADSHEET ?? join(root, "build/release/broadsheet");

let passed = 0, failed = 0, skipped = 0;

export async function test(name, body) {
    try {
        const reason = await body();
        if (typeof reason === "string") {
            skipped++;
            console.log(`  skipped: ${name}: ${reason}`);
        } else {
            passed++;
        }
    } catch (error) {
        failed++;
        console.log(`FAIL ${name}\n  ${error.stack ?? error}`);
    }
}

export function finish() {
    for (const dir of dirs) rmSync(dir, { recursive: true, force: true, maxRetries: 10 });
    console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
    process.exit(failed ? 1 : 0);
}

// The whole suite cannot run here.
export function skip(reason) {
    console.log(`skip ${reason}`);
    process.exit(77);
}

const dirs = [];
export function tmp() {
    const dir = mkdtempSync(join(tmpdir(), "broadsheet-test-"));
    dirs.push(dir);
    return dir;
}

// Run the program; throws unless it exits as expected. Returns what it printed.
export function run(args, { input, expect = 0, env } = {}) {
    const r = spawnSync(broadsheet, args, { input, encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, ...env } });
    if (r.status !== expect) {
        throw new Error(`broadsheet ${args.join(" ")} exited ${r.status ?? r.signal}, not ${expect}:\n${r.stderr}${r.stdout}`);
    }
    return { out: r.stdout, err: r.stderr };
}

// Start `broadsheet serve` on any free port.
export function serve(site, args = []) {
    const child = spawn(broadsheet, ["serve", "--site", site, "--listen", "127.0.0.1:0", ...args],
        { stdio: ["ignore", "pipe", "pipe"] });
    const server = { child, errors: "", exit: new Promise((resolve) => child.on("exit", (code, signal) => resolve(code ?? signal))) };
    child.stderr.on("data", (text) => { server.errors += text; });
    let printed = "";
    return new Promise((resolve, reject) => {
        child.on("exit", (code) => reject(new Error(`serve ended with ${code}: ${server.errors}`)));
        child.stdout.on("data", (text) => {
            printed += text;
            const match = /https?:\/\/localhost:(\d+)\n/.exec(printed);
            const redirect = /http port (\d+)\n/.exec(printed);
            if (!match || (args.includes("--redirect") && !redirect)) return;
            server.redirectPort = redirect && Number(redirect[1]);
            server.port = Number(match[1]);
            server.base = `http://127.0.0.1:${server.port}`;
            server.agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
            server.get = (path, headers = {}, method = "GET", body) => request(server, path, headers, method, body);
            server.stop = async () => {
                server.agent.destroy();
                child.kill("SIGTERM");
                return server.exit;
            };
            resolve(server);
        });
    });
}

function request(server, path, headers, method, body) {
    return new Promise((resolve, reject) => {
        const req = http.request({ host: "127.0.0.1", port: server.port, path, method, headers, agent: server.agent }, (res) => {
            const chunks = [];
            res.on("data", (c) => chunks.push(c));
            res.on("end", () => {
                const bytes = Buffer.concat(chunks);
                resolve({ status: res.statusCode, headers: res.headers, bytes, text: bytes.toString() });
            });
        });
        req.on("error", reject);
        req.end(body);
    });
}

const entities = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0", hellip: "…", copy: "©" };
export function decodeEntities(text) {
    return text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, name) => {
        if (name[0] !== "#") return entities[name.toLowerCase()] ?? whole;
        const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : Number(name.slice(1));
        return String.fromCodePoint(code);
    });
}

// What a person reads in a piece of HTML, white space folded.
export function textOf(html) {
    return decodeEntities(html.replace(/<(style|script|title)\b[\s\S]*?<\/\1>/g, "").replace(/<[^>]*>/g, " "))
        .replace(/\s+/g, " ").trim();
}

// The items of a WordPress export, read the simple way.
export function readExport(xml) {
    const field = (item, name) => {
        const m = new RegExp(`<${name}>([\\s\\S]*?)</${name.split(" ")[0]}>`).exec(item);
        if (!m) return "";
        const cdata = m[1].trim();
        return cdata.startsWith("<![CDATA[") ? cdata.replaceAll("<![CDATA[", "").replaceAll("]]>", "") : decodeEntities(cdata);
    };
    return [...xml.matchAll(/<item>([\s\S]*?)<\/item>/g)].map(([, item]) => ({
        title: field(item, "title"), link: field(item, "link"), id: Number(field(item, "wp:post_id")),
        type: field(item, "wp:post_type"), status: field(item, "wp:status"), password: field(item, "wp:post_password"),
        slug: field(item, "wp:post_name"), url: field(item, "wp:attachment_url"), body: field(item, "content:encoded"),
        guid: field(item, 'guid isPermaLink="[a-z]+"'),
    }));
}
