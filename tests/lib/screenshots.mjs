// Pictures of every kind of page: see script/screenshots.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { launch, scrollThrough } from "./browser.mjs";
import { root, run, serve, tmp } from "./site.mjs";
import { openDemo } from "./sites.mjs";


const corrected = "/2025/06/06/the-marmalade-filter/";

// Name, address, what to look for in it.
const demoPages = [
    ["front", "/", "lead, secondary stories, the newest, most read, a block a section"],
    ["front-2", "/page/2/", "its second page"],
    ["section", "/category/harbour/", "a section, with sub-sections"],
    ["section-2", "/category/harbour/page/2/", "its second page"],
    ["sub-section", "/category/harbour/gulls/", "a section below a section"],
    ["tag", "/tag/fog/", "a tag"],
    ["author", "/author/tideclerk/", "an author with portrait, biography and addresses elsewhere"],
    ["archive-year", "/2024/", "a year"],
    ["archive-month", "/2024/06/", "a month"],
    ["archive-day", "/2024/06/18/", "a day"],
    ["story", "/2024/06/18/the-band-and-the-bull/", "a story with pictures, sound and footnotes"],
    ["story-plain", "/2022/07/26/concerning-moths/", "a short story without a picture"],
    ["story-long", "/2026/09/29/the-last-crossing/", "a long story with comments"],
    ["story-gallery", "/2021/01/12/fog-the-ninth-day/", "a gallery"],
    ["story-table", "/2025/01/15/the-weather-of-last-year/", "a table"],
    ["story-bylines", "/2024/09/09/gull-14-takes-the-chain/", "two authors, one of them a guest"],
    ["story-corrected", corrected, "a correction"],
    ["story-locked", null, "a protected story"],
    ["page", "/about/", "a page, with pages below it"],
    ["page-proof", "/about/compositors-proof/", "everything that a text can hold"],
    ["search", "/search/?q=ferry", "search: found"],
    ["search-nothing", "/search/?q=xyzzy", "search: nothing found"],
    ["search-empty", "/search/", "search: nothing asked"],
    ["not-found", "/no/such/page/", "404"],
    ["withdrawn", null, "410"],
];
const paperPages = {
    ar: [["arabic-front", "/", "a front page from right to left"], ["arabic-story", "/2026/10/12/story-1/", "a story from right to left"]],
    zh: [["chinese-front", "/", "a front page in Chinese"], ["chinese-story", "/2026/10/12/story-1/", "a story in Chinese"]],
};

const screens = {
    phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
    desktop: { viewport: { width: 1280, height: 900 } },
};

// Until the server, which hears of what other programs write, shows it.
async function until(server, path, shows) {
    for (const end = Date.now() + 60000; !shows((await server.get(path)).text);) {
        if (Date.now() > end) throw new Error(`${path} does not show it`);
        await new Promise((done) => setTimeout(done, 250));
    }
}

// What readers read, so that Most Read has something to say.
async function read(server) {
    const paths = ["/2026/05/22/gull-14-an-appreciation/", "/2025/02/20/name-the-new-ferry/", "/2021/01/12/fog-the-ninth-day/",
        "/2024/12/20/sheep-at-evensong/", "/2026/08/10/patient-mackerel-finishes/", "/2023/03/30/council-debates-a-hat/"];
    for (const [i, path] of paths.entries()) {
        for (let n = 0; n < 20 - 3 * i; n++) await server.get(path, { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0" });
    }
    await until(server, "/", (html) => html.includes('most-read"'));
}

async function demo() {
    const site = await openDemo();
    execFileSync(join(root, "build/release/tests/tools/edit_story"), [site.dir, "correct", corrected, "An earlier version said that the filter was of strawberry."]);
    await until(site.server, corrected, (html) => html.includes("strawberry"));
    const hidden = { "story-locked": site.hidden["protected story"], "withdrawn": site.hidden["withdrawn story"] };
    await read(site.server);
    return { url: site.url, server: site.server, pages: demoPages.map(([name, path, what]) => [name, path ?? hidden[name], what]) };
}

// A paper in another language, as a WordPress export: tests/data/papers/<language>.json.
function exportOf(paper) {
    const escape = (text) => text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);
    const address = (picture) => `https://paper.example/wp-content/uploads/${picture}`;
    const items = paper.stories.flatMap(({ section, picture, caption = "", headline, standfirst, body, quote }, i) => {
        const date = `2026-10-${String(12 - i).padStart(2, "0")} 08:00:00`;
        const paragraphs = body.map((p) => p.startsWith("## ") ? `<h2>${p.slice(3)}</h2>` : `<p>${p}</p>`);
        if (quote) paragraphs.splice(2, 0, `<figure class="wp-block-pullquote"><blockquote><p>${quote}</p></blockquote></figure>`);
        const item = (id, type, status, title, inside) => `<item><title>${escape(title)}</title><dc:creator>1</dc:creator><wp:post_id>${id}</wp:post_id>
<wp:post_date>${date}</wp:post_date><wp:post_date_gmt>${date}</wp:post_date_gmt><wp:post_type>${type}</wp:post_type><wp:status>${status}</wp:status>${inside}</item>`;
        const meta = (key, value) => `<wp:postmeta><wp:meta_key>${key}</wp:meta_key><wp:meta_value>${value}</wp:meta_value></wp:postmeta>`;
        return [item(100 + i, "post", "publish", headline, `<link>https://paper.example/2026/10/${String(12 - i).padStart(2, "0")}/story-${i + 1}/</link><wp:post_name>story-${i + 1}</wp:post_name>
<content:encoded>${escape(paragraphs.join("\n"))}</content:encoded><excerpt:encoded>${standfirst}</excerpt:encoded>
<category domain="category" nicename="${section}">${paper.sections[section]}</category>${picture ? meta("_thumbnail_id", 200 + i) : ""}`),
        ...picture ? [item(200 + i, "attachment", "inherit", headline, `<wp:post_parent>${100 + i}</wp:post_parent><wp:attachment_url>${address(picture)}</wp:attachment_url>
<excerpt:encoded>${caption}</excerpt:encoded>${meta("_wp_attached_file", picture)}`)] : []];
    });
    const sections = Object.entries(paper.sections).map(([slug, name], i) => `<wp:category><wp:term_id>${i + 1}</wp:term_id><wp:category_nicename>${slug}</wp:category_nicename><wp:cat_name>${name}</wp:cat_name></wp:category>`);
    return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>${paper.name}</title><link>https://paper.example</link><description>${paper.tagline}</description><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>https://paper.example</wp:base_site_url><wp:base_blog_url>https://paper.example</wp:base_blog_url>
<wp:author><wp:author_id>1</wp:author_id><wp:author_login>1</wp:author_login><wp:author_email>desk@paper.example</wp:author_email><wp:author_display_name>${paper.author}</wp:author_display_name></wp:author>
${sections.join("\n")}
${items.join("\n")}
</channel></rss>`;
}

async function inLanguage(language) {
    const paper = JSON.parse(readFileSync(join(root, `tests/data/papers/${language}.json`), "utf8"));
    const [dir, file] = [join(tmp(), "site"), join(tmp(), "export.xml")];
    writeFileSync(file, exportOf(paper));
    run(["new", dir, "--title", paper.name, "--url", "https://paper.example", "--timezone", "UTC", "--language", language]);
    run(["import", "wordpress", file, "--uploads", join(root, "demo/uploads"), "--site", dir]);
    const server = await serve(dir);
    return { url: server.base, server, pages: paperPages[language] };
}

async function open(browser, site, path, screen, scheme, options = {}) {
    const context = await browser.newContext({ ...screens[screen], colorScheme: scheme, reducedMotion: "reduce", ...options });
    const tab = await context.newPage();
    await tab.goto(site.url + path, { waitUntil: "load" });
    await scrollThrough(tab);
    await tab.evaluate(() => Promise.all([...document.images].filter((i) => !i.hidden).map((i) => {
        i.loading = "eager";
        return i.decode();
    })));
    return tab;
}

// One file a page, screen and scheme: front-phone-dark.png.
async function shootAll(browser, dir, wanted) {
    const shown = [];
    for (const make of [demo, () => inLanguage("ar"), () => inLanguage("zh")]) {
        const site = await make();
        for (const [name, path, what] of site.pages) {
            if (wanted.length && !wanted.includes(name)) continue;
            const files = [];
            for (const screen of Object.keys(screens)) {
                for (const scheme of ["light", "dark"]) {
                    const tab = await open(browser, site, path, screen, scheme);
                    files.push(`${name}-${screen}-${scheme}.png`);
                    await tab.screenshot({ path: join(dir, files.at(-1)), fullPage: true });
                    await tab.context().close();
                }
            }
            if (name === "story") {
                const tab = await open(browser, site, path, "desktop", "light", { viewport: { width: 680, height: 960 } });
                await tab.emulateMedia({ media: "print" });
                files.push("story-print.png");
                await tab.screenshot({ path: join(dir, files.at(-1)), fullPage: true });
                await tab.pdf({ path: join(dir, "story-print.pdf"), format: "A4", margin: { top: "15mm", right: "15mm", bottom: "15mm", left: "15mm" } });
                await tab.context().close();
            }
            shown.push({ name, what, files });
            console.log(name);
        }
        await site.server.stop();
    }
    writeFileSync(join(dir, "index.html"), sheet(shown));
}

const sheet = (shown) => `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Broadsheet: every page</title>
<style>
body { margin: 2rem; font: 1rem/1.5 sans-serif; background: #8a8d91; }
h2 { margin: 2rem 0 .5rem; font-size: 1.1rem; }
div { display: flex; gap: 1rem; align-items: start; overflow-x: auto; }
a { flex: none; max-height: 40rem; overflow: hidden; }
img { display: block; height: auto; width: 24rem; }
img[src*="-phone-"] { width: 14rem; }
</style>
<h1>Every page</h1>
${shown.map(({ name, what, files }) => `<h2>${name}: ${what}</h2>
<div>${files.map((f) => `<a href="${f}"><img src="${f}" alt="${f}" loading="lazy"></a>`).join("\n")}</div>`).join("\n")}
</html>
`;

// The README's: what fits a screen, small.
const readme = [
    ["front", "/", "desktop", "light", { viewport: { width: 1280, height: 1490 } }],
    ["story-phone", "/2024/06/18/the-band-and-the-bull/", "phone", "dark", { deviceScaleFactor: 2 }],
    ["section-phone", "/category/harbour/", "phone", "light", { deviceScaleFactor: 2 }],
    ["search-phone", "/search/?q=ferry", "phone", "light", { deviceScaleFactor: 2 }],
];

// As WebP, which the browser itself writes.
async function compress(browser, png) {
    const tab = await browser.newPage();
    const webp = await tab.evaluate(async (url) => {
        const picture = new Image();
        picture.src = url;
        await picture.decode();
        const canvas = Object.assign(document.createElement("canvas"), { width: picture.width, height: picture.height });
        canvas.getContext("2d").drawImage(picture, 0, 0);
        return canvas.toDataURL("image/webp", 0.82);
    }, `data:image/png;base64,${png.toString("base64")}`);
    await tab.close();
    return Buffer.from(webp.split(",")[1], "base64");
}

async function shootReadme(browser) {
    const site = await demo();
    for (const [name, path, screen, scheme, options] of readme) {
        const tab = await open(browser, site, path, screen, scheme, options);
        const webp = await compress(browser, await tab.screenshot());
        await tab.context().close();
        writeFileSync(join(root, `docs/images/${name}.webp`), webp);
        console.log(`docs/images/${name}.webp: ${Math.round(webp.length / 1024)} KB`);
    }
    await site.server.stop();
}

const [to, ...wanted] = process.argv.slice(2);
const browser = await launch();
if (to === "--readme") {
    await shootReadme(browser);
} else {
    mkdirSync(resolve(to), { recursive: true });
    await shootAll(browser, resolve(to), wanted);
}
await browser.close();
process.exit();
