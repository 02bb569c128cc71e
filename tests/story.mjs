// Each story page of the demo, read aloud: the text of its HTML, in order, is exactly date, reading time,
// sections, headline, standfirst, byline, picture, body with its also-read cards, tags, Previous Story,
// Next Story, Latest from the section, Go to Top, Don't Miss. What it should be is put together here from
// the export alone, by other means than the program's.
import assert from "node:assert";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeEntities, finish, readExport, root, serve, test, textOf, tmp } from "./lib/site.mjs";

const site = join(tmp(), "site");
execFileSync("sh", [join(root, "script/demo"), site]);
const server = await serve(site);
const xml = readFileSync(join(root, "demo/quay-lantern.xml"), "utf8");

const plain = (text) => text.replaceAll("<![CDATA[", "").replaceAll("]]>", "");
const one = (text, pattern) => decodeEntities(plain(pattern.exec(text)?.[1] ?? ""));
const parents = new Map([...xml.matchAll(/<wp:category>([\s\S]*?)<\/wp:category>/g)].map(([, c]) =>
    [one(c, /nicename>(.*?)<\/wp:category_nicename/), { id: one(c, /term_id>(.*?)<\//), parent: one(c, /_parent>(.*?)<\/wp:category_parent/) }]));
const authors = new Map([...xml.matchAll(/<wp:author>([\s\S]*?)<\/wp:author>/g)].map(([, a]) =>
    [one(a, /author_login>(.*?)<\//), one(a, /display_name>(.*?)<\/wp/)]));

const terms = (item, domain) => [...item.matchAll(new RegExp(`<category domain="${domain}" nicename="([^"]*)">(.*?)</category>`, "g"))]
    .map(([, slug, name]) => ({ slug, name: decodeEntities(plain(name)) }));
const meta = (item, key) => one(item, new RegExp(`meta_key><!\\[CDATA\\[${key}\\]\\]></wp:meta_key>\\s*<wp:meta_value>([\\s\\S]*?)</wp:meta_value>`));

for (const i of readExport(xml)) if (i.type === "guest-author") authors.set(i.slug.replace(/^cap-/, ""), i.title);
const raw = [...xml.matchAll(/<item>([\s\S]*?)<\/item>/g)].map(([, item]) => item);
const stories = readExport(xml).map((item, i) => ({ ...item, raw: raw[i] }))
    .filter((i) => i.type === "post" && i.status === "publish" && !i.password)
    .map((i) => {
        const categories = terms(i.raw, "category");
        const primary = meta(i.raw, "_yoast_wpseo_primary_category");
        const sections = categories.sort((a, b) => (parents.get(b.slug).id === primary) - (parents.get(a.slug).id === primary));
        const within = new Set();
        for (const { slug } of sections) for (let s = slug; s; s = parents.get(s).parent) within.add(s);
        const by = terms(i.raw, "author").map((a) => authors.get(a.name));
        return { ...i, path: new URL(i.link).pathname, sections, within, standfirst: one(i.raw, /<excerpt:encoded>([\s\S]*?)<\/excerpt:encoded>/),
            by: by.length ? by : [authors.get(one(i.raw, /<dc:creator>(.*?)<\//))],
            at: one(i.raw, /<wp:post_date_gmt>(.*?)<\//), changed: one(i.raw, /<wp:post_modified_gmt>(.*?)<\//) };
    })
    .sort((a, b) => (a.at < b.at ? 1 : -1));
const byPath = new Map(stories.map((s) => [s.path, s]));

const long = new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone: "Europe/London" });
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone: "Europe/London" });
const time = (sql) => new Date(`${sql.replace(" ", "T")}Z`);
const words = (text) => text.split(/\s+/).filter(Boolean);

// Text of the export's HTML with its also-read lines as the cards that they become; or as prose, without
// those and without captions.
const label = /(?:<strong>)?((?:ALSO READ|READ MORE):)(?:<\/strong>)?\s*<a href="https:\/\/quaylantern\.example([^"]*)">.*?<\/a>/g;
const inline = /<\/?(?:a|abbr|b|code|em|i|q|s|small|span|strong|sub|sup)\b[^>]*>/g;
const read = (body, card) => textOf(body.replace(/<!--[\s\S]*?-->/g, "").replace(label, card).replace(inline, ""));
const whole = (s) => read(s.body, (_, what, path) => `${what} ${byPath.get(path)?.title}`);
const prose = (s) => words(read(s.body.replace(/<figcaption\b[\s\S]*?<\/figcaption>|\[caption[\s\S]*?\[\/caption\]/g, " "), ""));
const excerpt = (s, n) => [...words(s.standfirst), ...prose(s)].slice(0, n).join(" ");

// Equal but for white space; else the first difference.
function same(actual, wanted, what) {
    const [a, b] = [actual, wanted].map((text) => text.replace(/\s+/g, ""));
    let at = 0;
    while (at < a.length && a[at] === b[at]) at++;
    assert.ok(a === b, `${what}: …${a.slice(Math.max(0, at - 30), at)}|${a.slice(at, at + 60)}… instead of |${b.slice(at, at + 60)}…`);
}

function expected(s, parts) {
    const at = stories.indexOf(s), primary = s.sections[0];
    const latest = stories.filter((o) => o !== s && o.within.has(primary.slug)).slice(0, 5);
    const neighbours = [stories[at + 1], stories[at - 1]];
    const missed = stories.filter((o) => o !== s && !latest.includes(o) && !neighbours.includes(o)).slice(0, 2);
    const updated = time(s.changed) - time(s.at) > 3600e3 && `Updated ${long.format(time(s.changed))}, ${clock.format(time(s.changed))}`;
    return [long.format(time(s.at)), updated, parts.minutes, ...s.sections.map((c) => c.name), s.title, s.standfirst, new Intl.ListFormat("en").format(s.by),
        parts.caption, parts.body, ...[...terms(s.raw, "post_tag"), ...terms(s.raw, "boat")].map((t) => t.name),
        stories[at + 1] && `Previous Story ${stories[at + 1].title}`, stories[at - 1] && `Next Story ${stories[at - 1].title}`,
        latest.length && `Latest from ${primary.name}`, ...latest.flatMap((o) => [o.title, excerpt(o, 32)]),
        "Go to Top", "Don't Miss", ...missed.flatMap((o) => [o.title, excerpt(o, 10)])].filter(Boolean).join(" ");
}

for (const [which, s] of stories.entries()) {
    await test(`${s.path} (${which === 0 ? "the newest" : which === stories.length - 1 ? "the oldest" : "a story"})`, async () => {
        const html = (await server.get(s.path)).text;
        const main = /<main\b[^>]*>([\s\S]*?)<\/main>/.exec(html)[1].replace(/<section class="block comments"[\s\S]*$/, "")
            .replace(/ <span class="credit">[^<]*<\/span>/g, ""); // the library's, not the export's
        const body = textOf(/<div class="body">([\s\S]*?)<\/div>\n*(?:<section class="corrections"|<nav class="tags"|<\/article>)/.exec(main)[1]);
        const lead = /<figure class="lead">([\s\S]*?)<\/figure>/.exec(main)?.[1] ?? "";
        // Markup apart, the body is the export's, unless what stands in it shows something else.
        if (!/\[\w+[^\]]*\]|wp:(embed|footnotes)|<audio/.test(s.body)) {
            same(body, whole(s), "the body");
            const n = Math.max(1, Math.ceil(prose(s).length / 200));
            same(/\d+ mins? read/.exec(main)[0], n === 1 ? "1 min read" : `${n} mins read`, `${prose(s).length} words`);
        }
        const minutes = /\d+ mins? read/.exec(main)[0];
        same(textOf(main), expected(s, { minutes, caption: textOf(lead), body }), "the page");
    });
}

assert.equal(await server.stop(), 0);
finish();
