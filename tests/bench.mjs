// The benchmarks' own arithmetic, the generator of archives, and that a run works and leaves nothing
// behind. Nothing here depends on how fast anything is.
import assert from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { finish, root, run, test, tmp } from "./lib/site.mjs";
import { judge, measuredText, table, targetText, verdict } from "../bench/lib/judge.mjs";
import { plot } from "../bench/lib/plot.mjs";
import { reportText } from "../bench/lib/report.mjs";
import { digits, median, quantile, quotient, summary } from "../bench/lib/stats.mjs";
import { targets } from "../bench/lib/targets.mjs";

const archive = join(root, "build/release/bench/archive");
const made = spawnSync("make", ["-s", "-C", root, "all", "benches"], { encoding: "utf8" });
assert.equal(made.status, 0, made.stderr);
const dir = tmp();

function generate(...args) {
    const r = spawnSync(archive, args, { encoding: "utf8", maxBuffer: 1 << 28 });
    return { ...r, lines: r.stdout.trim().split("\n") };
}

await test("medians, quantiles, quotients", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    assert.throws(() => median([]));
    assert.equal(quantile([5, 1, 4, 2, 3], 0.99), 5);
    assert.equal(quantile([5, 1, 4, 2, 3], 0.5), 3);
    assert.equal(quantile([7], 0), 7);
    assert.deepEqual(summary([2, 9, 4]), { median: 4, least: 2, most: 9, rounds: 3 });
    assert.deepEqual(quotient([2, 4, 9], [1, 2, 3]), { median: 2, least: 2, most: 3 });
    assert.equal(quotient([2, 4], [1]).least, undefined); // not in pairs
    assert.deepEqual([0.04321, 0.5, 1.234, 45.67, 123.4, 79985].map(digits), ["0.0432", "0.5", "1.23", "45.7", "123", "79,985"]);
});

await test("a measurement against its target", () => {
    const m = { id: "x", what: "x", unit: "ms", better: "less", ours: [2], peer: { name: "the other", values: [3] } };
    const verdictOf = (target, more = {}) => verdict(judge({ ...m, ...more }, target), { ...m, ...more });
    assert.equal(verdictOf({ times: 1.5 }), "yes"); // in two thirds of the time
    assert.equal(verdictOf({ times: 2 }), "no, 25 % below");
    assert.equal(verdictOf({ times: 1.5 }, { better: "more" }), "no, 55.6 % below");
    assert.equal(verdictOf({ share: 0.7 }), "yes");
    assert.equal(verdictOf({ share: 0.5 }), "no, 33.3 % above");
    assert.equal(verdictOf({ most: 2 }), "yes");
    assert.equal(verdictOf({ least: 4 }), "no, 50 % below");
    assert.match(verdictOf({ times: 2 }, { peer: undefined }), /^no peer was measured/);
    assert.equal(targetText({ times: 1.5, peer: "the other" }), "≥ 1.5 × the other");
    assert.equal(targetText({ most: 200, unit: "ms" }), "≤ 200 ms");
    assert.equal(measuredText(judge(m, { times: 1 }), m), "1.5 ×");
    assert.equal(measuredText(judge(m, { most: 1 }), m), "2 ms");
    assert.deepEqual(table([{ ...m, id: "import.memory" }])[1], ["x, ms", "2 (2–2)", "the other 3 (3–3)", "0.667 ×", "≤ 128 MB: yes"]);
});

await test("every line of the report, measured or not", () => {
    const machine = { processor: "P", cores: 4, virtual: "kvm", memoryGB: 8, system: "S", kernel: "K", date: "2026-01-01", broadsheet: "abc", load: 0.5 };
    const text = reportText([
        { name: "one", title: "One", machine, versions: { nginx: "1.2" }, measurements: [
            { id: "hot.http2", what: "over | two", unit: "requests/s", better: "more", ours: [9, 8], peer: { name: "nginx", values: [10, 10] }, note: "of so many bytes" }] },
        { name: "two", title: "Two", machine, versions: {}, measurements: [], skipped: "needs hugo" }]);
    for (const { what } of targets) assert.ok(text.includes(`| ${what} |`), what);
    assert.match(text, /over HTTP\/2 in clear \| ≥ 3 × nginx \| 0\.85 × \| no, 71\.7 % below/);
    assert.match(text, /within \| ≤ 15 ms \| not measured in this run/);
    assert.match(text, /## What we lose at, or miss\n- over \| two \(requests\/s\): nginx 10, ours 8\.5/);
    assert.match(text, /Not run: needs hugo\./);
    assert.match(text, /Met: nginx 1\.2\./);
    assert.match(text, /\| over \\\| two, requests\/s \|/);
    assert.match(text, /Of so many bytes\./);
    for (const target of targets) assert.ok(("times" in target || "share" in target ? target.peer : target.unit), target.id);
    assert.equal(new Set(targets.map(({ id }) => id)).size, targets.length);
});

await test("a plot is XML, with all bars and the target inside", () => {
    const svg = plot("A <title> & more", [
        { id: "import.memory", what: "memory", unit: "MB", better: "less", ours: [100, 90, 110] },
        { id: "hot.http2", what: "\"fast\"", unit: "requests/s", better: "more", ours: [10, 11], peer: { name: "nginx", values: [5, 6] } }]);
    const file = join(dir, "plot.svg");
    writeFileSync(file, svg);
    const lint = spawnSync("xmllint", ["--noout", file], { encoding: "utf8" });
    assert.equal(lint.error ? 0 : lint.status, 0, lint.stderr);
    assert.equal((svg.match(/<rect class="(ours|peer)"/g) ?? []).length, 3);
    assert.equal((svg.match(/class="target"/g) ?? []).length, 2);
    const [, width] = /viewBox="0 0 (\d+) /.exec(svg);
    for (const [, x, w] of svg.matchAll(/<rect class="\w+" x="([\d.]+)" y="\d+" width="([\d.]+)"/g)) assert.ok(Number(x) + Number(w) < Number(width));
});

await test("archives: the same for everybody, whole, in parts, larger", () => {
    const all = generate("jsonl", "60").lines.map((line) => JSON.parse(line));
    assert.equal(all.length, 60);
    assert.deepEqual(generate("jsonl", "60").lines.map((line) => JSON.parse(line)), all);
    assert.deepEqual([...generate("jsonl", "25", "--of", "60").lines, ...generate("jsonl", "60", "--from", "25").lines].map((line) => JSON.parse(line)), all);
    assert.notEqual(generate("jsonl", "1", "--seed", "5").lines[0], generate("jsonl", "1").lines[0]);
    // Of a larger archive the dates are others, and with them the addresses; the words are the same.
    const words = (story) => story.body_html.replace(/href="[^"]*"/g, "");
    const larger = generate("jsonl", "60", "--of", "1000").lines.map((line) => JSON.parse(line));
    assert.deepEqual(larger.map(words), all.map(words));
    assert.notEqual(larger[59].published, all[59].published);
    assert.ok(all.every((story, i) => i === 0 || story.published >= all[i - 1].published));
    assert.equal(new Set(all.map(({ url }) => url)).size, 60);
    const pictures = generate("jsonl", "60", "--pictures").lines.map((line) => JSON.parse(line));
    assert.ok(pictures.some(({ picture }) => picture) && pictures.some(({ picture }) => !picture));
    assert.deepEqual(pictures.map(words), all.map(words));
});

await test("their links lead to earlier stories", () => {
    const all = generate("jsonl", "400").lines.map((line) => JSON.parse(line)), at = new Map(all.map(({ url, id }) => [url, id]));
    let links = 0;
    for (const { id, body_html } of all) {
        for (const [, path] of body_html.matchAll(/href="(\/\d{4}\/[^"]*)"/g)) {
            assert.ok(at.get(path) < id, `${path} in story ${id}`);
            links++;
        }
    }
    assert.ok(links > 100);
});

await test("their WXR is taken by import, with pictures and comments; the store takes them as they are", () => {
    const file = join(dir, "a.xml"), site = join(dir, "imported"), other = join(dir, "put");
    writeFileSync(file, generate("wxr", "50", "--pictures", "--comments").stdout);
    run(["new", site, "--title", "A", "--url", "https://archive.example"]);
    const { out } = run(["import", "wordpress", file, "--site", site, "--json"]);
    const { items } = JSON.parse(out.trim().split("\n").at(-1));
    assert.equal(items.failed, 0);
    assert.equal(generate("site", other, "50").status, 0);
    for (const one of [site, other]) assert.match(run(["check", "--site", one]).out, /^50 stories and pages, .* 0 faults$/m);
    // The same stories at the same addresses, whichever way they came.
    const addresses = (one) => generate("addresses", one, "1000").lines;
    assert.equal(addresses(site).length, 50);
    assert.deepEqual(addresses(site), addresses(other));
    assert.equal(new Set(generate("addresses", other, "20").lines).size, 20);
    assert.equal(generate("publish", other, "3").status, 0);
    assert.equal(generate("publish", site, "2").status, 0);
    assert.match(run(["check", "--site", other]).out, /^53 stories and pages, .* 0 faults$/m);
});

await test("their Hugo tree", () => {
    const tree = join(dir, "hugo");
    assert.equal(generate("hugo", tree, "30").status, 0);
    assert.equal(generate("hugo", tree, "31", "--from", "30", "--of", "30").status, 0);
    const files = readdirSync(tree, { recursive: true }).filter((file) => String(file).endsWith(".md")).map(String);
    assert.equal(files.length, 31);
    const stories = new Map(generate("jsonl", "30").lines.map((line) => JSON.parse(line)).map((s) => [s.slug, s]));
    let found = 0;
    for (const file of files) {
        const text = readFileSync(join(tree, file), "utf8"), [, slug] = /^slug: "(.*)"$/m.exec(text);
        assert.match(text, /^---\ntitle: ".*"\nslug: [\s\S]*\n---\n\S/);
        if (stories.has(slug)) {
            found++;
            assert.equal(JSON.parse(/^url: (.*)$/m.exec(text)[1]), stories.get(slug).url);
            assert.equal(`content/news/${stories.get(slug).url.slice(1, 8)}/${slug}.md`, file);
        }
    }
    assert.equal(found, 30);
});

await test("wrong use of the generator", () => {
    for (const args of [[], ["nothing"], ["wxr"], ["wxr", "-1"], ["wxr", "many"], ["wxr", "5", "--seed", "x"], ["site", "5"], ["wxr", "5", "--url", "x"], ["wxr", "5", "--nonsense"], ["wxr", "100000001"]]) {
        const r = generate(...args);
        assert.equal(r.status, 2, args.join(" "));
        assert.match(r.stderr, /--help/);
        assert.equal(r.stdout, "");
    }
    assert.match(generate("--help").stdout, /^Usage: [\s\S]*Examples:/);
});

const bench = (...args) => spawnSync(join(root, "script/bench"), args, { encoding: "utf8", env: { ...process.env, TMPDIR: dir } });

await test("a run: tables, JSON, a plot, and nothing is left", () => {
    const out = join(dir, "run"), tmpDir = join(dir, "tmp"), archives = join(dir, "archives");
    spawnSync("mkdir", [tmpDir]);
    const options = ["start", "--quick", "--rounds", "1", "--out", out, "--archives", archives, "--tmp", tmpDir];
    const text = bench(...options);
    assert.equal(text.status, 0, text.stderr);
    assert.match(text.stdout, /start: Start to the first answer\n[\s\S]*1,000 stories, ms +\d/);
    const json = bench(...options, "--json");
    const result = JSON.parse(json.stdout).results[0];
    assert.equal(result.measurements[0].ours.length, 1);
    assert.equal(JSON.parse(readFileSync(join(out, "start.json"), "utf8")).name, "start");
    assert.match(readFileSync(join(out, "start.svg"), "utf8"), /^<svg /);
    assert.deepEqual(readdirSync(tmpDir), []);
    assert.ok(existsSync(join(archives, "1000/site.db")));
    for (const wrong of [["nosuch"], ["--nosuch"], ["start", "--rounds", "0"], ["report"]]) assert.equal(bench(...wrong).status, 2, wrong);
    assert.match(bench("list").stdout, /^serve +\S/m);
});

const isThere = (pid) => existsSync(`/proc/${pid}`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));

await test("what a run started ends with it, however it ends", async () => {
    const script = `import { Program } from "${root}bench/lib/processes.mjs";
        const p = await Program.start("sh", ["-c", "echo ready; exec sleep 1000"], { ready: /ready/ });
        console.log(p.pid); setInterval(() => {}, 1000);`;
    for (const signal of ["SIGKILL", "SIGTERM"]) {
        const child = spawn("node", ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
        const pid = Number(await new Promise((resolve) => child.stdout.on("data", (text) => resolve(String(text)))));
        assert.ok(isThere(pid));
        child.kill(signal);
        for (const end = Date.now() + 60000; isThere(pid) && Date.now() < end;) await new Promise((resolve) => setTimeout(resolve, 20));
        assert.ok(!isThere(pid), signal);
    }
});

finish();
