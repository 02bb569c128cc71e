// Debian's Chromium, one for a whole suite.
import { existsSync } from "node:fs";
import { skip } from "./site.mjs";

export const chromiumPath = process.env.CHROME_PATH ?? "/usr/bin/chromium";

export async function launch() {
    if (!existsSync(chromiumPath)) skip("no Chromium here: apt-get install chromium");
    const { chromium } = await import("playwright-core").catch(() => skip("playwright-core is not installed: npm --prefix tests ci"));
    return chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
}

// Down to the end and up again, so that lazy pictures come.
export async function scrollThrough(tab) {
    await tab.evaluate(async () => {
        for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
            scrollTo({ top: y, behavior: "instant" });
            await new Promise(requestAnimationFrame);
        }
        scrollTo({ top: 0, behavior: "instant" });
    });
    await tab.waitForLoadState("networkidle");
}
