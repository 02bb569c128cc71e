// In Chromium, over every kind of page: nobody else is asked for anything, nothing is refused or complained
// of, the page reads whole with scripts off, and nothing moves while it loads. The stories of the shared
// exports show pictures of their own from elsewhere: there, only what those do not ask for is judged.
import assert from "node:assert";
import { once } from "node:events";
import { createServer } from "node:http";
import { finish, test } from "./lib/site.mjs";
import { launch, scrollThrough, together } from "./lib/browser.mjs";
import { distinct, kinds, tagsOf, walk } from "./lib/pages.mjs";
import { openDemo, sites } from "./lib/sites.mjs";

const browser = await launch();

// A tab that keeps what its page asked for, said and moved.
async function openTab(site, options, prepare = () => {}) {
    const context = await browser.newContext({ viewport: { width: 412, height: 823 }, ...options });
    const tab = await context.newPage();
    let seen;
    await tab.route((url) => url.origin !== site.url && url.protocol !== "data:", (route) => {
        seen.foreign.push({ url: route.request().url(), type: route.request().resourceType() });
        return route.abort();
    });
    await prepare(tab);
    tab.on("console", (m) => { if (["error", "warning"].includes(m.type())) seen.said.push(m.text()); });
    tab.on("pageerror", (e) => seen.said.push(String(e)));
    await tab.addInitScript(() => {
        globalThis.moved = [];
        new PerformanceObserver((list) => {
            for (const e of list.getEntries()) globalThis.moved.push(`by ${e.value}: ${e.sources.map((s) => (s.node?.outerHTML ?? s.node?.nodeName ?? "").slice(0, 100)).join("; ")}`);
        }).observe({ type: "layout-shift", buffered: true });
    });
    return async (path) => {
        seen = { foreign: [], said: [], moved: [] };
        await tab.goto(site.url + path, { waitUntil: "load" });
        if (options.javaScriptEnabled) {
            await scrollThrough(tab);
            seen.moved = await tab.evaluate(() => globalThis.moved);
        }
        seen.text = await tab.locator("body").innerText();
        seen.cookies = (await context.cookies()).length;
        return seen;
    };
}

await test("the tab sees what is wrong", async () => {
    const site = { url: "http://127.0.0.1:9" }, look = await openTab(site, { javaScriptEnabled: true }, (tab) => tab.route(`${site.url}/bad/`, (route) => route.fulfill({
        contentType: "text/html", headers: { "content-security-policy": "script-src 'none'", "set-cookie": "a=b" },
        body: '<!DOCTYPE html><title>Bad</title><p>Down</p><img src="http://elsewhere.example/x.png"><script>1</script>',
    })));
    const seen = await look("/bad/");
    assert.equal(seen.foreign.length, 1);
    assert.ok(seen.said.some((said) => said.includes("Content Security Policy")));
    assert.equal(seen.cookies, 1);
    assert.ok(seen.text.includes("Down"));
});

// A page that comes slowly: what has come of the masthead is not shown until all of it has, since what is
// centred would move.
await test("the masthead is shown when it is whole", async () => {
    const site = await openDemo();
    const html = (await site.server.get("/")).text, half = html.indexOf("</ul>");
    let more;
    const slow = createServer((req, res) => {
        res.writeHead(200, { "content-type": "text/html; charset=utf-8" });
        if (req.url !== "/") return res.end();
        res.write(html.slice(0, half));
        more = () => res.end(html.slice(half));
    }).listen(0, "127.0.0.1");
    await once(slow, "listening");
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${slow.address().port}/`, { waitUntil: "commit" });
    const shown = () => tab.evaluate(() => document.querySelector(".masthead").checkVisibility());
    await tab.waitForFunction(() => document.querySelectorAll(".masthead li").length > 3);
    assert.equal(await shown(), false);
    more();
    await tab.waitForFunction(() => document.querySelector(".footer li"));
    assert.equal(await shown(), true);
    await tab.close();
    slow.close();
    await site.server.stop();
});

for await (const site of sites()) {
    const work = (page, { on, off }) => test(`${site.name}: ${page.kind} ${page.path}`, async () => {
        const seen = await on(page.path);
        assert.equal((await off(page.path)).text, seen.text);
        assert.equal(seen.cookies, 0);
        assert.deepEqual(site.own ? seen.moved : [], []);
        const ours = site.own ? seen.foreign : seen.foreign.filter((r) => !["image", "media"].includes(r.type));
        assert.deepEqual(ours, []);
        const answered = page.status === 200 ? [] : [`Failed to load resource: the server responded with a status of ${page.status}`];
        const elsewhere = site.own ? [] : ["Failed to load resource: net::ERR_FAILED", "Failed to load resource: the server responded with a status of 404"];
        assert.deepEqual(seen.said.filter((said) => ![...answered, ...elsewhere].some((known) => said.startsWith(known))), []);
        const pictures = tagsOf(page.text).filter((t) => /^<img\s/.test(t));
        assert.deepEqual(site.own ? pictures.filter((t) => !/\swidth="\d+" height="\d+"/.test(t)) : [], []);
    });
    await together(distinct(await kinds(site, await walk(site))), work, async () => ({
        on: await openTab(site, { javaScriptEnabled: true }), off: await openTab(site, { javaScriptEnabled: false }),
    }));
    await Promise.all(browser.contexts().map((context) => context.close()));
}

await browser.close();
finish();
