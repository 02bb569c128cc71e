// A hot story page: Broadsheet against nginx serving the same bytes from a file, and against Varnish
// having them in its cache. Each server has one core, the load the others. One story a second is published
// into our site of 100,000 stories meanwhile (bench/lib/publisher.mjs); the peers' page never changes.
import { h2load, withCpu, wrk } from "./lib/load.mjs";
import { startPublisher } from "./lib/publisher.mjs";
import { get, makeCertificate, settled, startBroadsheet, startNginx, startVarnish } from "./lib/servers.mjs";

export const name = "serve";
export const title = "A hot story page, against nginx and Varnish";
export const needs = { wrk: "wrk", h2load: "nghttp2-client", nginx: "nginx-light", varnishd: "varnish", openssl: "openssl" };

const SECONDS = 4, H2_CONNECTIONS = 64, H2_STREAMS = 10;

export async function* run(ctx) {
    const stories = ctx.quick ? 1000 : 100000, site = await ctx.site(stories), tls = makeCertificate(ctx);
    const seconds = ctx.seconds(SECONDS);
    let ours = await startBroadsheet(ctx, site, ["--loops", "1"]);
    const path = await newestStory(ours);
    const page = await get(ours.port, path, { "accept-encoding": "gzip" });
    const nginx = await startNginx(ctx, { tls, files: { [path]: (await get(ours.port, path)).body }, gzip: { [path]: page.body } });
    const varnish = await startVarnish(ctx, nginx.port);
    for (const server of [nginx, varnish]) {
        const answer = await get(server.port, path, { "accept-encoding": "gzip" });
        if (!answer.body.equals(page.body)) throw new Error(`${server.name} does not answer the same bytes`);
    }
    await settled(ours);
    const publisher = await startPublisher(ctx, site);

    const note = `${page.body.length} bytes gzip of ${path}; a site of ${stories.toLocaleString("en-US")} stories, one more a second; rounds of ${seconds} s`;
    const pair = (id, what, unit, better, results, field, peer = "nginx") => ({
        id, what, unit, better, ours: results.ours.map((round) => round[field]), peer: { name: peer, values: results[peer].map((round) => round[field]) }, note });
    const http1 = (server, url, connections) => () => withCpu(server, () => wrk(ctx, { url, path, connections, seconds }));
    const http2 = (server, url) => () => withCpu(server, () => h2load(ctx, { url, path, connections: H2_CONNECTIONS, streams: H2_STREAMS, seconds }));
    const clear = (port) => `http://127.0.0.1:${port}`, secure = (port) => `https://127.0.0.1:${port}`;
    const streams = `${H2_CONNECTIONS} connections of ${H2_STREAMS} requests at a time`;

    for (const connections of [64, 512]) {
        const load = (server) => http1(server, clear(server.port), connections);
        const results = await ctx.inTurn({ ours: load(ours), nginx: load(nginx), Varnish: load(varnish) });
        const id = `hot.http1.${connections}`, what = `HTTP/1.1, ${connections} connections`;
        yield pair(id, what, "requests/s", "more", results, "rate");
        yield pair(`${id}.p99`, `${what}, 99 % of the answers within`, "ms", "less", results, "p99ms");
        yield pair(`${id}.cpu`, `${what}, processor time of a request`, "µs", "less", results, "cpuUs");
        yield pair(`hot.varnish.${connections}`, `${what}, against Varnish's cache`, "requests/s", "more", results, "rate", "Varnish");
    }
    const h2 = await ctx.inTurn({ ours: http2(ours, clear(ours.port)), nginx: http2(nginx, clear(nginx.h2Port)) });
    yield pair("hot.http2", `HTTP/2 in clear, ${streams}`, "requests/s", "more", h2, "rate");
    yield pair("hot.http2.cpu", "HTTP/2 in clear, processor time of a request", "µs", "less", h2, "cpuUs");

    // One of ours at a time: each renews its pages after a publish.
    await publisher.stop();
    await ours.stop();
    ours = await startBroadsheet(ctx, site, ["--loops", "1", "--certificate", tls.certificate, "--key", tls.key]);
    await settled(ours);
    await startPublisher(ctx, site);
    const h2s = await ctx.inTurn({ ours: http2(ours, secure(ours.port)), nginx: http2(nginx, secure(nginx.tlsPort)) });
    yield pair("hot.tls", `HTTP/2 over TLS, ${streams}`, "requests/s", "more", h2s, "rate");
    yield pair("hot.tls.cpu", "HTTP/2 over TLS, processor time of a request", "µs", "less", h2s, "cpuUs");
    const h1s = await ctx.inTurn({ ours: http1(ours, secure(ours.port), 64), nginx: http1(nginx, secure(nginx.tlsPort), 64) });
    yield pair("hot.tls.http1", "HTTP/1.1 over TLS, 64 connections", "requests/s", "more", h1s, "rate");
    yield pair("hot.tls.http1.cpu", "HTTP/1.1 over TLS, processor time of a request", "µs", "less", h1s, "cpuUs");
}

async function newestStory(server) {
    const feed = await get(server.port, "/feed/");
    return new URL(/<item>[\s\S]*?<link>([^<]+)<\/link>/.exec(String(feed.body))[1]).pathname;
}
