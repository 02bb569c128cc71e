// Themes as designers meet them: the guide (docs/themes.md) against the program, its examples on a real
// site, the check on good, broken and hostile folders, the default theme written out and served again.
import assert from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { finish, root, run, serve, test, tmp } from "./lib/site.mjs";

const dir = tmp();
const site = join(dir, "site");
execFileSync("sh", [join(root, "script/demo"), site]);
const guide = readFileSync(join(root, "docs/themes.md"), "utf8");
const reference = JSON.parse(run(["theme", "reference"]).out);

// Replace all of a theme by these files.
function writeTheme(folder, files) {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
    for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), text);
    }
}

// ---- the guide's tables ----

// The text under a heading, up to the next one of its level or above.
function section(heading, text = guide) {
    const level = heading.match(/^#+/)[0].length;
    const from = text.indexOf(`\n${heading}\n`);
    assert.ok(from >= 0, `the guide has "${heading}"`);
    const rest = text.slice(from + heading.length + 2);
    const end = rest.search(new RegExp(`^#{1,${level}} `, "m"));
    return end < 0 ? rest : rest.slice(0, end);
}

// [[`a`, b, c], …] of the tables in a text.
function rows(text) {
    return text.split("\n").filter((line) => line.startsWith("| `"))
        .map((line) => line.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim()));
}
const bare = (cell) => cell.replace(/`/g, "");

// The second cells of a text's tables, or the third ones, by what stands in the first.
const described = (text, at) => Object.fromEntries(rows(text).map((row) => [bare(row[0]), row[at]]));

// A table for each of these under a heading of its own. What people wrote stays: the words between heading
// and table, and the last column.
function renewTables(heading, known) {
    const text = section(heading);
    const intro = text.slice(0, text.indexOf("\n### ") + 1);
    return intro + Object.entries(known).map(([name, fields]) => {
        const old = text.includes(`\n### ${name}\n`) ? section(`### ${name}`, `\n${text}`) : "";
        const words = old.split("\n| ")[0].trim();
        const told = described(old, 2);
        const lines = Object.entries(fields).map(([value, is]) => {
            const of = is.split(" ").at(-1);
            const link = of in reference.types ? is.replace(of, `[${of}](#${of})`) : is;
            return `| \`${value}\` | ${link} | ${told[value] ?? ""} |`;
        });
        return `### ${name}\n${words ? `${words}\n` : ""}\n| value | is | |\n|---|---|---|\n${lines.join("\n")}\n`;
    }).join("\n") + "\n";
}

// The one table of a section, with these names in its first column.
function renewTable(heading, head, known, told) {
    const text = section(heading);
    const lines = known.map((name) => `| \`${name}\` | ${told(name, described(text, 1)[name] ?? "")} |\n`);
    return text.replace(/\n\| [^\n]*\n\|---\|---\|\n(\| `[^\n]*\n)+/, () => `\n${head}\n|---|---|\n${lines.join("")}`);
}

function renewed() {
    const english = JSON.parse(readFileSync(join(root, "themes/broadsheet/strings/en.json"), "utf8"));
    const words = (text) => (typeof text === "string" ? text : Object.entries(text).map(([form, t]) => `${form}: ${t}`).join("; "));
    const css = readFileSync(join(root, "themes/broadsheet/style.css"), "utf8");
    const variables = [...css.slice(css.indexOf(":root {"), css.indexOf("\n}")).matchAll(/(--[a-z]+):/g)].map((m) => m[1]);
    const templates = Object.fromEntries(Object.entries(reference.templates).map(([name, fields]) => [`${name}.hbs`, fields]));
    let text = guide;
    for (const [heading, made] of [
        ["## Templates", renewTables("## Templates", templates)],
        ["## Values", renewTables("## Values", reference.types)],
        ["## Phrases", renewTable("## Phrases", "| phrase | in English |", Object.keys(english), (key) => words(english[key]))],
        ["## The style sheet", renewTable("## The style sheet", "| variable | |", variables, (name, told) => told)],
    ]) {
        text = text.replace(section(heading), () => made);
    }
    return text;
}

await test("the guide has every template, value, phrase and variable, and no other", () => {
    const wanted = renewed();
    if (process.env.UPDATE) {
        writeFileSync(join(root, "docs/themes.md"), wanted);
        return;
    }
    const [is, should] = [guide.split("\n"), wanted.split("\n")];
    const at = should.findIndex((line, i) => line !== is[i]);
    assert.ok(wanted === guide, `docs/themes.md:${at + 1} is\n${is[at]}\nand should be\n${should[at]}\n(UPDATE=1 rewrites the tables)`);
});

await test("the guide has every helper and every fragment with its parameters", () => {
    const helpers = rows(section("### Helpers")).map(([cell]) => /[{(](?!#)(\w+)/.exec(cell.replace("{{#if ", ""))[1]);
    assert.deepEqual(helpers.sort(), Object.keys(reference.helpers).sort());
    const fragments = rows(section("### Fragments")).map(([cell]) => /fragment "([\w-]+)"([^}]*)/.exec(cell));
    assert.deepEqual(Object.fromEntries(fragments.map(([, name, params]) => [name, [...params.matchAll(/(\w+)=/g)].map((m) => m[1])])),
        Object.fromEntries(Object.entries(reference.fragments).map(([name, params]) => [name, Object.keys(params)])));
});

await test("the guide names settings that there are", () => {
    const settings = run(["get", "--site", site]).out;
    const named = rows(section("## Settings")).flatMap(([cell]) => bare(cell).split(", "));
    assert.ok(named.length > 10);
    for (const name of named) assert.match(settings, new RegExp(`^${name} `, "m"), name);
});

// ---- the guide's examples ----

const theme = join(dir, "mytheme");
mkdirSync(theme);
const server = await serve(site, ["--theme", theme, "--dev", "--loops", "1"]);
// White space and the hashes in addresses of files are not what an example is about.
const folded = (html) => html.replace(/\/assets\/[^/"]+\//g, "/assets/…/").replace(/\s+/g, " ").trim();
const language = () => run(["get", "language", "--site", site]).out.trim();

for (const [, name, text] of section("## Examples").matchAll(/^### (.+)\n([\s\S]*?)(?=^### |(?![\s\S]))/gm)) {
    await test(`the guide's example: ${name}`, async () => {
        const blocks = [...text.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)];
        writeTheme(theme, Object.fromEntries(blocks.filter((b) => ["hbs", "css", "json", "svg"].includes(b[1])).map((b) => [b[2], b[3]])));
        let checked = false;
        const before = language();
        for (const [, kind, where, body] of blocks) {
            if (kind === "sh") {
                run([...body.trim().split(" ").slice(1), "--site", site]);
            } else if (kind === "html") {
                const answer = await server.get(where);
                assert.equal(answer.status, 200, answer.text);
                assert.ok(folded(answer.text).includes(folded(body)), `${where} holds\n${body}\nbut is\n${answer.text}`);
                checked = true;
            } else if (kind === "console") {
                const [command, ...expected] = body.trimEnd().split("\n");
                const args = command.replace(/^\$ broadsheet /, "").replace("mytheme", theme).split(" ");
                assert.equal(run(args, { expect: 1 }).out.replaceAll(theme, "mytheme"), `${expected.join("\n")}\n`);
                checked = true;
            }
        }
        assert.ok(checked, "the example shows what comes of it");
        if (!blocks.some((b) => b[1] === "console")) run(["theme", "check", theme]);
        run(["set", "language", before, "--site", site]);
    });
}

// ---- working on a theme ----

// Another process's commit is heard of a moment later.
async function until(holds) {
    for (const end = Date.now() + 60000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 20))) {
        if (await holds()) return;
    }
    assert.fail(`not after a minute: ${holds}`);
}

await test("--dev: an edit shows at the next request, a mistake shows itself and nothing else, and a repair all is well", async () => {
    writeTheme(theme, {});
    const plain = await server.get("/");
    for (let n = 1; n <= 5; n++) {
        writeTheme(theme, { "footer.hbs": `<footer>Number ${n}</footer>`, "custom.css": `.number-${n} { color: red }` });
        const page = (await server.get("/")).text;
        assert.ok(page.includes(`Number ${n}<`) && page.includes(`.number-${n}{`), `edit ${n}`);
    }
    writeTheme(theme, { "footer.hbs": "<p>\n{{sit.name}}", "masthead.hbs": "{{#if}}x{{/if}}", "custom.css": "p {" });
    for (const path of ["/", "/about/", "/no/such/page/"]) {
        const answer = await server.get(path);
        assert.equal(answer.status, 500);
        for (const said of ['footer.hbs:2:3: there is no "sit" in what footer.hbs shows; did you mean "site"?', "masthead.hbs:1:1: #if takes one argument", "custom.css:1:3: "]) {
            assert.ok(answer.text.includes(said), `${said}\nis in\n${answer.text}`);
        }
        assert.ok(!answer.text.includes("Number"), "nothing of the old theme beside it");
        assert.equal(answer.headers["cache-control"], "no-store");
    }
    writeTheme(theme, {});
    assert.equal((await server.get("/")).text, plain.text);
});
await server.stop();

await test("without --dev a broken edit changes nothing, and theme apply says why", async () => {
    const own = join(site, "theme");
    const calm = await serve(site, ["--loops", "1"]);
    writeTheme(own, { "footer.hbs": "<footer>Mine</footer>" });
    const before = await calm.get("/");
    assert.ok(!before.text.includes("<footer>Mine"));
    run(["theme", "apply", "--site", site]);
    await until(async () => (await calm.get("/")).text.includes("<footer>Mine"));
    writeTheme(own, { "footer.hbs": "<footer>{{mine}}</footer>" });
    assert.ok((await calm.get("/about/")).text.includes("<footer>Mine"));
    assert.match(run(["theme", "apply", "--site", site], { expect: 1 }).err, /footer\.hbs:1:11: there is no "mine"/);
    assert.ok((await calm.get("/")).text.includes("<footer>Mine"));
    const other = join(dir, "other");
    writeTheme(other, { "footer.hbs": "{{other}}" });
    assert.match(run(["theme", "apply", "--site", site, "--theme", other], { expect: 1 }).err, /other\/footer\.hbs:1:3: there is no "other"/);
    writeTheme(other, {});
    run(["theme", "apply", "--site", site, "--theme", other]);
    rmSync(own, { recursive: true });
    run(["theme", "apply", "--site", site]);
    await until(async () => (await calm.get("/")).text === before.text);
    await calm.stop();
});

// ---- the default theme, and one to begin with ----

await test("the default theme written out has no fault, and serves every page byte for byte", async () => {
    const copy = join(dir, "copy");
    run(["theme", "export", copy]);
    assert.match(run(["theme", "check", copy, "--strict"]).out, /^\d+ files: 0 errors, 0 warnings\n$/);
    assert.match(run(["theme", "export", copy], { expect: 1 }).err, /not empty/);
    const [a, b] = [await serve(site, ["--loops", "1"]), await serve(site, ["--loops", "1", "--theme", copy])];
    const paths = ["/", "/page/2/", "/about/", "/category/harbour/", "/2022/", "/no/such/page/", "/feed/",
        "/2022/03/14/perseverance-arrives-on-time/", "/favicon.ico", "/manifest.webmanifest"];
    for (const path of paths) {
        assert.deepEqual((await b.get(path)).bytes, (await a.get(path)).bytes, path);
    }
    await Promise.all([a.stop(), b.stop()]);
});

await test("theme new: no fault, and everything in it shows", async () => {
    const mine = join(dir, "new");
    run(["theme", "new", mine]);
    run(["theme", "check", mine, "--strict"]);
    const s = await serve(site, ["--loops", "1", "--theme", mine]);
    const page = (await s.get("/2022/03/14/perseverance-arrives-on-time/")).text;
    for (const part of ["Made by the newsroom of The Quay Lantern.", "Read this next", ".colophon{", '<footer class="footer">']) {
        assert.ok(page.includes(part), part);
    }
    await s.stop();
});

// ---- folders made to harm ----

await test("hostile folders are refused at once, by the check and by the server", () => {
    const bad = join(dir, "bad");
    const refused = (expected) => {
        const told = JSON.parse(run(["theme", "check", bad, "--json"], { expect: 1 }).out);
        assert.ok(told.errors > 0 && told.faults.some((f) => f.severity === "error" && expected.test(f.message)), JSON.stringify(told));
        run(["serve", "--site", site, "--theme", bad, "--listen", "127.0.0.1:0"], { expect: 1 });
    };
    writeTheme(bad, {});
    symlinkSync("/etc/passwd", mkdirSync(join(bad, "assets")) ?? join(bad, "assets/passwd.txt"));
    refused(/is a link/);
    writeTheme(bad, {});
    symlinkSync("/etc", join(bad, "assets"));
    refused(/is a link/);
    writeTheme(bad, {});
    execFileSync("mkfifo", [join(bad, "story.hbs")]);
    refused(/is no file/);
    writeTheme(bad, { "assets/large.bin": Buffer.alloc((8 << 20) + 1) });
    refused(/more than 8388608 bytes/);
    writeTheme(bad, { "page.hbs": Buffer.from([0xff, 0xfe, 0, 1, 2]) });
    refused(/not UTF-8/);
    writeTheme(bad, { "page.hbs": "{{#if site}}".repeat(20000) });
    refused(/./);
    writeTheme(bad, { "page.hbs": "{{" + "(".repeat(100000) });
    refused(/./);
    writeTheme(bad, { "partials/a.hbs": "{{> b}}{{> b}}", "partials/b.hbs": "{{> a}}{{> a}}{{x}}", "page.hbs": "{{> a}}" });
    refused(/no "x"/);
    writeTheme(bad, { "custom.css": "{[(".repeat(200000) });
    refused(/never closed/);
    writeTheme(bad, { "strings/en.json": "[".repeat(100000) });
    refused(/./);
});

await test("no folder, no theme", () => {
    assert.match(run(["theme", "check", join(dir, "none")], { expect: 1 }).err, /No such file/);
    run(["theme", "check"], { expect: 2 });
    for (const command of [["serve", "--listen", "127.0.0.1:0"], ["theme", "apply"]]) {
        const { err } = run([...command, "--site", site, "--theme", join(dir, "none")], { expect: 1 });
        assert.match(err, /there is no folder \S+\/none: .*--theme DIR/);
    }
    for (const command of ["check", "export", "new", "apply", "reference"]) {
        assert.match(run(["help", "theme", command]).out, /\n {2}broadsheet theme /, `${command} has examples`);
    }
});

finish();
