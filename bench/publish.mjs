// Publishing, from the editor's request to the answer "published", every page that shows the story being
// fresh then: at 1,000, 100,000 and 1,000,000 stories, which take turns in one run (bench/publish.c).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./lib/context.mjs";

export const name = "publish";
export const title = "Publishing";
export const needs = {};

export async function* run(ctx) {
    const sizes = ctx.quick ? [1000] : [1000, 100000, 1000000], json = ctx.path("publish.json");
    const sites = [];
    for (const stories of sizes) sites.push(await ctx.site(stories));
    await ctx.run(join(root, "build/release/bench/publish"),
        ["--json", json, "--rounds", String(ctx.rounds), "--stories", ctx.quick ? "20" : "100", ...sites]);
    const results = JSON.parse(readFileSync(json, "utf8")).sites;
    const last = results.at(-1), number = (n) => n.toLocaleString("en-US");
    const note = "one editor, one story after the other, 500 pages a second being read; the program fetches the story, its lists and feeds "
        + "after each answer and stops if one of them does not show it";
    for (const [i, site] of results.entries()) {
        const at = `${number(sizes[i])} stories`;
        const row = (id, what, series, percentile) =>
            ({ id, what: `${at}: ${what}`, unit: "ms", better: "less", ours: series[`${percentile}_rounds`], note });
        yield row(`publish.median.${sizes[i]}`, "publishing, median", site.publish, "p50");
        yield row(site === last ? "publish.p99" : `publish.p99.${sizes[i]}`, "publishing, 99 % within", site.publish, "p99");
        yield row(`publish.4.${sizes[i]}`, "4 editors at once, median", site.publish4, "p50");
        yield row(`publish.16.${sizes[i]}`, "16 editors at once, median", site.publish16, "p50");
        yield row(`publish.fresh.${sizes[i]}`, "the first reader of a renewed page, 99 % within", site.fresh, "p99");
        yield row(`publish.floor.${sizes[i]}`, "the disk alone, 4 KiB appended and synced, median", site.floor, "p50");
    }
    if (results.length > 1) {
        yield { id: "publish.growth", what: `publishing at ${number(sizes.at(-1))} stories against ${number(sizes[0])}`, unit: "ms", better: "less",
                ours: last.publish.p50_rounds, peer: { name: `${number(sizes[0])} stories`, values: results[0].publish.p50_rounds }, note };
    }
}
