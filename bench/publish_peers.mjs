// Publishing a story in an archive of 100,000, against WordPress: from the editor's request to the answer. Our
// answer comes when the story is durable and every page that shows it is fresh (bench/publish.c, which serves
// 500 pages a second meanwhile); WordPress's (REST, POST /wp-json/wp/v2/posts) when it is durable, with nobody
// reading and no page cache that had to be emptied. Against Hugo: see bench/export.mjs.
import { readFileSync } from "node:fs";
import { archive } from "./lib/context.mjs";
import { median } from "./lib/stats.mjs";
import { wordpress } from "./peers/data.mjs";
import { publishMs } from "./peers/publish.mjs";
import { needs as wordpressNeeds } from "./peers/stack.mjs";

export const name = "publish-peers";
export const title = "Publishing, against WordPress";
export const needs = wordpressNeeds;

const A_ROUND = 10;

export async function* run(ctx) {
    const stories = ctx.quick ? 1000 : 100000, site = await ctx.site(stories);
    const peer = await wordpress(ctx, stories);
    try {
        await peer.start();
        peer.warm("archive");
        const editor = await Editor.enter(ctx, peer, stories);
        const results = await ctx.inTurn({ ours: () => publishMs(ctx, site), WordPress: () => editor.publishMs(A_ROUND) });
        const note = `${stories.toLocaleString("en-US")} stories; the median of a round's stories, 30 of ours, ${A_ROUND} of WordPress's; one editor`;
        yield { id: "publish.wordpress", what: "publishing, request to answer", unit: "ms", better: "less",
                ours: results.ours, peer: { name: "WordPress", values: results.WordPress }, note };
    } finally {
        await peer.stop();
    }
}

// Somebody at WordPress's REST API who publishes the stories after the archive's last.
class Editor {
    static async enter(ctx, peer, stories) {
        const e = new Editor();
        e.url = `${peer.url}/wp-json/wp/v2/posts`;
        const password = readFileSync(`${peer.dir}/password`, "utf8");
        e.headers = { "Authorization": `Basic ${Buffer.from(`editor:${password}`).toString("base64")}`, "Content-Type": "application/json" };
        const { out } = await ctx.run(archive, ["jsonl", String(stories + 100), "--from", String(stories)]);
        const ids = Object.fromEntries(peer.sql("SELECT CONCAT(x.taxonomy, ' ', t.slug), t.term_id FROM wp_terms t JOIN wp_term_taxonomy x USING (term_id)", "archive")
            .trim().split("\n").map((line) => line.split("\t")));
        e.stories = out.trim().split("\n").map((line) => JSON.parse(line)).map((story) => JSON.stringify({
            title: story.headline, excerpt: story.standfirst, content: story.body_html, status: "publish",
            categories: story.sections.map((slug) => Number(ids[`category ${slug}`])),
            tags: story.tags.map((slug) => Number(ids[`post_tag ${slug}`])),
        }));
        e.next = 0;
        return e;
    }

    // The median of so many; they are deleted again, which is not measured.
    async publishMs(count) {
        const times = [], links = [];
        for (let i = 0; i < count; i++) {
            const begun = performance.now();
            const { id } = await this.ask("POST", this.url, this.stories[this.next++ % this.stories.length]);
            times.push(performance.now() - begun);
            links.push(`${this.url}/${id}?force=true`);
        }
        for (const link of links) await this.ask("DELETE", link);
        return median(times);
    }

    async ask(method, url, body) {
        const answer = await fetch(url, { method, headers: this.headers, body });
        const text = await answer.text();
        if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text.slice(0, 300)}`);
        return JSON.parse(text);
    }
}
