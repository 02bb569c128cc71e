// Most Read, as readers make it: the demo is read, and its front page and Don't Miss say so; what crawlers
// and prefetches fetch changes nothing; the beacon counts in a real browser.
import assert from "node:assert";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { finish, readExport, root, run, serve, test, tmp } from "./lib/site.mjs";

const site = join(tmp(), "site");
execFileSync("sh", [join(root, "script/demo"), site]);
const items = readExport(readFileSync(join(root, "demo/quay-lantern.xml"), "utf8"));
const stories = items.filter((i) => i.type === "post" && i.status === "publish" && !i.password).map((i) => new URL(i.link).pathname);
const firefox = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0" };
const crawler = { "user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" };

const counted = () => new Map(JSON.parse(run(["views", "--json", "--top", "1000", "--site", site]).out).map((v) => [v.path, v.views]));
const links = (html) => [...html.matchAll(/<h[1-4][^>]*><a href="([^"]+)"/g)].map(([, href]) => href);
const section = (html, name) => new RegExp(`<section class="block ${name}"[\\s\\S]*?</section>`).exec(html)?.[0] ?? "";
const mostRead = async (server) => links(section((await server.get("/")).text, "most-read"));
const read = async (server, path, n, headers = firefox) => {
    for (let i = 0; i < n; i++) assert.equal((await server.get(path, headers)).status, 200);
};

// Until it is so, a minute at the most.
async function until(what, check) {
    for (const end = Date.now() + 60000; Date.now() < end;) {
        if (await check()) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.fail(`never: ${what}`);
}

const server = await serve(site, ["--count-every", "1"]);
const before = (await server.get("/")).text;
// Stories far down the archive: on no other list of the front page.
const old = stories.filter((path) => !before.includes(`"${path}"`));
const [first, second, third] = old;

await test("nothing is said to be most read before anything was read", async () => {
    assert.ok(old.length >= 3, "the demo has stories that its front page does not show");
    assert.equal(section(before, "most-read"), "");
    await read(server, third, 5, crawler);
    await read(server, third, 5, { ...firefox, purpose: "prefetch" });
    await read(server, third, 5, {});
    await server.get(third, firefox, "HEAD");
});

await test("what readers read stands on the front page at once, and a story stands there once", async () => {
    const { headers: { etag } } = await server.get(first);
    assert.equal((await server.get(first, { ...firefox, "if-none-match": etag })).status, 304);
    await read(server, first, 3);
    await read(server, second, 2);
    await until("most read", async () => (await mostRead(server)).length > 0);
    // Ranked with the first of them perhaps; the order comes with the next ranking.
    await until("counted", () => counted().get(second) === 2);
    assert.deepEqual([...counted()].sort((a, b) => b[1] - a[1]), [[first, 4], [second, 2]]);
});

await test("a server that starts ranks what was read, and the one that runs hears of it", async () => {
    const other = await serve(site);
    await until("both are ranked", async () => (await mostRead(server)).join() === [first, second].join());
    await read(other, second, 9);
    assert.equal(await other.stop(), 0); // writes down what it counted
    assert.equal(counted().get(second), 11);
    const third = await serve(site);
    await until("the order is another", async () => (await mostRead(server)).join() === [second, first].join());
    assert.equal(await third.stop(), 0);
    const all = links((await server.get("/")).text);
    assert.equal(new Set(all).size, all.length, "no story twice");
});

await test("Don't Miss: the editors' picks, then the most read, then the newest; never what the page shows", async () => {
    const picked = stories.find((path) => ![first, second].includes(path) && old.includes(path));
    for (const path of stories) {
        const { text } = await server.get(path);
        const latest = links(section(text, "latest")), missed = links(section(text, "dont-miss"));
        const beside = [...text.matchAll(/<a class="(?:previous|next)" rel="(?:prev|next)" href="([^"]*)"/g)].map((m) => m[1]);
        const expected = [second, first].filter((p) => p !== path && !latest.includes(p) && !beside.includes(p));
        assert.ok(beside.length > 0 && !missed.some((p) => beside.includes(p)), path);
        assert.deepEqual(missed.slice(0, expected.length), expected, path);
        assert.equal(missed.length, 2);
        assert.equal(new Set([path, ...latest, ...missed]).size, 1 + latest.length + missed.length, path);
    }
    run(["slot", "dont-miss", picked, "--site", site]);
    const at = stories.indexOf(picked); // not beside it
    const elsewhere = stories.find((path, i) => ![first, second, picked].includes(path) && Math.abs(i - at) > 1);
    await until("the pick comes first", async () => links(section((await server.get(elsewhere)).text, "dont-miss"))[0] === picked);
    run(["slot", "dont-miss", "--clear", "--site", site]);
});

await test("a withdrawn or unwanted list disappears; nobody writes it by hand", async () => {
    run(["set", "front_most_read", "1", "--site", site]);
    await until("one", async () => (await mostRead(server)).join() === second);
    run(["set", "views", "off", "--site", site]);
    await until("none", async () => (await mostRead(server)).length === 0);
    assert.match(run(["slot", "most-read", first, "--site", site], { expect: 2 }).err, /readers/);
    assert.match(run(["slot", "most-read", "--site", site]).out, new RegExp(`^${second} `));
    run(["set", "front_most_read", "5", "--site", site]);
});

await test("Chromium: the beacon is asked for without a script, and counts", async () => {
    run(["set", "views", "beacon", "--site", site]);
    await until("a beacon", async () => /_view/.test((await server.get(third)).text));
    if (!existsSync("/usr/bin/chromium")) return "no Chromium here";
    const { chromium } = await import("playwright-core").catch(() => ({}));
    if (!chromium) return "playwright-core is not installed: npm --prefix tests ci";
    const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
    try {
        const context = await browser.newContext({ userAgent: firefox["user-agent"], javaScriptEnabled: false });
        const page = await context.newPage();
        const errors = [], beacons = [];
        page.on("console", (m) => { if (m.type() === "error") errors.push(m.text()); });
        page.on("response", (r) => { if (r.url().includes("/_view/")) beacons.push(r.status()); });
        for (let i = 0; i < 3; i++) {
            await page.goto(server.base + third, { waitUntil: "load" });
            await page.goto(server.base + "/about/", { waitUntil: "load" });
        }
        assert.deepEqual([errors, beacons], [[], [200, 200, 200]]);
        await until("counted", () => counted().get(third) === 3);
    } finally {
        await browser.close();
    }
});

await test("killed, it loses no more than was counted since it last wrote", async () => {
    run(["set", "views", "server", "--site", site]);
    const other = await serve(site, ["--count-every", "1"]);
    const had = counted().get(first);
    await read(other, first, 7);
    await until("written", () => counted().get(first) === had + 7);
    other.child.kill("SIGKILL");
    await other.exit;
    assert.equal(counted().get(first), had + 7);
    run(["check", "--site", site]);
});

assert.equal(await server.stop(), 0);
finish();
