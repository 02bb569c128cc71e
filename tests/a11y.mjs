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

// Every rule of WCAG 2.2 A and AA and of best practice, those that are off by default, too; not what axe
// itself calls experimental.
async function violations(tab, exclude = []) {
    await tab.evaluate(`globalThis.axe ?? eval(${JSON.stringify(axe)})`);
    return tab.evaluate(async (exclude) => {
        const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
        const rules = Object.fromEntries(globalThis.axe.getRules(tags).filter((r) => !r.tags.includes("experimental")).map((r) => [r.ruleId, { enabled: true }]));
        const found = await globalThis.axe.run({ exclude }, { runOnly: { type: "tag", values: tags }, rules, resultTypes: ["violations"] });
        return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)}\n        ${n.failureSummary.replace(/\s+/g, " ")}`));
    }, exclude);
}

// What stands out of the window to the side, and is not in a box of its own that scrolls.
const tooWide = (tab) => tab.evaluate(() => {
    const inside = document.documentElement.clientWidth, wide = [];
    const separator = 4; // stands before each part of a line of small print, and is cut off at the line's start
    if (document.documentElement.scrollWidth > inside) wide.push(`the page: ${document.documentElement.scrollWidth} of ${inside}`);
    for (const e of document.body.querySelectorAll("*")) {
        const box = e.getBoundingClientRect();
        if (e.closest("pre code")) continue; // blanks at the end of its lines count, though none sees them
        if (box.width < 2 || (box.right <= inside + separator && box.left >= -separator) || getComputedStyle(e).clipPath !== "none") continue;
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
        await tab.evaluate((css) => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(css);
            document.adoptedStyleSheets = [sheet];
        }, spacing);
        wrong.push(...(await tooWide(tab)).map((w) => `spaced letters: too wide: ${w}`));
        // As a reader sets it in the browser, and not as a style sheet would.
        const settings = await tab.context().newCDPSession(tab);
        await settings.send("Page.setFontSizes", { fontSizes: { standard: 32, fixed: 26 } });
        await tab.goto(site.url + page.path);
        wrong.push(...(await tooWide(tab)).map((w) => `large letters: too wide: ${w}`));
        await settings.send("Page.setFontSizes", { fontSizes: { standard: 16, fixed: 13 } });
        await settings.detach();
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


// ---- what a checker cannot see ----

const front = "/";
const story = pages.find((p) => p.kind.startsWith("story")).path;
const specimen = "/about/compositors-proof/";
const url = (path) => demo.url + path;
const focused = (tab, read) => tab.evaluate(`(${read})(document.activeElement)`);
const paper = (tab) => tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
const wanted = { light: "rgb(255, 255, 255)", dark: "rgb(19, 20, 22)" };

await test("the skip link is first, is seen when it has the focus, and leads past the masthead", async () => {
    const tab = await openTab(light);
    for (const path of [front, story, specimen]) {
        await tab.goto(url(path));
        assert.ok(await tab.locator(".skip").evaluate((e) => e.getBoundingClientRect().bottom <= 0));
        await tab.keyboard.press("Tab");
        assert.ok(await focused(tab, (e) => e.matches(".skip") && e.getBoundingClientRect().top >= 0 && document.elementFromPoint(10, 10) === e));
        await tab.keyboard.press("Enter");
        assert.ok(await tab.evaluate(() => document.querySelector("main").matches(":target")));
        await tab.keyboard.press("Tab");
        assert.ok(await focused(tab, (e) => e.closest("main") !== null && e.closest("header.masthead") === null), path);
    }
});

await test("the keyboard reaches all that can be pressed, in the order of the text, and one sees where it is", async () => {
    const tab = await openTab(light);
    for (const path of [front, story, specimen, ...pages.filter((p) => /^(section|search|author)$/.test(p.kind)).map((p) => p.path)]) {
        await tab.goto(url(path));
        const all = await tab.evaluate(() => {
            const can = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0'], audio[controls], video[controls]")];
            globalThis.stops = can.filter((e) => e.checkVisibility() && (e.type !== "radio" || e.checked));
            return globalThis.stops.length;
        });
        let next = 0;
        // A player has stops of its own inside, so that there may be more presses than stops.
        for (let presses = 0; next < all && presses < 3 * all; presses++) {
            await tab.keyboard.press("Tab");
            const at = await tab.evaluate(() => {
                const e = document.activeElement, seen = e.type === "radio" ? e.labels[0] : e;
                const { outlineStyle, outlineWidth } = getComputedStyle(seen), box = seen.getBoundingClientRect();
                const player = e.matches("audio, video"); // draws its own
                const inView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
                return { i: globalThis.stops.indexOf(e), is: e.outerHTML.slice(0, 150), inView, outlined: player || outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 };
            });
            assert.ok(at.i === next || at.i === next - 1, `${path}: stop ${next} of ${all} is ${at.i}: ${at.is}`);
            assert.ok(at.inView && at.outlined, `${path}: not seen: ${JSON.stringify(at)}`);
            next = at.i + 1;
        }
        assert.equal(next, all, path);
    }
});

await test("the switch between light and dark obeys the keyboard, and is remembered", async () => {
    for (const system of ["light", "dark"]) {
        const tab = await openTab({ ...light, colorScheme: system });
        await tab.goto(url(story));
        assert.equal(await paper(tab), wanted[system]);
        while (!await focused(tab, (e) => e.name === "scheme")) await tab.keyboard.press("Tab");
        for (const choice of ["light", "dark"]) {
            await tab.keyboard.press("ArrowRight");
            assert.equal(await focused(tab, (e) => e.value), choice);
            assert.equal(await paper(tab), wanted[choice]);
        }
        for (const path of [front, specimen]) {
            await tab.goto(url(path));
            assert.equal(await paper(tab), wanted.dark);
        }
        // Another tab that is open already hears of it.
        const other = await tab.context().newPage();
        await other.goto(url(story));
        await tab.locator("#scheme-light").focus();
        await tab.keyboard.press("Space");
        assert.equal(await paper(tab), wanted.light);
        await other.waitForFunction((colour) => getComputedStyle(document.body).backgroundColor === colour, wanted.light);
        await tab.locator("#scheme-light").focus();
        await tab.keyboard.press("ArrowLeft");
        assert.equal(await focused(tab, (e) => e.value), "auto");
        await tab.reload();
        assert.equal(await paper(tab), wanted[system]);
    }
});

await test("without scripts, or where nothing may be stored, the switch works on its page", async () => {
    const off = await openTab({ ...light, javaScriptEnabled: false });
    await off.goto(url(story));
    await off.locator("#scheme-dark").press("Space");
    assert.equal(await paper(off), wanted.dark);
    const refused = await openTab(light), said = [];
    refused.on("pageerror", (e) => said.push(String(e)));
    await refused.addInitScript(() => Object.defineProperty(globalThis, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } }));
    await refused.goto(url(story));
    await refused.locator("#scheme-dark").press("Space");
    assert.equal(await paper(refused), wanted.dark);
    assert.deepEqual(said, []);
});

await test("who wants less motion gets none", async () => {
    const motion = (tab) => tab.evaluate(() => [...document.querySelectorAll("*")].flatMap((e) => {
        const { animationName, transitionDuration, scrollBehavior } = getComputedStyle(e);
        const moves = animationName !== "none" || transitionDuration.split(", ").some((d) => parseFloat(d) > 0) || scrollBehavior === "smooth";
        return moves ? [e.outerHTML.slice(0, 80)] : [];
    }));
    const tab = await openTab(light);
    for (const path of [front, story, specimen]) {
        await tab.emulateMedia({ reducedMotion: "reduce" });
        await tab.goto(url(path));
        assert.deepEqual(await motion(tab), [], path);
        await tab.emulateMedia({ reducedMotion: "no-preference" });
        assert.notDeepEqual(await motion(tab), [], "the test sees what moves");
    }
});

await test("forced colours: what is chosen, and what can be pressed, is still told apart", async () => {
    for (const colorScheme of ["light", "dark"]) {
        const tab = await openTab({ ...light, colorScheme, forcedColors: "active" });
        await tab.goto(url(story));
        const border = (id) => tab.locator(`label[for="${id}"]`).evaluate((e) => getComputedStyle(e).borderBottomColor);
        assert.notEqual(await border("scheme-auto"), await border("scheme-dark"));
        assert.equal(await border("scheme-light"), await border("scheme-dark"));
        // Icons are drawn in the colour of the text.
        const [ink, ground] = await tab.locator(".scheme svg").first().evaluate((e) => [getComputedStyle(e).stroke, getComputedStyle(document.body).backgroundColor]);
        assert.notEqual(ink, ground);
        assert.deepEqual(await violations(tab), []);
        await tab.goto(url(demo.hidden["protected story"]));
        assert.ok(await tab.locator("main button").first().evaluate((e) => parseFloat(getComputedStyle(e).borderTopWidth) >= 1));
    }
});
await closeAll();

// ---- from right to left; and what the theme makes of others' exports ----

await demo.speak("ar");
await together(distinct(await kinds(demo, await walk(demo))), check({ ...demo, name: "demo in Arabic" }, { "right to left": light, "right to left, 320 px, dark": { ...narrow, colorScheme: "dark" } }), openTab);
await demo.server.stop();
await closeAll();

const polyglot = await openPolyglot();
await polyglot.speak("ar");
await together(distinct(await kinds(polyglot, await walk(polyglot))), check(polyglot, { "right to left, 320 px": narrow, "right to left, 200 %": zoomed }), openTab);
await polyglot.server.stop();
await closeAll();

for await (const site of sites()) {
    if (site.own) continue;
    const modes = Object.entries({ light, dark, "320 px": narrow, "200 %": zoomed });
    const found = distinct(await kinds(site, await walk(site))).map((page, i) => ({ ...page, modes: Object.fromEntries([modes[i % modes.length]]) }));
    // Their writers' pictures without words and the like are not ours.
    const written = [".body", ".text", ".biography"].map((selector) => [selector]);
    await together(found, (page, tab) => check(site, page.modes, written)(page, tab), openTab);
    await closeAll();
}

await browser.close();
finish();
