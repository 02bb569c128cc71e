// Story pages that nobody has asked for before, against WordPress without a page cache: all distinct, drawn at
// random from one archive, so that each is rendered for its request. Each server has half of the cores, the
// load the others. Ours is started anew for each round, with nothing in its table; WordPress has its code
// compiled (opcache) and its tables in memory. Of WordPress there are two: its lists asked for by each page,
// and their ids kept for a minute (transients), as a careful shop does that can bear lists a minute old.
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { get, startBroadsheet } from "./lib/servers.mjs";
import { addresses } from "./lib/site.mjs";
import { wordpress } from "./peers/data.mjs";
import { needs as wordpressNeeds } from "./peers/stack.mjs";

export const name = "cold";
export const title = "Story pages never asked for before, against WordPress";
export const needs = { ...wordpressNeeds, wrk: "wrk" };

const SECONDS = 4, WARM_UP = 50, ERRORS_MAX = 2;

export async function* run(ctx) {
    const stories = ctx.quick ? 1000 : 100000;
    const half = Math.max(1, cpus().length >> 1), last = cpus().length - 1;
    const list = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i).join(",");
    const cores = list(0, half - 1), loadCores = list(Math.min(half, last), last);
    const site = await ctx.site(stories), paths = await addresses(ctx, site, stories);
    const peer = await wordpress(ctx, stories, { cores });
    try {
        await peer.start();
        peer.warm("archive");
        const { body } = await get(peer.port, paths[0]);
        await sameAnatomy(ctx, site, paths[0], String(body));
        for (const path of paths.slice(-WARM_UP)) await get(peer.port, path);

        const seconds = ctx.seconds(SECONDS);
        for (const connections of [8, 32]) {
            const load = (url, round, headers, forgiving) => distinct(ctx, { url, paths, round, connections, seconds, cores: loadCores, headers, forgiving });
            const results = await ctx.inTurn({
                ours: async (round) => {
                    const server = await startBroadsheet(ctx, site, ["--loops", String(half), "--renderers", String(half)], { cores });
                    const rate = await load(`http://127.0.0.1:${server.port}`, round);
                    await server.stop();
                    return rate;
                },
                plain: (round) => load(peer.url, round, [], true),
                kept: (round) => load(peer.url, round, ["X-Lists: kept"], true),
            });
            const note = `${stories.toLocaleString("en-US")} stories, rounds of ${seconds} s, ${half} cores for the server with all that it needs; WordPress without a page cache, ` +
                "php-fpm with opcache and two workers a core, MariaDB with all tables in memory; both answer gzip";
            yield { id: connections === 8 ? "cold.wordpress" : `cold.wordpress.${connections}`, what: `${connections} clients`, unit: "pages/s", better: "more",
                    ours: results.ours, peer: { name: "WordPress", values: results.plain }, note };
            yield { id: `cold.wordpress.kept.${connections}`, what: `${connections} clients, lists kept for a minute there`, unit: "pages/s", better: "more",
                    ours: results.ours, peer: { name: "WordPress", values: results.kept }, note };
        }
    } finally {
        await peer.stop();
    }
}

// The same story with as many cards below it, or the comparison would be of different pages.
async function sameAnatomy(ctx, site, path, theirs) {
    const server = await startBroadsheet(ctx, site);
    const ours = String((await get(server.port, path)).body);
    await server.stop();
    const parts = (html) => ({
        title: /<h1[^>]*>(.*?)<\/h1>/.exec(html)?.[1].replace(/&#?\w+;|\W/g, ""),
        cards: html.match(/<h3/g)?.length,
        near: html.match(/rel="(prev|next)"/g)?.length,
    });
    const a = JSON.stringify(parts(ours)), b = JSON.stringify(parts(theirs));
    if (a !== b) throw new Error(`${path} is not the same page: ours has ${a}, WordPress ${b}`);
}

// Pages a second over so many connections, no address twice: each of wrk's threads has a share of them, and
// each round begins elsewhere. forgiving: an error now and then counts as a page, in the peer's favour.
async function distinct(ctx, { url, paths, round, connections, seconds, cores, headers = [], forgiving = false }) {
    const at = (Math.abs(round) * 7919) % paths.length;
    const list = ctx.path("distinct.txt"), script = ctx.path("distinct.lua");
    writeFileSync(list, [...paths.slice(at), ...paths.slice(0, at)].join("\n") + "\n");
    writeFileSync(script, `
local threads = 0
function setup(thread) thread:set("number", threads) threads = threads + 1 end
function init(args)
    paths, at, n = {}, 0, 0
    for line in io.lines("${list}") do
        if n % args[1] == number then paths[#paths + 1] = line end
        n = n + 1
    end
end
function request()
    at = at + 1
    return wrk.format("GET", paths[at] or ${ctx.quick ? "paths[at % #paths + 1]" : 'error("no address is left")'})
end
`);
    const threads = Math.min(2, connections);
    const { out, err } = await ctx.run("wrk", ["-t", String(threads), "-c", String(connections), "-d", `${seconds}s`, "--timeout", "30s",
        "-H", "Accept-Encoding: gzip", ...headers.flatMap((header) => ["-H", header]), "-s", script, url, "--", String(threads)], { cores });
    const bad = /Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)|no address is left/.exec(out + err);
    if (bad && !(forgiving && Number(bad[1]) <= ERRORS_MAX)) throw new Error(`${forgiving ? "WordPress" : "Broadsheet"} at ${url}: ${bad[0]}`);
    return Number(/Requests\/sec:\s+([\d.]+)/.exec(out)[1]);
}
