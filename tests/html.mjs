// The Nu HTML checker finds no error and no warning, CSS and SVG included: in every page of the demo, every
// story and page of the shared exports, and one page of each kind in each language. All are given to one
// process.
import assert from "node:assert";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { finish, root, skip, test, tmp } from "./lib/site.mjs";
import { distinct, isArticle, isHtml, kinds, walk } from "./lib/pages.mjs";
import { languages, sites } from "./lib/sites.mjs";

const jar = join(root, "tests/node_modules/vnu-jar/build/dist/vnu.jar");
if (!existsSync(jar)) skip("vnu-jar is not installed: npm --prefix tests ci");
if (spawnSync("java", ["-version"]).status !== 0) skip("no Java here: apt-get install default-jre-headless");

const dir = tmp(), names = new Map();
function keep(what, page) {
    const file = join(dir, `${names.size}.${isHtml(page) ? "html" : /css/.test(page.type) ? "css" : "svg"}`);
    writeFileSync(file, page.bytes);
    names.set(file, `${what} ${page.path}`);
}

for await (const site of sites()) {
    const pages = await walk(site);
    const found = distinct(await kinds(site, pages));
    for (const page of pages.values()) {
        // Of the lists of the exports, which are many and alike, one of each kind will do.
        const worth = isHtml(page) ? site.own || isArticle(page) || found.some((p) => p.path === page.path) : /css|svg/.test(page.type);
        if (worth) keep(site.name, page);
    }
    for (const page of found.filter((p) => !pages.has(p.path))) keep(site.name, page);
    for (const language of site.own ? languages : []) {
        await site.speak(language);
        for (const page of distinct(await kinds(site, await walk(site)))) keep(`${site.name} (${language})`, page);
    }
}

// Of these it must say something: else it was not asked, or not heard.
const bad = { "bad.html": "<!DOCTYPE html><title>Bad</title><p><div></p>", "bad.css": "p { colour: red }" };
for (const [name, text] of Object.entries(bad)) writeFileSync(join(dir, name), text);

await test("Nu HTML checker", () => {
    const begun = Date.now();
    const said = execFileSync("java", ["-jar", jar, "--format", "json", "--stdout", "--exit-zero-always", "--also-check-css", "--also-check-svg", dir],
        { maxBuffer: 1 << 28, encoding: "utf8" });
    // Its guess at the language of the words is no rule: the demo's stories are English in every language
    // of the theme, and the exports' are partly lorem ipsum.
    const messages = JSON.parse(said).messages.filter((m) => !/^This document appears to be written in/.test(m.message));
    for (const name of Object.keys(bad)) assert.ok(messages.some((m) => m.type === "error" && m.url.endsWith(`/${name}`)), name);
    const wrong = messages.filter((m) => names.has(new URL(m.url).pathname)).map((m) => `${names.get(new URL(m.url).pathname)}:${m.lastLine ?? 0}: ${m.type} ${m.message}\n      ${(m.extract ?? "").replace(/\s+/g, " ")}`);
    console.log(`  ${names.size} files in ${Date.now() - begun} ms`);
    assert.equal(wrong.length, 0, `${wrong.length} messages\n    ${wrong.slice(0, 400).join("\n    ")}`);
});

finish();
