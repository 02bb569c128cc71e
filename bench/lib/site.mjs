// What a made-up site holds.
import { archive } from "./context.mjs";

// The addresses of so many of its stories, drawn at random, all distinct (all of them if it has fewer).
export async function addresses(ctx, site, count) {
    const { out } = await ctx.run(archive, ["addresses", site, String(count)]);
    return out.trim().split("\n");
}
