// Whether every page of a large archive is exact: after random edits under load, thousands of addresses
// are compared with a server that was started cold, and no reader met two versions of a story on a page,
// or an older one than its editor was told is published (bench/exact.c).
import { join } from "node:path";
import { root } from "./lib/context.mjs";

export const name = "exact";
export const title = "Exactness with publishing under load";
export const needs = {};

export async function* run(ctx) {
    const stories = ctx.quick ? 1000 : 100000, site = await ctx.site(stories);
    const sizes = ctx.quick ? ["--rounds", "1", "--edits", "60", "--sample", "900"] : ["--rounds", "4", "--edits", "500", "--sample", "3000"];
    const { out } = await ctx.run(join(root, "build/release/bench/exact"), [...sizes, site]);
    const rounds = [...out.matchAll(/round \d+: (\d+) edits, (\d+) pages read meanwhile with (\d+) marks, (\d+) addresses compared, (\d+) faults/g)];
    const [, edits, read, marks, compared, faults] = rounds.at(-1);
    yield { id: "exact.faults", what: `${stories.toLocaleString("en-US")} stories: faults`, unit: "faults", better: "less", ours: [Number(faults)],
            note: `${edits} edits by two editors; ${read} pages read meanwhile, on which a story's version was seen ${marks} times; ${compared} addresses compared byte for byte` };
}
