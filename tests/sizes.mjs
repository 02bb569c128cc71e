// What a page weighs on the wire: the document of a story without pictures at most 15 KB, the front page at
// most 30 KB, gzipped as browsers ask for it; on the demo and on the shared exports. A page that is asked for
// often is packed tighter than for its first reader, whom it may cost a seventh more.
import assert from "node:assert";
import { finish, test } from "./lib/site.mjs";
import { kinds, walk } from "./lib/pages.mjs";
import { sites } from "./lib/sites.mjs";

const limits = { "front page": 30, "story without a picture": 15 };

const gzip = { "accept-encoding": "gzip" };
const cold = 1.15;

// Asks for the pages until their sizes have been the same for five rounds behind a change, a minute at most.
async function sizesOfHot(server, paths) {
    const first = new Map();
    let now = new Map(), same = 0, changed = false;
    for (const end = Date.now() + 60000; Date.now() < end && !(changed && same >= 5);) {
        const before = now;
        now = new Map();
        for (const path of paths) now.set(path, (await server.get(path, gzip)).bytes.length);
        for (const [path, size] of now) if (!first.has(path)) first.set(path, size);
        const equal = paths.every((path) => before.get(path) === now.get(path));
        changed ||= before.size > 0 && !equal;
        same = equal ? same + 1 : 0;
        await new Promise((resolve) => setTimeout(resolve, 500));
    }
    return { first, now };
}

for await (const site of sites()) {
    await test(site.name, async () => {
        const heavy = [];
        const pages = await kinds(site, await walk(site));
        const { first, now } = await sizesOfHot(site.server, pages.map(({ path }) => path));
        for (const { kind, path } of pages) {
            const plain = await site.server.get(path);
            const [kb, firstKb] = [now.get(path) / 1024, first.get(path) / 1024];
            console.log(`  ${kb.toFixed(1).padStart(6)} KB (first ${firstKb.toFixed(1).padStart(6)}) of ${(plain.bytes.length / 1024).toFixed(1).padStart(6)}  ${kind.padEnd(28)} ${site.name} ${path}`);
            if (kb > limits[kind]) heavy.push(`${kind} ${path}: ${kb.toFixed(1)} KB, at most ${limits[kind]}`);
            if (firstKb > cold * limits[kind]) heavy.push(`${kind} ${path}: ${firstKb.toFixed(1)} KB for its first reader`);
        }
        assert.deepEqual(heavy, []);
    });
}

finish();
