// The static export behind a real nginx: every page is byte for byte what the live server answers, flat and
// with includes, after the first export and after changes; and what nginx does with all the rest.
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync, existsSync, chmodSync, statSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { broadsheet, finish, root, run, serve, test, tmp } from "./lib/site.mjs";

const nginx = ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"].find(existsSync);
if (!nginx) {
    console.log("skip: nginx is not installed");
    process.exit(77);
}

const dir = tmp();
chmodSync(dir, 0o755); // nginx's workers may be somebody else
const site = join(dir, "demo");
execFileSync("sh", [join(root, "script/demo"), site], { stdio: "ignore" });
const live = await serve(site);

function freePort() {
    return new Promise((resolve) => {
        const server = net.createServer().listen(0, "127.0.0.1", () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

// docs/static.md shows this configuration.
async function startNginx(name, folder) {
    const home = join(dir, name);
    mkdirSync(home);
    const port = await freePort();
    writeFileSync(join(home, "nginx.conf"), `
daemon off; pid ${home}/pid; error_log ${home}/error.log;
worker_processes 1;
events { worker_connections 64; }
http {
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path ${home}/t1; proxy_temp_path ${home}/t2; fastcgi_temp_path ${home}/t3;
    uwsgi_temp_path ${home}/t4; scgi_temp_path ${home}/t5;
    include ${folder}/.broadsheet/http.conf;
    server {
        listen 127.0.0.1:${port};
        root ${folder};
        include ${folder}/.broadsheet/server.conf;
    }
}
`);
    const child = spawn(nginx, ["-p", home, "-c", join(home, "nginx.conf")], { stdio: ["ignore", "pipe", "pipe"] });
    let errors = "", ended = false;
    child.stderr.on("data", (text) => { errors += text; });
    const exit = new Promise((resolve) => child.on("exit", () => { ended = true; resolve(); }));
    const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
    const get = (path, headers = {}) => new Promise((resolve, reject) => {
        http.get({ host: "127.0.0.1", port, path, headers, agent }, (res) => {
            const chunks = [];
            res.on("data", (c) => chunks.push(c));
            res.on("end", () => resolve({ status: res.statusCode, headers: res.headers, bytes: Buffer.concat(chunks) }));
        }).on("error", reject);
    });
    for (let i = 0; i < 600; i++) {
        if (ended) throw new Error(`nginx ended: ${errors}`);
        if (await get("/robots.txt").then(() => true, () => false)) break;
        await sleep(100);
    }
    return {
        get,
        stop: async () => { agent.destroy(); child.kill("SIGQUIT"); await exit; },
        reload: async () => { child.kill("SIGHUP"); await sleep(500); },
    };
}

// ---- what there is

function files(folder, from = folder) {
    return readdirSync(from, { withFileTypes: true }).flatMap((e) => (e.name === ".broadsheet" || e.name === "_f" || e.name === "_redirects"
        ? [] : e.isDirectory() ? files(folder, join(from, e.name)) : [relative(folder, join(from, e.name))]));
}

// The address that a file of the export answers.
function addressOf(file) {
    const path = "/" + file.split("/").map((part) => encodeURIComponent(part)).join("/");
    return path.replace(/\/index\.(html|rss|atom|jsonfeed)$/, "/");
}

const isPacked = (file) => /\.(gz|br)$/.test(file);

async function compareAll(server, folder) {
    let n = 0;
    const differing = [];
    for (const file of files(folder).filter((f) => !isPacked(f) && !/^4\d\d\.html$/.test(f))) {
        const path = addressOf(file);
        const [ours, theirs] = await Promise.all([live.get(path), server.get(path)]);
        n++;
        if (theirs.status !== ours.status || !theirs.bytes.equals(ours.bytes)) {
            differing.push(`${path}: ${theirs.status} with ${theirs.bytes.length} bytes, live ${ours.status} with ${ours.bytes.length}`);
        }
        assert.equal(theirs.headers["content-type"], ours.headers["content-type"], path);
    }
    assert.deepEqual(differing, []);
    assert.ok(n > 400, `only ${n} files`);
}

function redirects() {
    return readFileSync(join(dir, "flat-out/_redirects"), "utf8").trim().split("\n").map((line) => line.split(" "));
}

// Changes of many kinds, by the commands that make them.
function change(i) {
    run(["set", "--site", site, "tagline", `By every tide ${i}`]);
    run(["author", "tideclerk", "--biography", `Counts the waves, ${i} so far.`, "--site", site]);
}

const ways = [["flat", []], ["includes", ["--includes"]]];
for (const [name, options] of ways) {
    const folder = join(dir, `${name}-out`);
    const options_ = [...options, "--level", "3", "--site", site];
    run(["export", "static", folder, ...options_]);
    const server = await startNginx(name, folder);

    await test(`${name}: every page is what the live server answers`, () => compareAll(server, folder));

    await test(`${name}: packed answers unpack to the same bytes`, async () => {
        for (const path of ["/", "/feed/", "/sitemap.xml", "/about/", "/category/harbour/", "/2019/"]) {
            const plain = await live.get(path);
            const gzip = await server.get(path, { "accept-encoding": "gzip" });
            assert.equal(gzip.headers["content-encoding"], "gzip", path);
            assert.ok(gunzipSync(gzip.bytes).equals(plain.bytes), path);
        }
        const packed = files(folder).filter(isPacked);
        assert.ok(packed.length > (name === "flat" ? 900 : 200), `${packed.length} packed copies`);
        for (const file of packed) {
            const bytes = readFileSync(join(folder, file)), unpack = file.endsWith(".gz") ? gunzipSync : brotliDecompressSync;
            assert.ok(unpack(bytes).equals(readFileSync(join(folder, file.slice(0, -3)))), file);
        }
    });

    await test(`${name}: headers are the live server's`, async () => {
        for (const path of ["/", "/about/"]) {
            const ours = await live.get(path), theirs = await server.get(path);
            for (const header of ["content-security-policy", "x-content-type-options", "referrer-policy", "cache-control"]) {
                assert.equal(theirs.headers[header], ours.headers[header], `${path} ${header}`);
            }
        }
        const picture = files(folder).find((f) => /^wp-content\/uploads\/.*\.(png|jpg)$/.test(f));
        const ours = await live.get(addressOf(picture)), theirs = await server.get(addressOf(picture));
        assert.equal(theirs.headers["content-security-policy"], ours.headers["content-security-policy"]);
        assert.equal(theirs.headers["content-disposition"], undefined);
        const asset = files(folder).find((f) => f.startsWith("assets/"));
        assert.match((await server.get(addressOf(asset))).headers["cache-control"], /immutable/);
    });

    await test(`${name}: old addresses lead on, what is not there is a 404 in the site's look`, async () => {
        const moved = redirects();
        assert.ok(moved.length > 20);
        for (const [from, to] of moved) {
            const ours = await live.get(from), theirs = await server.get(from);
            assert.deepEqual([theirs.status, theirs.headers.location], [301, to], from);
            assert.equal(ours.headers.location, to);
        }
        const about = await server.get("/about");
        assert.deepEqual([about.status, about.headers.location], [301, "/about/"]);
        const missing = await live.get("/nowhere/");
        for (const path of ["/nowhere/", "/2019/nowhere", "/wp-content/", "/sitemap-none.xml", "/wp-content/uploads/none.png",
            "/.broadsheet/log", "/.broadsheet/", "/_f/masthead.html", "/_redirects", "/404.html"]) {
            const answer = await server.get(path);
            assert.equal(answer.status, 404, path);
            assert.ok(answer.bytes.equals(missing.bytes), `${path}: another 404`);
        }
    });

    await test(`${name}: after changes, too`, async () => {
        change(name);
        const report = JSON.parse(run(["export", "static", folder, ...options_, "--json"]).out);
        assert.ok(report.written > 0);
        assert.equal(report.failed, 0);
        await compareAll(server, folder);
        const again = JSON.parse(run(["export", "static", folder, ...options_, "--json"]).out);
        assert.deepEqual([again.rendered, again.written, again.removed, again.whole], [0, 0, 0, false]);
    });

    // What a template or a text says must not become a command of the server.
    await test(`${name}: nobody's text is a command`, async () => {
        mkdirSync(join(site, "theme/partials"), { recursive: true });
        const footer = readFileSync(join(root, "themes/broadsheet/footer.hbs"), "utf8");
        writeFileSync(join(site, "theme/footer.hbs"), `${footer}<!--# include virtual="/robots.txt" --><!--# echo var="uri" -->`);
        const error = readFileSync(join(root, "themes/broadsheet/error.hbs"), "utf8");
        writeFileSync(join(site, "theme/error.hbs"), `${error}<!--#if expr="$uri" -->x<!--#endif -->`);
        const fresh = await serve(site);
        const out = join(dir, `${name}-themed`);
        run(["export", "static", out, ...options_]);
        const themed = await startNginx(`${name}-t`, out);
        for (const path of ["/", "/about/", "/nowhere/"]) {
            const ours = await fresh.get(path), theirs = await themed.get(path);
            assert.ok(ours.text.includes("<!--# include"));
            assert.equal(theirs.bytes.toString(), ours.text, path);
        }
        await themed.stop();
        await fresh.stop();
        execFileSync("rm", ["-rf", join(site, "theme")]);
    });
    await server.stop();
}

await test("with includes a page's file does not have its shared blocks", async () => {
    const page = readFileSync(join(dir, "includes-out/about/index.html"), "utf8");
    assert.match(page, /<!--# include virtual="\/_f\/masthead\.html" -->/);
    assert.doesNotMatch(page, /<style>/);
    assert.ok(statSync(join(dir, "flat-out/about/index.html")).size > 2 * page.length);
});

await test("a folder with other files is refused, and the help says what there is", async () => {
    const other = join(dir, "other");
    mkdirSync(other);
    writeFileSync(join(other, "letters.txt"), "dear sir");
    const refused = run(["export", "static", other, "--site", site], { expect: 1 });
    assert.match(refused.err, /not empty/);
    const refusedJson = JSON.parse(run(["export", "static", other, "--site", site, "--json"], { expect: 1 }).out);
    assert.equal(refusedJson.status, "conflict");
    run(["export", "static", join(dir, "x"), "--level", "10", "--site", site], { expect: 2 });
    run(["export", "static", "--site", site], { expect: 2 });
    assert.match(run(["help", "export", "static"]).out, /--includes[\s\S]*Examples:/);
});

await live.stop();
finish();
