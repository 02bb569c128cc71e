// A hot story page: Broadsheet against nginx serving the same bytes from a file, and against Varnish
// having them in its cache. Each server has one core, the load the others. One story a second is published
// into our site of 100,000 stories meanwhile (bench/lib/publisher.mjs); the peers' page never changes.
import { h2load, withCpu, wrk } from "./lib/load.mjs";
import { startPublisher } from "./lib/publisher.mjs";
import { get, makeCertificate, startBroadsheet, settled, startNginx, startVarnish } from "./lib/servers.mjs";

export const name = "serve";
export const title = "A hot story page, against nginx and Varnish";
export const needs = { wrk: "wrk", h2load: "nghttp2-client", nginx: "nginx-light", varnishd: "varnish", openssl: "openssl" };

const SECONDS = 4, H2_CONNECTIONS = 64, H2_STREAMS = 10;

export async function* run(ctx) {
    const stories = ctx.quick ? 1000 : 100000, site = await ctx.site(stories), tls = makeCertificate(ctx);
    const plain = await startBroadsheet(ctx, site, ["--loops", "1"]);
    const secure = await startBroadsheet(ctx, site, ["--loops", "1", "--certificate", tls.certificate, "--key", tls.key]);
    const path = await newestStory(plain);
    const page = await get(plain.port, path, { "accept-encoding": "gzip" });
    const nginx = await startNginx(ctx, { tls, files: { [path]: (await get(plain.port, path)).body }, gzip: { [path]: page.body } });
    const varnish = await startVarnish(ctx, nginx.port);
    for (const server of [nginx, varnish]) {
        const answer = await get(server.port, path, { "accept-encoding": "gzip" });
        if (!answer.body.equals(page.body)) throw new Error(`${server.name} does not answer the same bytes`);
    }
    await settled(plain);
    await settled(secure);
    await startPublisher(ctx, site);

    const seconds = ctx.seconds(SECONDS);
    const note = `${page.body.length} bytes gzip of ${path}; a site of ${stories} stories, one more a second; rounds of ${seconds} s`;
    const of = (rounds, field) => rounds.map((round) => round[field]);
    const pair = (id, what, unit, better, results, peer, field) =>
        ({ id, what, unit, better, ours: of(results.ours, field), peer: { name: peer, values: of(results[peer], field) }, note });

    for (const connections of [64, 512]) {
        const load = (server) => () => withCpu(server, () =>
            wrk(ctx, { url: `http://127.0.0.1:${server.port}`, path, connections, seconds }));
        const results = await ctx.inTurn({ ours: load(plain), nginx: load(nginx), Varnish: load(varnish) });
        const id = `hot.http1.${connections}`, what = `HTTP/1.1, ${connections} connections`;
        yield pair(id, what, "requests/s", "more", results, "nginx", "rate");
        yield pair(`${id}.p99`, `${what}, 99 % of the answers within`, "ms", "less", results, "nginx", "p99ms");
        yield pair(`${id}.cpu`, `${what}, processor time of a request`, "µs", "less", results, "nginx", "cpuUs");
        yield pair(`hot.varnish.${connections}`, `${what}, against Varnish's cache`, "requests/s", "more", results, "Varnish", "rate");
    }

    const h2 = (server, url) => () => withCpu(server, () =>
        h2load(ctx, { url, path, connections: H2_CONNECTIONS, streams: H2_STREAMS, seconds }));
    const streams = `${H2_CONNECTIONS} connections of ${H2_STREAMS} requests at a time`;
    const clear = await ctx.inTurn({ ours: h2(plain, `http://127.0.0.1:${plain.port}`), nginx: h2(nginx, `http://127.0.0.1:${nginx.h2Port}`) });
    yield pair("hot.http2", `HTTP/2 in clear, ${streams}`, "requests/s", "more", clear, "nginx", "rate");
    yield pair("hot.http2.cpu", "HTTP/2 in clear, processor time of a request", "µs", "less", clear, "nginx", "cpuUs");
    const covered = await ctx.inTurn({ ours: h2(secure, `https://127.0.0.1:${secure.port}`), nginx: h2(nginx, `https://127.0.0.1:${nginx.tlsPort}`) });
    yield pair("hot.tls", `HTTP/2 over TLS, ${streams}`, "requests/s", "more", covered, "nginx", "rate");
    yield pair("hot.tls.cpu", "HTTP/2 over TLS, processor time of a request", "µs", "less", covered, "nginx", "cpuUs");
    const h1 = (server, port) => () => withCpu(server, () =>
        wrk(ctx, { url: `https://127.0.0.1:${port}`, path, connections: 64, seconds }));
    const old = await ctx.inTurn({ ours: h1(secure, secure.port), nginx: h1(nginx, nginx.tlsPort) });
    yield pair("hot.tls.http1", "HTTP/1.1 over TLS, 64 connections", "requests/s", "more", old, "nginx", "rate");
}

async function newestStory(server) {
    const feed = await get(server.port, "/feed/");
    return new URL(/<item>[\s\S]*?<link>([^<]+)<\/link>/.exec(String(feed.body))[1]).pathname;
}
