// Announcing by the real program, and what happens to it when the program is killed or a hub is dead.
import assert from "node:assert";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { finish, root, run, serve, test, tmp } from "./lib/site.mjs";

// A hub and an IndexNow endpoint. `answer` says what becomes of a request: a status, or "hang".
async function listen() {
    const hub = { told: new Set(), stories: [], bad: [], asked: 0, answer: 202, hanging: [] };
    hub.server = http.createServer((req, res) => {
        const chunks = [];
        req.on("data", (c) => chunks.push(c));
        req.on("end", () => {
            hub.asked++;
            const answer = typeof hub.answer === "function" ? hub.answer(hub.asked) : hub.answer;
            if (answer === "hang") return hub.hanging.push(res);
            if (answer >= 200 && answer < 300) take(hub, req, Buffer.concat(chunks).toString());
            res.writeHead(answer, answer === 429 ? { "retry-after": "2" } : {}).end("x".repeat(100));
        });
    });
    hub.server.listen(0, "127.0.0.1");
    await once(hub.server, "listening");
    hub.url = `http://127.0.0.1:${hub.server.address().port}`;
    return hub;
}

function take(hub, req, body) {
    if (req.method !== "POST" || !/^Broadsheet\//.test(req.headers["user-agent"])) hub.bad.push(`${req.method} ${req.url}`);
    if (req.url === "/hub?x=1") {
        const form = new URLSearchParams(body);
        if (req.headers["content-type"] !== "application/x-www-form-urlencoded" || form.get("hub.mode") !== "publish" || [...form].length !== 2) hub.bad.push(body);
        hub.told.add(form.get("hub.url"));
    } else {
        const { host, key, keyLocation, urlList, ...rest } = JSON.parse(body);
        if (req.url !== "/indexnow" || !/^application\/json/.test(req.headers["content-type"]) || Object.keys(rest).length) hub.bad.push(body);
        if (host !== "localhost" || key !== "quay-lantern-key" || keyLocation !== "http://localhost:8080/quay-lantern-key.txt") hub.bad.push(body);
        hub.stories.push(...urlList);
    }
}

async function until(what, condition) {
    for (let i = 0; i < 1200; i++) {
        if (await condition()) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`in a minute: not ${what}`);
}

const hub = await listen();
const site = join(tmp(), "site");
execFileSync("sh", [join(root, "script/demo"), site]);
const xml = readFileSync(join(root, "demo/quay-lantern.xml"), "utf8");
const story = "http://localhost:8080/2026/09/29/the-last-crossing/";
const headline = "The last crossing of the Perseverance";
assert.ok(xml.includes(headline));
let edits = 0;
// Another process changes a story: an import of the edited export.
function edit() {
    const file = join(tmp(), "edited.xml");
    writeFileSync(file, xml.replaceAll(headline, `${headline}, ${++edits}`));
    run(["import", "wordpress", file, "--site", site]);
}
const feeds = ["http://localhost:8080/feed/", "http://localhost:8080/feed/atom/", "http://localhost:8080/feed/json/"];
const told = () => feeds.every((f) => hub.told.has(f)) && [...hub.told].some((f) => f.includes("/category/ferry/") || f.includes("/category/harbour/"));
const forget = () => { hub.told.clear(); hub.stories.length = 0; };

for (const [key, value] of [["websub_hub", `${hub.url}/hub?x=1`], ["indexnow_endpoint", `${hub.url}/indexnow`], ["indexnow_key", "quay-lantern-key"]]) {
    run(["set", key, value, "--site", site]);
}
let server = await serve(site);

await test("the archive is announced to nobody, and the key is a file", async () => {
    const key = await server.get("/quay-lantern-key.txt");
    assert.deepEqual([key.status, key.text, key.headers["content-type"]], [200, "quay-lantern-key", "text/plain; charset=utf-8"]);
    const feed = await server.get("/feed/");
    assert.equal(feed.headers.link, `<${hub.url}/hub?x=1>; rel="hub", <http://localhost:8080/feed/>; rel="self"`);
    assert.ok(feed.text.includes(`<atom:link href="${hub.url}/hub?x=1" rel="hub"/>`));
    const json = JSON.parse((await server.get("/feed/json/")).text);
    assert.deepEqual(json.hubs, [{ type: "WebSub", url: `${hub.url}/hub?x=1` }]);
    assert.equal(hub.asked, 0);
});

await test("a changed story and its feeds are announced", async () => {
    edit();
    await until("announced", () => told() && hub.stories.includes(story));
    assert.deepEqual(hub.bad, []);
    assert.deepEqual([...hub.told].filter((f) => !/\/feed\/(atom\/|json\/)?$/.test(f)), []);
    assert.ok((await server.get("/feed/")).text.includes(`${headline}, ${edits}`), "and the feed has it");
    for (const feed of hub.told) assert.equal((await server.get(new URL(feed).pathname)).status, 200, feed);
});

await test("a hub that fails is told later", async () => {
    forget();
    const from = hub.asked;
    hub.answer = (n) => (n <= from + 2 ? 500 : n === from + 3 ? 429 : 202);
    edit();
    await until("announced", () => told() && hub.stories.includes(story));
    assert.match(server.errors, /was not told of \d+ changed addresses: it answered 500; again in 1 s/);
    hub.answer = 202;
});

await test("killed while the hub has not answered: announced by the next process", async () => {
    forget();
    hub.answer = "hang";
    const hanging = hub.hanging.length;
    edit();
    await until("asked", () => hub.hanging.length > hanging);
    server.child.kill("SIGKILL");
    await server.exit;
    for (const res of hub.hanging.splice(0)) res.destroy();
    assert.equal(hub.told.size + hub.stories.length, 0);
    hub.answer = 202;
    server = await serve(site);
    await until("announced", () => told() && hub.stories.includes(story));
});

await test("committed while nothing ran: announced at the next start", async () => {
    server.child.kill("SIGKILL");
    await server.exit;
    forget();
    edit();
    assert.equal(hub.told.size, 0);
    server = await serve(site);
    await until("announced", () => told() && hub.stories.includes(story));
    assert.deepEqual(hub.bad, []);
});

await test("a dead hub keeps neither readers waiting nor the program from stopping", async () => {
    hub.answer = "hang";
    const hanging = hub.hanging.length;
    edit();
    await until("asked", () => hub.hanging.length > hanging);
    assert.ok((await server.get("/feed/")).text.includes(`${headline}, ${edits}`), "published");
    const begin = Date.now();
    assert.equal(await server.stop(), 0);
    assert.ok(Date.now() - begin < 10000, `stopped after ${Date.now() - begin} ms; a request may take 15 s`);
    for (const res of hub.hanging.splice(0)) res.destroy();
});

await test("values that are none are refused", () => {
    for (const [key, value] of [["websub_hub", "ftp://hub.example/"], ["websub_hub", "hub"], ["websub_hub", "https://a@hub.example/"],
        ["indexnow_key", "short"], ["indexnow_key", "with a blank"], ["indexnow_endpoint", "file:///etc/passwd"], ["feed_content", "half"]]) {
        run(["set", key, value, "--site", site], { expect: 1 });
    }
});
hub.server.close();
hub.server.closeAllConnections?.();
finish();
