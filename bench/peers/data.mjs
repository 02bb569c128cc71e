// What the comparisons with WordPress and Hugo keep from run to run, beside the made-up archives: the same
// stories as an export file, as Hugo's content and in WordPress's tables. Made when missing; WordPress with
// 100,000 stories takes some minutes.
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { archive } from "../lib/context.mjs";
import { WordPress } from "./stack.mjs";

// `make` makes it at the place that it is given; what is only half made is never found at `name`.
async function kept(ctx, name, make) {
    const dir = join(ctx.archives, "peers"), place = join(dir, name);
    if (!existsSync(place)) {
        ctx.log(`making ${place}`);
        mkdirSync(dir, { recursive: true });
        rmSync(`${place}.making`, { recursive: true, force: true });
        await make(`${place}.making`);
        renameSync(`${place}.making`, place);
    }
    return place;
}

// A WordPress export of so many stories.
export const wxr = (ctx, stories) => kept(ctx, `${stories}.wxr`, (file) => {
    const out = openSync(file, "w");
    execFileSync(archive, ["wxr", String(stories)], { stdio: ["ignore", out, "inherit"] });
    closeSync(out);
});

// Hugo's content: the stories as Markdown files; their dates are terms, too.
export const hugoContent = (ctx, stories) => kept(ctx, `hugo-dated-${stories}`, (dir) => ctx.run(archive, ["hugo", dir, String(stories)]));

// WordPress, not started yet, with two databases: "archive" has so many stories, "sample" their authors,
// sections and tags, but no story. The editor's application password is in the file "password".
export async function wordpress(ctx, stories, options) {
    const file = await wxr(ctx, stories);
    const dir = await kept(ctx, `wordpress-${stories}`, async (dir) => {
        const peer = new WordPress(ctx, dir);
        try {
            await peer.startDatabase();
            peer.sql("SET GLOBAL innodb_flush_log_at_trx_commit = 0"); // until it is stopped
            await peer.install("sample");
            writeFileSync(join(dir, "password"), await peer.install("archive"));
            await Promise.all([peer.php("import.php", "sample", file, 0, 0), peer.php("fill.php", "archive", file)]);
        } finally {
            await peer.stop();
        }
    });
    return new WordPress(ctx, dir, options);
}
