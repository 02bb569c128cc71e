// Exports become live sites: for the demo's export, and for every file of ../shared/data/wordpress
// when it is there, the counts are right, each published item answers at its own old address with its
// headline, nothing else does, and a second import changes nothing.
import assert from "node:assert";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeEntities, finish, readExport, root, run, serve, test, textOf, tmp } from "./lib/site.mjs";

const files = [join(root, "demo/quay-lantern.xml")];
const outside = join(root, "../shared/data/wordpress");
if (existsSync(outside)) {
    files.push(...readdirSync(outside).filter((f) => f.endsWith(".xml") && f !== "malformed.xml").map((f) => join(outside, f)));
} else {
    await test("real exports", () => "no ../shared/data/wordpress here");
}

function importFile(site, file, expect = 0, extra = []) {
    const { out } = run(["import", "wordpress", file, "--site", site, "--json", ...extra], { expect });
    return JSON.parse(out.trim().split("\n").at(-1));
}

const headlineOf = (html) => textOf(html.replace(/<[^>]*>/g, ""));

// The old address as a request target: a path, or "/?p=7".
function target(link) {
    if (link.startsWith("/")) return link;
    const url = new URL(link);
    return url.pathname + url.search;
}

for (const file of files) {
    const name = file.split("/").at(-1);
    const items = readExport(readFileSync(file, "utf8"));
    const site = join(tmp(), "site");
    let report, server;

    await test(`${name}: counts`, () => {
        run(["new", site, "--title", "A Paper", "--url", "http://localhost:8080"]);
        report = importFile(site, file);
        const counts = {};
        for (const i of items) counts[`${i.type}/${i.status}`] = (counts[`${i.type}/${i.status}`] ?? 0) + 1;
        assert.deepEqual(report.counts, counts);
    });

    await test(`${name}: each published item at its own address`, async () => {
        server = await serve(site);
        const wrong = [];
        for (const item of items) {
            if (!["post", "page"].includes(item.type) || !item.link || item.status !== "publish") continue;
            const path = target(item.link);
            let r = await server.get(path);
            if (r.status === 301) {
                r = await server.get(r.headers.location); // another spelling: "//x", a page behind "/?p=7"
            }
            const h1 = /<h1[^>]*>([\s\S]*?)<\/h1>/.exec(r.text);
            const headline = h1 && headlineOf(h1[1]);
            if (r.status !== 200 || (item.title && headline !== headlineOf(item.title))) {
                wrong.push(`${path}: ${r.status} "${headline}", expected "${headlineOf(item.title)}"`);
            }
        }
        assert.deepEqual(wrong, []);
    });

    await test(`${name}: nothing that was not public shows`, async () => {
        const wrong = [];
        for (const item of items) {
            if (!["post", "page"].includes(item.type) || item.status === "publish" || !item.link) continue;
            for (const path of [target(item.link), `/?p=${item.id}`, item.slug && `/${item.slug}/`]) {
                const r = path && await server.get(path);
                if (r && r.status === 200 && item.title && textOf(r.text).includes(textOf(item.title)) && path !== "/") {
                    wrong.push(`${path}: ${item.status} ${item.title}`);
                }
            }
        }
        assert.deepEqual(wrong, []);
    });

    await test(`${name}: ?p=ID leads to the item`, async () => {
        const wrong = [];
        for (const item of items) {
            if (!["post", "page"].includes(item.type) || item.status !== "publish") continue;
            const own = item.link && target(item.link);
            const asked = item.type === "page" ? `/?page_id=${item.id}` : `/?p=${item.id}`;
            const r = await server.get(asked);
            if (own === asked) {
                if (r.status !== 200) wrong.push(`${asked}: ${r.status}`);
                continue;
            }
            const end = r.status === 301 ? await server.get(r.headers.location) : r;
            const h1 = /<h1[^>]*>([\s\S]*?)<\/h1>/.exec(end.text);
            if (r.status !== 301 || end.status !== 200 || (item.title && headlineOf(h1[1]) !== headlineOf(item.title))) {
                wrong.push(`${asked}: ${r.status} ${r.headers.location} ${end.status} (${own})`);
            }
        }
        assert.deepEqual(wrong, []);
    });

    // Feed readers know a story by its guid: nobody gets one twice because the paper has moved. (An
    // export that was made anonymous has guids that are no URIs; such a story gets a new one.)
    await test(`${name}: the feed has the stories' own guids`, async () => {
        const known = new Set(items.map((i) => i.guid));
        const isUri = items.every((i) => URL.canParse(i.guid));
        const { text } = await server.get("/feed/");
        const guids = [...text.matchAll(/<guid isPermaLink="false">(.*?)<\/guid>/g)].map(([, g]) => decodeEntities(g));
        assert.ok(guids.length > 0);
        assert.equal(guids.length, text.split("<item>").length - 1);
        if (isUri) assert.deepEqual(guids.filter((g) => !known.has(g)), []);
    });

    await test(`${name}: attachment pages lead somewhere`, async () => {
        const wrong = [];
        for (const item of items) {
            if (item.type !== "attachment" || !/^https?:/.test(item.url)) continue;
            const r = await server.get(`/?attachment_id=${item.id}`);
            if (r.status !== 301 || !r.headers.location) wrong.push(`/?attachment_id=${item.id}: ${r.status}`);
        }
        assert.deepEqual(wrong, []);
    });

    await test(`${name}: a second import changes nothing`, async () => {
        const path = items.find((i) => i.type === "post" && i.status === "publish");
        const before = await server.get(target(path.link));
        const again = importFile(site, file);
        assert.deepEqual(again.counts, report.counts);
        const after = await server.get(target(path.link));
        assert.equal(after.headers.etag, before.headers.etag);
        run(["check", "--site", site]);
    });

    await test(`${name}: stops when asked`, async () => assert.equal(await server?.stop(), 0));
}

await test("malformed.xml: names the line", () => {
    const file = join(outside, "malformed.xml");
    if (!existsSync(file)) return "not here";
    const site = join(tmp(), "site");
    run(["new", site, "--title", "A Paper", "--url", "http://localhost:8080"]);
    const { err } = run(["import", "wordpress", file, "--site", site], { expect: 1 });
    assert.match(err, /malformed\.xml:\d+|line \d+/);
    run(["check", "--site", site]);
});

finish();
