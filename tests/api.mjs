// The API's reading side over HTTP, on the demo: what clients of WordPress's REST API rely upon.
import assert from "node:assert";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { finish, readExport, root, run, serve, test, tmp } from "./lib/site.mjs";
import { kindsOf, shapes } from "./lib/api.mjs";

const site = join(tmp(), "site");
execFileSync("sh", [join(root, "script/demo"), site]);
const items = readExport(readFileSync(join(root, "demo/quay-lantern.xml"), "utf8"));
const secrets = items.filter((i) => /post|page/.test(i.type) && i.status !== "publish" && i.slug);
const server = await serve(site);
const origin = "http://localhost:8080";

const ask = async (path, headers, method) => {
    const r = await server.get(`/wp-json${path}`, headers, method);
    return { ...r, json: r.text ? JSON.parse(r.text) : undefined };
};
const get = async (path) => {
    const r = await ask(path);
    assert.equal(r.status, 200, `${path}: ${r.text.slice(0, 300)}`);
    return r;
};
const ids = (r) => r.json.map((o) => o.id);
async function all(path) {
    const list = [];
    for (let page = 1, pages = 1; page <= pages; page++) {
        const r = await get(`${path}${path.includes("?") ? "&" : "?"}per_page=100&page=${page}`);
        pages = Number(r.headers["x-wp-totalpages"]);
        list.push(...r.json);
    }
    return list;
}
const fails = async (path, status, code, method) => {
    const r = await ask(path, {}, method);
    assert.deepEqual([r.status, r.json.code, r.json.data.status], [status, code, status], path);
    assert.equal(typeof r.json.message, "string");
    assert.equal(r.headers["access-control-allow-origin"], "*");
    return r.json;
};

const posts = await all("/wp/v2/posts");
const newest = posts[0].id;

await test("each object has the fields of its type and context, in WordPress's order", async () => {
    const one = { post: `/wp/v2/posts/${newest}`, category: `/wp/v2/categories/${posts[0].categories[0]}`,
                  tag: `/wp/v2/tags/${posts[0].tags[0]}`, user: `/wp/v2/users/${posts[0].author}`,
                  attachment: `/wp/v2/media/${posts[0].featured_media}` };
    for (const [type, path] of Object.entries(one)) {
        for (const context of ["view", "embed"]) {
            const { json } = await get(`${path}?context=${context}`);
            assert.deepEqual(Object.keys(json), [...Object.keys(shapes[type][context]), "_links"], `${type} ${context}`);
            assert.deepEqual(kindsOf(json, shapes[type][context]), [], `${type} ${context}`);
        }
    }
});

await test("lists come in pages that say how many there are, and link to the next", async () => {
    const first = await get("/wp/v2/posts?per_page=7");
    assert.equal(Number(first.headers["x-wp-total"]), posts.length);
    assert.equal(Number(first.headers["x-wp-totalpages"]), Math.ceil(posts.length / 7));
    assert.equal(first.headers.link, `<${origin}/wp-json/wp/v2/posts?page=2&per_page=7>; rel="next"`);
    const seen = [];
    for (let next = "/wp/v2/posts?per_page=7"; next;) {
        const r = await get(next);
        seen.push(...ids(r));
        next = /<[^>]*\/wp-json([^>]*)>; rel="next"/.exec(r.headers.link)?.[1];
    }
    assert.deepEqual(seen, posts.map((p) => p.id));
    assert.equal(new Set(seen).size, seen.length);
    const second = await get("/wp/v2/posts?per_page=7&page=2");
    assert.match(second.headers.link, /page=1&per_page=7>|per_page=7>; rel="prev", <.*page=3&per_page=7>; rel="next"/);
    await fails("/wp/v2/posts?page=1000", 400, "rest_post_invalid_page_number");
});

await test("what readers may not see is in no answer", async () => {
    assert.ok(secrets.length > 0);
    const text = JSON.stringify([posts, await all("/wp/v2/comments"), await all("/wp/v2/posts?search=the")]);
    for (const secret of secrets) {
        assert.ok(!text.includes(`"${secret.slug}"`), secret.slug);
        assert.deepEqual((await get(`/wp/v2/posts?slug=${encodeURIComponent(secret.slug)}`)).json, []);
    }
    const xml = readFileSync(join(root, "demo/quay-lantern.xml"), "utf8");
    const told = items.map((i) => i.body).join();
    for (const [, mail] of xml.matchAll(/_email><!\[CDATA\[([^\]]+)\]/g)) assert.ok(told.includes(mail) || !text.includes(mail), mail);
    assert.doesNotMatch(text, /"(password|author_email|author_ip|email)"/);
});

await test("filters: category, tag, author, dates, ids, slugs, offset, order", async () => {
    const oldest = [...posts].reverse();
    assert.deepEqual(ids(await get("/wp/v2/posts?order=asc&per_page=5")), oldest.slice(0, 5).map((p) => p.id));
    assert.deepEqual(ids(await get("/wp/v2/posts?offset=3&per_page=5")), posts.slice(3, 8).map((p) => p.id));
    for (const [argument, values] of [["tags", (p) => p.tags], ["author", (p) => [p.author]]]) {
        const value = values(posts[0])[0];
        assert.deepEqual(ids(await get(`/wp/v2/posts?${argument}=${value}&per_page=100`)),
            posts.filter((p) => values(p).includes(value)).map((p) => p.id), argument);
    }
    const middle = posts[20].date;
    assert.deepEqual(ids(await get(`/wp/v2/posts?after=${middle}&per_page=100`)), posts.filter((p) => p.date > middle).map((p) => p.id));
    assert.deepEqual(ids(await get(`/wp/v2/posts?before=${middle}&per_page=100`)), posts.filter((p) => p.date < middle).map((p) => p.id));
    const some = [posts[9].id, posts[2].id, posts[30].id];
    assert.deepEqual(ids(await get(`/wp/v2/posts?include=${some}&orderby=include`)), some);
    assert.deepEqual(ids(await get(`/wp/v2/posts?include[]=${some[0]}&include[]=${some[1]}`)), [some[1], some[0]]);
    assert.deepEqual(ids(await get(`/wp/v2/posts?slug=${posts[5].slug}`)), [posts[5].id]);
});

await test("conditions together, exclusions and other orders agree with what one sees in all of them", async () => {
    const up = (key) => (a, b) => key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.id - b.id;
    const [category, tag] = [posts[0].categories[0], posts[0].tags[0]], author = posts[0].author;
    const has = (p) => [p.categories.includes(category), p.tags.includes(tag), p.author === author];
    const cases = {
        [`categories=${category}&tags=${tag}`]: (p) => has(p)[0] && has(p)[1],
        [`categories=${category}&tags=${tag}&tax_relation=OR`]: (p) => has(p)[0] || has(p)[1],
        [`author=${author}&tags_exclude=${tag}`]: (p) => has(p)[2] && !has(p)[1],
        [`categories_exclude=${category}&author_exclude=${author}`]: (p) => !has(p)[0] && !has(p)[2],
        [`tags=${tag},${posts[9].tags[0]}`]: (p) => p.tags.includes(tag) || p.tags.includes(posts[9].tags[0]),
        [`exclude=${posts[0].id},${posts[3].id}`]: (p) => p.id !== posts[0].id && p.id !== posts[3].id,
        "sticky=true": (p) => p.sticky,
        "sticky=0": (p) => !p.sticky,
        [`modified_after=${posts[30].modified}`]: (p) => p.modified > posts[30].modified,
        [`modified_before=${posts[30].modified}&after=${posts[50].date}`]: (p) => p.modified < posts[30].modified && p.date > posts[50].date,
    };
    for (const [query, filter] of Object.entries(cases)) {
        assert.deepEqual(ids(await get(`/wp/v2/posts?${query}&per_page=100`)), posts.filter(filter).map((p) => p.id), query);
    }
    const orders = { id: (p) => p.id, slug: (p) => p.slug, modified: (p) => p.modified, author: (p) => p.author };
    for (const [order, key] of Object.entries(orders)) {
        const sorted = [...posts].sort(up(key)).map((p) => p.id);
        assert.deepEqual(ids(await get(`/wp/v2/posts?orderby=${order}&order=asc&per_page=100`)), sorted, order);
        assert.deepEqual(ids(await get(`/wp/v2/posts?orderby=${order}&per_page=5&page=2`)), sorted.reverse().slice(5, 10), order);
    }
    await fails("/wp/v2/posts?orderby=relevance", 400, "rest_no_search_term_defined");
    await fails("/wp/v2/posts?orderby=include", 400, "rest_orderby_include_missing_include");
    const { data } = await fails("/wp/v2/posts?status=draft", 400, "rest_invalid_param");
    assert.equal(data.details.status.code, "rest_forbidden_status");
});

await test("tags, categories, users, pages, media and comments are listed", async () => {
    const tags = await all("/wp/v2/tags"), users = await all("/wp/v2/users"), categories = await all("/wp/v2/categories");
    const names = (list) => list.map((t) => t.name.toLowerCase());
    assert.deepEqual(names(tags), names(tags).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    assert.deepEqual(new Set(posts.flatMap((p) => p.tags)), new Set(tags.filter((t) => t.count).map((t) => t.id)));
    for (const t of tags) assert.equal(t.count, posts.filter((p) => p.tags.includes(t.id)).length, t.name);
    assert.deepEqual(ids(await get("/wp/v2/tags?per_page=4&page=3")), tags.slice(8, 12).map((t) => t.id));
    const largest = (await get("/wp/v2/tags?orderby=count&order=desc&per_page=5")).json.map((t) => t.count);
    assert.deepEqual(largest, tags.map((t) => t.count).sort((a, b) => b - a).slice(0, 5));
    assert.deepEqual(ids(await get(`/wp/v2/tags?slug=${tags[3].slug}`)), [tags[3].id]);
    assert.deepEqual(ids(await get(`/wp/v2/tags?search=${encodeURIComponent(tags[5].name)}`)).includes(tags[5].id), true);
    assert.deepEqual((await get("/wp/v2/tags?page=99")).json, []);
    const parent = categories.find((c) => c.parent).parent;
    assert.deepEqual(ids(await get(`/wp/v2/categories?parent=${parent}`)), categories.filter((c) => c.parent === parent).map((c) => c.id));
    assert.deepEqual(new Set(users.map((u) => u.id)).size, users.length);
    for (const author of new Set(posts.map((p) => p.author))) assert.ok(users.some((u) => u.id === author));
    assert.deepEqual(ids(await get(`/wp/v2/users?slug=${users[2].slug}`)), [users[2].id]);
    const pages = await all("/wp/v2/pages"), files = await all("/wp/v2/media"), comments = await all("/wp/v2/comments");
    assert.deepEqual(kindsOf(pages[0], shapes.page.view), []);
    assert.deepEqual(kindsOf(comments[0], shapes.comment.view), []);
    assert.deepEqual((await get(`/wp/v2/comments/${comments[0].id}`)).json, comments[0]);
    assert.deepEqual(ids(await get(`/wp/v2/pages?slug=${pages[1].slug}`)), [pages[1].id]);
    assert.deepEqual(files.map((f) => f.date), files.map((f) => f.date).sort().reverse());
    const parented = files.find((f) => f.post);
    assert.ok(ids(await get(`/wp/v2/media?parent=${parented.post}`)).includes(parented.id));
    for (const c of comments) assert.ok(posts.some((p) => p.id === c.post) || pages.some((p) => p.id === c.post));
});

await test("_fields, _embed, _envelope and _jsonp", async () => {
    const { json: [lean] } = await get("/wp/v2/posts?per_page=1&_fields=id,title.rendered,_links.author");
    assert.deepEqual(Object.keys(lean), ["id", "title", "_links"]);
    assert.deepEqual(Object.keys(lean._links), ["author"]);
    const { json: full } = await get(`/wp/v2/posts/${newest}?_embed`);
    assert.equal(full._embedded.author[0].id, full.author);
    assert.equal(full._embedded["wp:featuredmedia"][0].id, full.featured_media);
    assert.deepEqual(full._embedded["wp:term"].map((l) => l.map((t) => t.id).sort()), [full.categories, full.tags].map((l) => [...l].sort()));
    const { json: less } = await get(`/wp/v2/posts/${newest}?_embed=author`);
    assert.deepEqual(Object.keys(less._embedded), ["author"]);
    const { json: envelope } = await get("/wp/v2/posts?page=1000&_envelope=1");
    assert.deepEqual([envelope.status, envelope.body.code], [400, "rest_post_invalid_page_number"]);
    const script = await server.get(`/wp-json/wp/v2/posts/${newest}?_fields=id&_jsonp=a.b`);
    assert.equal(script.text, `/**/a.b({"id":${newest}})`);
    assert.match(script.headers["content-type"], /^application\/javascript/);
});

await test("one search over stories, pages, categories and tags", async () => {
    const { json: found } = await get("/wp/v2/search?search=ferry");
    assert.ok(found.length > 0);
    assert.deepEqual(Object.keys(found[0]), ["id", "title", "url", "type", "subtype", "_links"]);
    const everything = await all("/wp/v2/search"), pages = await all("/wp/v2/search?subtype=page");
    assert.equal(everything.length, posts.length + pages.length);
    assert.ok(pages.every((p) => p.subtype === "page"));
    const term = (await all("/wp/v2/tags"))[4];
    const terms = await all(`/wp/v2/search?type=term&search=${encodeURIComponent(term.name)}`);
    assert.ok(terms.some((t) => t.id === term.id && t.type === "post_tag"));
    assert.deepEqual((await get("/wp/v2/search?type=post-format")).json, []);
    const { json: [one] } = await get("/wp/v2/search?search=ferry&per_page=1&_embed");
    assert.equal(one._embedded.self[0].id, one.id);
});

await test("the front page says where the API is", async () => {
    const { headers } = await server.get("/");
    assert.equal(headers.link, `<${origin}/wp-json/>; rel="https://api.w.org/"`);
});

await test("errors are WordPress's: status, code, and each argument's reason", async () => {
    await fails("/wp/v2/nothing", 404, "rest_no_route");
    await fails("/wp/v2/posts/999999", 404, "rest_post_invalid_id");
    await fails("/wp/v2/categories/999999", 404, "rest_term_invalid");
    await fails("/wp/v2/users/999999", 404, "rest_user_invalid_id");
    await fails("/wp/v2/types/none", 404, "rest_type_invalid");
    await fails("/wp/v2/posts?context=edit", 401, "rest_forbidden_context");
    await fails("/wp/v2/posts", 404, "rest_no_route", "DELETE");
    for (const path of ["settings", "menus", "menu-items", "menu-locations", "users/me", `posts/${newest}/revisions`, `posts/${newest}/autosaves`]) {
        assert.equal((await ask(`/wp/v2/${path}`)).status, 401, path);
    }
    const { data } = await fails("/wp/v2/posts?per_page=0&order=up", 400, "rest_invalid_param");
    assert.deepEqual(Object.keys(data), ["status", "params", "details"]);
    assert.deepEqual(Object.keys(data.params).sort(), ["order", "per_page"]);
    assert.equal(data.details.per_page.code, "rest_out_of_bounds");
    assert.equal(data.details.order.code, "rest_not_in_enum");
});

await test("the index names every route, and OPTIONS says what each takes and gives", async () => {
    const { json: index } = await get("/");
    assert.ok(index.namespaces.includes("wp/v2"));
    const other = await server.get("/?rest_route=/");
    assert.equal(other.text, JSON.stringify(index));
    for (const [pattern, route] of Object.entries(index.routes)) {
        const path = pattern.replaceAll(/\(\?P<\w+>\[\\d\]\+\)/g, "1").replaceAll(/\(\?P<\w+>[^)]*\)/g, "post");
        assert.match(path, new RegExp(`^${pattern}$`.replaceAll("?P<", "?<")));
        const { status, json } = await ask(path, {}, "OPTIONS");
        assert.equal(status, 200, path);
        assert.deepEqual(json.endpoints, route.endpoints, path);
        assert.notEqual((await ask(path)).json.code, "rest_no_route", path);
    }
    const { json: options } = await ask("/wp/v2/posts", {}, "OPTIONS");
    assert.deepEqual(Object.keys(options.schema.properties).filter((name) => options.schema.properties[name].context.includes("view")), Object.keys(shapes.post.view));
});

await test("docs/openapi.json and docs/api.md say what the table of routes says", async () => {
    const printed = run(["api", "reference"]).out, { paths, components } = JSON.parse(printed);
    const { json: index } = await get("/");
    assert.deepEqual(Object.keys(paths).map((path) => path.replaceAll(/\{\w+\}/g, "*")),
        Object.keys(index.routes).map((path) => path.replaceAll(/\(\?P[^)]*\)/g, "*")));
    for (const [, kind, name] of printed.matchAll(/"#\/components\/(\w+)\/([\w-]+)"/g)) assert.ok(components[kind][name], name);
    const rows = Object.entries(paths).map(([path, { get: { summary, description, parameters } }]) => {
        const names = parameters.filter((p) => p.in === "query").map((p) => `\`${p.name}\``);
        return `| \`${path}\` | ${summary} ${description ?? ""} | ${names.join(" ")} |`.replaceAll("  ", " ");
    });
    const table = ["<!-- routes -->", "| route | | takes |", "|---|---|---|", ...rows, "<!-- end -->"].join("\n");
    const file = join(root, "docs/api.md"), text = readFileSync(file, "utf8");
    const wanted = text.replace(/<!-- routes -->[\s\S]*<!-- end -->/, table);
    if (process.env.UPDATE) {
        writeFileSync(file, wanted);
        writeFileSync(join(root, "docs/openapi.json"), printed);
    }
    assert.equal(readFileSync(file, "utf8"), wanted, "UPDATE=1 node tests/api.mjs writes it anew");
    assert.equal(readFileSync(join(root, "docs/openapi.json"), "utf8"), printed, "UPDATE=1 node tests/api.mjs writes it anew");
});

await test("fields, links, arguments and errors are those that WordPress was seen to have", async () => {
    const seen = JSON.parse(readFileSync(join(root, "tests/data/wordpress-rest.json"), "utf8"));
    const kind = (v) => v === null ? "null" : Array.isArray(v) ? "array" : Number.isInteger(v) ? "integer" : typeof v;
    const tags = await all("/wp/v2/tags"), files = await all("/wp/v2/media");
    const lists = { post: `posts?include=${newest}`, page: "pages", attachment: `media?include=${files.find((f) => f.media_type === "image").id}`, category: "categories?per_page=100", tag: "tags", user: "users",
                    comment: "comments", "search-result": "search", type: "types", taxonomy: "taxonomies", status: "statuses" };
    // What WordPress 6.1 did not have yet, and later versions do.
    const later = ["class_list", "featured_media"];
    const odd = { icon: "null" };
    for (const [type, path] of Object.entries(lists)) {
        for (const context of ["view", "embed"]) {
            const { json } = await get(`/wp/v2/${path}${path.includes("?") ? "&" : "?"}context=${context}`);
            const object = type === "category" ? json.find((c) => c._links.up) : Object.values(json)[0], theirs = seen.objects[`${type} ${context}`];
            const names = Object.keys(object).filter((name) => name !== "_links" && (name in theirs || !later.includes(name)));
            assert.deepEqual(names, Object.keys(theirs), `${type} ${context}`);
            for (const name of names) assert.ok([theirs[name], odd[name]].includes(kind(object[name])), `${type} ${name}`);
            for (const [rel, [link]] of Object.entries(object._links)) {
                // Which links there are depends on the object; a comment's author has no account here.
                const attributes = seen.objects[`${type} links`][rel];
                if (attributes) assert.equal(Object.keys(link).sort().join(" "), attributes, `${type} ${rel}`);
            }
        }
    }
    // A password is asked for on the story's page; files have one author and one order of change, which is their coming.
    const without = { password: true, author: "/wp/v2/media", author_exclude: "/wp/v2/media", type: "/wp/v2/taxonomies" };
    const { json: index } = await get("/");
    for (const [path, names] of Object.entries(seen.arguments)) {
        const ours = Object.keys(index.routes[path.replace("{id}", "(?P<id>[\\d]+)")].endpoints[0].args);
        assert.deepEqual(names.filter((name) => !ours.includes(name) && without[name] !== true && without[name] !== path), [], path);
    }
    // Who may not edit hears that first; what is no status of ours is none.
    const reasoned = [/context=edit$/, /status=foo/];
    let compared = 0;
    for (const [path, [status, code, ...details]] of Object.entries(seen.errors)) {
        const r = await ask(path.replaceAll(" ", "%20")), faults = Object.values(r.json.data?.details ?? {}).map((d) => d.code);
        if (reasoned.some((p) => p.test(path))) {
            assert.ok(r.status >= 400, path);
            continue;
        }
        assert.deepEqual([r.status, r.json.code, ...faults.sort()], [status, code, ...details.sort()], path);
        compared++;
    }
    assert.ok(compared > 50);
});

await test("HEAD, gzip, ETag, other sites, other methods", async () => {
    const plain = await get("/wp/v2/posts");
    const head = await ask("/wp/v2/posts", {}, "HEAD");
    assert.deepEqual([head.status, head.text, head.headers["x-wp-total"]], [200, "", plain.headers["x-wp-total"]]);
    const packed = await server.get("/wp-json/wp/v2/posts", { "accept-encoding": "gzip" });
    assert.equal(packed.headers["content-encoding"], "gzip");
    assert.equal(gunzipSync(packed.bytes).toString(), plain.text);
    assert.equal((await server.get("/wp-json/wp/v2/posts", { "if-none-match": plain.headers.etag })).status, 304);
    assert.equal(plain.headers["access-control-expose-headers"], "X-WP-Total, X-WP-TotalPages, Link");
    assert.equal(plain.headers["x-robots-tag"], "noindex");
    assert.equal((await ask("/wp/v2/posts?_method=GET", {}, "POST")).text, plain.text);
});

await test("the npm client wpapi discovers the site, lists, filters, embeds and turns pages", async () => {
    let WPAPI;
    try {
        ({ default: WPAPI } = await import("wpapi"));
    } catch {
        return "wpapi is not installed (npm --prefix tests ci)";
    }
    const wp = new WPAPI({ endpoint: `${server.base}/wp-json` });
    const first = await wp.posts().perPage(5).embed();
    assert.deepEqual([...first].map((p) => p.id), posts.slice(0, 5).map((p) => p.id));
    assert.equal(first._paging.total, String(posts.length));
    assert.equal(first[0]._embedded.author[0].id, first[0].author);
    const second = await wp.posts().perPage(5).page(2).get();
    assert.deepEqual([...second].map((p) => p.id), posts.slice(5, 10).map((p) => p.id));
    const category = (await wp.categories().slug(decodeURIComponent((await all("/wp/v2/categories"))[0].slug)))[0];
    const filtered = await wp.posts().categories(category.id).perPage(100);
    assert.equal(filtered.length, category.count);
    assert.equal((await wp.posts().id(newest).get()).id, newest);
    assert.equal((await wp.tags().forPost(newest)).length, posts[0].tags.length);
    assert.ok((await wp.users().get()).length > 0);
    await assert.rejects(wp.posts().id(999999).get(), (error) => error.code === "rest_post_invalid_id");
    const { json: index } = await get("/");
    const made = new WPAPI({ endpoint: `${server.base}/wp-json`, routes: index.routes });
    assert.equal((await made.pages().perPage(1)).length, 1);
});

await test("an answer is new as soon as what it shows has changed", async () => {
    const before = (await get("/")).json;
    run(["set", "tagline", "Every tide, twice", "--site", site]);
    for (const end = Date.now() + 60000; (await get("/")).json.description !== "Every tide, twice";) {
        assert.ok(Date.now() < end);
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
    run(["set", "tagline", before.description, "--site", site]);
});

await server.stop();
finish();
