// Debian's Chromium, one for a whole suite, with a few tabs at work at a time.
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { skip } from "./site.mjs";

export const chromiumPath = process.env.CHROME_PATH ?? "/usr/bin/chromium";

export async function launch() {
    if (!existsSync(chromiumPath)) skip("no Chromium here: apt-get install chromium");
    const { chromium } = await import("playwright-core").catch(() => skip("playwright-core is not installed: npm --prefix tests ci"));
    return chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
}

// Do `work` for each item, as many at a time as there are processors; each worker has what `equip` makes.
export async function together(items, work, equip = () => null) {
    const waiting = [...items];
    const worker = async () => {
        const tools = await equip();
        for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item, tools);
    };
    await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

// Down to the end and up again, until every picture that is shown has come or failed.
export async function scrollThrough(tab) {
    await tab.evaluate(async () => {
        for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
            scrollTo({ top: y, behavior: "instant" });
            await new Promise(requestAnimationFrame);
        }
        await Promise.all([...document.images].filter((img) => !img.complete && img.checkVisibility()).map((img) => {
            img.loading = "eager";
            return new Promise((done) => { img.onload = img.onerror = done; });
        }));
        scrollTo({ top: 0, behavior: "instant" });
        // Two frames: the first lays out what came last, the second reports what moved.
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
    });
}
