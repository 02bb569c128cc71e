// Moving in: 100,000 stories of a WordPress export into an empty site, against WordPress's own importer with a
// sample of them, and the memory for an export of more than 2 GB.
import { rmSync, statSync } from "node:fs";
import { broadsheet } from "./lib/context.mjs";
import { wordpress, wxr } from "./peers/data.mjs";
import { needs as wordpressNeeds } from "./peers/stack.mjs";
import { watched } from "./peers/watched.mjs";

export const name = "import";
export const title = "Import of a WordPress export, against WordPress's importer";
export const needs = wordpressNeeds;

// WordPress's importer takes an hour or more for all of them: each round imports the next few.
const SAMPLE = 250, BIG = 400000;
// Ours that takes longer than this is done fewer times.
const LONG_SECONDS = 45, LONG_ROUNDS = 3;

export async function* run(ctx) {
    const stories = ctx.quick ? 1000 : 100000, sample = ctx.quick ? 50 : SAMPLE;
    const file = await wxr(ctx, stories), peer = await wordpress(ctx, stories);
    try {
        await peer.startDatabase();
        peer.met();
        empty(peer);
        const first = await importOnce(ctx, file, stories); // which does not count
        const rounds = first.seconds > LONG_SECONDS ? Math.min(LONG_ROUNDS, ctx.rounds) : ctx.rounds;
        let from = 0;
        const results = await ctx.inTurn({
            ours: () => importOnce(ctx, file, stories),
            WordPress: async () => {
                const { seconds } = JSON.parse(await peer.php("import.php", "sample", file, from, sample));
                from += sample;
                return sample / seconds;
            },
        }, { rounds, warm: false });
        const what = `${stories.toLocaleString("en-US")} stories`, ours = results.ours.map(({ rate }) => rate);
        const note = `${(statSync(file).size / 1e9).toFixed(2)} GB of WXR; ours the whole command, all cores. WordPress: ${from.toLocaleString("en-US")} posts of the same file, ` +
            `${sample} a round, into an empty site whose authors and terms are there already, by the importer's calls in one process, without its counting of terms at the end; commits durable on both sides`;
        yield { id: "import.rate", what, unit: "stories/s", better: "more", ours, note };
        yield { id: "import.wordpress", what: `${what}, against the importer's rate`, unit: "stories/s", better: "more", ours, peer: { name: "WordPress", values: results.WordPress }, note };
        yield { id: "import.memory.100000", what: `${what}: memory`, unit: "MB", better: "less", ours: results.ours.map(({ mb }) => mb), note };
    } finally {
        empty(peer);
        await peer.stop();
    }
    if (ctx.quick) return;
    const big = await wxr(ctx, BIG), bytes = statSync(big).size;
    if (bytes < 2 ** 31) throw new Error(`${big} has less than 2 GiB`);
    const { mb, rate } = await importOnce(ctx, big, BIG);
    const note = `${BIG.toLocaleString("en-US")} stories in ${(bytes / 1e9).toFixed(2)} GB of WXR, one run`;
    yield { id: "import.memory", what: "a file of more than 2 GiB: memory", unit: "MB", better: "less", ours: [mb], note };
    yield { id: "import.rate.big", what: "a file of more than 2 GiB", unit: "stories/s", better: "more", ours: [rate], note };
}

// Into a new site: { seconds, rate, mb }.
async function importOnce(ctx, file, stories) {
    const site = ctx.path("imported");
    await ctx.run(broadsheet, ["new", site, "--title", "Imported", "--url", "https://archive.example"]);
    const { seconds, mb, out } = await watched(ctx, broadsheet, ["import", "wordpress", file, "--site", site, "--json"]);
    const { counts } = JSON.parse(out.trim().split("\n").at(-1));
    if (counts["post/publish"] !== stories) throw new Error(`${JSON.stringify(counts)} are not ${stories} stories`);
    rmSync(site, { recursive: true });
    return { seconds, rate: stories / seconds, mb };
}

// No story of an earlier run is there.
function empty(peer) {
    peer.sql("DELETE FROM wp_term_relationships; DELETE FROM wp_postmeta; DELETE FROM wp_posts", "sample");
}
