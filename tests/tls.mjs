// HTTPS and HTTP/2 at the door, as other people's clients meet them: node's http2 and tls, curl, h2load.
import assert from "node:assert";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import { join } from "node:path";
import tls from "node:tls";
import { gunzipSync } from "node:zlib";
import { broadsheet, finish, readExport, root, serve, test, tmp } from "./lib/site.mjs";

const dir = tmp();
const site = join(dir, "site");
execFileSync("sh", [join(root, "script/demo"), site]);
const file = (name) => join(dir, name);

// Certificates of their own for this run.
for (const name of ["first", "second"]) {
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file(`${name}.key`),
        "-out", file(`${name}.pem`), "-days", "30", "-subj", `/CN=${name}`, "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    { stdio: "ignore" });
}
const use = (name) => {
    copyFileSync(file(`${name}.pem`), file("site.pem"));
    copyFileSync(file(`${name}.key`), file("site.key"));
};
use("first");
const challenges = file("challenges");
mkdirSync(join(challenges, ".well-known/acme-challenge"), { recursive: true });
writeFileSync(join(challenges, ".well-known/acme-challenge/a-Token_1"), "a-Token_1.thumb");

const clear = await serve(site, ["--loops", "2"]);
const secure = await serve(site, ["--loops", "3", "--certificate", file("site.pem"), "--key", file("site.key"), "--redirect", "127.0.0.1:0",
    "--challenges", challenges, "--hsts", "2"]);
const story = "/2022/03/14/perseverance-arrives-on-time/";

// One connection of HTTP/2; get(path, headers, body) on it.
async function connect2(base, options = {}) {
    const session = http2.connect(base, { rejectUnauthorized: false, ...options });
    session.on("error", () => {});
    await new Promise((resolve, reject) => session.once("connect", resolve).once("error", reject));
    const get = (path, headers = {}, body) => new Promise((resolve, reject) => {
        const stream = session.request({ ":path": path, ...headers }, { endStream: body === undefined });
        const chunks = [];
        let head;
        stream.on("response", (h) => { head = h; });
        stream.on("data", (c) => chunks.push(c));
        stream.on("error", reject);
        stream.on("end", () => {
            const { ":status": status, ...fields } = head;
            resolve({ status, headers: { ...fields }, bytes: Buffer.concat(chunks) });
        });
        if (body !== undefined) stream.end(body);
    });
    return { session, get, close: () => new Promise((resolve) => session.close(resolve)) };
}

function handshake(options = {}) {
    return new Promise((resolve, reject) => {
        const socket = tls.connect({ host: "127.0.0.1", port: secure.port, rejectUnauthorized: false, ...options }, () => resolve(socket));
        socket.on("error", reject);
    });
}

// The session of a connection: with TLS 1.2 its ticket comes with the handshake, with 1.3 behind it.
function ticket(options = {}) {
    return new Promise((resolve, reject) => {
        const socket = tls.connect({ host: "127.0.0.1", port: secure.port, rejectUnauthorized: false, ...options });
        socket.on("error", reject);
        socket.on("data", () => {});
        socket.once("session", (session) => {
            socket.destroy();
            resolve(session);
        });
    });
}

async function resumes(session, options = {}) {
    const socket = await handshake({ session, ...options });
    const reused = socket.isSessionReused();
    socket.destroy();
    return reused;
}

const commonName = async () => {
    const socket = await handshake();
    const { CN } = socket.getPeerCertificate().subject;
    socket.destroy();
    return CN;
};

async function until(condition, what) {
    for (let tries = 0; tries < 600; tries++) {
        if (await condition()) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.fail(`not within a minute: ${what}`);
}

await test("every page is the same over HTTP/1.1, HTTP/2 and both with TLS", async () => {
    const items = readExport(readFileSync(join(root, "demo/quay-lantern.xml"), "utf8"));
    const found = new Set(["/", "/no/such/page/", "/feed/", ...items.map((i) => i.link && new URL(i.link).pathname).filter(Boolean)]);
    for (const path of found) {
        const { text } = await clear.get(path);
        for (const [, href] of text.matchAll(/(?:href|src)="(\/[^"#]*)"/g)) found.add(encodeURI(decodeURI(href.replaceAll("&amp;", "&"))));
    }
    assert.ok(found.size > 250, `${found.size} addresses`);
    const agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false });
    const get1 = (path, headers) => new Promise((resolve, reject) => {
        https.get({ host: "127.0.0.1", port: secure.port, path, headers: { host: `127.0.0.1:${clear.port}`, ...headers }, agent }, (res) => {
            const chunks = [];
            res.on("data", (c) => chunks.push(c));
            res.on("end", () => resolve({ status: res.statusCode, headers: res.headers, bytes: Buffer.concat(chunks) }));
        }).on("error", reject);
    });
    const h2c = await connect2(clear.base);
    const h2 = await connect2(`https://127.0.0.1:${secure.port}`);
    assert.equal(h2.session.alpnProtocol, "h2");
    const head = { ":authority": `127.0.0.1:${clear.port}` };
    const wrong = [];
    for (const coding of [{}, { "accept-encoding": "gzip" }]) {
        await Promise.all([...found].map(async (path) => {
            const answers = await Promise.all([clear.get(path, coding), get1(path, coding), h2c.get(path, { ...head, ...coding }),
                h2.get(path, { ...head, ...coding })]);
            const texts = answers.map(({ status, headers, bytes }) => {
                /* A feed is dated by when its server first had it so, and these are two servers. */
                const { date, connection, "keep-alive": _, "strict-transport-security": hsts, "last-modified": dated, ...rest } = headers;
                assert.ok(date && (connection === undefined || connection === "keep-alive"));
                /* What many asked for is packed tighter, by each server when it has time: the ETag is weak. */
                const packed = rest["content-encoding"] === "gzip";
                if (packed) {
                    assert.equal(Number(rest["content-length"]), bytes.length);
                    if (rest.etag) assert.match(rest.etag, /^W\//);
                    delete rest["content-length"];
                }
                return JSON.stringify([status, Object.entries(rest).sort(), (packed ? gunzipSync(bytes) : bytes).toString("base64")]);
            });
            if (new Set(texts).size !== 1) wrong.push(path);
        }));
    }
    assert.deepEqual(wrong, []);
    agent.destroy();
    await h2c.close();
    await h2.close();
});

await test("HTTP/2: conditions, HEAD, ranges, forms, beacons", async () => {
    for (const base of [clear.base, `https://127.0.0.1:${secure.port}`]) {
        const h2 = await connect2(base);
        const full = await h2.get(story);
        assert.equal(full.status, 200);
        assert.deepEqual((({ status, bytes }) => [status, bytes.length])(await h2.get(story, { "if-none-match": full.headers.etag })), [304, 0]);
        const head = await h2.get(story, { ":method": "HEAD" });
        assert.deepEqual([head.status, head.bytes.length, head.headers["content-length"]], [200, 0, full.headers["content-length"]]);
        const src = /<img[^>]+src="([^"]+)"/.exec(full.bytes)[1];
        const whole = await h2.get(src);
        const part = await h2.get(src, { range: "bytes=10-19" });
        assert.equal(part.status, 206);
        assert.deepEqual(part.bytes, whole.bytes.subarray(10, 20));
        const item = readExport(readFileSync(join(root, "demo/quay-lantern.xml"), "utf8")).find((i) => i.password);
        const form = { ":method": "POST", "content-type": "application/x-www-form-urlencoded" };
        const path = new URL(item.link).pathname;
        assert.equal((await h2.get(path, form, "post_password=jam")).status, 403);
        const open = await h2.get(path, form, "post_password=marmalade");
        assert.equal(open.status, 200);
        assert.match(open.headers["cache-control"], /no-store/);
        assert.equal((await h2.get(story, { ":method": "PUT" }, "x")).status, 405);
        await h2.close();
    }
});

await test("a hundred streams at a time, by small windows", async () => {
    const h2 = await connect2(`https://127.0.0.1:${secure.port}`, { settings: { initialWindowSize: 1000 } });
    const one = await h2.get(story);
    const all = await Promise.all(Array.from({ length: 300 }, () => h2.get(story)));
    for (const r of all) assert.ok(r.status === 200 && r.bytes.equals(one.bytes));
    await h2.close();
});

await test("ALPN: HTTP/2 before HTTP/1.1; neither is refused", async () => {
    const chosen = async (ALPNProtocols) => {
        const socket = await handshake({ ALPNProtocols });
        socket.destroy();
        return socket.alpnProtocol;
    };
    assert.equal(await chosen(["http/1.1", "h2"]), "h2");
    assert.equal(await chosen(["http/1.1"]), "http/1.1");
    await assert.rejects(chosen(["spdy/3"]), /no application protocol/i);
    assert.equal(await chosen(undefined), false);
});

await test("TLS 1.2 and 1.3, nothing older, forward secrecy only", async () => {
    for (const version of ["TLSv1.2", "TLSv1.3"]) {
        const socket = await handshake({ minVersion: version, maxVersion: version });
        assert.equal(socket.getProtocol(), version);
        socket.destroy();
    }
    await assert.rejects(handshake({ minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }));
    await assert.rejects(handshake({ maxVersion: "TLSv1.2", ciphers: "AES128-SHA:AES128-GCM-SHA256" }));
});

await test("sessions are resumed, whichever loop they come back to", async () => {
    for (const version of ["TLSv1.2", "TLSv1.3"]) {
        const options = { minVersion: version, maxVersion: version };
        const session = await ticket(options);
        for (let i = 0; i < 12; i++) assert.ok(await resumes(session, options), `${version}, time ${i}`);
    }
});

await test("SIGHUP takes a new certificate; open connections stay", async () => {
    const before = await ticket();
    const h2 = await connect2(`https://127.0.0.1:${secure.port}`);
    assert.equal(await commonName(), "first");
    use("second");
    secure.child.kill("SIGHUP");
    await until(async () => (await commonName()) === "second", "the new certificate");
    assert.equal((await h2.get(story)).status, 200);
    assert.ok(!(await resumes(before)), "tickets of before are forgotten");
    assert.ok(await resumes(await ticket()));
    await h2.close();
    assert.match(secure.errors, /have been read anew/);
});

await test("SIGHUP refuses what is wrong, says why, and keeps the old", async () => {
    execFileSync("openssl", ["ec", "-in", file("second.key"), "-aes128", "-passout", "pass:x", "-out", file("sealed.key")], { stdio: "ignore" });
    execFileSync("openssl", ["req", "-new", "-key", file("second.key"), "-subj", "/CN=old", "-out", file("old.csr")], { stdio: "ignore" });
    execFileSync("openssl", ["x509", "-req", "-days", "-1", "-in", file("old.csr"), "-signkey", file("second.key"), "-out", file("old.pem")],
        { stdio: "ignore" });
    copyFileSync(file("second.key"), file("old.key"));
    const cases = [
        [() => copyFileSync(file("first.key"), file("site.key")), /key \S+site\.key does not belong to the certificate \S+site\.pem/],
        [() => writeFileSync(file("site.pem"), "no certificate"), /certificate \S+site\.pem: there is none in it/],
        [() => writeFileSync(file("site.pem"), readFileSync(file("second.pem"), "utf8").slice(0, 300)), /certificate \S+site\.pem: /],
        [() => execFileSync("rm", [file("site.pem")]), /certificate \S+site\.pem: No such file/],
        [() => copyFileSync(file("sealed.key"), file("site.key")), /key \S+site\.key: /],
        [() => use("old"), /certificate \S+site\.pem has expired/],
    ];
    for (const [spoil, says] of cases) {
        use("second");
        spoil();
        secure.errors = "";
        secure.child.kill("SIGHUP");
        await until(() => secure.errors.includes("\n"), `a word about ${says}`);
        assert.match(secure.errors, /error: certificate and key stay as they were/);
        assert.match(secure.errors, says);
        assert.equal(await commonName(), "second");
    }
    use("second");
});

await test("HTTP leads to HTTPS, and answers challenges", async () => {
    const get = (path, method = "GET", headers = {}) => new Promise((resolve, reject) => {
        http.request({ host: "127.0.0.1", port: secure.redirectPort, path, method, headers, agent: false }, (res) => {
            let text = "";
            res.on("data", (c) => { text += c; });
            res.on("end", () => resolve({ status: res.statusCode, location: res.headers.location, text }));
        }).on("error", reject).end();
    });
    const to = (host, path) => `https://${host}:${secure.port}${path}`;
    let r = await get(story + "?a=b&c", "GET", { host: "news.example" });
    assert.deepEqual([r.status, r.location], [301, to("news.example", story + "?a=b&c")]);
    r = await get("/", "POST", { host: "[::1]:80" });
    assert.deepEqual([r.status, r.location], [308, to("[::1]", "/")]);
    r = await get("/.well-known/acme-challenge/a-Token_1");
    assert.deepEqual([r.status, r.text], [200, "a-Token_1.thumb"]);
    for (const name of ["", "none", "..%2f..%2f..%2fsite.key", "../../../site.key", "a-Token_1/"]) {
        assert.equal((await get("/.well-known/acme-challenge/" + name)).status, 404, name);
    }
    const socket = await handshake();
    const bytes = await new Promise((resolve) => {
        socket.once("data", resolve);
        socket.write(`GET ${story} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    });
    assert.match(String(bytes), /\r\nStrict-Transport-Security: max-age=172800\r\n/);
    socket.destroy();
});

await test("what is no TLS, or ends in the middle of it, harms nobody", async () => {
    const curl = (...args) => spawnSync("curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", ...args], { encoding: "utf8" }).stdout;
    assert.equal(curl(`http://127.0.0.1:${secure.port}/`), "000");
    assert.equal(curl("-k", "--http1.1", `https://127.0.0.1:${secure.port}/`), "200");
    assert.equal(curl("-k", "--http2", `https://127.0.0.1:${secure.port}/`), "200");
    assert.equal(curl("--http2-prior-knowledge", clear.base + "/"), "200");
    assert.equal(curl("--http2", clear.base + "/"), "200", "an offer to upgrade is passed over");
});

await test("h2load: 10,000 requests, 100 streams, in clear and over TLS", () => {
    if (spawnSync("h2load", ["--version"]).error) return "h2load is not installed (nghttp2-client)";
    for (const base of [clear.base, `https://127.0.0.1:${secure.port}`]) {
        const { stdout } = spawnSync("h2load", ["-n", "10000", "-c", "4", "-m", "100", base + story], { encoding: "utf8" });
        assert.match(stdout, /10000 succeeded, 0 failed, 0 errored, 0 timeout/);
        assert.match(stdout, /10000 2xx/);
    }
});

await test("the options say what is missing", () => {
    const says = (args, pattern) => {
        const r = spawnSync(broadsheet, ["serve", "--site", site, "--listen", "127.0.0.1:0", ...args], { encoding: "utf8" });
        assert.notEqual(r.status, 0);
        assert.match(r.stderr, pattern);
    };
    const pair = ["--certificate", file("first.pem"), "--key", file("first.key")];
    says(["--certificate", file("first.pem")], /--key belong together/);
    says(["--redirect", ":80"], /needs --certificate/);
    says(["--hsts", "30"], /needs --certificate/);
    says([...pair, "--challenges", challenges], /--redirect/);
    says([...pair, "--hsts", "0"], /--hsts is a number of days/);
    says(["--certificate", file("first.pem"), "--key", file("second.key")], /does not belong/);
    says(["--certificate", file("none.pem"), "--key", file("second.key")], /none\.pem: No such file/);
});

await test("both end in order", async () => {
    const h2 = await connect2(`https://127.0.0.1:${secure.port}`);
    const goaway = new Promise((resolve) => h2.session.once("goaway", resolve));
    assert.equal((await h2.get(story)).status, 200);
    const ended = secure.stop();
    assert.equal(await goaway, 0);
    assert.equal(await ended, 0);
    assert.equal(await clear.stop(), 0);
});
finish();
