// How long our editor waits for "published": bench/publish.c's median of one turn, in ms.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/context.mjs";

const STORIES = 30;

export async function publishMs(ctx, site) {
    const result = ctx.path("publish.json");
    await ctx.run(join(root, "build/release/bench/publish"), ["--rounds", "1", "--stories", String(STORIES), "--json", result, site]);
    return JSON.parse(readFileSync(result, "utf8")).sites[0].publish.p50;
}
