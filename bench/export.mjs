// The whole site as files, against Hugo building the same stories into the same pages: stories with the same
// blocks, the lists of sections, tags, authors and dates with all their pages, feeds in three formats with full
// texts. Both link their style sheet. Ours is measured as Hugo writes, without packed copies, and as it does unless
// told otherwise, with .gz and .br beside each file; then with includes after one more story, where Hugo builds
// everything again. Each run has a file system of its own (bench/lib/ground.mjs), and is over when all is on the
// disk: ours sees to that, for Hugo it is done here.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { archive, broadsheet } from "./lib/context.mjs";
import { hugoContent } from "./peers/data.mjs";
import { Hugo } from "./peers/hugo.mjs";
import { digits, median } from "./lib/stats.mjs";
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
    await ctx.run(broadsheet, ["set", "theme_style", "file", "--site", site]);
    const whole = await ctx.inTurn({
        plain: () => wholeExport(ctx, site, ["--level", "0"]),
        packed: () => wholeExport(ctx, site, []),
        hugo: async (round) => {
            if (round === rounds - 1) await ctx.run(archive, ["hugo", hugo.more, String(stories + 1), "--from", String(stories), "--of", String(stories)]);
            return hugoBuild(ctx, hugo);
        },
    }, { rounds, warm: false });
    const [ours, theirs] = [whole.plain[0], whole.hugo[0]];
    const note = `${stories.toLocaleString("en-US")} stories, all cores, ${ours.isNew ? "a new file system for each run" : "a new folder for each run, on the disk that was there"}. ` +
        `Ours writes ${ours.files} files, ${gb(ours.bytes)}, and twice as many again with .gz and .br; Hugo ${theirs.files}, ${gb(theirs.bytes)}, ` +
        `of which ${theirs.aliases} lead from page/1/ to a list and ${digits(median(whole.hugo.map((run) => run.syncing)))} s are for bringing to the disk what was not there yet. ` +
        `Different remain: ours have JSON-LD, pictures' data and navigation among the dates in their heads and lists, and ${ours.files - theirs.files + theirs.aliases} more files (sitemaps, icons, comments' feeds, lists without stories)`;
    const of = (list, field) => list.map((run) => run[field]);
    const pair = (id, what, unit, ours, field) =>
        ({ id, what, unit, better: "less", ours: of(ours, field), peer: { name: "Hugo", values: of(whole.hugo, field) }, note });
    yield pair("export.time", "whole, no packed copies", "s", whole.plain, "seconds");
    yield pair("export.memory", "whole, no packed copies: memory", "MB", whole.plain, "mb");
    yield pair("export.time.packed", "whole, with .gz and .br", "s", whole.packed, "seconds");
    yield pair("export.memory.packed", "whole, with .gz and .br: memory", "MB", whole.packed, "mb");

    // One more story, and then another. Hugo's last build was one after one more story: it builds everything again.
    const rebuilt = whole.hugo.at(-1);
    const { includes, one } = await ctx.onNewGround(async ({ dir }) => {
        const folder = join(dir, "export"), { out } = await exportOnce(ctx, site, folder, ["--includes"]);
        return { includes: lastLine(out), ...await ctx.inTurn({ one: () => oneMore(ctx, site, folder) }) };
    });
    const more = `${one[0].written} files written; Hugo builds everything again: its last build`;
    yield { id: "export.time.includes", what: "whole, with includes", unit: "s", better: "less", ours: [includes.milliseconds / 1000], note: `${includes.files} files with includes` };
    yield { id: "export.one", what: "with includes, after one more story", unit: "s", better: "less", ours: of(one, "seconds"),
            peer: { name: "Hugo", values: [rebuilt.seconds] }, note: more };
    const { publish } = await ctx.inTurn({ publish: () => publishMs(ctx, site) }, { rounds: Math.min(3, ctx.rounds) });
    yield { id: "publish.hugo", what: "publishing as the server does, request to answer", unit: "s", better: "less", ours: publish.map((ms) => ms / 1000),
            peer: { name: "Hugo's rebuild", values: [rebuilt.seconds] }, note: more };
}

const wholeExport = (ctx, site, options) => ctx.onNewGround(async ({ dir, isNew }) => {
    const { seconds, mb, out } = await exportOnce(ctx, site, join(dir, "export"), options);
    return { seconds, mb, isNew, ...lastLine(out) };
});

const hugoBuild = (ctx, hugo) => ctx.onNewGround(async (ground) => {
    const folder = join(ground.dir, "public"), { seconds, mb } = await hugo.build(folder), syncing = ground.sync();
    const [files, bytes] = inAll(folder), [aliases] = inAll(folder, "-path", "*/page/1/*");
    return { seconds: seconds + syncing, mb, syncing, files, bytes, aliases };
});

// What changed since, after one story was published.
async function oneMore(ctx, site, folder) {
    await ctx.run(archive, ["publish", site, "1"]);
    const { seconds, out } = await exportOnce(ctx, site, folder, ["--includes"]);
    return { seconds, ...lastLine(out) };
}

const exportOnce = (ctx, site, folder, options) => watched(ctx, broadsheet, ["export", "static", folder, "--site", site, "--json", ...options]);
const lastLine = (out) => JSON.parse(out.trim().split("\n").at(-1));
const gb = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`;
// How many files there are, and their bytes.
const inAll = (folder, ...which) => execFileSync("sh", ["-c", `find "$@" | awk '{ n++; all += $1 } END { print n + 0, all + 0 }'`, "find",
    folder, "-type", "f", ...which, "-printf", "%s\n"], { encoding: "utf8" }).trim().split(" ").map(Number);
