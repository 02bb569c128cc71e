// Do searches hold up the paper? A site is served, and stories that nobody has asked for yet are read one
// after the other: first alone, then while 32 readers search for words, phrases, beginnings and dates as
// fast as they are answered. Prints the times of both.
//
//   node bench/search_load.mjs SITE [SECONDS]
//
// SITE: the larger, the better; bench/search.c makes one of a million stories. Opening it brings it up to
// date, if it is of an older Broadsheet; after that it is only read.
import http from "node:http";
import { spawn } from "node:child_process";

const [site, seconds = "15"] = process.argv.slice(2);
const SEARCHERS = 32, ALONE = 500;
const server = spawn(new URL("../build/release/broadsheet", import.meta.url).pathname, ["serve", "--site", site, "--listen", "127.0.0.1:0"]);
const port = await new Promise((resolve, reject) => {
    server.stdout.on("data", (text) => resolve(Number(/:(\d+)/.exec(String(text))[1])));
    server.stderr.on("data", (text) => process.stderr.write(text));
    server.on("exit", (code) => reject(new Error(`serve ended with ${code}`)));
});
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

const get = (path) => new Promise((resolve, reject) => {
    const begin = performance.now();
    http.get({ host: "127.0.0.1", port, path, agent }, (res) => {
        let text = "";
        res.setEncoding("utf8").on("data", (part) => { text += part; });
        res.on("end", () => resolve({ status: res.statusCode, text, ms: performance.now() - begin }));
    }).on("error", reject);
});
const locs = (xml) => [...xml.matchAll(/<loc>([^<]+)</g)].map(([, url]) => new URL(url).pathname);
const any = (list) => list[Math.floor(Math.random() * list.length)];
const at = (times, part) => times.toSorted((a, b) => a - b)[Math.floor(part * (times.length - 1))].toFixed(1);
const tell = (name, times) => console.log(`${name.padEnd(34)} ${String(times.length).padStart(6)}   median ${at(times, 0.5)} ms   p99 ${at(times, 0.99)} ms   worst ${at(times, 1)} ms`);

const maps = locs((await get("/sitemap.xml")).text).filter((path) => path.includes("stories"));
const stories = [];
for (let i = 0; i < maps.length && stories.length < 50000; i += Math.ceil(maps.length / 20)) stories.push(...locs((await get(maps[i])).text));
const sample = await Promise.all(stories.slice(0, 40).map(get));
const words = [...new Set(sample.flatMap((s) => s.text.replace(/<style[\s\S]*?<\/style>|<[^>]+>/g, " ").toLowerCase().match(/\p{L}{4,}/gu) ?? []))];

const kinds = [
    () => any(words), () => `${any(words)} ${any(words)}`, () => `${any(words)} ${any(words)} ${any(words)}`, () => `${any(words).slice(0, 2)}*`,
    () => `"${any(words)} ${any(words)}"`, () => `${any(words)} OR ${any(words)} -${any(words)}`, () => "a* b* c*",
];
let asked = 0, next = 40;
const search = () => get(`/search/?${new URLSearchParams({ q: any(kinds)(), from: `20${10 + asked++ % 15}-01-01` })}`);
const read = () => get(stories[next++ % stories.length]);

const alone = [], beside = [], front = [], searches = [], statuses = {};
for (let i = 0; i < ALONE; i++) alone.push((await read()).ms);
tell("a story, alone", alone);
const end = performance.now() + Number(seconds) * 1000;
const searchers = Array.from({ length: SEARCHERS }, async () => {
    while (performance.now() < end) {
        const { status, ms } = await search();
        statuses[status] = (statuses[status] ?? 0) + 1;
        searches.push(ms);
    }
});
while (performance.now() < end) {
    beside.push((await read()).ms);
    front.push((await get("/")).ms);
}
await Promise.all(searchers);
tell(`a story, beside ${SEARCHERS} searchers`, beside);
tell("the front page", front);
tell("their searches", searches);
console.log(`${(searches.length / Number(seconds)).toFixed(0)} searches a second; statuses ${JSON.stringify(statuses)}`);
agent.destroy();
server.removeAllListeners("exit");
server.kill("SIGTERM");
