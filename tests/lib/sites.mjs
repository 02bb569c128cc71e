// The sites that the tests look at: the demo, with a correction and a withdrawn story added, and the
// WordPress exports of ../shared/data/wordpress when they are there. Each is served at the public address
// that it is set to, so that the absolute links in it can be followed.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readExport, root, run, serve, tmp } from "./site.mjs";

export const languages = ["de", "fr", "es", "hi", "ar", "zh"];

const outside = join(root, "../shared/data/wordpress");
export const exportFiles = existsSync(outside)
    ? readdirSync(outside).filter((f) => f.endsWith(".xml") && f !== "malformed.xml").map((f) => join(outside, f)) : [];

// Each returns the addresses that no link leads to: { kind: path }.
function makeDemo(dir) {
    const file = join(root, "demo/quay-lantern.xml");
    execFileSync("sh", [join(root, "script/demo"), dir]);
    const edit = (...args) => execFileSync(join(root, "build/release/tests/tools/edit_story"), [dir, ...args]);
    const stories = readExport(readFileSync(file, "utf8")).filter((i) => i.type === "post" && i.status === "publish").map((i) => new URL(i.link).pathname);
    edit("withdraw", stories[0]);
    edit("correct", stories.at(-1), "An earlier version of this story was right.");
    return { ...locked(file), "withdrawn story": stories[0] };
}

function makeExport(dir, file) {
    run(["new", dir, "--title", "A Paper", "--url", "http://localhost:8080"]);
    run(["import", "wordpress", file, "--site", dir]);
    return locked(file);
}

function locked(file) {
    const item = readExport(readFileSync(file, "utf8")).find((i) => i.password && i.status === "publish");
    if (!item) return {};
    const url = new URL(item.link);
    return { "protected story": url.pathname + url.search };
}

// The paper with German, Arabic, Chinese and Hindi stories.
function makePolyglot(dir) {
    run(["new", dir, "--title", "Lampenkai", "--url", "http://localhost:8080", "--timezone", "Europe/Berlin", "--language", "de"]);
    run(["import", "wordpress", join(root, "tests/data/wxr/languages.xml"), "--site", dir]);
    return {};
}

async function open(name, make) {
    const dir = join(tmp(), "site");
    const hidden = make(dir);
    const server = await serve(dir);
    // Change a setting and wait until the pages show it. The front page is asked for before: it is in the
    // table then, and all pages leave the table together, as soon as the server hears of the commit of
    // another process. Rendered afresh, one page alone could show the change before that.
    const set = async (key, value, shows) => {
        await server.get("/");
        run(["set", key, value, "--site", dir]);
        for (let i = 0; !shows((await server.get("/")).text); i++) {
            if (i === 600) throw new Error(`${key} = ${value} did not show within a minute`);
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
    };
    await set("url", server.base, (html) => html.includes(`"${server.base}/`));
    const speak = (language) => set("language", language, (html) => html.includes(`lang="${language}"`));
    return { name, own: [makeDemo, makePolyglot].includes(make), dir, server, speak, url: server.base, hidden };
}

export const openDemo = () => open("demo", makeDemo);
export const openPolyglot = () => open("seven languages", makePolyglot);

// Every site in turn, the demo first; each is stopped when the next is asked for.
export async function* sites() {
    for (const [name, make] of [["demo", makeDemo], ...exportFiles.map((f) => [f.split("/").at(-1), (dir) => makeExport(dir, f)])]) {
        const site = await open(name, make);
        try {
            yield site;
        } finally {
            await site.server.stop();
        }
    }
}
