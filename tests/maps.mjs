// Sitemaps against their schemas and against a crawl of the demo site; the news of a paper that has some;
// robots.txt by an independent parser; the web manifest and its icons.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeEntities, finish, root, run, serve, test, tmp } from "./lib/site.mjs";

const ORIGIN = "https://quaylantern.example";
const dir = tmp();
const site = join(dir, "demo");
execFileSync("sh", [join(root, "script/demo"), site], { stdio: "ignore", env: { ...process.env, BROADSHEET_URL: ORIGIN } });
const server = await serve(site);

const hasLint = spawnSync("xmllint", ["--version"]).status === 0;
function validate(xml, schema) {
    if (!hasLint) return;
    const r = spawnSync("xmllint", ["--nonet", "--noout", "--schema", join(root, "tests/schemas", schema), "-"], { input: xml, encoding: "utf8" });
    assert.equal(r.status, 0, r.stderr);
}
const all = (xml, tag) => [...xml.matchAll(new RegExp(`<${tag}>([^<]*)</${tag}>`, "g"))].map(([, text]) => decodeEntities(text));
const pathOf = (url) => {
    assert.ok(url.startsWith(`${ORIGIN}/`), url);
    return url.slice(ORIGIN.length);
};

// ---- sitemaps

const mapped = [], files = [];

await test("xmllint is there", async () => (hasLint ? undefined : "xmllint is missing: libxml2-utils"));

await test("the index and its files are valid", async () => {
    const index = await server.get("/sitemap.xml");
    assert.equal(index.status, 200);
    assert.equal(index.headers["content-type"], "application/xml; charset=utf-8");
    validate(index.text, "sitemap-index.xsd");
    const locs = all(index.text, "loc"), changed = all(index.text, "lastmod");
    assert.equal(changed.length, locs.length);
    for (const [i, url] of locs.entries()) {
        const file = await server.get(pathOf(url));
        assert.equal(file.status, 200, url);
        validate(file.text, "sitemap.xsd");
        const times = all(file.text, "lastmod").map((t) => new Date(t));
        assert.ok(times.length > 0 && Math.max(...times) <= new Date(changed[i]), `${url} has changed later than the index says`);
        mapped.push(...all(file.text, "loc").map(pathOf));
        files.push(pathOf(url));
    }
    for (const kind of ["stories", "pages", "sections", "tags", "authors"]) assert.ok(files.includes(`/sitemap-${kind}-1.xml`), kind);
});

await test("what the sitemap must not have is noticed", async () => {
    if (!hasLint) return "xmllint is missing";
    const bad = (body) => `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${body}</urlset>`;
    for (const body of ["", "<url/>", "<url><loc>/relative/</loc></url>", "<url><loc>https://a.example/</loc><lastmod>yesterday</lastmod></url>"]) {
        assert.throws(() => validate(bad(body), "sitemap.xsd"));
    }
});

// Every address that a link of the site leads to, with what it answered.
async function crawl() {
    const seen = new Map(), queue = ["/"];
    while (queue.length > 0) {
        const path = queue.shift();
        if (seen.has(path)) continue;
        const answer = await server.get(path);
        const html = answer.status === 200 && /^text\/html/.test(answer.headers["content-type"]) ? answer.text : "";
        const canonical = decodeEntities(/<link rel="canonical" href="([^"]*)"/.exec(html)?.[1] ?? "");
        const robots = /<meta name="robots" content="([^"]*)"/.exec(html)?.[1] ?? "";
        seen.set(path, { status: answer.status, isPage: html !== "", canonical, robots });
        for (const [, href] of html.matchAll(/<a\b[^>]*\bhref="([^"]*)"/g)) {
            const url = new URL(decodeEntities(href), ORIGIN + path);
            if (url.origin === ORIGIN) queue.push(url.pathname + url.search);
        }
    }
    return seen;
}

await test("every public page is in the sitemap once, and nothing else", async () => {
    assert.equal(new Set(mapped).size, mapped.length, "an address stands in it twice");
    const seen = await crawl();
    // The further pages of a list and what a date or a search leads to are found from the others.
    const isView = (path) => /\/page\/\d+\/$|^\/\d{4}\/(\d\d\/){0,2}$|^\/search\/|\?/.test(path);
    const found = [...seen].filter(([path, a]) => a.isPage && !/noindex/.test(a.robots) && !isView(path)).map(([path]) => path);
    assert.ok(found.length > 100);
    assert.deepEqual(found.filter((path) => !mapped.includes(path)), [], "pages that the sitemap lacks");
    for (const path of mapped) {
        const a = seen.get(path) ?? await (async () => {
            const answer = await server.get(path);
            return { status: answer.status, canonical: /<link rel="canonical" href="([^"]*)"/.exec(answer.text)?.[1], robots: "" };
        })();
        assert.equal(a.status, 200, path);
        assert.equal(a.canonical, ORIGIN + path);
        assert.doesNotMatch(a.robots, /noindex/, path);
    }
});

await test("pictures of the sitemap are there", async () => {
    const stories = (await server.get("/sitemap-stories-1.xml")).text;
    const pictures = all(stories, "image:loc");
    assert.ok(pictures.length > 10);
    for (const url of new Set(pictures)) {
        const answer = await server.get(pathOf(url));
        assert.equal(answer.status, 200, url);
        assert.match(answer.headers["content-type"], /^image\//);
    }
});

await test("the old addresses lead there at once", async () => {
    for (const path of ["/wp-sitemap.xml", "/wp-sitemap-posts-post-1.xml", "/sitemap_index.xml", "/post-sitemap.xml", "/sitemap-index.xml"]) {
        const answer = await server.get(path);
        assert.deepEqual([answer.status, answer.headers.location], [301, "/sitemap.xml"], path);
    }
    assert.equal((await server.get("/news-sitemap.xml")).headers.location, "/sitemap-news.xml");
});

// ---- news

const HOUR = 3600e3;
const sql = (t) => new Date(t).toISOString().slice(0, 19).replace("T", " ");
function exportOf(stories) {
    const items = stories.map(({ title, at }, i) => `<item><title>${title}</title><link>${ORIGIN}/?p=${i + 1}</link>
<dc:creator>clerk</dc:creator><guid isPermaLink="false">${ORIGIN}/?p=${i + 1}</guid><content:encoded><![CDATA[<p>News.</p>]]></content:encoded>
<excerpt:encoded></excerpt:encoded><wp:post_id>${i + 1}</wp:post_id><wp:post_date>${sql(at)}</wp:post_date><wp:post_date_gmt>${sql(at)}</wp:post_date_gmt>
<wp:post_name>story-${i + 1}</wp:post_name><wp:status>publish</wp:status><wp:post_parent>0</wp:post_parent><wp:menu_order>0</wp:menu_order>
<wp:post_type>post</wp:post_type><wp:post_password></wp:post_password><wp:is_sticky>0</wp:is_sticky></item>`).join("\n");
    return `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>News</title><link>${ORIGIN}</link><wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>${ORIGIN}</wp:base_site_url>
<wp:base_blog_url>${ORIGIN}</wp:base_blog_url>${items}</channel></rss>`;
}

// Until `wanted` says so, a minute at the most.
async function newsWhen(paper, wanted) {
    for (let i = 0; ; i++) {
        const xml = (await paper.get("/sitemap-news.xml")).text;
        if (wanted(xml) || i === 600) return xml;
        await sleep(100);
    }
}

await test("the news are those of the last two days, and never more than 1,000", async () => {
    const now = Date.now();
    const paper = join(dir, "news");
    const stories = [{ title: "Fog &amp; ‘ferries’", at: now - HOUR }, { title: "Yesterday", at: now - 47 * HOUR },
        { title: "Too old", at: now - 49 * HOUR }];
    writeFileSync(join(dir, "news.xml"), exportOf(stories));
    run(["new", paper, "--title", "The Quay Lantern", "--url", ORIGIN, "--language", "en-GB"]);
    run(["import", "wordpress", join(dir, "news.xml"), "--site", paper]);
    const daily = await serve(paper);
    let xml = await newsWhen(daily, (text) => all(text, "news:title").length === 2);
    validate(xml, "sitemap-of-news.xsd");
    assert.deepEqual(all(xml, "news:title"), ["Fog & ‘ferries’", "Yesterday"]);
    assert.deepEqual([...new Set(all(xml, "news:name"))], ["The Quay Lantern"]);
    assert.deepEqual([...new Set(all(xml, "news:language"))], ["en"]);
    assert.deepEqual(all(xml, "news:publication_date").map((t) => Date.parse(t)), stories.slice(0, 2).map((s) => Math.floor(s.at / 1000) * 1000));
    // Another process adds a thousand; this one hears of it.
    const many = Array.from({ length: 1100 }, (_, i) => ({ title: `Story ${i}`, at: now - 2 * HOUR - i * 60e3 }));
    writeFileSync(join(dir, "news.xml"), exportOf([...stories, ...many]));
    run(["import", "wordpress", join(dir, "news.xml"), "--site", paper]);
    xml = await newsWhen(daily, (text) => all(text, "news:title").length === 1000);
    validate(xml, "sitemap-of-news.xsd");
    assert.equal(all(xml, "news:title").length, 1000);
    assert.equal(all(xml, "news:title")[0], "Fog & ‘ferries’");
    assert.equal((await daily.get("/sitemap-stories-1.xml")).text.match(/<url>/g).length, 1103);
    await daily.stop();
});

await test("a quiet paper's news and an empty site's sitemap are valid", async () => {
    const quiet = join(dir, "quiet");
    run(["new", quiet, "--title", "Quiet", "--url", ORIGIN]);
    const empty = await serve(quiet);
    validate((await empty.get("/sitemap-news.xml")).text, "sitemap-of-news.xsd");
    const index = (await empty.get("/sitemap.xml")).text;
    validate(index, "sitemap-index.xsd");
    for (const url of all(index, "loc")) validate((await empty.get(pathOf(url))).text, "sitemap.xsd");
    await empty.stop();
});

// ---- files of the root

await test("robots.txt lets crawlers in, but not into searches", async () => {
    if (!existsSync(join(root, "tests/node_modules/robots-parser"))) return "robots-parser is missing: cd tests && npm ci";
    const { default: robotsParser } = await import("robots-parser");
    const parse = async () => robotsParser(`${ORIGIN}/robots.txt`, (await server.get("/robots.txt")).text);
    let robots = await parse();
    for (const path of mapped) assert.ok(robots.isAllowed(ORIGIN + path, "Googlebot"), path);
    for (const path of ["/feed/", "/sitemap.xml", "/manifest.webmanifest"]) assert.ok(robots.isAllowed(ORIGIN + path, "Googlebot"), path);
    for (const path of ["/search/", "/search/?q=fog", "/?s=fog"]) assert.ok(robots.isDisallowed(ORIGIN + path, "Googlebot"), path);
    assert.deepEqual(robots.getSitemaps(), [`${ORIGIN}/sitemap.xml`, `${ORIGIN}/sitemap-news.xml`]);
    run(["set", "robots_txt", "-", "--site", site], { input: "Disallow: /attic/\n\nUser-agent: Hoover\nDisallow: /\n" });
    for (let i = 0; i < 600 && (robots = await parse()).isAllowed(`${ORIGIN}/attic/`, "Googlebot"); i++) await sleep(100);
    assert.ok(robots.isDisallowed(`${ORIGIN}/attic/`, "Googlebot"));
    assert.ok(robots.isDisallowed(`${ORIGIN}/`, "Hoover"));
    assert.ok(robots.isAllowed(`${ORIGIN}/`, "Googlebot"));
});

const sizeOf = (png) => {
    assert.equal(png.subarray(0, 8).toString("latin1"), "\x89PNG\r\n\x1a\n");
    return `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`;
};

await test("the manifest has what an installed site needs, its icons their sizes", async () => {
    const answer = await server.get("/manifest.webmanifest");
    assert.equal(answer.headers["content-type"], "application/manifest+json");
    const manifest = JSON.parse(answer.text);
    assert.deepEqual([manifest.name, manifest.start_url, manifest.scope, manifest.lang, manifest.dir], ["The Quay Lantern", "/", "/", "en", "ltr"]);
    assert.ok(["standalone", "minimal-ui", "fullscreen"].includes(manifest.display));
    for (const colour of [manifest.theme_color, manifest.background_color]) assert.match(colour, /^#[0-9a-f]{6}$/);
    for (const [sizes, purpose] of [["192x192", "any"], ["512x512", "any"], ["512x512", "maskable"]]) {
        const icon = manifest.icons.find((i) => i.sizes === sizes && i.purpose === purpose);
        assert.ok(icon, `${sizes} ${purpose}`);
        const file = await server.get(icon.src);
        assert.equal(file.headers["content-type"], "image/png");
        assert.match(file.headers["cache-control"], /immutable/);
        assert.equal(sizeOf(file.bytes), sizes);
    }
});

await test("the icons that browsers ask for are there, and the pages name them", async () => {
    const touch = await server.get("/apple-touch-icon.png");
    assert.equal(sizeOf(touch.bytes), "180x180");
    const ico = await server.get("/favicon.ico");
    assert.equal(ico.headers["content-type"], "image/x-icon");
    assert.equal(ico.bytes.readUInt32LE(0), 0x00010000);
    for (let i = 0; i < ico.bytes.readUInt16LE(4); i++) {
        const at = ico.bytes.readUInt32LE(6 + 16 * i + 12), size = ico.bytes[6 + 16 * i];
        assert.equal(sizeOf(ico.bytes.subarray(at)), `${size}x${size}`);
    }
    const html = (await server.get("/")).text;
    for (const [, href] of html.matchAll(/<link rel="(?:icon|apple-touch-icon|manifest)"[^>]*href="([^"]*)"/g)) {
        assert.equal((await server.get(href)).status, 200, href);
    }
    assert.equal([...html.matchAll(/<link rel="(?:icon|apple-touch-icon|manifest)"/g)].length, 4);
    assert.equal([...html.matchAll(/<meta name="theme-color" media="\(prefers-color-scheme: (?:light|dark)\)" content="#[0-9a-f]{6}">/g)].length, 2);
});

await test("the texts of the root", async () => {
    assert.equal((await server.get("/ads.txt")).status, 404);
    run(["set", "ads_txt", "-", "--site", site], { input: "example.org, 17, DIRECT\r\n" });
    let ads;
    for (let i = 0; i < 600 && (ads = await server.get("/ads.txt")).status !== 200; i++) await sleep(100);
    assert.equal(ads.text, "example.org, 17, DIRECT\n");
    assert.equal(ads.headers["content-type"], "text/plain; charset=utf-8");
    assert.match((await server.get("/humans.txt")).text, /Name: The Quay Lantern/);
    assert.equal((await server.get("/.well-known/security.txt")).status, 404);
    run(["set", "ads_txt", "\u0001", "--site", site], { expect: 1 });
});

await server.stop();
finish();
