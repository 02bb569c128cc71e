// What a page weighs on the wire: the document of a story without pictures at most 15 KB, the front page at
// most 30 KB, gzipped as browsers ask for it; on the demo and on the shared exports.
import assert from "node:assert";
import { finish, test } from "./lib/site.mjs";
import { kinds, walk } from "./lib/pages.mjs";
import { sites } from "./lib/sites.mjs";

const limits = { "front page": 30, "story without a picture": 15 };

for await (const site of sites()) {
    await test(site.name, async () => {
        const heavy = [];
        for (const { kind, path } of await kinds(site, await walk(site))) {
            const [plain, packed] = [await site.server.get(path), await site.server.get(path, { "accept-encoding": "gzip" })];
            const kb = packed.bytes.length / 1024;
            console.log(`  ${kb.toFixed(1).padStart(6)} KB of ${(plain.bytes.length / 1024).toFixed(1).padStart(6)}  ${kind.padEnd(28)} ${site.name} ${path}`);
            if (kb > limits[kind]) heavy.push(`${kind} ${path}: ${kb.toFixed(1)} KB, at most ${limits[kind]}`);
        }
        assert.deepEqual(heavy, []);
    });
}

finish();
