// In Chromium, over every kind of page: nobody else is asked for anything, nothing is refused or complained
// of, the page reads whole with scripts off, and nothing moves while it loads. The stories of the shared
// exports show pictures of their own from elsewhere: there, only what those do not ask for is judged.
import assert from "node:assert";
import { finish, test } from "./lib/site.mjs";
import { launch, scrollThrough, together } from "./lib/browser.mjs";
import { distinct, kinds, tagsOf, walk } from "./lib/pages.mjs";
import { sites } from "./lib/sites.mjs";

const browser = await launch();

// A tab that keeps what its page asked for, said and moved.
async function openTab(site, options) {
    const context = await browser.newContext({ viewport: { width: 412, height: 823 }, ...options });
    const tab = await context.newPage();
    let seen;
    await tab.route((url) => url.origin !== site.url && url.protocol !== "data:", (route) => {
        seen.foreign.push({ url: route.request().url(), type: route.request().resourceType() });
        return route.abort();
    });
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
