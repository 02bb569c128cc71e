// Resident memory: a minute of stories drawn at random from a million, and 10,000 connections that idle.
import net from "node:net";
import { startBroadsheet } from "./lib/servers.mjs";
import { wrk } from "./lib/load.mjs";
import { sleep } from "./lib/processes.mjs";
import { addresses } from "./lib/site.mjs";

export const name = "memory";
export const title = "Resident memory";
export const needs = { wrk: "wrk" };

const SECONDS = 60, CONNECTIONS = 64, IDLE = 10000, ASKING = 500;

export async function* run(ctx) {
    const few = ctx.quick ? 1000 : 100000, many = ctx.quick ? 1000 : 1000000;
    const { ours: idle } = await ctx.inTurn({ ours: async () => idleMB(ctx, await ctx.site(few)) }, { warm: false });
    yield { id: "memory.idle", what: `${IDLE.toLocaleString("en-US")} idle keep-alive connections: growth`, unit: "MB", better: "less", ours: idle,
            note: "each has asked for a page once; resident memory of the process, not of the kernel's sockets" };
    if (few !== many) ctx.drop(few);

    const site = await ctx.site(many), paths = await addresses(ctx, site, many);
    // A minute each: three rounds tell.
    const { ours: rounds } = await ctx.inTurn({ ours: () => randomMB(ctx, site, paths) }, { rounds: Math.min(3, ctx.rounds), warm: false });
    const what = `${many.toLocaleString("en-US")} stories at random for ${ctx.seconds(SECONDS)} s`;
    const note = `${CONNECTIONS} connections; resident memory with the pages of the database that are mapped`;
    yield { id: "memory.random", what: `${what}: most`, unit: "MB", better: "less", ours: rounds.map(({ mb }) => mb), note };
    yield { id: "memory.random.rate", what: `${what}: pages`, unit: "pages/s", better: "more", ours: rounds.map(({ rate }) => rate), note };
}

async function idleMB(ctx, site) {
    const server = await startBroadsheet(ctx, site, [], { cores: undefined }), sockets = [];
    const [path] = await addresses(ctx, site, 1);
    const ask = () => new Promise((resolve, reject) => {
        const socket = net.connect(server.port, "127.0.0.1", () => socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n`));
        sockets.push(socket);
        let length, got = 0;
        socket.on("data", (bytes) => {
            if (length === undefined) {
                const end = bytes.indexOf("\r\n\r\n");
                length = end + 4 + Number(/content-length: (\d+)/i.exec(bytes.subarray(0, end).toString("latin1"))[1]);
            }
            got += bytes.length;
            if (got >= length) resolve();
        });
        socket.on("error", reject);
        socket.on("close", () => reject(new Error("a connection was closed")));
    });
    for (let i = 0; i < 100; i++) await ask(); // what the first requests need once
    const before = server.residentMB();
    for (let i = 0; i < IDLE; i += ASKING) await Promise.all(Array.from({ length: ASKING }, ask));
    await sleep(1000);
    const more = server.residentMB() - before;
    for (const socket of sockets) socket.removeAllListeners("close").destroy();
    await server.stop();
    return more;
}

async function randomMB(ctx, site, paths) {
    const server = await startBroadsheet(ctx, site, [], { cores: undefined });
    const { rate } = await wrk(ctx, { url: `http://127.0.0.1:${server.port}`, paths, connections: CONNECTIONS, seconds: ctx.seconds(SECONDS) });
    const mb = server.residentMostMB();
    await server.stop();
    return { mb, rate };
}
