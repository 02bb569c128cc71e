// Every feed of the demo, and of each export in ../shared/data/wordpress if that is there, through
// readers that others wrote, and through the rules of the formats written down one by one.
import assert from "node:assert";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { finish, root, run, serve, test, tmp } from "./lib/site.mjs";

const modules = await Promise.all(["feedparser", "rss-parser", "feedsmith", "ajv", "parse5", "sax"].map((m) => import(m)))
    .catch(() => null);
if (!modules) {
    await test("feeds", () => "feed readers are missing: npm --prefix tests ci");
    finish();
}
const [{ default: FeedParser }, { default: RssParser }, feedsmith, { default: Ajv }, parse5, { default: sax }] = modules;
const jsonFeed = new (Ajv.default ?? Ajv)({ allErrors: true })
    .compile(JSON.parse(readFileSync(join(root, "tests/lib/jsonfeed.schema.json"), "utf8")));

// ---- reading XML plainly: what the rules below look at ----

// A tree of { name, attrs, kids, text }, strictly: what is not well-formed is an error.
function parseXml(xml) {
    const parser = sax.parser(true, { xmlns: true, position: false });
    const top = { kids: [], text: "" };
    const open = [top];
    parser.onerror = (e) => { throw e; };
    parser.onopentag = (node) => {
        const element = { name: node.name, space: node.uri, kids: [], text: "",
            attrs: Object.fromEntries(Object.entries(node.attributes).map(([k, v]) => [k, v.value])) };
        open.at(-1).kids.push(element);
        open.push(element);
    };
    parser.onclosetag = () => { open.pop(); };
    parser.ontext = parser.oncdata = (text) => { open.at(-1).text += text; };
    parser.write(xml).close();
    return top.kids[0];
}
const all = (element, name) => element.kids.filter((k) => k.name === name);
function one(element, name) {
    const found = all(element, name);
    assert.equal(found.length, 1, `one <${name}> in <${element.name}>`);
    return found[0];
}

// ---- rules that hold for all three ----

const rfc822 = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d ([+-]\d{4}|GMT)$/;
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function isDate(text, form) {
    assert.match(text, form);
    assert.ok(!Number.isNaN(Date.parse(text)), text);
}
function isUrl(text) {
    assert.match(text, /^https?:\/\/[^\s<>"]+$/);
    new URL(text);
}
function isUri(text) {
    assert.match(text, /^[a-z][a-z0-9+.-]*:[^\s<>"]+$/i);
}
function isMime(text) {
    assert.match(text, /^[a-z]+\/[A-Za-z0-9.+-]+$/);
}
function areUnique(list) {
    assert.deepEqual(list.length, new Set(list).size, "each identity once");
}

// HTML inside a feed: no address that needs a base, nothing that readers strip or that could run.
function checkHtml(html) {
    const walk = (node) => {
        for (const { name, value } of node.attrs ?? []) {
            if (["href", "src", "poster", "cite", "action", "data"].includes(name)) {
                assert.match(value, /^(https?:\/\/|mailto:|tel:|data:image\/)/, `${name}="${value}"`);
            }
            assert.ok(!/^on|^data-|^srcset$|^sizes$/.test(name), `${name}="${value}"`);
        }
        assert.ok(!["script", "style", "iframe", "form", "object", "embed", "base", "meta", "link"].includes(node.nodeName), node.nodeName);
        for (const kid of node.childNodes ?? []) walk(kid);
    };
    walk(parse5.parseFragment(html));
}

// ---- the three formats: each returns what the readers must agree on ----

const spaces = {
    content: "http://purl.org/rss/1.0/modules/content/", dc: "http://purl.org/dc/elements/1.1/", wfw: "http://wellformedweb.org/CommentAPI/",
    atom: "http://www.w3.org/2005/Atom", sy: "http://purl.org/rss/1.0/modules/syndication/", slash: "http://purl.org/rss/1.0/modules/slash/",
    media: "http://search.yahoo.com/mrss/", thr: "http://purl.org/syndication/thread/1.0",
};
function checkSpaces(element) {
    const prefix = element.name.includes(":") ? element.name.split(":")[0] : "";
    if (prefix) assert.equal(element.space, spaces[prefix], element.name);
    element.kids.forEach(checkSpaces);
}

function checkRss(text, url) {
    const rss = parseXml(text);
    assert.deepEqual([rss.name, rss.attrs.version], ["rss", "2.0"]);
    checkSpaces(rss);
    const channel = one(rss, "channel");
    for (const name of ["title", "link", "description", "language"]) assert.ok(one(channel, name).text, name);
    isUrl(one(channel, "link").text);
    const self = all(channel, "atom:link").find((l) => l.attrs.rel === "self");
    assert.deepEqual([self.attrs.href, self.attrs.type], [url, "application/rss+xml"]);
    assert.match(one(channel, "language").text, /^[a-z]{2,3}(-[A-Za-z0-9]+)*$/);
    assert.match(one(channel, "sy:updatePeriod").text, /^(hourly|daily|weekly|monthly|yearly)$/);
    assert.match(one(channel, "sy:updateFrequency").text, /^[1-9]\d*$/);
    const items = all(channel, "item");
    if (items.length) isDate(one(channel, "lastBuildDate").text, rfc822);
    const names = new Set(["title", "link", "comments", "dc:creator", "pubDate", "category", "guid", "description", "content:encoded",
        "wfw:commentRss", "slash:comments", "media:content", "enclosure"]);
    for (const item of items) {
        for (const kid of item.kids) assert.ok(names.has(kid.name), kid.name);
        for (const name of ["title", "link", "pubDate", "guid"]) assert.ok(one(item, name).text, name);
        isUrl(one(item, "link").text);
        isDate(one(item, "pubDate").text, rfc822);
        isUri(one(item, "guid").text);
        assert.equal(one(item, "guid").attrs.isPermaLink, "false");
        checkHtml(one(item, "description").text);
        assert.ok(all(item, "content:encoded").length <= 1 && all(item, "enclosure").length <= 1);
        for (const content of all(item, "content:encoded")) checkHtml(content.text);
        for (const name of ["category", "dc:creator"]) for (const e of all(item, name)) assert.ok(e.text.trim(), name);
        for (const name of ["comments", "wfw:commentRss"]) for (const e of all(item, name)) isUrl(e.text);
        for (const e of all(item, "slash:comments")) assert.match(e.text, /^\d+$/);
        for (const e of all(item, "enclosure")) {
            isUrl(e.attrs.url);
            isMime(e.attrs.type);
            assert.match(e.attrs.length, /^[1-9]\d*$/);
        }
        for (const media of all(item, "media:content")) {
            isUrl(media.attrs.url);
            isMime(media.attrs.type);
            assert.equal(media.attrs.medium, "image");
            for (const side of ["width", "height"]) if (media.attrs[side]) assert.match(media.attrs[side], /^[1-9]\d*$/);
            isUrl(one(media, "media:thumbnail").attrs.url);
            for (const kid of media.kids) assert.match(kid.name, /^media:(title|description|credit|copyright|thumbnail)$/);
        }
    }
    areUnique(items.map((i) => one(i, "guid").text));
    return items.map((i) => ({ title: one(i, "title").text, url: one(i, "link").text, id: one(i, "guid").text, date: Date.parse(one(i, "pubDate").text),
        html: all(i, "content:encoded")[0]?.text ?? "" }));
}

function checkAtom(text, url) {
    const feed = parseXml(text);
    assert.deepEqual([feed.name, feed.space], ["feed", spaces.atom]);
    checkSpaces(feed);
    assert.ok(feed.attrs["xml:lang"]);
    for (const name of ["id", "title", "updated"]) assert.ok(one(feed, name).text, name);
    isUri(one(feed, "id").text);
    isDate(one(feed, "updated").text, rfc3339);
    assert.ok(one(one(feed, "author"), "name").text, "an author for entries that have none");
    const link = (element, rel) => all(element, "link").filter((l) => (l.attrs.rel ?? "alternate") === rel);
    assert.equal(link(feed, "self").length, 1);
    assert.deepEqual([link(feed, "self")[0].attrs.href, link(feed, "self")[0].attrs.type], [url, "application/atom+xml"]);
    isUrl(link(feed, "alternate")[0].attrs.href);
    isUrl(one(feed, "icon").text);
    const entries = all(feed, "entry");
    for (const entry of entries) {
        for (const name of ["id", "title", "updated", "published"]) assert.ok(one(entry, name).text, name);
        isUri(one(entry, "id").text);
        isDate(one(entry, "updated").text, rfc3339);
        isDate(one(entry, "published").text, rfc3339);
        assert.ok(Date.parse(one(entry, "updated").text) >= Date.parse(one(entry, "published").text));
        assert.ok(Date.parse(one(feed, "updated").text) >= Date.parse(one(entry, "updated").text));
        for (const author of all(entry, "author")) {
            assert.ok(one(author, "name").text);
            for (const uri of all(author, "uri")) isUrl(uri.text);
        }
        assert.equal(link(entry, "alternate").length, 1);
        assert.equal(link(entry, "alternate")[0].attrs.type, "text/html");
        for (const l of all(entry, "link")) isUrl(l.attrs.href);
        for (const l of link(entry, "enclosure")) isMime(l.attrs.type);
        for (const c of all(entry, "category")) assert.ok(c.attrs.term.trim());
        for (const content of all(entry, "content")) {
            assert.equal(content.attrs.type, "html");
            checkHtml(content.text);
        }
        assert.ok(all(entry, "content").length <= 1 && all(entry, "summary").length <= 1);
        for (const l of link(entry, "replies")) {
            assert.deepEqual([l.attrs.type, l.attrs["thr:count"]], ["application/atom+xml", one(entry, "thr:total").text]);
        }
        for (const r of all(entry, "thr:in-reply-to")) {
            isUri(r.attrs.ref);
            isUrl(r.attrs.href);
        }
    }
    areUnique(entries.map((e) => one(e, "id").text));
    return entries.map((e) => ({ title: one(e, "title").text, url: link(e, "alternate")[0].attrs.href, id: one(e, "id").text,
        date: Date.parse(one(e, "published").text), html: all(e, "content")[0]?.text ?? "" }));
}

function checkJson(text, url) {
    const feed = JSON.parse(text);
    assert.ok(jsonFeed(feed), JSON.stringify(jsonFeed.errors));
    assert.equal(feed.feed_url, url);
    areUnique(feed.items.map((i) => i.id));
    for (const item of feed.items) if (item.content_html) checkHtml(item.content_html);
    return feed.items.map((i) => ({ title: i.title, url: i.url, id: i.id, date: Date.parse(i.date_published), html: i.content_html ?? "" }));
}

const formats = {
    "": { type: "application/rss+xml; charset=utf-8", check: checkRss },
    "atom/": { type: "application/atom+xml; charset=utf-8", check: checkAtom },
    "json/": { type: "application/feed+json", check: checkJson },
};

// ---- the readers ----

async function withFeedparser(text) {
    const parser = new FeedParser({ addmeta: false });
    Readable.from([text]).pipe(parser);
    const items = [];
    for await (const item of parser) items.push({ title: item.title, url: item.link, id: item.guid, date: item.pubdate?.getTime(), html: item.description ?? "" });
    return items;
}
async function withRssParser(text) {
    const feed = await new RssParser().parseString(text);
    return feed.items.map((i) => ({ title: i.title, url: i.link, id: i.guid ?? i.id, date: Date.parse(i.pubDate), html: i["content:encoded"] ?? i.content ?? "" }));
}
function withFeedsmith(text) {
    const { format, feed } = feedsmith.parseFeed(text);
    if (format === "json") return (feed.items ?? []).map((i) => ({ title: i.title, url: i.url, id: i.id, date: Date.parse(i.date_published), html: i.content_html ?? "" }));
    if (format === "atom") {
        return (feed.entries ?? []).map((e) => ({ title: e.title?.value ?? e.title, url: e.links.find((l) => l.rel === "alternate").href, id: e.id,
            date: Date.parse(e.published), html: e.content?.value ?? e.content ?? "" }));
    }
    return (feed.items ?? []).map((i) => ({ title: i.title, url: i.link, id: i.guid.value, date: Date.parse(i.pubDate), html: i.content?.encoded ?? "" }));
}

// Readers trim, and fold white space in titles; bodies must come out whole.
const fold = (text) => String(text ?? "").replace(/\s+/g, " ").trim();
function agree(reader, got, expected, whole) {
    assert.equal(got.length, expected.length, reader);
    expected.forEach((item, i) => {
        assert.deepEqual([fold(got[i].title), got[i].url, got[i].id, got[i].date], [fold(item.title), item.url, item.id, item.date], `${reader}: ${item.url}`);
        if (whole && item.html) assert.equal(fold(got[i].html), fold(item.html), `${reader}: ${item.url}`);
    });
}

async function checkFeed(server, base, path) {
    let first;
    const items = {};
    for (const [end, { type, check }] of Object.entries(formats)) {
        const at = `${path}feed/${end}`;
        try {
            const r = await server.get(encodeURI(decodeURI(at)));
            assert.equal(r.status, 200);
            assert.equal(r.headers["content-type"], type);
            assert.equal(r.headers["x-content-type-options"], "nosniff");
            items[end] = check(r.text, base + at);
            if (end === "json/") {
                agree("feedsmith", withFeedsmith(r.text), items[end], true);
            } else if (items[end].length) { // some readers take a feed without items for none
                agree("feedparser", await withFeedparser(r.text), items[end], true);
                agree("rss-parser", await withRssParser(r.text), items[end], true);
                agree("feedsmith", withFeedsmith(r.text), items[end], true);
            }
        } catch (error) {
            error.message = `${at}: ${error.message}`;
            throw error;
        }
        first ??= items[end];
        assert.deepEqual(items[end], first, `${at}: the three formats tell the same`);
    }
    return first;
}

// Every feed that the site's pages name.
async function checkSite(server, base, start) {
    const seen = new Set(start), feeds = new Set(["/", "/comments/"]);
    for (const path of seen) {
        if (seen.size > 400) break;
        const r = await server.get(path);
        if (r.status !== 200 || !/html/.test(r.headers["content-type"])) continue;
        const links = [...r.text.matchAll(/<link rel="alternate" type="(application\/[a-z+]+)" title="[^"]+" href="([^"]+)">/g)];
        for (const [, type, href] of links) {
            const end = /feed\/(atom\/|json\/)?$/.exec(href);
            assert.ok(end && formats[end[1] ?? ""].type.startsWith(type), `${path} names ${href} as ${type}`);
            feeds.add(href.replace(/feed\/(atom\/|json\/)?$/, ""));
        }
        assert.ok(links.length >= 3, `${path} names the site's feeds`);
        for (const [, href] of r.text.matchAll(/<a [^>]*href="(\/[^"#?]*)"/g)) seen.add(href.replaceAll("&amp;", "&"));
    }
    let items = 0;
    for (const path of feeds) items += (await checkFeed(server, base, path)).length;
    return { feeds, items };
}

// ---- the sites ----

const site = join(tmp(), "site");
execFileSync("sh", [join(root, "script/demo"), site]);
const server = await serve(site, ["--loops", "2"]);

await test("every feed of the demo is valid, and read alike by all readers", async () => {
    const { feeds, items } = await checkSite(server, "http://localhost:8080", ["/"]);
    const kinds = ["category", "tag", "author"].map((kind) => [...feeds].filter((f) => f.startsWith(`/${kind}/`)).length);
    assert.ok(kinds.every((n) => n >= 3), `feeds of sections, tags, authors: ${kinds}`);
    assert.ok([...feeds].some((f) => /^\/\d{4}\//.test(f)), "feeds of stories' comments");
    assert.ok(items > 300, `${items} items`);
});

await test("the site's feed has pictures, comments and whole stories", async () => {
    const rss = parseXml((await server.get("/category/harbour/feed/")).text);
    const items = all(one(rss, "channel"), "item");
    const pictures = items.flatMap((i) => all(i, "media:content"));
    assert.ok(pictures.length > 0 && pictures.some((p) => all(p, "media:credit").length && all(p, "media:description").length));
    // An enclosure says how many bytes it has, which nobody knows of a rendition before it is made.
    for (const picture of [pictures[0], all(pictures[0], "media:thumbnail")[0]]) {
        const file = await server.get(new URL(picture.attrs.url).pathname);
        assert.deepEqual([file.status, file.headers["content-type"]], [200, pictures[0].attrs.type]);
    }
    for (const path of ["/feed/", "/comments/feed/"]) {
        for (const [, feed, number] of (await server.get(path)).text.matchAll(/<wfw:commentRss>http:\/\/[^/]+([^<]*)<\/wfw:commentRss>\n<slash:comments>(\d+)</g)) {
            const channel = one(parseXml((await server.get(feed)).text), "channel");
            assert.equal(all(channel, "item").length, Math.min(20, Number(number)), feed);
        }
    }
});

await test("feeds answer conditions and follow each write", async () => {
    for (const end of Object.keys(formats)) {
        const before = await server.get(`/feed/${end}`);
        assert.equal((await server.get(`/feed/${end}`, { "if-none-match": before.headers.etag })).status, 304);
    }
    run(["set", "title", "The Night Lantern", "--site", site]);
    for (let i = 0; i < 600 && !(await server.get("/feed/json/")).text.includes('"title":"The Night Lantern"'); i++) await new Promise((r) => setTimeout(r, 100));
    for (const end of Object.keys(formats)) assert.match((await server.get(`/feed/${end}`)).text, /The Night Lantern/);
});

await test("summaries only, if the newsroom wants it so", async () => {
    run(["set", "feed_content", "summary", "--site", site]);
    for (let i = 0; i < 600 && (await server.get("/feed/json/")).text.includes("content_html"); i++) await new Promise((r) => setTimeout(r, 100));
    const items = await checkFeed(server, "http://localhost:8080", "/");
    assert.ok(items.length === 20 && items.every((i) => i.html === ""));
});
await server.stop();

const exports = new URL("../../shared/data/wordpress/", import.meta.url).pathname;
for (const file of existsSync(exports) ? readdirSync(exports).filter((f) => f.endsWith(".xml") && f !== "malformed.xml") : []) {
    await test(`every feed of ${file} is valid`, async () => {
        const imported = join(tmp(), "site");
        run(["new", imported, "--title", "Imported & <kept>", "--url", "http://localhost:8080", "--language", "en"]);
        run(["import", "wordpress", join(exports, file), "--site", imported]);
        const s = await serve(imported, ["--loops", "2"]);
        try {
            await checkSite(s, new URL(run(["get", "url", "--site", imported]).out.trim()).origin, ["/"]);
        } finally {
            await s.stop();
        }
    });
}
finish();
