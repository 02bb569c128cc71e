// No link on a site is broken. Every address that a page, feed, map or manifest names is asked for: links,
// pictures and their other sizes, JSON-LD. What is ours answers 200 at once, under the address that it
// calls canonical, and has the id that a link's fragment names. The stories of the shared exports have
// dead links of their own; on those sites only what the theme made is judged. And every page there is comes
// with a policy that lets nothing run or be sent but what the theme needs.
import assert from "node:assert";
import { createHash } from "node:crypto";
import { finish, test } from "./lib/site.mjs";
import { attribute, isHtml, kinds, linksOf, pathOf, tagsOf, themePart, walk } from "./lib/pages.mjs";
import { sites } from "./lib/sites.mjs";

const canonicalOf = (page) => attribute(/<link rel="canonical"[^>]*>/.exec(page.text)?.[0] ?? "", "href");

function problem(site, pages, link, from) {
    const path = pathOf(site, link, from.path);
    if (path === null) return null;
    const to = pages.get(path);
    if (to.status !== 200 && !link.startsWith("#")) return `${to.status} ${to.location ?? ""}`;
    if (!isHtml(to)) return null;
    const hash = decodeURIComponent(new URL(link, site.url + from.path).hash.slice(1));
    if (hash && !to.text.includes(` id="${hash}"`)) return "no such id there";
    // A page that the site puts in the front page's place is at its own address, too.
    const canonical = canonicalOf(to);
    return canonical && ![site.url + path, `${site.url}/`].includes(canonical) ? `its canonical address is ${canonical}` : null;
}

// What is wrong with the headers that a page came with.
function lax({ headers, text }) {
    const policy = new Map((headers["content-security-policy"] ?? "").split(";").map((d) => d.trim().split(/\s+/)).map(([name, ...sources]) => [name, sources.join(" ")]));
    const strict = {
        "default-src": /^'none'$/, "base-uri": /^'none'$/, "form-action": /^'self'$/, "frame-ancestors": /^'(self|none)'$/, "connect-src": /^'(self|none)'$/,
        "script-src": /^('sha256-[A-Za-z0-9+/]{43}='|'none')$/,
    };
    const wrong = Object.entries(strict).filter(([name, allowed]) => !allowed.test(policy.get(name) ?? "")).map(([name]) => `${name} ${policy.get(name)}`);
    for (const name of ["script-src-elem", "script-src-attr", "object-src", "frame-src", "worker-src"]) if (policy.has(name)) wrong.push(`${name} ${policy.get(name)}`);
    // The one script that a page has is the one that its policy names.
    for (const [, script] of text.matchAll(/<script>([\s\S]*?)<\/script>/g)) {
        const hash = createHash("sha256").update(script).digest("base64");
        if (policy.get("script-src") !== `'sha256-${hash}'`) wrong.push(`the script is ${hash}`);
    }
    if (/<script(?! type="application\/ld\+json">)[^>]/.test(text) || tagsOf(text).some((tag) => /\son[a-z]+=/.test(tag))) wrong.push("a script with a source, or in an attribute");
    if (headers["x-content-type-options"] !== "nosniff") wrong.push("no nosniff");
    if (!/^strict-origin-when-cross-origin$|^no-referrer$|^same-origin$/.test(headers["referrer-policy"])) wrong.push("referrer-policy");
    return wrong;
}

for await (const site of sites()) {
    const pages = await walk(site);
    const all = [...pages.values(), ...(await kinds(site, pages)).filter((p) => !pages.has(p.path))];

    await test(`${site.name}: no broken link, no detour, no missing id`, () => {
        const wrong = [];
        let links = 0;
        for (const page of all.filter((p) => site.own || isHtml(p))) {
            for (const link of new Set(linksOf(site.own || !isHtml(page) ? page : themePart(page)))) {
                links++;
                const what = pages.has(pathOf(site, link, page.path)) ? problem(site, pages, link, page) : null;
                if (what) wrong.push(`${page.path}: ${link}: ${what}`);
            }
        }
        console.log(`  ${site.name}: ${pages.size} addresses, ${links} links`);
        assert.ok(links > pages.size);
        assert.equal(wrong.length, 0, wrong.slice(0, 30).join("\n    "));
    });

    await test(`${site.name}: every page has a strict policy`, () => {
        const html = all.filter(isHtml), wrong = html.flatMap((page) => lax(page).map((what) => `${page.path}: ${what}`));
        assert.ok(html.length > 10 && lax({ headers: {}, text: "<script>alert(1)</script>" }).length > 5);
        assert.equal(wrong.length, 0, wrong.slice(0, 30).join("\n    "));
    });

    await test(`${site.name}: every redirect leads to its end`, () => {
        const wrong = [];
        for (const page of all.filter((p) => p.location)) {
            const to = pathOf(site, page.location, page.path);
            if (to !== null && pages.get(to).location) wrong.push(`${page.path} -> ${to} -> ${pages.get(to).location}`);
        }
        assert.equal(wrong.length, 0, wrong.slice(0, 30).join("\n    "));
    });
}

finish();
