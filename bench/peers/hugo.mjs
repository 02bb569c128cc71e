// Hugo builds the whole site: bench/peers/hugo/ has its settings and layouts.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { watched } from "./watched.mjs";

const here = new URL("./hugo/", import.meta.url).pathname;

export class Hugo {
    // `content`: a folder of stories; those that are put into .more besides are built too.
    constructor(ctx, content) {
        this.ctx = ctx;
        this.more = ctx.path("hugo-more");
        this.public = ctx.path("hugo-public");
        mkdirSync(this.more, { recursive: true });
        const mounts = [content, this.more].map((source) => `\n[[module.mounts]]\nsource = "${source}"\ntarget = "content"\n`);
        writeFileSync(ctx.path("hugo.toml"), readFileSync(join(here, "hugo.toml"), "utf8") + mounts.join(""));
        ctx.met("Hugo", /v[\d.]+/.exec(execFileSync("hugo", ["version"], { encoding: "utf8" }))[0].slice(1));
    }

    // Everything, into the new folder .public: { seconds, mb }.
    async build() {
        return watched(this.ctx, "hugo", ["--quiet", "--config", this.ctx.path("hugo.toml"), "--source", here, "--destination", this.public,
            "--cacheDir", this.ctx.path("hugo-cache"), "--noBuildLock"]);
    }
}
