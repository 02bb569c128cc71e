// The shapes of the API's objects: name → kind, in order, by context. `|` separates kinds; "{a}" an object
// with that field.
const content = { id: "integer", date: "string|null", date_gmt: "string|null", guid: "{rendered}", modified: "string", modified_gmt: "string",
                  slug: "string", status: "string", type: "string", link: "string", title: "{rendered}" };
const texts = { content: "{rendered,protected}", excerpt: "{rendered,protected}", author: "integer", featured_media: "integer" };
const talk = { comment_status: "string", ping_status: "string" };
const term = { id: "integer", count: "integer", description: "string", link: "string", name: "string", slug: "string", taxonomy: "string" };
const pick = (object, ...names) => Object.fromEntries(names.map((name) => [name, object[name]]));

const post = { ...content, ...texts, ...talk, sticky: "boolean", template: "string", format: "string", meta: "array|object",
               categories: "array", tags: "array", class_list: "array" };
const page = { ...content, ...texts, parent: "integer", menu_order: "integer", ...talk, template: "string", meta: "array|object", class_list: "array" };
const media = { ...content, author: "integer", featured_media: "integer", ...talk, template: "string", meta: "array|object", class_list: "array",
                description: "{rendered}", caption: "{rendered}", alt_text: "string", media_type: "string", mime_type: "string",
                media_details: "object", post: "integer|null", source_url: "string" };
const comment = { id: "integer", post: "integer", parent: "integer", author: "integer", author_name: "string", author_url: "string", date: "string",
                  date_gmt: "string", content: "{rendered}", link: "string", status: "string", type: "string", author_avatar_urls: "object", meta: "array|object" };
const user = { id: "integer", name: "string", url: "string", description: "string", link: "string", slug: "string", avatar_urls: "{24,48,96}", meta: "array|object" };
const embedded = ["id", "date", "slug", "type", "link", "title", "excerpt", "author", "featured_media"];

export const shapes = {
    post: { view: post, embed: pick(post, ...embedded) },
    page: { view: page, embed: pick(page, ...embedded) },
    attachment: { view: media, embed: pick(media, "id", "date", "slug", "type", "link", "title", "author", "featured_media", "caption", "alt_text",
                                           "media_type", "mime_type", "media_details", "source_url") },
    category: { view: { ...term, parent: "integer", meta: "array|object" }, embed: pick(term, "id", "link", "name", "slug", "taxonomy") },
    tag: { view: { ...term, meta: "array|object" }, embed: pick(term, "id", "link", "name", "slug", "taxonomy") },
    user: { view: user, embed: pick(user, "id", "name", "url", "description", "link", "slug", "avatar_urls") },
    comment: { view: comment, embed: pick(comment, "id", "parent", "author", "author_name", "author_url", "date", "content", "link", "type", "author_avatar_urls") },
};

const kindOf = (value) => value === null ? "null" : Array.isArray(value) ? "array" : Number.isInteger(value) ? "integer" : typeof value;

// What is not of the kind that the shape says.
export function kindsOf(object, shape) {
    return Object.entries(shape).filter(([name, kind]) => {
        if (!kind.startsWith("{")) return !kind.split("|").includes(kindOf(object[name]));
        return kindOf(object[name]) !== "object" || JSON.stringify(Object.keys(object[name])) !== JSON.stringify(kind.slice(1, -1).split(","));
    }).map(([name, kind]) => `${name} is no ${kind} but ${JSON.stringify(object[name])?.slice(0, 100)}`);
}
