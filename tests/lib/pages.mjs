// What pages a site has, found as a visitor would find them: by following its links.
import { parse, serialize } from "parse5";
import { decodeEntities } from "./site.mjs";

export const isHtml = (page) => /^text\/html/.test(page.type);

export const attribute = (tag, name) => {
    const m = new RegExp(`\\s${name}=(?:"([^"]*)"|'([^']*)')`).exec(tag);
    return m && decodeEntities(m[1] ?? m[2]).trim();
};
export const tagsOf = (html) => html.replace(/<!--[\s\S]*?-->|<(style|script)\b(?![^>]*ld\+json)[\s\S]*?<\/\1>/g, "").match(/<[a-z][^>]*>/gi) ?? [];

// Every string in a JSON value that is a URL or, under a name that holds one, a path.
function jsonLinks(value, name = "") {
    if (typeof value === "string") {
        if (value.includes("{")) return []; // a template of addresses
        return /^https?:\/\//.test(value) && !name.startsWith("@") || /^(src|start_url|scope|url)$/.test(name) && value.startsWith("/") ? [value] : [];
    }
    return value && typeof value === "object" ? Object.entries(value).flatMap(([k, v]) => jsonLinks(v, Array.isArray(value) ? name : k)) : [];
}

// The addresses that a page names, as written: links, pictures, feeds, maps, icons, JSON-LD.
export function linksOf(page) {
    if (/json/.test(page.type)) return jsonLinks(JSON.parse(page.text));
    if (/xml/.test(page.type)) {
        const text = page.text.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, "");
        return [...text.matchAll(/<(?:loc|link|url|image:loc)>([^<]+)<|\s(?:href|url|template)="([^"]+)"/g)]
            .map(([, a, b]) => decodeEntities(a ?? b)).filter((l) => !l.includes("{"));
    }
    if (/^text\/plain/.test(page.type)) return [...page.text.matchAll(/^Sitemap:\s*(\S+)/gim)].map(([, l]) => l);
    if (!isHtml(page)) return [];
    const links = [];
    for (const tag of tagsOf(page.text)) {
        for (const name of ["href", "src", "poster", "action", "cite"]) links.push(attribute(tag, name));
        for (const one of attribute(tag, "srcset")?.split(",") ?? []) links.push(one.trim().split(/\s+/)[0]);
        if (/^<meta\s/.test(tag) && /:(url|image|audio|video)"/.test(tag)) links.push(attribute(tag, "content"));
    }
    for (const [, json] of page.text.matchAll(/<script type="application\/ld\+json">([\s\S]*?)<\/script>/g)) links.push(...jsonLinks(JSON.parse(json)));
    return links.filter(Boolean);
}

// A page without what its writers and readers wrote: what is left is the theme's.
export function themePart(page) {
    const written = (node) => node.attrs?.some((a) => a.name === "class" && /^(body|text|biography)$/.test(a.value));
    const prune = (node) => {
        if (written(node)) node.childNodes = [];
        for (const child of node.childNodes ?? []) prune(child);
        return node;
    };
    return { ...page, text: serialize(prune(parse(page.text))) };
}

// The address within the site that a link leads to, without its fragment; null: it leads elsewhere.
export function pathOf(site, link, from) {
    if (!URL.canParse(link, site.url + from)) return null;
    const url = new URL(link, site.url + from);
    return url.origin === site.url ? url.pathname + url.search : null;
}

async function fetchPage(site, path, from) {
    const r = await site.server.get(path);
    return { path, from, status: r.status, type: r.headers["content-type"] ?? "", location: r.headers.location, headers: r.headers, text: r.text, bytes: r.bytes };
}

// Follow all links from the front page and robots.txt: path -> page; `from` is where it was found.
export async function walk(site) {
    const pages = new Map([["/", null], ["/robots.txt", null]]);
    for (const [path, from] of pages) {
        const page = await fetchPage(site, path, from);
        pages.set(path, page);
        for (const link of page.location ? [page.location] : linksOf(page)) {
            const to = pathOf(site, link, path);
            if (to && !pages.has(to)) pages.set(to, path);
        }
    }
    return pages;
}

const has = (pattern) => (page) => pattern.test(page.text);
const isPage = has(/<article class="[^"]*\bpage\b/);
const isStory = has(/<meta property="og:type" content="article">/);
export const isArticle = (page) => isStory(page) || isPage(page);
const atPath = (pattern) => (page) => pattern.test(page.path);
const story = (feature) => (page) => isStory(page) && feature(page);
const body = (page) => /<div class="body"[\s\S]*?(?=<nav class="neighbours")|<div class="body"[\s\S]*/.exec(page.text)?.[0] ?? "";
const bodyHas = (pattern) => story((page) => pattern.test(body(page)));

// The kinds, and how to know one. Where many pages are of a kind, the longest stands for it.
const shapes = {
    "front page": atPath(/^\/$/),
    "front page, page 2": atPath(/^\/(page\/2\/|\?paged=2)$/),
    "section": atPath(/^\/(category\/[^/]+\/|\?cat=\d+)$/),
    "section, page 2": atPath(/^\/(category\/([^/]+\/)+page\/2\/|\?cat=\d+&paged=2)$/),
    "sub-section": atPath(/^\/category\/[^/]+\/(?!feed|page)[^/]+\/$/),
    "tag": atPath(/^\/(tag\/[^/]+\/|\?tag=[^&]+)$/),
    "author": atPath(/^\/(author\/[^/]+\/|\?author=\d+)$/),
    "story": story(has(/<figure class="[^"]*\blead\b/)),
    "story without a picture": story((page) => !/<figure class="[^"]*\blead\b/.test(page.text) && !/<img/.test(body(page))),
    "story with comments": story(has(/id="comment-/)),
    "story with corrections": story(has(/id="corrections"/)),
    "story with a gallery": bodyHas(/data-card="gallery"|class="[^"]*gallery/),
    "story with a table": bodyHas(/<table/),
    "story with a quotation": bodyHas(/<blockquote/),
    "story with code": bodyHas(/<pre/),
    "story with sound or film": bodyHas(/<(audio|video)/),
    "page": isPage,
};

// Those that no link leads to: date archives, what is not there, search.
function hidden(pages) {
    const html = [...pages.values()].filter((p) => p.status === 200 && isHtml(p));
    const date = /<time datetime="(\d{4})-(\d\d)-(\d\d)/.exec(html.find(story(() => true))?.text ?? "");
    const found = date ? { "year": `/${date[1]}/`, "month": `/${date[1]}/${date[2]}/`, "day": `/${date[1]}/${date[2]}/${date[3]}/` } : {};
    found["not found"] = "/no/such/page/";
    // A form that sends one line of text to an address of the site.
    const form = /<form\b[^>]*role="search"[\s\S]*?<\/form>/.exec(html.map((p) => p.text).join("\n"))?.[0];
    if (form) {
        const [action, input] = [attribute(form, "action"), tagsOf(form).find((t) => /type="search"/.test(t))];
        const ask = (words) => `${action}?${new URLSearchParams({ [attribute(input, "name")]: words })}`;
        const headline = /<h1[^>]*>(.*?)<\/h1>/.exec(html.find(story(() => true)).text)[1].replace(/<[^>]*>/g, "");
        found["search"] = ask(decodeEntities(headline).split(" ").at(-1));
        found["search, nothing found"] = ask("xyzzy qwertz");
        found["search, nothing asked"] = ask("");
    }
    return found;
}

// One page of each kind that the site has: [{ kind, path, status, text, … }].
export async function kinds(site, pages) {
    const html = [...pages.values()].filter((p) => p.status === 200 && isHtml(p)).sort((a, b) => b.bytes.length - a.bytes.length);
    const found = [];
    for (const [kind, is] of Object.entries(shapes)) {
        const page = html.find(is);
        if (page) found.push({ kind, ...page });
    }
    for (const [kind, path] of Object.entries({ ...hidden(pages), ...site.hidden })) {
        const page = await fetchPage(site, path, null);
        found.push({ kind, ...page.location ? await fetchPage(site, pathOf(site, page.location, path), path) : page });
    }
    return found;
}

// One page often is of several kinds.
export const distinct = (found) => [...new Map(found.toReversed().map((page) => [page.path, page])).values()].toReversed();
