// Hugo builds the whole site: bench/peers/hugo/ has its settings and layouts.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import { watched } from "./watched.mjs";

const here = new URL("./hugo/", import.meta.url).pathname;

export class Hugo {
    // `stories`: a folder of `archive hugo`; what is put into .more besides, another, is built too.
    constructor(ctx, stories) {
        this.ctx = ctx;
        this.more = ctx.path("hugo-more");
        mkdirSync(join(this.more, "content"), { recursive: true });
        const mounts = [stories, this.more].map((dir) => `\n[[module.mounts]]\nsource = "${join(dir, "content")}"\ntarget = "content"\n`);
        writeFileSync(ctx.path("hugo.toml"), readFileSync(join(here, "hugo.toml"), "utf8") + mounts.join(""));
        ctx.met("Hugo", /v[\d.]+/.exec(execFileSync("hugo", ["version"], { encoding: "utf8" }))[0].slice(1));
    }

    // Everything, into a new folder: { seconds, mb }. Its garbage may not fill more than two thirds of the memory:
    // with 100,000 stories there is not much more.
    async build(folder) {
        return watched(this.ctx, "hugo", ["--quiet", "--config", this.ctx.path("hugo.toml"), "--source", here, "--destination", folder,
            "--cacheDir", this.ctx.path("hugo-cache"), "--noBuildLock"], { env: { GOMEMLIMIT: `${Math.round(totalmem() / 1.5 / 2 ** 20)}MiB` } });
    }
}
