// From the command to the first answer, a story's page, at three sizes of the archive: the file is in the
// system's cache as after a restart, nothing else is. To look for the listening socket costs at most 1 ms.
import net from "node:net";
import { broadsheet } from "./lib/context.mjs";
import { freePort, sleep } from "./lib/processes.mjs";
import { addresses } from "./lib/site.mjs";

export const name = "start";
export const title = "Start to the first answer";

export async function* run(ctx) {
    for (const stories of ctx.quick ? [1000] : [1000, 100000, 1000000]) {
        const site = await ctx.site(stories), [path] = await addresses(ctx, site, 1);
        const { ours } = await ctx.inTurn({ ours: () => startOnce(ctx, site, path) });
        yield { id: `start.${stories}`, what: `${stories.toLocaleString("en-US")} stories`, unit: "ms", better: "less", ours };
        ctx.drop(stories);
    }
}

async function startOnce(ctx, site, path) {
    const port = await freePort(), begun = performance.now();
    const server = await ctx.start(broadsheet, ["serve", "--site", site, "--listen", `127.0.0.1:${port}`]);
    const status = await firstAnswer(server, port, path);
    const ms = performance.now() - begun;
    await server.stop();
    if (status !== 200) throw new Error(`${path} answered ${status}`);
    return ms;
}

async function firstAnswer(server, port, path) {
    for (;; await sleep(1)) {
        if (server.how) throw new Error(`serve ended: ${server.err}`);
        const answer = await new Promise((resolve) => {
            let text = "";
            const socket = net.connect(port, "127.0.0.1", () => socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`));
            socket.on("data", (bytes) => { text += bytes; });
            socket.on("error", () => resolve(undefined));
            socket.on("end", () => resolve(Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1])));
        });
        if (answer !== undefined) return answer;
    }
}
