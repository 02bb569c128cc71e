// The command line as a script sees it: exit codes, JSON, help with examples, settings, slots, users.
import assert from "node:assert";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { finish, root, run, serve, test, tmp } from "./lib/site.mjs";

const site = join(tmp(), "site");

await test("help and version", () => {
    const { out } = run(["help"]);
    for (const name of ["new", "import wordpress", "serve", "set", "get", "slot", "story withdraw", "story publish", "user add", "user list", "user role", "user disable", "user remove", "user password", "user totp", "user sessions", "user app-password", "user token", "audit", "author", "views", "check"]) {
        assert.ok(out.includes(`  ${name} `), name);
        const help = run(["help", ...name.split(" ")]).out;
        assert.match(help, /^Usage: broadsheet /);
        assert.match(help, /\nExamples:\n {2}\S/, name);
        assert.equal(run([...name.split(" "), "--help"]).out, help);
    }
    assert.match(run(["version"]).out, /^broadsheet \d+\.\d+\.\d+\n$/);
    assert.equal(run(["--version"]).out, run(["version"]).out);
    assert.match(JSON.parse(run(["version", "--json"]).out).version, /^\d+\.\d+\.\d+$/);
    // The first word of a command of two, and what other programs call help.
    assert.match(run(["help", "user"]).out, /broadsheet user add LOGIN[^]*broadsheet user app-password LOGIN/);
    assert.equal(run(["import", "--help"]).out, run(["help", "import", "wordpress"]).out);
    assert.equal(run(["-h"]).out, out);
    assert.equal(run(["help", "help"]).out, out);
    assert.equal(run(["check", "-h"]).out, run(["help", "check"]).out);
});

await test("wrong use exits 2 and says how to go on", () => {
    for (const args of [[], ["fly"], ["new"], ["new", "a", "b"], ["new", join(tmp(), "x")], ["get", "--colour"],
        ["get", "a", "b"], ["version", "x"], ["import"], ["user", "fly"], ["help", "fly"],
        ["slot", "dont-mis", "--site", site], ["slot", "most-read", "/a/", "--site", site], ["slot", "most-read", "--clear", "--site", site],
        ["views", "--top", "0"], ["views", "x"], ["serve", "--count-every", "0", "--site", site], ["slot", "lead", "/a/", "--clear", "--site", site], ["get", "nonsense", "--site", site], ["serve", "--listen", "nowhere"], ["serve", "--listen"],
        ["serve", "--loops", "0", "--site", site], ["serve", "--loops", "9999", "--site", site], ["serve", "--renderers", "x", "--site", site], ["serve", "--memory", "-1", "--site", site],
        ["new", join(tmp(), "x"), "--title", "T", "--url", "ftp://x"], ["new", join(tmp(), "x"), "--title", "T", "--url", "https://e.org", "--timezone", "Mars/Base"]]) {
        const { err } = run(args, { expect: 2 });
        assert.match(err, /Try: broadsheet help|Usage|Commands/, args.join(" "));
    }
});

await test("failing exits 1 with the reason, as JSON too", () => {
    const { err } = run(["check", "--site", "/nonexistent"], { expect: 1 });
    assert.match(err, /no site in \/nonexistent.*broadsheet new/s);
    const { out } = run(["get", "--json", "--site", "/nonexistent"], { expect: 1 });
    assert.equal(JSON.parse(out).status, "not found");
    const taken = join(tmp(), "taken");
    run(["new", taken, "--title", "T", "--url", "https://e.org"]);
    run(["new", taken, "--title", "T", "--url", "https://e.org"], { expect: 1 });
});

await test("settings: set, get, defaults, refusals", () => {
    run(["new", site, "--title", "The Quay Lantern", "--url", "http://localhost:8080", "--timezone", "Europe/London"]);
    assert.equal(run(["get", "title", "--site", site]).out, "The Quay Lantern\n");
    assert.equal(run(["get", "latest_count"], { env: { BROADSHEET_SITE: site } }).out, "5\n");
    run(["set", "latest_count", "7", "--site", site]);
    assert.equal(run(["get", "latest_count", "--site", site]).out, "7\n");
    const all = JSON.parse(run(["get", "--json", "--site", site]).out);
    assert.deepEqual([all.latest_count.value, all.latest_count.set, all.dont_miss_count.set], ["7", true, false]);
    run(["set", "latest_count", "many", "--site", site], { expect: 1 });
    run(["set", "timezone", "Mars/Base", "--site", site], { expect: 1 });
    assert.match(run(["set", "language", "pt-BR", "--site", site]).err, /no words in pt-BR.*speaks ar, de, en, es, fr, hi, zh;/s);
    assert.match(run(["set", "language", "zh-Hant", "--site", site]).err, /no words in zh-Hant/);
    for (const language of ["de-AT", "zh-Hans-SG", "zh-CN", "en"]) {
        assert.equal(run(["set", "language", language, "--site", site]).err, "", language);
    }
    assert.equal(run(["get", "latest_count", "--site", site]).out, "7\n");
    run(["set", "latest_count", "5", "--site", site]);
    for (const [key, value] of [["url", "http://x/<>"], ["permalink", "/%foo%/"], ["logo", "javascript:alert(1)"], ["logo", "/no/such.png"]]) {
        assert.match(run(["set", key, value, "--site", site], { expect: 1 }).err, new RegExp(key));
    }
});

await test("slots: set by address, show, clear, refuse what is no story", () => {
    run(["import", "wordpress", join(root, "demo/quay-lantern.xml"), "--site", site]);
    assert.equal(run(["slot", "dont-miss", "--site", site]).out, "");
    const paths = ["/2022/03/14/perseverance-arrives-on-time/"];
    const shown = run(["slot", "dont-miss", ...paths, "--site", site, "--json"]).out;
    assert.deepEqual(JSON.parse(shown).map((s) => [s.path, s.public]), [[paths[0], true]]);
    const { err } = run(["slot", "dont-miss", "/no/such/story/", "--site", site], { expect: 1 });
    assert.match(err, /\/no\/such\/story\//);
    assert.match(run(["slot", "lead", "/about/", "--site", site], { expect: 1 }).err, /is a page/);
    assert.match(run(["slot", "dont-miss", "--site", site]).out, /perseverance-arrives/);
    assert.match(run(["slot", "secondaries", ...paths, ...paths, "--site", site], { expect: 1 }).err, /named twice/);
    assert.equal(run(["slot", "dont-miss", "--clear", "--site", site]).out, "");
    for (const args of [[], paths, ["--clear"]]) {
        assert.match(run(["slot", "section-nope", ...args, "--site", site], { expect: 1 }).err, /no section 'nope'/);
    }
    assert.match(run(["slot", "section-ferry", "--site", site], { expect: 1 }).err, /below another section/);
    assert.equal(run(["slot", "section-harbour", "--site", site]).out, "");
});

await test("a withdrawn story is gone, also one that came from WordPress's trash; and it comes back", async () => {
    const server = await serve(site);
    const status = async (path) => (await fetch(server.base + path, { redirect: "manual" })).status;
    const until = async (path, wanted) => {
        for (const end = Date.now() + 60000; await status(path) !== wanted && Date.now() < end;) {
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
        assert.equal(await status(path), wanted, path);
    };
    const path = "/2022/03/14/perseverance-arrives-on-time/";
    assert.equal(await status("/2023/01/19/car-park-consultation/"), 410);
    assert.equal(await status("/?p=238"), 410);
    assert.equal(await status(path), 200);
    const feed = await fetch(`${server.base}/feed/`);
    const since = feed.headers.get("last-modified");
    const again = async () => (await fetch(`${server.base}/feed/`, { headers: { "if-modified-since": since } })).status;
    assert.ok(Math.abs(Date.parse(since) - Date.now()) < 60000, since);
    assert.equal(await again(), 304);
    const gone = JSON.parse(run(["story", "withdraw", path, "--site", site, "--json"]).out);
    assert.deepEqual([gone.path, gone.state], [path, "withdrawn"]);
    await until(path, 410);
    await until(`${path}feed/`, 410);
    const newest = /<item>[^]*?<link>https?:\/\/[^/]*([^<]*)</.exec(await feed.text())[1];
    run(["story", "withdraw", newest, "--site", site]);
    await until(newest, 410);
    assert.equal(await again(), 200);
    assert.match(run(["story", "publish", String(gone.id), "--site", site]).out, /is published/);
    await until(path, 200);
    assert.match(await (await fetch(`${server.base}${path}`)).text(), /datetime="2022-03-14T/);
    run(["story", "withdraw", "/no/such/", "--site", site], { expect: 1 });
    run(["story", "withdraw", "999999", "--site", site], { expect: 1 });
    await server.stop();
});

await test("what no reader has seen is not withdrawn, and nothing private is said to be published", async () => {
    const dir = tmp(), mine = join(dir, "site"), origin = "https://quay.example";
    const item = (id, status, date) => `<item><title>Story ${id}</title><link>${origin}/2022/03/14/story-${id}/</link>
<dc:creator>clerk</dc:creator><guid isPermaLink="false">${origin}/?p=${id}</guid><content:encoded><![CDATA[<p>News.</p>]]></content:encoded>
<wp:post_id>${id}</wp:post_id><wp:post_date>${date} 10:00:00</wp:post_date><wp:post_date_gmt>${date} 10:00:00</wp:post_date_gmt>
<wp:post_name>story-${id}</wp:post_name><wp:status>${status}</wp:status><wp:post_parent>0</wp:post_parent>
<wp:post_type>post</wp:post_type><wp:post_password></wp:post_password></item>`;
    writeFileSync(join(dir, "export.xml"), `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>News</title><link>${origin}</link><wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>${origin}</wp:base_site_url>
<wp:base_blog_url>${origin}</wp:base_blog_url>${item(1, "publish", "2022-03-14")}${item(2, "future", "2199-01-01")}${item(3, "draft", "2022-03-14")}${item(4, "private", "2022-03-14")}</channel></rss>`);
    run(["new", mine, "--title", "The Quay Lantern", "--url", origin]);
    run(["import", "wordpress", join(dir, "export.xml"), "--site", mine]);
    const story = (verb, id, expect = 0) => run(["story", verb, id, "--site", mine], { expect });
    const path = story("publish", "/?p=1").out.split(" ")[0];
    assert.match(story("withdraw", "2", 1).err, /only scheduled/);
    assert.match(story("withdraw", "3", 1).err, /is a draft/);
    assert.match(story("withdraw", "4", 1).err, /is private/);
    assert.match(story("publish", "4", 1).err, /is private/);
    // An address as people have it: without its last slash, with what a newsletter hung behind it.
    assert.match(path, /^\/.+\/$/);
    const bare = path.slice(0, -1);
    for (const spelled of [bare, `${path}?x`, `${bare}?utm_source=x&y=1`, `${origin}${bare}#top`, `${origin}?p=1`, "/?utm_source=x&p=1"]) {
        assert.equal(story("publish", spelled).out, `${path} is published.\n`, spelled);
    }
    story("publish", "/?s=story", 1);
    story("publish", `${bare}/no/`, 1);
});

await test("the front page can be a page that is there, and nothing else", () => {
    for (const path of ["/no/such/page/", "/2022/03/14/perseverance-arrives-on-time/", "/category/harbour/"]) {
        assert.match(run(["set", "front_page", path, "--site", site], { expect: 1 }).err, /no public page/);
    }
    run(["set", "front_page", "/about/", "--site", site]);
    assert.equal(run(["get", "front_page", "--site", site]).out, "/about/\n");
    run(["set", "front_page", "", "--site", site]);
});

await test("users: password from standard input, refusals", () => {
    run(["user", "add", "nightbell", "--name", "The Night Bell", "--role", "editor", "--site", site], { input: "a long enough word\n" });
    run(["user", "add", "nightbell", "--site", site], { input: "a long enough word\n", expect: 1 });
    run(["user", "add", "short", "--site", site], { input: "short\n", expect: 1 });
    run(["user", "add", "Bad Login", "--site", site], { input: "a long enough word\n", expect: 1 });
    run(["user", "add", "x", "--role", "king", "--site", site], { input: "a long enough word\n", expect: 2 });
    run(["user", "add", "wire", "--no-password", "--site", site]);
});

await test("users: roles, passwords, keys, second factor, and the audit of it all", () => {
    const json = (args, options) => JSON.parse(run([...args, "--site", site, "--json"], options).out);
    run(["user", "role", "nightbell", "chief", "--site", site]);
    run(["user", "role", "nightbell", "king", "--site", site], { expect: 2 });
    run(["user", "role", "nobody", "chief", "--site", site], { expect: 1 });
    const bell = json(["user", "list"]).find((u) => u.login === "nightbell");
    assert.deepEqual([bell.role, bell.state, bell.totp], ["chief", "active", false]);
    assert.match(run(["user", "password", "nightbell", "--site", site], { input: "nightbell1234\n", expect: 1 }).err, /own name/);
    run(["user", "password", "nightbell", "--site", site], { input: "another long word\n" });
    assert.match(run(["user", "password", "nightbell", "--link", "--site", site]).out, /\/desk\/password\?key=[A-Za-z0-9_-]{40}\n/);

    const password = json(["user", "app-password", "nightbell", "Tablet"]);
    assert.match(password.password, /^([A-Za-z0-9]{4} ){5}[A-Za-z0-9]{4}$/);
    assert.deepEqual(json(["user", "app-password", "nightbell"]).map((p) => p.name), ["Tablet"]);
    const token = json(["user", "token", "nightbell", "Pictures", "--scopes", "read,media", "--days", "3"]);
    assert.match(token.token, /^bs_[A-Za-z0-9_-]{40}$/);
    assert.deepEqual(json(["user", "token", "nightbell"]).map((t) => t.scopes), ["read media"]);
    run(["user", "token", "nightbell", "x", "--scopes", "fly", "--site", site], { expect: 2 });
    run(["user", "token", "nightbell", "--revoke", String(token.id), "--site", site]);
    run(["user", "token", "nightbell", "--revoke", String(token.id), "--site", site], { expect: 1 });
    assert.deepEqual(json(["user", "token", "nightbell"]), []);
    assert.deepEqual(json(["user", "sessions", "nightbell"]), []);
    run(["user", "sessions", "nightbell", "--end-all", "--site", site]);

    assert.match(run(["user", "totp", "nightbell", "--site", site], { input: "000000\n", expect: 1 }).err, /otpauth:\/\/totp\/.*wrong/s);
    run(["user", "totp", "nightbell", "--codes", "--site", site], { expect: 1 }); // nothing was confirmed
    run(["user", "totp", "nightbell", "--off", "--site", site]);
    run(["user", "totp", "nightbell", "--off", "--site", site], { expect: 1 });

    run(["user", "disable", "wire", "--site", site]);
    assert.equal(json(["user", "list"]).find((u) => u.login === "wire").state, "disabled");
    run(["user", "remove", "wire", "--site", site]);
    assert.equal(json(["user", "list"]).find((u) => u.login === "wire"), undefined);

    const audit = json(["audit", "--count", "100"]);
    const done = audit.map((e) => e.action);
    for (const action of ["add user", "change role", "set password", "make token", "revoke key", "disable", "remove user"]) {
        assert.ok(done.includes(action), action);
    }
    assert.ok(audit.every((e) => e.way === "command line" && e.at !== ""));
    assert.deepEqual(json(["audit", "--object", `user:${bell.id}`]).at(-1).action, "add user");
    const older = json(["audit", "--before", String(audit[3].id), "--count", "2"]);
    assert.deepEqual(older.map((e) => e.id), [audit[4].id, audit[5].id]);
});

await test("authors: list, show, change, picture, refusals", () => {
    const slugs = JSON.parse(run(["author", "--json", "--site", site]).out).map((a) => a.slug);
    assert.ok(slugs.includes("tideclerk"));
    const portrait = join(root, "demo/staff/tideclerk.png");
    const set = ["--biography", "One.\n\nTwo.", "--picture", portrait, "--website", "https://t.example/", "--profiles", "https://a.example/ https://b.example/"];
    const shown = JSON.parse(run(["author", "tideclerk", ...set, "--site", site, "--json"]).out);
    assert.deepEqual([shown.name, shown.biography, shown.website, shown.profiles], ["The Tide Clerk", "One.\n\nTwo.", "https://t.example/", "https://a.example/ https://b.example/"]);
    assert.match(shown.picture, /^\/media\/[0-9a-f]{2}\/[0-9a-f]{62}\.png$/);
    assert.equal(JSON.parse(run(["author", "nightbell", "--picture", portrait, "--site", site, "--json"]).out).picture, shown.picture); // kept once
    assert.equal(JSON.parse(run(["author", "nightbell", "--picture", "", "--site", site, "--json"]).out).picture, "");
    assert.match(run(["author", "nobody", "--site", site], { expect: 1 }).err, /no author 'nobody'/);
    assert.match(run(["author", "tideclerk", "--picture", join(root, "Makefile"), "--site", site], { expect: 1 }).err, /no PNG/);
    assert.match(run(["author", "tideclerk", "--website", "javascript:1", "--site", site], { expect: 1 }).err, /website/);
    run(["author", "--name", "Nobody", "--site", site], { expect: 2 });
});

await test("check finds what is planted", () => {
    assert.match(run(["check", "--site", site]).out, /: 0 faults\n$/);
    mkdirSync(join(site, "media/zz"), { recursive: true });
    writeFileSync(join(site, "media/zz/orphan.png"), "x");
    const { out } = run(["check", "--site", site, "--json"], { expect: 1 });
    assert.match(JSON.parse(out).faults.join(), /media\/zz\/orphan\.png/);
});

await test("a page at an address of the program's own is moved, or found by check", () => {
    const other = join(tmp(), "reserved");
    run(["new", other, "--title", "The Search Lantern", "--url", "https://search.example"]);
    assert.match(run(["import", "wordpress", join(root, "tests/data/wxr/reserved.xml"), "--site", other]).out, /\/search\/ is the program's own: it stands at \/search-2\//);
    assert.match(run(["check", "--site", other]).out, /: 0 faults\n$/);
    const move = "UPDATE address SET path = '/search/' WHERE path = '/search-2/'; UPDATE story SET path = '/search/' WHERE path = '/search-2/'";
    const planted = spawnSync("sqlite3", [join(other, "site.db"), move], { encoding: "utf8" });
    if (planted.error) return "no sqlite3 here: apt-get install sqlite3";
    assert.equal(planted.status, 0, planted.stderr);
    assert.match(run(["check", "--site", other], { expect: 1 }).out, /^fault: \/search\/ is the program's own address/m);
});

await test("a running server shows what other commands change", async () => {
    const server = await serve(site);
    try {
        assert.match((await server.get("/")).text, /The Quay Lantern/);
        run(["set", "title", "The Night Lantern", "--site", site]);
        for (let i = 0; i < 50; i++) {
            if (/The Night Lantern/.test((await server.get("/")).text)) return;
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
        assert.fail("the new title did not show within a second");
    } finally {
        assert.equal(await server.stop(), 0);
    }
});

await test("script/server's demo exists", () => { assert.ok(existsSync(join(root, "script/demo"))); });
finish();
