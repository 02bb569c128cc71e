// The reader's search, end to end: on the demo, over HTTP and in a real browser without script.
import assert from "node:assert";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { chromiumPath } from "./lib/browser.mjs";
import { decodeEntities, finish, readExport, root, run, serve, test, textOf, tmp } from "./lib/site.mjs";

const site = join(tmp(), "site");
execFileSync("sh", [join(root, "script/demo"), site]);
const items = readExport(readFileSync(join(root, "demo/quay-lantern.xml"), "utf8"));
const stories = items.filter((i) => i.type === "post" && i.status === "publish" && !i.password && i.title);
const secrets = items.filter((i) => /post|page/.test(i.type) && (i.status !== "publish" || i.password) && i.title);
const server = await serve(site);

const ask = (params) => `/search/?${new URLSearchParams(params)}`;
const found = (html) => [...html.matchAll(/<article class="row"[\s\S]*?<h2><a href="([^"]+)">([\s\S]*?)<\/a><\/h2>/g)]
    .map(([, href, headline]) => ({ path: decodeEntities(href), headline: textOf(headline.replace(/<\/?mark>/g, "")), html: headline }));
const search = async (params) => {
    const { status, text } = await server.get(ask(params));
    assert.equal(status, 200, ask(params));
    return found(text);
};
const pathOf = (story) => new URL(story.link).pathname;

async function until(what, check) {
    for (const end = Date.now() + 60000; Date.now() < end;) {
        if (await check()) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.fail(`never: ${what}`);
}

await test("a story's headline finds it first, and what readers may not see is not found", async () => {
    assert.ok(stories.length > 50);
    const last = [];
    for (const story of stories) {
        const results = await search({ q: story.title });
        if (results[0]?.path !== pathOf(story)) last.push(`${story.title}: ${results[0]?.path}`);
    }
    assert.deepEqual(last, []);
    for (const secret of secrets) {
        const results = await search({ q: `"${secret.title}"` });
        assert.ok(!results.some((r) => r.headline === secret.title), secret.title);
    }
});

await test("words are marked in headline and text, and the pages of results hold all once", async () => {
    const first = await server.get(ask({ q: "ferry" }));
    assert.match(first.text, /<meta name="robots" content="noindex, follow">/);
    assert.match(first.text, /<h2><a [^>]*>[^<]*<mark>ferry<\/mark>/i);
    assert.match(first.text, /<p class="standfirst">[\s\S]{0,400}?<mark>ferry<\/mark>/i);
    const total = Number(/<p role="status">(\d+) stories/.exec(first.text)[1]), seen = [];
    for (let path = ask({ q: "ferry" }); path;) {
        const { text } = await server.get(path);
        seen.push(...found(text).map((r) => r.path));
        path = decodeEntities(/<a href="([^"]+)" rel="next">/.exec(text)?.[1] ?? "");
    }
    assert.equal(seen.length, total);
    assert.equal(new Set(seen).size, total);
    const newest = await search({ q: "ferry", sort: "newest" });
    const dated = newest.map((r) => r.path).filter((p) => /^\/\d/.test(p)); // pages stand among them
    assert.deepEqual(dated, dated.toSorted().reverse());
});

await test("phrases, beginnings of words, words left out, either of two, no accents, a year", async () => {
    const paths = async (q, more) => new Set((await search({ q, ...more })).map((r) => r.path));
    const every = async (q, more) => {
        const all = new Set();
        for (let page = 1; ; page++) {
            const { status, text } = await server.get(ask({ q, ...more, page }));
            if (status === 404) return all;
            for (const r of found(text)) all.add(r.path);
        }
    };
    const ferry = await every("ferry"), both = await every("ferry mayor"), none = await every("ferry -mayor");
    assert.ok(both.size > 0 && none.size > 0);
    assert.equal(both.size + none.size, ferry.size);
    assert.ok([...both].every((p) => ferry.has(p) && !none.has(p)));
    assert.ok((await every("harb*")).size >= (await every("harbour")).size);
    const either = await every("foghorn OR pudding");
    assert.deepEqual(either, new Set([...await every("foghorn"), ...await every("pudding")]));
    assert.deepEqual(await paths("café"), await paths("CAFE"));
    const one = stories.find((s) => s.title.split(" ").length > 4), words = one.title.split(" ");
    assert.ok((await paths(`"${words.slice(0, 3).join(" ")}"`)).has(pathOf(one)));
    const year = [...await every("ferry", { from: "2024-01-01", to: "2024-12-31" })].filter((p) => /^\/\d/.test(p));
    assert.deepEqual(new Set(year), new Set([...ferry].filter((p) => p.startsWith("/2024/"))));
});

await test("WordPress's addresses of searches lead here", async () => {
    for (const [from, to] of [["/?s=late+ferry", "/search/?q=late+ferry"], ["/?s=ferry&paged=2", "/search/?q=ferry&page=2"],
        ["/?paged=2&s=ferry", "/search/?q=ferry&page=2"], ["/search/late+ferry/", "/search/?q=late+ferry"], ["/search/caf%C3%A9/page/2/", "/search/?q=caf%C3%A9&page=2"],
        ["/search/fog/feed/rss2/", "/search/?q=fog"], ["/search?q=fog", "/search/?q=fog"], ["/index.php?s=fog", "/search/?q=fog"]]) {
        const { status, headers } = await server.get(from);
        assert.deepEqual([status, headers.location], [301, to], from);
    }
});

await test("whatever is asked, the answer is a page that says what it is", async () => {
    const odd = { "q=%00%01%7f": 200, "q=%ff%fe%c3": 200, "q=": 200, "": 200, "q=%22": 200, "q=-": 200, "q=%2A": 200, "q=%22%22%22+OR+OR+-": 200,
        "q=a+NEAR%2F3+b": 200, "q=headline%3Aferry": 200, "q=%28%28%28": 200, "q=%27%3B+DROP+TABLE+story%3B--": 200, "q=%3Cscript%3Ealert%281%29%3C%2Fscript%3E": 200,
        [`q=${"ferry+".repeat(1000)}`]: 200, [`q=${"%E6%B8%A1".repeat(700)}`]: 200, [`q=${"a%2A+".repeat(100)}`]: 200, [`q=${"x".repeat(9000)}`]: 414,
        "q=ferry&page=99999": 404, "q=ferry&page=-1": 200, "q=ferry&page=x": 200, "q=ferry&page=9999999999999999999999": 200,
        "q=ferry&from=2024-02-30": 400, "q=ferry&from=yesterday": 400, "q=ferry&to=2024-1-1": 400, "q=ferry&from=9999-12-31&to=1000-01-01": 200,
        "q=ferry&section=4294967296": 404, "q=ferry&section=%00": 200, "q=ferry&author=999": 404, "q=ferry&sort=%22": 200, "q=ferry&q=fog": 200, "%ff=%00&q": 200 };
    for (const [query, expected] of Object.entries(odd)) {
        const { status, text, headers } = await server.get(`/search/?${query}`);
        assert.equal(status, expected, query.slice(0, 60));
        assert.match(headers["content-type"], /^text\/html/, query.slice(0, 60));
        assert.match(text, /<h1[^>]*>[^<]+<\/h1>/, query.slice(0, 60));
        assert.ok(!text.includes("<script>alert"), query.slice(0, 60));
        assert.equal(text.includes("\ufffd") && !query.includes("%f"), false, query.slice(0, 60));
    }
    // The wrong way round is the days between.
    assert.deepEqual(await search({ q: "ferry", from: "2024-12-31", to: "2024-01-01" }), await search({ q: "ferry", from: "2024-01-01", to: "2024-12-31" }));
});

await test("what is withdrawn is gone from the results, and back when it is published", async () => {
    const story = stories.at(-1), q = { q: story.title };
    assert.equal((await search(q))[0].path, pathOf(story));
    run(["story", "withdraw", pathOf(story), "--site", site]);
    await until("withdrawn", async () => !(await search(q)).some((r) => r.path === pathOf(story)));
    run(["story", "publish", pathOf(story), "--site", site]);
    await until("published", async () => (await search(q))[0]?.path === pathOf(story));
});

await test("browsers and search engines are told of it", async () => {
    const { text, headers } = await server.get("/opensearch.xml");
    assert.match(headers["content-type"], /^application\/opensearchdescription\+xml/);
    assert.equal(XMLValidator.validate(text), true);
    const description = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "" }).parse(text).OpenSearchDescription;
    assert.equal(description.xmlns, "http://a9.com/-/spec/opensearch/1.1/");
    assert.ok(description.ShortName.length <= 16 && description.LongName.length <= 48);
    const html = description.Url.find((u) => u.type === "text/html");
    const path = new URL(html.template.replace("{searchTerms}", encodeURIComponent("late ferry")));
    assert.equal((await server.get(path.pathname + path.search)).status, 200);
    const front = (await server.get("/")).text;
    assert.match(front, /<link rel="search" type="application\/opensearchdescription\+xml"[^>]* href="\/opensearch.xml">/);
    assert.ok(front.includes("/search/?q={search_term_string}"));
});

await test("a flood of made-up words costs neither the front page nor the memory", async () => {
    const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, "utf8"))[1]);
    const front = (await server.get("/")).text, before = rss(), statuses = new Set();
    let asked = 0;
    await Promise.all(Array.from({ length: 6 }, async (_, lane) => {
        for (let i = 0; i < 700; i++, asked++) {
            statuses.add((await server.get(ask({ q: `ferry word${lane}x${i}`, from: "2020-01-01" }))).status);
            if (i % 100 === 0) assert.equal((await server.get("/")).text, front);
        }
    }));
    assert.equal(asked, 4200);
    assert.deepEqual([...statuses].filter((s) => s !== 503), [200]);
    assert.ok(rss() - before < 64 * 1024, `${rss() - before} KiB more`);
});

await test("Chromium, without script: asked from the masthead, narrowed, paged; on a telephone, too", async () => {
    if (!existsSync(chromiumPath)) return "no Chromium here";
    const { chromium } = await import("playwright-core").catch(() => ({}));
    if (!chromium) return "playwright-core is not installed: npm --prefix tests ci";
    const browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--disable-gpu"] });
    try {
        for (const width of [1366, 360]) {
            const tab = await browser.newPage({ javaScriptEnabled: false, viewport: { width, height: 800 } });
            await tab.goto(server.base);
            if (width === 360) {
                await tab.getByRole("banner").getByRole("button", { name: "Search" }).click();
                await tab.waitForURL((url) => url.pathname === "/search/");
                await tab.getByRole("main").getByRole("searchbox", { name: "Words to look for" }).fill("ferry");
            } else {
                await tab.getByRole("banner").getByRole("searchbox", { name: "Words to look for" }).fill("ferry");
            }
            await tab.keyboard.press("Enter");
            await tab.waitForURL((url) => url.searchParams.get("q") === "ferry");
            assert.equal(await tab.getByRole("main").getByRole("searchbox").inputValue(), "ferry");
            assert.ok(await tab.locator("mark").count() > 3);
            const all = await tab.locator("[role=status]").innerText();
            await tab.locator("summary").click();
            await tab.getByLabel("Section", { exact: true }).selectOption({ label: "Harbour" });
            await tab.getByRole("button", { name: "Apply" }).click();
            await tab.waitForURL((url) => url.searchParams.get("section"));
            assert.notEqual(await tab.locator("[role=status]").innerText(), all);
            assert.equal(await tab.getByLabel("Section", { exact: true }).locator("option[selected]").innerText(), "Harbour");
            await tab.getByRole("link", { name: "Search everything" }).click();
            await tab.waitForURL((url) => !url.searchParams.get("section"));
            await tab.getByRole("link", { name: "Newest first" }).click();
            await tab.waitForURL((url) => url.searchParams.get("sort") === "newest");
            await tab.getByRole("link", { name: "More results" }).click();
            await tab.waitForURL((url) => url.searchParams.get("page") === "2");
            const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
            assert.ok(overflow <= 0);
            await tab.close();
        }
    } finally {
        await browser.close();
    }
});

assert.equal(await server.stop(), 0);
finish();
