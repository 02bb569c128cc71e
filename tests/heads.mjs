// What stands in <head>, over every page that a crawler of the demo finds: titles, descriptions, canonical
// addresses, OpenGraph, Twitter cards, and JSON-LD against schema.org's definitions and what Google's
// documentation of structured data asks for.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { finish, root, run, serve, test, tmp } from "./lib/site.mjs";

if (!existsSync(join(root, "tests/node_modules/parse5"))) {
    console.log("skip: parse5 is missing: cd tests && npm ci\n0 passed, 0 failed, 1 skipped");
    process.exit(77);
}
const { parse } = await import("parse5");
const { types } = JSON.parse(readFileSync(join(root, "tests/schemas/schema-org.json"), "utf8"));
const ORIGIN = "http://localhost:8080";
const site = join(tmp(), "demo");
execFileSync("sh", [join(root, "script/demo"), site], { stdio: "ignore", env: { ...process.env, BROADSHEET_URL: ORIGIN } });
const server = await serve(site);

// ---- reading

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/;

const attrs = (node) => Object.fromEntries((node.attrs ?? []).map((a) => [a.name, a.value]));
function* walk(node) {
    yield node;
    for (const child of node.childNodes ?? []) yield* walk(child);
}
const textOf = (node) => [...walk(node)].map((n) => n.value ?? "").join("");

function read(path, html) {
    const page = { path, meta: [], links: [], anchors: [], json: [], titles: [] };
    for (const node of walk(parse(html))) {
        const a = attrs(node);
        if (node.tagName === "meta" && (a.name ?? a.property)) page.meta.push([a.name ?? a.property, a.content]);
        if (node.tagName === "link") page.links.push(a);
        if (node.tagName === "a" && a.href) page.anchors.push(a.href);
        if (node.tagName === "title" && node.parentNode.tagName === "head") page.titles.push(textOf(node));
        if (node.tagName === "script" && a.type === "application/ld+json") page.json.push(textOf(node));
    }
    page.all = (name) => page.meta.filter(([n]) => n === name).map(([, v]) => v);
    page.one = (name) => page.all(name)[0];
    page.rel = (rel) => page.links.filter((l) => l.rel === rel).map((l) => l.href);
    page.graph = page.json.flatMap((text) => JSON.parse(text)["@graph"]);
    page.node = (type) => page.graph.find((n) => n["@type"] === type);
    page.indexed = !(page.one("robots") ?? "").includes("noindex");
    return page;
}

const own = (href) => {
    const url = new URL(href, ORIGIN);
    return url.origin === ORIGIN ? url.pathname + url.search : null;
};

// ---- crawling

// Every page that links lead to, by address; and all answers, asked for once.
async function crawl(from, first) {
    const site = { pages: new Map(), answers: new Map() };
    site.get = async (path) => {
        if (!site.answers.has(path)) site.answers.set(path, await from.get(path));
        return site.answers.get(path);
    };
    for (const queue = [...first], seen = new Set(queue); queue.length > 0;) {
        const path = queue.shift(), answer = await site.get(path);
        if (answer.status !== 200 || !/^text\/html/.test(answer.headers["content-type"])) continue;
        const page = read(path, answer.text);
        site.pages.set(path, page);
        for (const href of page.anchors) {
            const to = URL.canParse(href, ORIGIN + path) && own(new URL(href, ORIGIN + path).href)?.split("#")[0];
            if (to && !seen.has(to) && !to.startsWith("/search")) { // what strangers may ask for is endless
                seen.add(to);
                queue.push(to);
            }
        }
    }
    return site;
}
const { pages, answers, get } = await crawl(server, ["/", "/2022/", "/2022/03/", "/2022/03/14/"]);
const every = async (check, among = [...pages.values()]) => {
    assert.ok(among.length > 0);
    for (const page of among) {
        try { await check(page); } catch (error) { error.message = `${page.path}: ${error.message}`; throw error; }
    }
};
const indexed = [...pages.values()].filter((p) => p.indexed);
const stories = indexed.filter((p) => p.one("og:type") === "article");
const authors = indexed.filter((p) => p.one("og:type") === "profile");
const kindOf = (page) => page.graph.map((n) => n["@type"]);

await test("the crawler saw every kind of page", () => {
    assert.ok(stories.length >= 60, `${stories.length} stories`);
    assert.ok(authors.length >= 8, `${authors.length} authors' pages`);
    for (const path of ["/", "/page/2/", "/about/", "/category/harbour/", "/category/harbour/ferry/", "/2022/", "/2022/03/", "/2022/03/14/"]) assert.ok(pages.has(path), path);
    assert.ok([...pages.keys()].some((p) => p.startsWith("/tag/")));
    const kinds = new Set([...pages.values()].flatMap(kindOf));
    for (const kind of ["WebSite", "NewsMediaOrganization", "NewsArticle", "BreadcrumbList", "CollectionPage", "ProfilePage", "AboutPage"]) assert.ok(kinds.has(kind), kind);
});

// ---- titles, descriptions, addresses

await test("one title a page, and no two pages with the same", () => {
    const titles = new Map();
    for (const page of indexed) {
        assert.equal(page.titles.length, 1, page.path);
        assert.ok(page.titles[0].trim(), page.path);
        assert.ok(!titles.has(page.titles[0]), `${page.path} and ${titles.get(page.titles[0])}: ${page.titles[0]}`);
        titles.set(page.titles[0], page.path);
    }
});
await test("a description without markup on each page", () => every((page) => {
    const [text, ...more] = page.all("description");
    assert.equal(more.length, 0);
    assert.ok(text && text.length <= 340, `${text?.length} characters`);
    assert.ok(!/<\w|&\w+;|\s\s|\n/.test(text), text);
}, indexed));
await test("canonical is the page's own address", () => every((page) => {
    assert.deepEqual(page.rel("canonical").map(own), [page.path]);
}, indexed));
await test("nothing is said twice", () => every((page) => {
    const many = new Set(["article:tag", "article:author", "theme-color"]);
    const names = page.meta.map(([name]) => name).filter((name) => !many.has(name));
    assert.equal(new Set(names).size, names.length, names.filter((n, i) => names.indexOf(n) !== i).join());
}));
await test("rel=prev and rel=next agree", () => every((page) => {
    const [next] = page.rel("next"), [prev] = page.rel("prev");
    if (next) assert.deepEqual(pages.get(own(next))?.rel("prev").map(own), [page.path]);
    if (prev) assert.deepEqual(pages.get(own(prev))?.rel("next").map(own), [page.path]);
}));
await test("what must not be found says so", async () => {
    for (const path of ["/nowhere/", "/author/nobody/"]) {
        assert.match(read(path, (await get(path)).text).one("robots"), /noindex/);
    }
    const locked = [...pages.values()].filter((p) => !p.indexed);
    assert.ok(locked.every((p) => p.graph.length === 0 || p.node("CollectionPage")), "JSON-LD on a locked page");
    for (const page of indexed) assert.match(page.one("robots"), /max-image-preview:large/);
});

// ---- networks

await test("OpenGraph is whole", () => every(async (page) => {
    for (const name of ["og:type", "og:title", "og:url", "og:site_name", "og:locale", "og:description"]) assert.ok(page.one(name), name);
    assert.equal(own(page.one("og:url")), page.path);
    assert.match(page.one("og:locale"), /^[a-z]{2,3}_[A-Z]{2}$/);
    if (page.one("og:image")) {
        await checkImage({ url: page.one("og:image"), width: Number(page.one("og:image:width")), height: Number(page.one("og:image:height")) });
        assert.match(page.one("og:image:type"), /^image\//);
        assert.ok(page.one("og:image:alt"));
    }
}, indexed));
await test("stories and profiles have their own", async () => {
    await every((page) => {
        for (const name of ["article:published_time", "article:modified_time"]) assert.match(page.one(name), ISO);
        assert.ok(page.one("article:section"));
        for (const url of page.all("article:author")) assert.ok(authors.some((a) => a.path === own(url)), url);
    }, stories);
    await every((page) => assert.ok(page.one("profile:username")), authors);
});
await test("Twitter cards are whole", () => every((page) => {
    assert.equal(page.one("twitter:card"), page.one("og:image") ? "summary_large_image" : "summary");
    for (const name of ["twitter:title", "twitter:description", "twitter:site"]) assert.ok(page.one(name), name);
    assert.equal(page.one("twitter:image"), page.one("og:image"));
}, indexed));
await test("the fediverse knows who wrote", () => {
    const page = stories.find((p) => p.node("NewsArticle").author[0].name === "The Tide Clerk" && p.node("NewsArticle").author.length === 1);
    assert.equal(page.one("fediverse:creator"), "@tides@quaylantern.example");
});

// ---- JSON-LD

const above = (type) => { const list = []; for (let t = type; t; t = types[t].parent) list.push(t); return list; };
const isUrl = (value) => { try { return /^https?:$/.test(new URL(value).protocol); } catch { return false; } };
const scalar = {
    Text: (v) => typeof v === "string" && v.length > 0,
    URL: (v) => typeof v === "string" && isUrl(v),
    Date: (v) => /^\d{4}-\d\d-\d\d$/.test(v),
    DateTime: (v) => ISO.test(v),
    Integer: (v) => Number.isInteger(v),
    Boolean: (v) => typeof v === "boolean",
};
// Every type is known, every property is one of its type, every value is one that the property takes.
function checkNode(node, byId, where) {
    const type = node["@type"];
    assert.ok(types[type], `${where}: type ${type}`);
    for (const [key, value] of Object.entries(node)) {
        if (key.startsWith("@")) continue;
        const ranges = above(type).map((t) => types[t].properties[key]).find(Boolean);
        assert.ok(ranges, `${where}: ${type} has no ${key}`);
        for (const v of [value].flat()) {
            if (v !== null && typeof v === "object") {
                const target = v["@type"] ? v : byId.get(v["@id"]);
                assert.ok(target, `${where}.${key}: nothing is ${v["@id"]}`);
                assert.ok(above(target["@type"]).some((t) => ranges.includes(t)), `${where}.${key} is a ${target["@type"]}`);
                if (v["@type"]) checkNode(v, byId, `${where}.${key}`);
            } else {
                assert.ok(ranges.some((r) => scalar[r]?.(v)), `${where}.${key}: ${JSON.stringify(v)} is none of ${ranges}`);
            }
        }
    }
}

// The size that the bytes themselves tell: PNG, or JPEG.
function sizeOf(bytes) {
    if (bytes.readUInt32BE(0) === 0x89504e47) return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    for (let at = 2; at < bytes.length;) {
        const marker = bytes[at + 1];
        if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
        at += 2 + bytes.readUInt16BE(at + 2);
    }
    return null;
}
async function checkImage(image) {
    assert.ok(own(image.url), image.url);
    const answer = await get(own(image.url));
    assert.equal(answer.status, 200, image.url);
    assert.match(answer.headers["content-type"], /^image\//);
    if (image.width) assert.deepEqual(sizeOf(answer.bytes), [image.width, image.height], image.url);
}

function checkJson(page) {
    assert.equal(page.json.length, 1);
    assert.equal(JSON.parse(page.json[0])["@context"], "https://schema.org");
    const byId = new Map();
    const collect = (v) => { if (v && typeof v === "object") { if (v["@id"] && v["@type"]) byId.set(v["@id"], v); Object.values(v).forEach(collect); } };
    collect(page.graph);
    page.graph.forEach((node, i) => checkNode(node, byId, `graph[${i}]`));
}
await test("JSON-LD is what schema.org defines", () => every(checkJson, indexed));
await test("NewsArticle says what Google recommends", () => every(async (page) => {
    const article = page.node("NewsArticle");
    for (const key of ["headline", "datePublished", "dateModified", "author", "publisher", "mainEntityOfPage", "articleSection", "wordCount", "inLanguage", "description"]) assert.ok(article[key], key);
    assert.match(article.datePublished, ISO);
    assert.match(article.dateModified, ISO);
    assert.ok(article.dateModified >= article.datePublished || new Date(article.dateModified) >= new Date(article.datePublished));
    assert.equal(article.isAccessibleForFree, true);
    assert.equal(own(article.mainEntityOfPage["@id"]), page.path);
    for (const author of article.author) {
        assert.equal(author["@type"], "Person");
        assert.ok(!/^by\b|,|&| and |@|http/i.test(author.name), author.name);
        assert.ok(pages.has(own(author.url)), author.url);
    }
    // In three shapes: what is said of it stands with the first.
    const [first, ...others] = article.image ?? [];
    if (first) {
        assert.ok(first.width >= 696, `an image ${first.width} wide`);
        await checkImage(first);
        for (const [i, url] of others.entries()) {
            const file = await get(own(url));
            assert.equal(file.status, 200, url);
            assert.match(url, [/-4x3-/, /-1x1-/][i]);
        }
        assert.equal((await get(own(article.thumbnailUrl))).status, 200);
    }
    assert.equal(article.publisher["@type"], "NewsMediaOrganization");
    await checkImage(article.publisher.logo);
}, stories));
await test("breadcrumbs lead from the front page here", () => every((page) => {
    const crumbs = page.node("BreadcrumbList").itemListElement;
    assert.deepEqual(crumbs.map((c) => c.position), crumbs.map((_, i) => i + 1));
    assert.ok(crumbs.length >= 2 && crumbs.every((c) => c.name && pages.has(own(c.item))), JSON.stringify(crumbs));
    assert.equal(own(crumbs[0].item), "/");
    assert.equal(own(crumbs.at(-1).item), page.path);
}, indexed.filter((p) => p.path !== "/")));
await test("a section below another names the one above, visibly, too", () => {
    const names = (page) => page.node("BreadcrumbList").itemListElement.map((c) => c.name);
    assert.deepEqual(names(pages.get("/category/harbour/ferry/")), ["The Quay Lantern", "Harbour", "The Ferry"]);
    assert.match(answers.get("/category/harbour/ferry/").text, /<nav[^>]*aria-label="You are in"[^>]*>\s*<ol>\s*<li><a href="\/category\/harbour\/">Harbour<\/a>/);
    assert.match(answers.get("/category/harbour/").text, /<a href="\/category\/harbour\/ferry\/">The Ferry<\/a>/);
});
await test("lists name their stories, in order", () => every((page) => {
    const list = page.node("CollectionPage")?.mainEntity ?? page.node("ItemList");
    if (!list) return;
    assert.equal(list.numberOfItems, list.itemListElement.length);
    list.itemListElement.forEach((item, i) => {
        assert.equal(item.position, i + 1);
        assert.ok(pages.has(own(item.url)), item.url);
    });
    assert.equal(new Set(list.itemListElement.map((i) => i.url)).size, list.itemListElement.length);
}, indexed));
await test("the front page presents the paper and its search", async () => {
    const front = pages.get("/"), web = front.node("WebSite"), paper = front.node("NewsMediaOrganization");
    assert.deepEqual([web.name, web.url], ["The Quay Lantern", `${ORIGIN}/`]);
    assert.equal(web.potentialAction.target.urlTemplate, `${ORIGIN}/search/?q={search_term_string}`);
    assert.equal(paper.sameAs.length, 2);
    assert.equal(web.publisher["@id"], paper["@id"]);
    assert.ok(front.node("CollectionPage").mainEntity.numberOfItems > 1);
});
await test("authors have their pages: biography, picture, links", () => every(async (page) => {
    const person = page.node("ProfilePage").mainEntity, html = answers.get(page.path).text;
    assert.equal(person["@type"], "Person");
    assert.ok(person.description && person.image);
    await checkImage(person.image);
    for (const paragraph of person.description.split("\n\n")) {
        assert.ok([...walk(parse(html))].some((n) => n.tagName === "p" && textOf(n) === paragraph), paragraph);
    }
    if (page.path.startsWith("/author/tideclerk/")) assert.deepEqual(person.sameAs, ["https://tides.example/"]);
}, authors));

// ---- what an editor may write

await test("words that look like markup break nothing, and a logo stands for the paper", async () => {
    const name = "</script><script>alert(1)</script><!-- \" & \u2028";
    run(["author", "thirdoar", "--name", name, "--site", site]);
    run(["set", "logo", authors.find((p) => p.path === "/author/nightbell/").one("og:image").slice(ORIGIN.length), "--site", site]);
    const again = await serve(site);
    try {
        const page = read("/author/thirdoar/", (await again.get("/author/thirdoar/")).text);
        assert.equal(page.graph.find((n) => n["@type"] === "ProfilePage").mainEntity.name, name);
        assert.equal(page.titles[0], `${name} – The Quay Lantern`);
        const front = read("/", (await again.get("/")).text);
        assert.deepEqual([front.node("NewsMediaOrganization").logo.width, front.node("NewsMediaOrganization").logo.height], [480, 480]);
        assert.match((await again.get("/")).text, /<header[^]*\/media\/[^]*<main/);
    } finally {
        await again.stop();
    }
});
await test("attachments lead to their stories or files", async () => {
    const xml = readFileSync(join(root, "demo/quay-lantern.xml"), "utf8");
    const items = xml.split("<item>").slice(1).filter((i) => i.includes("<wp:post_type><![CDATA[attachment]]>"));
    assert.ok(items.length > 20);
    for (const item of items) {
        const id = /<wp:post_id>(\d+)/.exec(item)[1], link = new URL(/<link>(.*?)<\/link>/.exec(item)[1]);
        for (const path of [`/?attachment_id=${id}`, `/?p=${id}`, link.pathname]) {
            const answer = await get(path);
            assert.equal(answer.status, 301, path);
            assert.equal((await get(own(answer.headers.location))).status, 200, path);
        }
    }
});

// ---- what real newsrooms bring along: odd words, but the rules are the same

const outside = join(root, "../shared/data/wordpress");
const exports = existsSync(outside) ? readdirSync(outside).filter((f) => f.endsWith(".xml") && f !== "malformed.xml") : [];
if (exports.length === 0) await test("real exports", () => "no ../shared/data/wordpress here");
for (const name of exports) {
    await test(`${name}: heads of all pages`, async () => {
        const dir = join(tmp(), "site");
        run(["new", dir, "--title", "A Paper", "--url", ORIGIN]);
        run(["import", "wordpress", join(outside, name), "--site", dir]);
        const real = await serve(dir);
        try {
            const found = await crawl(real, ["/"]);
            await every((page) => {
                assert.equal(page.titles.length, 1);
                assert.ok(page.titles[0].trim());
                assert.ok((page.one("description") ?? "").length <= 340);
                assert.ok(found.pages.has(own(page.rel("canonical")[0])), page.rel("canonical")[0]);
                assert.equal(own(page.one("og:url")), own(page.rel("canonical")[0]));
                checkJson(page);
            }, [...found.pages.values()].filter((p) => p.indexed));
        } finally {
            await real.stop();
        }
    });
}

await server.stop();
finish();
