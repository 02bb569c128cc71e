// Do searches hold up the paper? Stories that nobody has asked for yet are read one after the other: first
// alone, then while readers search for words, phrases, beginnings and dates as fast as they are answered.
import http from "node:http";
import { get, startBroadsheet } from "./lib/servers.mjs";
import { addresses } from "./lib/site.mjs";
import { quantile } from "./lib/stats.mjs";

export const name = "searches";
export const title = "Stories read while readers search";

const SEARCHERS = 32, ALONE = 300, SECONDS = 10, SAMPLE = 40;

export async function* run(ctx) {
    const stories = ctx.quick ? 1000 : 1000000, site = await ctx.site(stories);
    const server = await startBroadsheet(ctx, site, [], { cores: undefined });
    // Every story is asked for once only, in all rounds together.
    const paths = await addresses(ctx, site, ctx.quick ? 1000 : 200000), words = await someWords(server, paths.splice(0, SAMPLE));
    const agent = new http.Agent({ keepAlive: true, maxSockets: 2 * SEARCHERS });
    const { ours } = await ctx.inTurn({ ours: () => round(ctx, server, { paths, words, agent }) }, { rounds: Math.min(3, ctx.rounds), warm: false });
    agent.destroy();

    const note = `a site of ${stories.toLocaleString("en-US")} stories; ${SEARCHERS} readers search, each as soon as it is answered; all cores for everybody`;
    const of = (what, field, part) => ({ id: `searches.${field}.${part}`, what: `${what}, ${part === 0.5 ? "median" : `${part * 100} % within`}`, unit: "ms",
        better: "less", ours: ours.map((r) => quantile(r[field], part)), note });
    for (const [what, field] of [["a story, alone", "alone"], ["a story, beside the searches", "beside"], ["the front page, beside them", "front"]]) {
        for (const part of [0.5, 0.99]) yield of(what, field, part);
    }
    yield { id: "searches.rate", what: "searches answered", unit: "a second", better: "more", ours: ours.map((r) => r.searches / r.seconds), note };
}

async function round(ctx, server, { paths, words, agent }) {
    const result = { alone: [], beside: [], front: [], searches: 0, seconds: ctx.seconds(SECONDS) };
    const timed = async (path) => {
        const begun = performance.now();
        const { status } = await get(server.port, path, {}, agent);
        if (status !== 200) throw new Error(`${path} answered ${status}`);
        return performance.now() - begun;
    };
    const story = () => {
        if (paths.length === 0) ctx.skip("there are too few stories to ask for each once");
        return timed(paths.pop());
    };
    for (let i = 0; i < (ctx.quick ? 100 : ALONE); i++) result.alone.push(await story());
    const end = performance.now() + result.seconds * 1000;
    const searchers = Array.from({ length: SEARCHERS }, async () => {
        while (performance.now() < end) {
            await get(server.port, `/search/?${question(words, result.searches++)}`, {}, agent); // 503 when they are too many
        }
    });
    while (performance.now() < end && paths.length > 0) {
        result.beside.push(await story());
        result.front.push(await timed("/"));
    }
    await Promise.all(searchers);
    return result;
}

async function someWords(server, paths) {
    const pages = await Promise.all(paths.map((path) => get(server.port, path)));
    return [...new Set(pages.flatMap(({ body }) => String(body).replace(/<style[\s\S]*?<\/style>|<[^>]+>/g, " ").toLowerCase().match(/\p{L}{4,}/gu) ?? []))];
}

// One of seven kinds of questions, of each since another year.
function question(words, number) {
    const any = () => words[Math.floor(Math.random() * words.length)];
    const kinds = [() => any(), () => `${any()} ${any()}`, () => `${any()} ${any()} ${any()}`, () => `${any().slice(0, 2)}*`,
                   () => `"${any()} ${any()}"`, () => `${any()} OR ${any()} -${any()}`, () => "a* b* c*"];
    return new URLSearchParams({ q: kinds[number % kinds.length](), from: `20${10 + number % 12}-01-01` });
}
