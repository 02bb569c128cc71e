// The demo site over HTTP, as clients meet it: codings, conditions, methods, errors, files; and in a
// real browser.
import assert from "node:assert";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { finish, readExport, root, run, serve, test, textOf, tmp } from "./lib/site.mjs";

const site = join(tmp(), "site");
execFileSync("sh", [join(root, "script/demo"), site]);
const server = await serve(site, ["--loops", "2"]);
const items = readExport(readFileSync(join(root, "demo/quay-lantern.xml"), "utf8"));
const stories = items.filter((i) => i.type === "post" && i.status === "publish" && !i.password).map((i) => new URL(i.link).pathname);
const story = "/2022/03/14/perseverance-arrives-on-time/";
const pages = [...stories, "/", "/page/2/", "/feed/", "/2022/", "/2022/03/", "/2022/03/14/", "/no/such/page/", "/about/"];

await test("gzip: zlib gives the identity answer on every page", async () => {
    for (const path of pages) {
        const plain = await server.get(path);
        const packed = await server.get(path, { "accept-encoding": "gzip" });
        assert.equal(packed.headers["content-encoding"], "gzip", path);
        assert.equal(plain.headers["content-encoding"], undefined);
        assert.deepEqual(gunzipSync(packed.bytes), plain.bytes, path);
        assert.equal(Number(packed.headers["content-length"]), packed.bytes.length);
        if (plain.status === 200) assert.notEqual(plain.headers.etag, packed.headers.etag);
    }
});

await test("gzip: curl gives the identity answer", () => {
    for (const path of pages.slice(0, 12)) {
        const curl = (...args) => execFileSync("curl", ["-s", ...args, server.base + path]);
        assert.deepEqual(curl("--compressed"), curl());
    }
});

await test("conditions, HEAD, methods", async () => {
    const full = await server.get(story);
    assert.equal(full.status, 200);
    assert.match(full.headers.etag, /^"[^"]+"$/);
    const same = await server.get(story, { "if-none-match": `"x", ${full.headers.etag}` });
    assert.deepEqual([same.status, same.bytes.length, same.headers.etag], [304, 0, full.headers.etag]);
    assert.equal((await server.get(story, { "if-none-match": '"other"' })).status, 200);
    const head = await server.get(story, {}, "HEAD");
    assert.deepEqual([head.status, head.bytes.length, head.headers["content-length"]], [200, 0, full.headers["content-length"]]);
    for (const method of ["PUT", "DELETE", "PATCH", "POST"]) {
        const r = await server.get(story, {}, method);
        assert.equal(r.status, 405);
        assert.match(r.headers.allow, /GET/);
        assert.match(r.text, /The Quay Lantern/, "in the site's own look");
    }
});

await test("errors in the site's own look", async () => {
    const missing = await server.get("/no/such/page/");
    assert.equal(missing.status, 404);
    assert.match(missing.text, /The Quay Lantern/);
    const long = await server.get("/" + "a".repeat(9000));
    assert.equal(long.status, 414);
    const headers = await server.get("/", { "x-long": "a".repeat(20000) });
    assert.equal(headers.status, 431);
    const body = await server.get("/", { "content-type": "text/plain" }, "POST", "x".repeat(3 << 20)).catch(() => ({ status: 413 }));
    assert.equal(body.status, 413);
});

await test("WordPress's other spellings of feeds and sections lead home", async () => {
    for (const [path, to] of [["/feed/rss2/", "/feed/"], ["/feed/rdf/", "/feed/"], ["/category/harbour/atom", "/category/harbour/feed/atom/"],
        ["/category/ferry/", "/category/harbour/ferry/"], ["/2022/03/14/perseverance-arrives-on-time", story]]) {
        const r = await server.get(path);
        assert.deepEqual([path, r.status, r.headers.location], [path, 301, to]);
        assert.equal((await server.get(to)).status, 200);
    }
});

await test("made-up parameters make no new page", async () => {
    const plain = await server.get(story);
    const asked = await server.get(story + "?utm_source=x&" + Math.random());
    assert.equal(asked.headers.etag, plain.headers.etag);
});

await test("media files, whole and in parts", async () => {
    const picture = items.find((i) => i.type === "attachment");
    const html = (await server.get(story)).text;
    const src = /<img[^>]+src="([^"]+)"/.exec(html)?.[1];
    assert.ok(src, "the story has a picture");
    const whole = await server.get(src);
    assert.equal(whole.status, 200);
    assert.match(whole.headers["content-type"], /^image\//);
    const part = await server.get(src, { range: "bytes=10-19" });
    assert.equal(part.status, 206);
    assert.deepEqual(part.bytes, whole.bytes.subarray(10, 20));
    assert.equal((await server.get(src, { range: "bytes=99999999-" })).status, 416);
    const page = await server.get(`/?attachment_id=${picture.id}`);
    assert.equal(page.status, 301);
});

await test("a protected story asks, and opens with its word only", async () => {
    const item = items.find((i) => i.password);
    const path = new URL(item.link).pathname;
    const secret = textOf(item.body.replace(/<!--[\s\S]*?-->/g, "")).slice(0, 40);
    const closed = await server.get(path);
    assert.equal(closed.status, 200);
    assert.ok(!textOf(closed.text).includes(secret));
    assert.match(closed.text, /post_password/);
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const wrong = await server.get(path, form, "POST", "post_password=jam");
    assert.equal(wrong.status, 403);
    assert.ok(!textOf(wrong.text).includes(secret));
    const open = await server.get(path, form, "POST", "post_password=marmalade");
    assert.equal(open.status, 200);
    assert.ok(textOf(open.text).includes(secret));
    assert.match(open.headers["cache-control"], /no-store/);
    for (const where of ["/", "/feed/", "/page/2/"]) assert.ok(!(await server.get(where)).text.includes(path), where);
});

await test("after other processes' writes every address answers as a fresh process does", async () => {
    // Every address that the pages themselves lead to, and some that are none.
    const found = new Set(["/", "/no/such/page/", ...items.map((i) => i.link && new URL(i.link).pathname).filter(Boolean)]);
    for (const path of found) {
        const { text } = await server.get(path);
        for (const [, href] of text.matchAll(/(?:href|src)="(\/[^"#]*)"/g)) found.add(decodeURI(href.replaceAll("&amp;", "&")));
    }
    assert.ok(found.size > 250, `${found.size} addresses`);
    const edited = join(tmp(), "edited.xml");
    const xml = readFileSync(join(root, "demo/quay-lantern.xml"), "utf8");
    writeFileSync(edited, xml.replaceAll("Alarm as ferry arrives on time", "Calm as ferry arrives late"));
    const writes = [
        ["set", "title", "The Night Lantern"], ["set", "stories_per_page", "7"], ["set", "neighbours", "section"],
        ["slot", "dont-miss", ...stories.slice(3, 6)], ["import", "wordpress", edited], ["slot", "dont-miss", "--clear"],
    ];
    for (const write of writes) {
        run([...write, "--site", site]);
        const fresh = await serve(site);
        const differs = async (path) => {
            const [a, b] = [await server.get(encodeURI(path)), await fresh.get(encodeURI(path))];
            // A feed is as old as the process knows it.
            for (const r of [a, b]) { delete r.headers.date; delete r.headers["last-modified"]; }
            return !a.bytes.equals(b.bytes) || JSON.stringify([a.status, a.headers]) !== JSON.stringify([b.status, b.headers]);
        };
        // Heard within 100 ms, on a machine that has time.
        for (let tries = 0; tries < 200 && (await differs("/")); tries++) await new Promise((resolve) => setTimeout(resolve, 100));
        await new Promise((resolve) => setTimeout(resolve, 400));
        const wrong = [];
        for (const path of found) if (await differs(path)) wrong.push(path);
        await fresh.stop();
        assert.deepEqual(wrong, [], write.join(" "));
    }
    assert.match((await server.get(story)).text, /Calm as ferry arrives late/);
});

await test("Chromium: reads the same text from gzip, runs the theme's script only, asks nobody else", async () => {
    if (!existsSync("/usr/bin/chromium")) return "no Chromium here";
    const { chromium } = await import("playwright-core").catch(() => ({}));
    if (!chromium) return "playwright-core is not installed: npm --prefix tests ci";
    const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
    try {
        for (const [width, colorScheme] of [[1280, "light"], [390, "dark"], [320, "light"]]) {
            const page = await (await browser.newContext({ viewport: { width, height: 900 }, colorScheme })).newPage();
            const foreign = [], errors = [];
            page.on("request", (r) => { if (!r.url().startsWith(server.base) && !r.url().startsWith("data:")) foreign.push(r.url()); });
            page.on("console", (m) => { if (m.type() === "error") errors.push(m.text()); });
            page.on("pageerror", (e) => errors.push(String(e)));
            for (const path of ["/", ...stories, "/about/"]) {
                const response = await page.goto(server.base + path, { waitUntil: "load" });
                assert.equal((await response.allHeaders())["content-encoding"], "gzip");
                const plain = await server.get(path);
                assert.equal(await response.text(), plain.text, path);
                assert.equal(await page.locator("h1").count(), 1, path);
                const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
                assert.ok(overflow <= 0, `${path} scrolls sideways by ${overflow} px at ${width}`);
                // The one script remembers the choice of light and dark.
                const scripts = await page.locator("script:not([type='application/ld+json'])").allTextContents();
                assert.deepEqual(scripts.filter((s) => !s.includes("localStorage")), []);
                assert.ok(scripts.length <= 1, path);
            }
            assert.deepEqual([foreign, errors], [[], []]);
            await page.context().close();
        }
    } finally {
        await browser.close();
    }
});

await test("SIGTERM finishes what is in flight", async () => {
    const answers = [];
    for (let i = 0; i < 16; i++) {
        const socket = net.connect(server.port, "127.0.0.1");
        await once(socket, "connect");
        const path = ["/feed/", "/2021/", stories[i], "/no/such/page/"][i % 4]; // some not rendered yet
        const text = [];
        socket.on("data", (bytes) => text.push(bytes));
        const end = once(socket, "close").then(() => Buffer.concat(text).toString());
        answers.push({ path, end, sent: new Promise((done) => socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`, done)) });
    }
    await Promise.all(answers.map((a) => a.sent));
    server.child.kill("SIGTERM");
    for (const { path, end } of answers) {
        const [head, body] = [(await end).split("\r\n\r\n")[0], (await end).split("\r\n\r\n").slice(1).join("\r\n\r\n")];
        assert.match(head, path === "/no/such/page/" ? /^HTTP\/1\.1 404 / : /^HTTP\/1\.1 200 /, path);
        assert.equal(Buffer.byteLength(body), Number(/content-length: (\d+)/i.exec(head)[1]), path);
    }
    assert.equal(await server.stop(), 0);
});

await test("the export file alone gives a site too, and says what is missing", () => {
    const bare = join(tmp(), "bare");
    run(["new", bare, "--title", "The Quay Lantern", "--url", "http://localhost:8080"]);
    const { out } = run(["import", "wordpress", join(root, "demo/quay-lantern.xml"), "--site", bare]);
    assert.match(out, /uploads/);
});

finish();
