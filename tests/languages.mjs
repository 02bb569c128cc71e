// A paper in each language of the theme: one export with German, Arabic, Chinese and Hindi stories,
// its pages under each language.
import assert from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { finish, root, run, serve, test, textOf, tmp } from "./lib/site.mjs";

const languages = ["en", "de", "fr", "es", "hi", "ar", "zh"];
const strings = Object.fromEntries(languages.map((l) => [l, JSON.parse(readFileSync(join(root, `themes/broadsheet/strings/${l}.json`), "utf8"))]));
const data = join(root, "tests/data/wxr/languages.xml");

function make(...settings) {
    const site = join(tmp(), "site");
    run(["new", site, "--title", "Lampenkai", "--url", "https://lampenkai.example", "--timezone", "Europe/Berlin", "--language", "de"]);
    for (const [key, value] of settings) run(["set", key, value, "--site", site]);
    run(["import", "wordpress", data, "--site", site]);
    return site;
}

const encoded = (path) => path.split("/").map(encodeURIComponent).join("/");
const german = "/2024/05/06/neuer-anleger/";
const arabic = encoded("/2024/05/07/مجلس-المدينة-يوافق-على-رصيف-العبارات/");
const chinese = encoded("/2024/05/08/市议会批准新渡轮码头/");
const hindi = "/2024/05/10/nagara-parisada-ne-nae-ghata-ko-manzuri-di/";
const pages = [german, arabic, chinese, hindi, "/", "/2024/", "/2024/05/", "/2024/05/06/", "/category/almina/", "/author/vera/", encoded("/tag/عبّارات/"), "/search/", "/nowhere/"];

const site = make();
const server = await serve(site);

await test("slugs are made in the language's Latin letters, or kept", async () => {
    for (const path of [german, arabic, chinese, hindi, "/2024/05/09/groesste-uebung-oelteppich-vor-dem-kai/"]) {
        assert.equal((await server.get(path)).status, 200, path);
    }
    const other = make(["slug_script", "keep"]);
    const kept = await serve(other);
    assert.equal((await kept.get(encoded("/2024/05/09/größte-übung-ölteppich-vor-dem-kai/"))).status, 200);
    assert.equal((await kept.get(encoded("/2024/05/10/नगर-परिषद-ने-नए-घाट-को-मंज़ूरी-दी/".normalize("NFC")))).status, 200);
    await kept.stop();
});

// As a reader types it into a browser, which sends it as RFC 3987 says.
await test("an address in its own script leads there", async () => {
    for (const path of [arabic, chinese]) {
        const answer = await fetch(server.base + decodeURIComponent(path));
        assert.equal(answer.status, 200);
        assert.ok((await answer.text()).includes(`<link rel="canonical" href="https://lampenkai.example${path}">`));
        assert.equal((await server.get(path.replace(/%[0-9A-F]{2}/g, (x) => x.toLowerCase()))).status, 200);
    }
});

// The forms of a phrase as patterns, {names} standing for anything.
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
const pattern = (text) => new RegExp(`(?<!\\p{L})${text.split(/\{\w+\}/).map(escaped).join(".{1,80}?")}(?!\\p{L})`, "u");
const forms = (phrase) => (typeof phrase === "string" ? [phrase] : Object.values(phrase));
const date = {
    en: "May 6, 2024", de: "6. Mai 2024", fr: "6 mai 2024", es: "6 de mayo de 2024",
    hi: "6 मई 2024", ar: "٦ مايو ٢٠٢٤", zh: "2024年5月6日",
};
const updated = {
    en: "Updated May 6, 2024, 15:05", de: "Aktualisiert am 6. Mai 2024 um 15:05 Uhr", fr: "Mis à jour le 6 mai 2024 à 15:05",
    es: "Actualizado el 6 de mayo de 2024, 15:05", hi: "अपडेट: 6 मई 2024, 15:05 बजे",
    ar: "آخر تحديث: ٦ مايو ٢٠٢٤ في ٣:٠٥ م", zh: "更新于2024年5月6日 15:05",
};
const month = { en: "May 2024", de: "Mai 2024", fr: "mai 2024", es: "mayo de 2024", hi: "मई 2024", ar: "مايو ٢٠٢٤", zh: "2024年5月" };
const comments = { en: "2 comments", de: "2 Kommentare", fr: "2 commentaires", es: "2 comentarios", hi: "2 टिप्पणियाँ", ar: "تعليقان", zh: "2条评论" };
const comments3 = { ar: "٣ تعليقات", zh: "3条评论", de: "3 Kommentare" };
const order = ["Öfen", "Öl und Wasser", "Züge"]; // ö is an o, but for the Swedish

for (const language of languages) {
    await test(`${language}: every page`, async () => {
        run(["set", "language", language, "--site", site]);
        const other = strings[language];
        for (const path of pages) {
            let { text: html } = await server.get(path);
            // Another process changed the setting: wait until this one has heard.
            for (const end = Date.now() + 60000; !html.includes(`<html lang="${language}"`) && Date.now() < end;) {
                html = (await server.get(path)).text;
            }
            assert.match(html, new RegExp(`<html lang="${language}" dir="${language === "ar" ? "rtl" : "ltr"}"`), path);
            const words = textOf(html.slice(html.indexOf("<body")));
            assert.ok(words.includes(other.skip), path);
            if (language === "en") continue;
            for (const [key, phrase] of Object.entries(strings.en)) {
                for (const form of forms(phrase)) {
                    if (form.replace(/\{\w+\}/g, "").length < 6 || forms(other[key]).includes(form)) continue;
                    assert.doesNotMatch(words, pattern(form), `${path} says ${key} in English`);
                }
            }
        }
    });

    await test(`${language}: dates, plurals, names`, async () => {
        const story = textOf((await server.get(german)).text);
        for (const want of [date[language], updated[language], comments[language], strings[language].go_to_top]) {
            assert.ok(story.includes(want), `${want} in ${story}`);
        }
        if (comments3[language]) assert.ok(textOf((await server.get(chinese)).text).includes(comments3[language]));
        const archive = (await server.get("/2024/05/")).text;
        assert.ok(/<h1[^>]*>([^<]*)/.exec(archive)[1].includes(month[language]), archive.slice(0, 3000));
        const masthead = textOf((await server.get("/")).text);
        const places = order.map((name) => masthead.indexOf(name));
        assert.deepEqual(places, [...places].sort((a, b) => a - b));
    });
}

await test("stories that run the other way say so", async () => {
    run(["set", "language", "ar", "--site", site]);
    let html;
    do html = (await server.get(german)).text; while (!html.includes('<html lang="ar"'));
    assert.match(html, /<article class="story" dir="ltr"/);
    assert.match((await server.get(arabic)).text, /<article class="story" aria/);
    run(["set", "language", "de", "--site", site]);
    do html = (await server.get(arabic)).text; while (!html.includes('<html lang="de"'));
    assert.match(html, /<article class="story" dir="rtl"/);
});

await test("excerpts end between words, without spaces put in", async () => {
    const cards = (await server.get("/nowhere/")).text;
    const [, excerpt] = /<p class="excerpt[^"]*">([^<]*\p{Script=Han}[^<]*)</u.exec(cards);
    const whole = textOf((await server.get(chinese)).text).replace(/\s/g, "");
    assert.ok(excerpt.length > 30 && excerpt.length < 100, excerpt);
    assert.ok(whole.includes(excerpt.slice(20)), excerpt);
    const [, minutes] = /阅读约需(\d+)分钟|(\d+) Minuten? Lesezeit/.exec(textOf((await server.get(chinese)).text)).filter(Boolean);
    assert.equal(Number(minutes), 1);
});

await test("no page is wider than a small phone in any script", async () => {
    if (!existsSync("/usr/bin/chromium")) return "no Chromium here";
    const { chromium } = await import("playwright-core").catch(() => ({}));
    if (!chromium) return "playwright-core is not installed: npm --prefix tests ci";
    const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
    try {
        for (const language of ["ar", "zh", "hi", "de"]) {
            run(["set", "language", language, "--site", site]);
            for (let html = ""; !html.includes(`<html lang="${language}"`);) html = (await server.get("/")).text;
            for (const width of [320, 1280]) {
                const page = await browser.newPage({ viewport: { width, height: 900 } });
                for (const path of pages) {
                    await page.goto(server.base + path);
                    const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
                    assert.ok(inner <= outer, `${language} ${path} at ${width}: ${inner}`);
                }
                await page.close();
            }
        }
    } finally {
        await browser.close();
    }
});

await server.stop();
finish();
