// The media library from the command line: what it takes and refuses, and that what it acknowledged is
// whole, whenever it is killed.
import assert from "node:assert";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { broadsheet, finish, run, serve, test, tmp } from "./lib/site.mjs";

const dir = tmp();
const has = (tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status === 0;
const make = (name, bytes) => { writeFileSync(join(dir, name), bytes); return join(dir, name); };
const pdf = (size) => Buffer.concat([Buffer.from("%PDF-1.7\n"), randomBytes(size)]);
let seed = Number(process.env.SEED ?? Date.now() % 1e9);
console.log(`SEED=${seed}`);
const random = (n) => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % n; };

function newSite(name) {
    const site = join(dir, name);
    run(["new", site, "--title", "T", "--url", "https://media.example"]);
    return site;
}

// Every file of a content's name, hashed by a program that is not ours.
function kept(site) {
    const found = new Map();
    for (const folder of readdirSync(join(site, "media")).filter((f) => /^[0-9a-f]{2}$/.test(f))) {
        for (const file of readdirSync(join(site, "media", folder))) {
            const path = join(site, "media", folder, file);
            const digits = execFileSync("b2sum", ["-l", "256", path], { encoding: "utf8" }).slice(0, 64);
            assert.equal(folder + file.slice(0, 62), digits, `${path} is not what its name says`);
            found.set(`${folder}/${file}`, statSync(path).size);
        }
    }
    return found;
}

const lines = (text) => text.split("\n").filter(Boolean).map((line) => JSON.parse(line));

await test("media add takes files, lists them, and stores none twice", () => {
    const site = newSite("plain");
    const bytes = pdf(1000);
    const one = make("one.pdf", bytes), twin = make("two.pdf", bytes);
    const [first, second] = lines(run(["media", "add", one, twin, "--caption", "C", "--focal", "250,700", "--site", site, "--json"]).out);
    assert.equal(first.type, "application/pdf");
    assert.equal(first.path, `/media/${first.file}`);
    assert.equal(first.title, "one");
    assert.deepEqual([first.was_there, second.was_there, second.id], [false, true, first.id]);
    assert.deepEqual([first.caption, first.focal_x, first.focal_y], ["C", 250, 700]);
    assert.equal(kept(site).size, 1);
    const list = JSON.parse(run(["media", "list", "--site", site, "--json"]).out);
    assert.deepEqual(list.map((m) => m.hash), [first.file.slice(0, 2) + first.file.slice(3, 65)]);
    run(["media", "add", "--site", site], { expect: 2 });
    run(["media", "add", one, "--focal", "1,x", "--site", site], { expect: 2 });
});

await test("media add refuses with the reason, keeps the rest, and leaves nothing", () => {
    const site = newSite("refusing");
    mkdirSync(join(dir, "folder.pdf"));
    const cases = [
        [make("page.html", "<!doctype html><p>x"), /a web page/],
        [make("lies.jpg", pdf(10)), /its name says that it is a JPEG, but it is a PDF file/],
        [make("script.txt", "<script>alert(1)</script>"), /a web page/],
        [make("nothing.txt", ""), /empty/],
        [join(dir, "missing.pdf"), /cannot open it/],
        [join(dir, "folder.pdf"), /no regular file/],
        ["/dev/zero", /no regular file/],
    ];
    const huge = make("huge.pdf", "%PDF-1.7\n");
    truncateSync(huge, 600 * 1024 * 1024);
    cases.push([huge, /larger than/]);
    const good = make("good.pdf", pdf(10));
    const r = spawnSync(broadsheet, ["media", "add", ...cases.map(([path]) => path), good, "--site", site, "--json"], { encoding: "utf8" });
    assert.equal(r.status, 1);
    const told = lines(r.stdout);
    cases.forEach(([path, why], i) => { assert.equal(told[i].from, path); assert.match(told[i].error, why); });
    assert.equal(told.at(-1).from, good);
    assert.deepEqual([...kept(site).keys()], [told.at(-1).file]);
    assert.deepEqual(readdirSync(join(site, "media")).filter((f) => f.startsWith(".incoming")), []);
});

await test("media add: names and texts do nothing but name", async () => {
    const site = newSite("names");
    const evil = make("a\r\nSet-Cookie: x=1;\u202e.pdf", pdf(10));
    mkdirSync(join(dir, "linked"), { recursive: true });
    const secret = make("secret.pdf", pdf(20));
    symlinkSync(secret, join(dir, "linked/link.pdf"));
    const [m] = lines(run(["media", "add", evil, "--title", "</title><script>\r\nX: y", "--alt", "\" onload=\"x", "--site", site, "--json"]).out);
    assert.match(m.path, /^\/media\/[0-9a-f]{2}\/[0-9a-f]{62}\.pdf$/);
    // A file in media/ that somebody made a link leads nowhere.
    const path = join(site, "media", m.file);
    rmSync(path);
    symlinkSync("/etc/hostname", path);
    const check = JSON.parse(run(["media", "check", "--site", site, "--json"], { expect: 1 }).out);
    assert.equal(check.faults.length, 1);
    const server = await serve(site);
    const answer = await server.get(m.path);
    assert.equal(answer.headers["set-cookie"], undefined);
    assert.equal(answer.headers.x, undefined);
    assert.notEqual(answer.text, readFileSync("/etc/hostname", "utf8"));
    await server.stop();
});

await test("PDF, sound and video are served with ranges; drawings and unknown files never as our pages", async () => {
    const site = newSite("served");
    const files = {
        "a.pdf": pdf(5000),
        "a.mp3": Buffer.concat([Buffer.from("ID3\x03\0\0"), randomBytes(3000)]),
        "a.mp4": Buffer.concat([Buffer.from("\0\0\0\x18ftypisom\0\0\x02\0isommp42"), randomBytes(3000)]),
        "a.svg": Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        "a.bin": Buffer.from([0, 1, 2, 3, 255]),
    };
    const paths = Object.entries(files).map(([name, bytes]) => make(name, bytes));
    const taken = lines(run(["media", "add", ...paths, "--site", site, "--json"]).out);
    const server = await serve(site);
    for (const m of taken) {
        const bytes = readFileSync(m.from);
        const answer = await server.get(m.path);
        assert.equal(answer.status, 200, m.from);
        assert.deepEqual(answer.bytes, bytes);
        assert.equal(answer.headers["content-type"], m.type);
        assert.equal(answer.headers["x-content-type-options"], "nosniff");
        const part = await server.get(m.path, { range: "bytes=2-4" });
        assert.equal(part.status, 206);
        assert.deepEqual(part.bytes, bytes.subarray(2, 5));
        if (m.type === "image/svg+xml") assert.match(answer.headers["content-security-policy"], /default-src 'none'.*sandbox/);
        if (m.type === "application/octet-stream") assert.equal(answer.headers["content-disposition"], "attachment");
    }
    await server.stop();
});

await test("a phone's video loses where it was made, and with what, and nothing else", () => {
    if (!has("exiftool")) return "exiftool is missing";
    const site = newSite("phone");
    const box = (name, content) => {
        const head = Buffer.alloc(8);
        head.writeUInt32BE(content.length + 8);
        head.write(name, 4, "latin1");
        return Buffer.concat([head, content]);
    };
    const mvhd = Buffer.alloc(100);
    mvhd.writeUInt32BE(1000, 12);
    mvhd.writeUInt32BE(5000, 16);
    const pixels = randomBytes(2000);
    const video = make("phone.mp4", Buffer.concat([box("ftyp", Buffer.from("isom\0\0\x02\0isommp42")), box("mdat", pixels), box("moov", box("mvhd", mvhd))]));
    execFileSync("exiftool", ["-q", "-overwrite_original", "-UserData:GPSCoordinates=48.85, 2.35, 30", "-Keys:GPSCoordinates=48.85, 2.35, 30",
        "-UserData:SerialNumber=SN12345", "-Keys:Model=Phone 7", "-XMP:Title=T", video]);
    const told = (path) => execFileSync("exiftool", ["-G1", "-a", "-ee", path], { encoding: "utf8" });
    assert.match(told(video), /GPS/);
    const [m] = lines(run(["media", "add", video, "--site", site, "--json"]).out);
    const path = join(site, "media", m.file);
    const left = told(path);
    assert.doesNotMatch(left, /GPS|SN12345|Phone 7/);
    assert.match(left, /Duration +: 5\.00 s/);
    assert.ok(readFileSync(path).includes(pixels));
    assert.equal(statSync(path).size, statSync(video).size);
    kept(site); // under the name of what it is now
    assert.ok(lines(run(["media", "add", video, "--site", site, "--json"]).out)[0].was_there);
});

await test("media check and gc", () => {
    const site = newSite("cared");
    const [m, n] = lines(run(["media", "add", make("c1.pdf", pdf(3000)), make("c2.pdf", pdf(3000)), "--site", site, "--json"]).out);
    assert.match(run(["media", "check", "--site", site]).out, /2 files.*0 faults/);
    const bytes = readFileSync(join(site, "media", m.file));
    bytes[1000] ^= 1;
    writeFileSync(join(site, "media", m.file), bytes);
    rmSync(join(site, "media", n.file));
    const { faults } = JSON.parse(run(["media", "check", "--site", site, "--json"], { expect: 1 }).out);
    assert.deepEqual(faults.map((f) => [f.fault, f.file, f.media]), [["damaged", m.file, [m.id]], ["missing", n.file, [n.id]]]);
    const orphan = `00/${"0".repeat(62)}.pdf`;
    mkdirSync(join(site, "media/00"), { recursive: true });
    writeFileSync(join(site, "media", orphan), "x");
    assert.deepEqual(JSON.parse(run(["media", "gc", "--site", site, "--json"]).out), { orphans: [orphan], bytes: 1, removed: false });
    assert.ok(existsSync(join(site, "media", orphan)));
    assert.deepEqual(JSON.parse(run(["media", "gc", "--remove", "--site", site, "--json"]).out), { orphans: [orphan], bytes: 1, removed: true });
    assert.ok(!existsSync(join(site, "media", orphan)));
});

// ---- killed at any point ----

// Start one; kill it after so long, or never. What it acknowledged is told in any case.
function add(site, files, killAfterMs, acknowledge) {
    return new Promise((resolve) => {
        const child = spawn(broadsheet, ["media", "add", ...files, "--site", site, "--json"], { stdio: ["ignore", "pipe", "ignore"] });
        let text = "";
        child.stdout.on("data", (chunk) => {
            const whole = (text + chunk).split("\n");
            text = whole.pop();
            for (const line of whole) acknowledge(JSON.parse(line));
        });
        const timer = killAfterMs === null ? null : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
        child.on("close", (code) => { clearTimeout(timer); resolve(code); });
    });
}

await test("killed at any point under load: what was acknowledged is whole, gc takes only true orphans", async () => {
    if (!has("b2sum")) return "b2sum is missing";
    const uploads = Number(process.env.UPLOADS ?? 200);
    const site = newSite("killed");
    const server = await serve(site);
    const sums = new Map(), waiting = [];
    for (let i = 0; i < uploads; i++) {
        const bytes = pdf(1000 + random(i % 20 === 0 ? 4000000 : 200000));
        const path = make(`upload-${i}.pdf`, bytes);
        sums.set(path, createHash("sha256").update(bytes).digest("hex"));
        waiting.push(path);
    }
    const known = new Map(), orphans = [];
    let over = false, served = 0, kills = 0;
    const acknowledge = (m) => {
        assert.equal(m.error, undefined);
        known.set(m.from, m);
    };
    const read = async () => {
        for (let i = 0; !over; i++) {
            const all = [...known.values()];
            if (all.length === 0) { await new Promise((r) => setTimeout(r, 5)); continue; }
            const m = all[(i * 7919) % all.length];
            const answer = await server.get(m.path);
            assert.equal(answer.status, 200, m.from);
            assert.equal(createHash("sha256").update(answer.bytes).digest("hex"), sums.get(m.from), m.from);
            served++;
        }
    };
    const collect = async () => {
        while (!over) {
            await new Promise((resolve) => {
                const child = spawn(broadsheet, ["media", "gc", "--remove", "--site", site, "--json"], { stdio: ["ignore", "pipe", "ignore"] });
                let text = "";
                child.stdout.on("data", (chunk) => { text += chunk; });
                child.on("close", (code) => { if (code === 0) orphans.push(...JSON.parse(text).orphans); resolve(); });
            });
            await new Promise((r) => setTimeout(r, 20));
        }
    };
    const upload = async () => {
        while (waiting.length > 0) {
            const mine = waiting.splice(0, 1 + random(12));
            const rest = waiting.length > 0;
            kills += await add(site, mine, rest ? random(40) : null, acknowledge) === null ? 1 : 0;
            for (const path of mine) if (!known.has(path)) waiting.push(path);
        }
    };
    const others = [read(), read(), collect()];
    await Promise.all([upload(), upload(), upload()]).finally(() => { over = true; });
    await Promise.all(others);
    await server.stop();
    assert.ok(kills > 10 && served > 0, `${kills} kills, ${served} answers`);
    assert.equal(known.size, uploads);
    // Nothing that was ever acknowledged was taken for an orphan after it.
    run(["media", "gc", "--remove", "--site", site]);
    const files = kept(site);
    assert.deepEqual([...files.keys()].sort(), [...known.values()].map((m) => m.file).sort());
    for (const [path, m] of known) {
        assert.equal(createHash("sha256").update(readFileSync(join(site, "media", m.file))).digest("hex"), sums.get(path));
    }
    assert.match(run(["media", "check", "--site", site]).out, new RegExp(`^${uploads} files.*: 0 faults`));
    assert.deepEqual(readdirSync(join(site, "media")).filter((f) => f.startsWith(".incoming")), []);
    assert.equal(JSON.parse(run(["media", "list", "--site", site, "--json"]).out).length, uploads);
    console.log(`  ${kills} kills, ${served} answers, ${orphans.length} orphans taken away`);
});

finish();
