// The whole site as files, against Hugo building the same stories: story pages with the same blocks, the lists
// of sections, tags and authors with all their pages, feeds. Ours is measured as Hugo writes, without packed
// copies, and as it does unless told otherwise, with .gz and .br beside each file; then with includes after one
// more story, where Hugo builds everything again.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { archive, broadsheet } from "./lib/context.mjs";
import { hugoContent } from "./peers/data.mjs";
import { Hugo } from "./peers/hugo.mjs";
import { publishMs } from "./peers/publish.mjs";
import { watched } from "./peers/watched.mjs";

export const name = "export";
export const title = "Static export, against Hugo";
export const needs = { hugo: "hugo" };

// A round takes minutes. In the last one Hugo has a story more.
const ROUNDS = 2;

export async function* run(ctx) {
    const stories = ctx.quick ? 1000 : 100000, rounds = Math.min(ROUNDS, ctx.rounds);
    const site = await ctx.site(stories), hugo = new Hugo(ctx, await hugoContent(ctx, stories));
    const whole = await ctx.inTurn({
        plain: () => wholeExport(ctx, site, ["--level", "0"]),
        packed: () => wholeExport(ctx, site, []),
        hugo: async (round) => {
            if (round === rounds - 1) await ctx.run(archive, ["hugo", hugo.more, String(stories + 1), "--from", String(stories), "--of", String(stories)]);
            return hugoBuild(hugo);
        },
    }, { rounds, warm: false });
    const note = `${stories.toLocaleString("en-US")} stories, all cores. Ours writes ${whole.plain[0].files} files (archives of days, months and years among them, and feeds in three formats), ` +
        `${(whole.plain[0].bytes / 1e9).toFixed(1)} GB, and twice as many again with .gz and .br; Hugo ${whole.hugo[0].files}, RSS only`;
    const of = (list, field) => list.map((run) => run[field]);
    const pair = (id, what, unit, ours, field) =>
        ({ id, what, unit, better: "less", ours: of(ours, field), peer: { name: "Hugo", values: of(whole.hugo, field) }, note });
    yield pair("export.time", "whole, no packed copies", "s", whole.plain, "seconds");
    yield pair("export.memory", "whole, no packed copies: memory", "MB", whole.plain, "mb");
    yield pair("export.time.packed", "whole, with .gz and .br", "s", whole.packed, "seconds");
    yield pair("export.memory.packed", "whole, with .gz and .br: memory", "MB", whole.packed, "mb");

    // One more story, and then another. Hugo's last build was one after one more story: it builds everything again.
    const rebuilt = whole.hugo.at(-1), includes = lastLine((await exportOnce(ctx, site, ["--includes"])).out);
    const { one } = await ctx.inTurn({ one: () => oneMore(ctx, site) });
    const more = `${one[0].written} files written; Hugo builds everything again: its last build`;
    yield { id: "export.time.includes", what: "whole, with includes", unit: "s", better: "less", ours: [includes.milliseconds / 1000], note: `${includes.files} files with includes` };
    yield { id: "export.one", what: "with includes, after one more story", unit: "s", better: "less", ours: of(one, "seconds"),
            peer: { name: "Hugo", values: [rebuilt.seconds] }, note: more };
    const { publish } = await ctx.inTurn({ publish: () => publishMs(ctx, site) }, { rounds: Math.min(3, ctx.rounds) });
    yield { id: "publish.hugo", what: "publishing as the server does, request to answer", unit: "s", better: "less", ours: publish.map((ms) => ms / 1000),
            peer: { name: "Hugo's rebuild", values: [rebuilt.seconds] }, note: more };
}

// Into a new folder, which is removed: gigabytes.
async function wholeExport(ctx, site, options) {
    const { seconds, mb, out } = await exportOnce(ctx, site, options);
    rmSync(ctx.path("export"), { recursive: true });
    return { seconds, mb, ...lastLine(out) };
}

async function hugoBuild(hugo) {
    const build = await hugo.build(), files = count(hugo.public);
    rmSync(hugo.public, { recursive: true });
    return { ...build, files };
}

// What changed since, after one story was published.
async function oneMore(ctx, site) {
    await ctx.run(archive, ["publish", site, "1"]);
    const { seconds, out } = await exportOnce(ctx, site, ["--includes"]);
    return { seconds, ...lastLine(out) };
}

const exportOnce = (ctx, site, options) => watched(ctx, broadsheet, ["export", "static", ctx.path("export"), "--site", site, "--json", ...options]);
const lastLine = (out) => JSON.parse(out.trim().split("\n").at(-1));
const count = (dir) => Number(execFileSync("sh", ["-c", `find "${dir}" -type f | wc -l`], { encoding: "utf8" }));
