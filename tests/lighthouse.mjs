// Lighthouse, as it is set for telephones, on the front page, a section and a story of the demo: the
// median of three runs each. Accessibility, best practices and search engines give 100. So should
// performance, which is measured and not counted: a noisy machine is asked again before anyone is told.
import assert from "node:assert";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { chromiumPath } from "./lib/browser.mjs";
import { finish, skip, test, tmp } from "./lib/site.mjs";
import { openDemo } from "./lib/sites.mjs";

if (!existsSync(chromiumPath)) skip("no Chromium here: apt-get install chromium");
const { default: lighthouse } = await import("lighthouse").catch(() => skip("lighthouse is not installed: npm --prefix tests ci"));

const exact = ["accessibility", "best-practices", "seo"];
const runs = 3, rounds = 3, enough = 95;

const freePort = () => new Promise((resolve, reject) => {
    const listener = createServer().once("error", reject).listen(0, "127.0.0.1", () => {
        const { port } = listener.address();
        listener.close(() => resolve(port));
    });
});

// A browser of its own with a port to drive it by.
async function browse() {
    const port = await freePort();
    const child = spawn(chromiumPath, ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-extensions",
        "--no-first-run", `--remote-debugging-port=${port}`, `--user-data-dir=${tmp()}`, "about:blank"], { stdio: "ignore" });
    for (const end = Date.now() + 60000; Date.now() < end;) {
        if (await fetch(`http://127.0.0.1:${port}/json/version`).then((r) => r.ok, () => false)) return { port, child };
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("Chromium does not answer");
}

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
const score = (lhr, category) => Math.round(lhr.categories[category].score * 100);

// What took points away.
const faults = (lhr, category) => lhr.categories[category].auditRefs.filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1)
    .map(({ id }) => `${id}: ${lhr.audits[id].displayValue ?? JSON.stringify(lhr.audits[id].details?.items?.slice(0, 3))}`).join("; ");

async function measure(url, port, categories) {
    const { lhr } = await lighthouse(url, { port, output: "json", logLevel: "error", onlyCategories: categories });
    if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
    return lhr;
}

const site = await openDemo();
const { port, child } = await browse();
const pages = { "front page": "/", section: "/category/harbour/", story: "/2024/06/18/the-band-and-the-bull/" };
for (const [kind, path] of Object.entries(pages)) {
    await test(`the ${kind}`, async () => {
        const url = site.url + path;
        let performance = 0, reports;
        for (let round = 0; round < rounds && performance < enough; round++) {
            if (round) console.log(`  ${kind}: performance ${performance} of 100; asked again, since machines are noisy`);
            reports = [];
            for (let i = 0; i < runs; i++) reports.push(await measure(url, port, round ? ["performance"] : [...exact, "performance"]));
            performance = median(reports.map((r) => score(r, "performance")));
            if (!round) {
                for (const category of exact) {
                    const found = median(reports.map((r) => score(r, category)));
                    console.log(`  ${kind}: ${category} ${found}`);
                    assert.equal(found, 100, `${category}: ${faults(reports[0], category)}`);
                }
            }
        }
        const last = reports.find((r) => score(r, "performance") === performance);
        console.log(`  ${kind}: performance ${performance} (${["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift"]
            .map((id) => `${id} ${last.audits[id].displayValue}`).join(", ")})`);
        assert.ok(performance >= enough, `performance ${performance}: ${faults(last, "performance")}`);
    });
}
child.kill();
await new Promise((resolve) => child.on("exit", resolve));
await site.server.stop();
finish();
