// In Chromium, over every kind of page: nobody else is asked for anything, nothing is refused or complained
// of, the page reads whole with scripts off, and nothing moves while it loads. The stories of the shared
// exports show pictures of their own from elsewhere: there, only what those do not ask for is judged.
import assert from "node:assert";
import { finish, test } from "./lib/site.mjs";
import { launch, scrollThrough } from "./lib/browser.mjs";
import { kinds, tagsOf, walk } from "./lib/pages.mjs";
import { sites } from "./lib/sites.mjs";

const browser = await launch();

// Everything that a tab asks for or says, and what moved in it.
async function look(site, path, options) {
    const context = await browser.newContext({ viewport: { width: 412, height: 823 }, ...options });
    const tab = await context.newPage();
    const seen = { foreign: [], said: [], cookies: 0 };
    await tab.route((url) => url.origin !== site.url && url.protocol !== "data:", (route) => {
        seen.foreign.push({ url: route.request().url(), type: route.request().resourceType() });
        return route.abort();
    });
    tab.on("console", (m) => { if (["error", "warning"].includes(m.type())) seen.said.push(m.text()); });
    tab.on("pageerror", (e) => seen.said.push(String(e)));
    await tab.goto(site.url + path, { waitUntil: "load" });
    if (options.javaScriptEnabled !== false) {
        await tab.evaluate(() => {
            globalThis.moved = [];
            new PerformanceObserver((list) => {
                for (const e of list.getEntries()) globalThis.moved.push(`by ${e.value}: ${e.sources.map((s) => (s.node?.outerHTML ?? s.node?.nodeName ?? "").slice(0, 100)).join("; ")}`);
            }).observe({ type: "layout-shift", buffered: true });
        });
        await scrollThrough(tab);
        seen.moved = await tab.evaluate(() => globalThis.moved);
    }
    seen.text = await tab.locator("body").innerText();
    seen.cookies = (await context.cookies()).length;
    await context.close();
    return seen;
}

for await (const site of sites()) {
    for (const page of await kinds(site, await walk(site))) {
        await test(`${site.name}: ${page.kind} ${page.path}`, async () => {
            const on = await look(site, page.path, {});
            const off = await look(site, page.path, { javaScriptEnabled: false });
            assert.equal(off.text, on.text);
            assert.equal(on.cookies, 0);
            assert.deepEqual(site.own ? on.moved : [], []);
            const ours = site.own ? on.foreign : on.foreign.filter((r) => !["image", "media"].includes(r.type));
            assert.deepEqual(ours, []);
            const answered = page.status === 200 ? [] : [`Failed to load resource: the server responded with a status of ${page.status}`];
            const elsewhere = site.own ? [] : ["Failed to load resource: net::ERR_FAILED", "Failed to load resource: the server responded with a status of 404"];
            assert.deepEqual(on.said.filter((said) => ![...answered, ...elsewhere].some((known) => said.startsWith(known))), []);
            const pictures = tagsOf(page.text).filter((t) => /^<img\s/.test(t));
            assert.deepEqual(site.own ? pictures.filter((t) => !/\swidth="\d+" height="\d+"/.test(t)) : [], []);
        });
    }
}

await browser.close();
finish();
