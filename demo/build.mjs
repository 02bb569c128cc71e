// Builds quay-lantern.xml and expected.json from stories/, site.mjs and uploads/.
//   node build.mjs          (deterministic: the same input gives the same bytes)
//   node build.mjs --stats  (also prints words per story)
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { site, authors, categories, tags, boats, guest, pictures, pages, menu, comments } from './site.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const BASE = site.url;
const fail = (m) => { throw new Error(m); };

// ---- time: the town keeps GMT, and an hour more from the last Sunday of March to that of October
const pad = (v) => String(v).padStart(2, '0');
const stamp = (ms) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
const rfc = (ms) => new Date(ms).toUTCString().replace('GMT', '+0000');
const lastSunday = (y, m) => { const d = new Date(Date.UTC(y, m + 1, 0)); return Date.UTC(y, m, d.getUTCDate() - d.getUTCDay(), 1); };
const toGmt = (local) => {
  const ms = Date.parse(local.replace(' ', 'T') + 'Z');
  if (Number.isNaN(ms)) fail(`bad date ${local}`);
  const y = new Date(ms).getUTCFullYear();
  return ms >= lastSunday(y, 2) + 3600e3 && ms < lastSunday(y, 9) + 3600e3 ? ms - 3600e3 : ms;
};

// ---- PHP serialize
const php = (v) => {
  if (typeof v === 'string') return `s:${Buffer.byteLength(v)}:"${v}";`;
  if (typeof v === 'number') return `i:${v};`;
  if (typeof v === 'boolean') return `b:${v ? 1 : 0};`;
  const e = Array.isArray(v) ? v.map((x, i) => [i, x]) : Object.entries(v);
  return `a:${e.length}:{${e.map(([k, x]) => php(k) + php(x)).join('')}}`;
};

const cdata = (s) => `<![CDATA[${String(s).replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
const esc = (s) => s.replace(/&(?!#?\w+;)/g, '&amp;');
const attr = (s) => esc(s).replaceAll('"', '&quot;');
const uuid = (s) => { const h = createHash('md5').update(s).digest('hex'); return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20, 32)}`; };

/** Curly quotes in prose; tags, shortcodes and link targets are left alone. */
const curl = (t) => {
  const kept = [], masked = t.replace(/<[^>]+>|\[\w+ [^\]]*=[^\]]*\]|\]\([^)]*\)/g, (k) => { kept.push(k); return '\uE000'; });
  return masked.replace(/'(?=(?:thirty|ninety|\d))/g, '’').replace(/["']/g, (q, i) => {
    const before = masked[i - 1] ?? ' ', after = masked[i + 1] ?? ' ';
    const open = /[\s([—“‘]/.test(before) || (before === '*' && /\w/.test(after) && /[\s(]/.test(masked[i - 2] ?? ' '));
    return q === '"' ? (open ? '“' : '”') : open ? '‘' : '’';
  }).replace(/\uE000/g, () => kept.shift());
};

// ---- read the stories
const stories = [];
for (const f of readdirSync(join(root, 'stories')).filter((x) => x.endsWith('.txt')).sort()) {
  for (const part of readFileSync(join(root, 'stories', f), 'utf8').split(/^=== /m).slice(1)) {
    const cut = part.indexOf('\n\n'), head = part.slice(0, cut).split('\n');
    const s = { slug: head[0].trim(), meta: [], body: part.slice(cut).trim(), kind: 'blocks', status: 'publish', type: 'post' };
    for (const l of head.slice(1)) {
      const k = l.slice(0, l.indexOf(':')), v = l.slice(l.indexOf(':') + 1).trim();
      if (k === 'meta') s.meta.push([v.slice(0, v.indexOf('=')), v.slice(v.indexOf('=') + 1)]);
      else if (['in', 'tags', 'boats', 'old', 'cap'].includes(k)) s[k] = v.split(',').map((x) => x.trim());
      else s[k] = ['title', 'stand'].includes(k) ? curl(v) : v;
    }
    for (const k of ['date', 'in', 'by', 'title', 'stand']) s[k] || (k === 'title' && s.status === 'draft') || fail(`${s.slug}: no ${k}`);
    stories.push(s);
  }
}
stories.sort((a, b) => a.date < b.date ? -1 : 1);
const bySlug = new Map();
for (const s of stories) { bySlug.has(s.slug) && fail(`twice: ${s.slug}`); bySlug.set(s.slug, s); }
const path = (s) => `/${s.date.slice(0, 4)}/${s.date.slice(5, 7)}/${s.date.slice(8, 10)}/`;
const urlOf = (slug) => BASE + path(bySlug.get(slug) ?? fail(`no story ${slug}`)) + slug + '/';
const oldUrlOf = (slug) => BASE + path(bySlug.get(slug) ?? fail(`no story ${slug}`)) + (bySlug.get(slug).old?.[0] ?? fail(`no old slug ${slug}`)) + '/';

// ---- everything with a number
const pic = new Map(Object.entries(pictures).map(([k, p]) => [k, { key: k, type: 'attachment', ...p }]));
for (const s of stories) if (s.art) { const p = pic.get(s.art) ?? fail(`${s.slug}: no picture ${s.art}`); p.parent ??= s; }
const pageItems = pages.map((p) => ({ type: 'page', ...p }));
const guestItem = { type: 'guest-author', ...guest };
const numbered = [
  ...pageItems.map((x) => [x.date, 0, x]), ...[...pic.values()].map((x) => [x.date, 1, x]),
  ...stories.map((x) => [x.written ?? x.date, 2, x]), [guestItem.date, 3, guestItem],
].sort((a, b) => a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]);
let id = 100;
for (const [, , x] of numbered) x.id = (id += 3);
const menuItems = [];
const addMenu = (list, parent) => { for (const m of list) { const it = { type: 'nav_menu_item', id: (id += 1), order: menuItems.length + 1, parentItem: parent, ...m }; menuItems.push(it); if (m.items) addMenu(m.items, it.id); } };
addMenu(menu.items, 0);

let term = 1;
const cat = new Map(), tag = new Map(), boat = new Map();
const addCat = (list, parent) => { for (const c of list) { cat.set(c.slug, { ...c, id: (term += 1), parent }); } for (const c of list) if (c.items) addCat(c.items, c.slug); };
addCat(categories, '');
for (const [slug, name, description] of tags) tag.set(slug, { slug, name, description, id: (term += 1) });
for (const [slug, name, description] of boats) boat.set(slug, { slug, name, description, id: (term += 1) });
const menuTerm = { id: (term += 1), slug: menu.slug, name: menu.name };
const authorTerm = new Map();
const addAuthorTerm = (login, desc) => authorTerm.set(`cap-${login}`, { id: (term += 1), slug: `cap-${login}`, name: login, description: desc });
for (const a of authors) addAuthorTerm(a.login, `${a.name} ${a.login} ${a.id} ${a.email}`);
addAuthorTerm(guest.login, `${guest.title} ${guest.login} ${guestItem.id} ${guest.email}`);

const fileOf = (p) => `${p.date.slice(0, 4)}/${p.date.slice(5, 7)}/${p.file}`;
const upload = (p) => `${BASE}/wp-content/uploads/${fileOf(p)}`;
const sized = (p, dim) => upload(p).replace(/(\.\w+)$/, `-${dim}$1`);

// ---- bodies
const inline = (t, s) => esc(curl(t))
  .replace(/\[\^(.+?)\^\]/g, (_, note) => {
    const fid = uuid(s.slug + s.notes.length);
    s.notes.push({ content: inline(note, s), id: fid });
    return `<sup data-fn="${fid}" class="fn"><a href="#${fid}" id="${fid}-link">${s.notes.length}</a></sup>`;
  })
  .replace(/\[([^\]]+)\]\(([^)]+)\)/g, (_, label, to) => {
    const href = to.startsWith('@old:') ? oldUrlOf(to.slice(5)) : to.startsWith('@page:') ? `${BASE}/${to.slice(6)}/`
      : to.startsWith('@') ? urlOf(to.slice(1)) : to;
    s.links.push(to);
    return `<a href="${href}">${label}</a>`;
  })
  .replace(/\*\*(.+?)\*\*/g, '<strong>$1</strong>').replace(/\*(.+?)\*/g, '<em>$1</em>');

const block = (name, html, o) => `<!-- wp:${name}${o ? ' ' + JSON.stringify(o) : ''} -->\n${html}\n<!-- /wp:${name} -->`;
const para = (html) => block('paragraph', `<p>${html}</p>`);
const ALSO = { also: 'ALSO READ: ', more: 'READ MORE: ', strong: '<strong>ALSO READ:</strong> ' };

const imageBlock = (p, caption, s, extra = {}) => {
  const large = p.sizes ? 'large' : 'full', src = p.sizes ? sized(p, '1024x683') : upload(p);
  return block('image', `<figure class="wp-block-image size-${large}"><img src="${src}" alt="${attr(p.alt)}" class="wp-image-${p.id}"/>${caption ? `<figcaption class="wp-element-caption">${inline(caption, s)}</figcaption>` : ''}</figure>`,
    { id: p.id, sizeSlug: large, linkDestination: 'none', ...extra });
};
const picture = (k) => pic.get(k) ?? fail(`no picture ${k}`);

function bodyOf(s) {
  s.notes = []; s.links = []; s.alsos = 0;
  const classic = s.kind === 'classic', out = [];
  for (const raw of s.body.split(/\n{2,}/)) {
    const lines = raw.split('\n'), first = lines[0];
    const m = first.match(/^!(\w+) ?(.*)$/);
    const bar = m ? m[2].split(' | ').map((x) => x.trim()) : [];
    if (m && ALSO[m[1]]) {
      s.alsos++;
      const html = `${ALSO[m[1]]}<a href="${urlOf(bar[0])}">${esc(bar[1] ?? bySlug.get(bar[0]).title)}</a>`;
      out.push(classic ? html : para(html));
    } else if (m && m[1] === 'img') {
      const p = picture(bar[0]), c = bar[1] ?? p.caption;
      out.push(classic
        ? `[caption id="attachment_${p.id}" align="aligncenter" width="1200"]<img class="size-full wp-image-${p.id}" src="${upload(p)}" alt="${attr(p.alt)}" width="1200" height="800" /> ${inline(c, s)}[/caption]`
        : imageBlock(p, c, s));
    } else if (m && m[1] === 'gallery') {
      const ps = m[2].split(' ').map(picture);
      out.push(classic ? `[gallery columns="${Math.min(3, ps.length)}" link="file" ids="${ps.map((p) => p.id).join(',')}"]`
        : block('gallery', `<figure class="wp-block-gallery has-nested-images columns-default is-cropped">${ps.map((p) => imageBlock(p, p.caption, s)).join('\n\n')}</figure>`, { linkTo: 'none' }));
    } else if (m && m[1] === 'table') {
      const rows = lines.slice(1).filter((l) => !l.startsWith('= ')).map((l) => l.split(' | '));
      const cap = lines.find((l) => l.startsWith('= '))?.slice(2);
      const tr = (r, c) => `<tr>${r.map((x) => `<${c}>${inline(x.trim(), s)}</${c}>`).join('')}</tr>`;
      const t = `<table${classic ? '' : ' class="has-fixed-layout"'}><thead>${tr(rows[0], 'th')}</thead><tbody>${rows.slice(1).map((r) => tr(r, 'td')).join('')}</tbody></table>`;
      out.push(classic ? t : block('table', `<figure class="wp-block-table">${t}${cap ? `<figcaption class="wp-element-caption">${inline(cap, s)}</figcaption>` : ''}</figure>`));
    } else if (m && m[1] === 'embed') {
      out.push(classic ? bar[0] : block('embed', `<figure class="wp-block-embed is-type-video is-provider-harbour-tube wp-block-embed-harbour-tube wp-embed-aspect-16-9 wp-has-aspect-ratio"><div class="wp-block-embed__wrapper">\n${bar[0]}\n</div>${bar[1] ? `<figcaption class="wp-element-caption">${inline(bar[1], s)}</figcaption>` : ''}</figure>`,
        { url: bar[0], type: 'video', providerNameSlug: 'harbour-tube', responsive: true, className: 'wp-embed-aspect-16-9 wp-has-aspect-ratio' }));
    } else if (m && m[1] === 'audio') {
      const p = picture(bar[0]);
      out.push(classic ? `[audio wav="${upload(p)}"][/audio]` : block('audio', `<figure class="wp-block-audio"><audio controls src="${upload(p)}"></audio><figcaption class="wp-element-caption">${inline(bar[1] ?? p.caption, s)}</figcaption></figure>`, { id: p.id }));
    } else if (m && m[1] === 'code') {
      const code = lines.slice(1).join('\n').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('[', '&#91;');
      out.push(classic ? `<pre>${code}</pre>` : block('code', `<pre class="wp-block-code"><code>${code}</code></pre>`));
    } else if (m && m[1] === 'html') {
      out.push(block('html', lines.slice(1).join('\n')));
    } else if (m && m[1] === 'verse') {
      out.push(block('verse', `<pre class="wp-block-verse">${inline(lines.slice(1).join('\n'), s)}</pre>`));
    } else if (m && m[1] === 'columns') {
      out.push(block('columns', `<div class="wp-block-columns">${lines.slice(1).map((l) => {
        const [h, ...ps] = l.split(' | ');
        return block('column', `<div class="wp-block-column">${[block('heading', `<h3 class="wp-block-heading">${inline(h, s)}</h3>`, { level: 3 }), ...ps.map((x) => para(inline(x, s)))].join('\n\n')}</div>`);
      }).join('\n\n')}</div>`));
    } else if (m && m[1] === 'button') {
      const href = bar[1].startsWith('@') ? urlOf(bar[1].slice(1)) : bar[1];
      out.push(block('buttons', `<div class="wp-block-buttons">${block('button', `<div class="wp-block-button"><a class="wp-block-button__link wp-element-button" href="${href}">${inline(bar[0], s)}</a></div>`)}</div>`));
    } else if (m && m[1] === 'details') {
      out.push(block('details', `<details class="wp-block-details"><summary>${inline(m[2], s)}</summary>${lines.slice(1).map((l) => para(inline(l, s))).join('\n\n')}</details>`));
    } else if (m && m[1] === 'pull') {
      out.push(classic ? `<blockquote class="pullquote">${inline(bar[0], s)}</blockquote>`
        : block('pullquote', `<figure class="wp-block-pullquote"><blockquote><p>${inline(bar[0], s)}</p>${bar[1] ? `<cite>${inline(bar[1], s)}</cite>` : ''}</blockquote></figure>`));
    } else if (first.startsWith('## ') || first.startsWith('### ')) {
      const n = first.indexOf(' '), t = inline(first.slice(n + 1), s);
      out.push(classic ? `<h${n}>${t}</h${n}>` : block('heading', `<h${n} class="wp-block-heading">${t}</h${n}>`, n === 2 ? undefined : { level: n }));
    } else if (/^(- |\d+\. )/.test(first)) {
      const ol = !first.startsWith('- '), el = ol ? 'ol' : 'ul', li = lines.map((l) => inline(l.replace(/^(- |\d+\. )/, ''), s));
      out.push(classic ? `<${el}>\n${li.map((x) => ` \t<li>${x}</li>`).join('\n')}\n</${el}>`
        : block('list', `<${el} class="wp-block-list">${li.map((x) => block('list-item', `<li>${x}</li>`)).join('\n\n')}</${el}>`, ol ? { ordered: true } : undefined));
    } else if (first.startsWith('> ')) {
      const cite = lines.find((l) => l.startsWith('> — ')), ps = lines.filter((l) => l !== cite).map((l) => inline(l.slice(2), s));
      out.push(classic ? `<blockquote>${ps.join('\n\n')}${cite ? `\n\n<cite>${inline(cite.slice(4), s)}</cite>` : ''}</blockquote>`
        : block('quote', `<blockquote class="wp-block-quote">${ps.map(para).join('\n\n')}${cite ? `<cite>${inline(cite.slice(4), s)}</cite>` : ''}</blockquote>`));
    } else if (raw === '---') out.push(classic ? '<hr />' : block('separator', '<hr class="wp-block-separator has-alpha-channel-opacity"/>'));
    else if (raw === '<!--more-->') out.push(classic ? raw : block('more', raw));
    else if (classic && first.startsWith('<pre')) out.push(raw);
    else if (m) fail(`${s.slug}: unknown !${m[1]}`);
    else {
      if (classic) out.push(lines.map((l) => inline(l, s)).join('\n'));
      else out.push(para(lines.map((l) => inline(l, s)).join('<br>')));
    }
  }
  if (s.notes.length) { out.push('<!-- wp:footnotes /-->'); s.meta.push(['footnotes', JSON.stringify(s.notes)]); }
  return out.join('\n\n');
}

// ---- the file
const counts = {};
const count = (k, n = 1) => { counts[k] = (counts[k] ?? 0) + n; };
const x = [];
const created = toGmt(site.exported);
x.push(`<?xml version="1.0" encoding="UTF-8" ?>
<!-- This is a WordPress eXtended RSS file generated by WordPress as an export of your site. -->
<!-- It contains information about your site's posts, pages, comments, categories, and other content. -->
<!-- You may use this file to transfer that content from one site to another. -->
<!-- This file is not intended to serve as a complete backup of your site. -->

<!-- To import this information into a WordPress site follow these steps: -->
<!-- 1. Log in to that site as an administrator. -->
<!-- 2. Go to Tools: Import in the WordPress admin panel. -->
<!-- 3. Install the "WordPress" importer from the list. -->
<!-- 4. Activate & Run Importer. -->
<!-- 5. Upload this file using the form provided on that page. -->
<!-- 6. You will first be asked to map the authors in this export file to users -->
<!--    on the site. For each author, you may choose to map to an -->
<!--    existing user on the site or to create a new user. -->
<!-- 7. WordPress will then import each of the posts, pages, comments, categories, etc. -->
<!--    contained in this file into your site. -->

	<!-- generator="WordPress/${site.wp}" created="${stamp(created).slice(0, 16)}" -->
<rss version="2.0"
	xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
	xmlns:content="http://purl.org/rss/1.0/modules/content/"
	xmlns:wfw="http://wellformedweb.org/CommentAPI/"
	xmlns:dc="http://purl.org/dc/elements/1.1/"
	xmlns:wp="http://wordpress.org/export/1.2/"
>

<channel>
	<title>${esc(site.title)}</title>
	<link>${BASE}</link>
	<description>${esc(site.description)}</description>
	<pubDate>${rfc(created)}</pubDate>
	<language>${site.language}</language>
	<wp:wxr_version>1.2</wp:wxr_version>
	<wp:base_site_url>${BASE}</wp:base_site_url>
	<wp:base_blog_url>${BASE}</wp:base_blog_url>
`);
for (const a of authors) {
  count('authors');
  x.push(`	<wp:author><wp:author_id>${a.id}</wp:author_id><wp:author_login>${cdata(a.login)}</wp:author_login><wp:author_email>${cdata(a.email)}</wp:author_email><wp:author_display_name>${cdata(a.name)}</wp:author_display_name><wp:author_first_name>${cdata(a.first ?? '')}</wp:author_first_name><wp:author_last_name>${cdata(a.last ?? '')}</wp:author_last_name></wp:author>`);
}
x.push('');
for (const c of cat.values()) {
  count('categories');
  x.push(`	<wp:category>
		<wp:term_id>${c.id}</wp:term_id>
		<wp:category_nicename>${cdata(c.slug)}</wp:category_nicename>
		<wp:category_parent>${cdata(c.parent)}</wp:category_parent>
		<wp:cat_name>${cdata(esc(c.name))}</wp:cat_name>${c.description ? `\n		<wp:category_description>${cdata(c.description)}</wp:category_description>` : ''}${c.meta ? `\n		<wp:termmeta>\n			<wp:meta_key>${cdata(c.meta[0])}</wp:meta_key>\n			<wp:meta_value>${cdata(c.meta[1])}</wp:meta_value>\n		</wp:termmeta>` : ''}
	</wp:category>`);
}
for (const t of tag.values()) {
  count('tags');
  x.push(`	<wp:tag>
		<wp:term_id>${t.id}</wp:term_id>
		<wp:tag_slug>${cdata(t.slug)}</wp:tag_slug>
		<wp:tag_name>${cdata(t.name)}</wp:tag_name>${t.description ? `\n		<wp:tag_description>${cdata(t.description)}</wp:tag_description>` : ''}
	</wp:tag>`);
}
const termXml = (tax, t) => {
  count(`terms/${tax}`);
  x.push(`	<wp:term>
		<wp:term_id>${t.id}</wp:term_id>
		<wp:term_taxonomy>${cdata(tax)}</wp:term_taxonomy>
		<wp:term_slug>${cdata(t.slug)}</wp:term_slug>
		<wp:term_parent>${cdata(t.parent ?? '')}</wp:term_parent>
		<wp:term_name>${cdata(t.name)}</wp:term_name>${t.description ? `\n		<wp:term_description>${cdata(t.description)}</wp:term_description>` : ''}
	</wp:term>`);
};
for (const t of boat.values()) termXml('boat', t);
for (const t of authorTerm.values()) termXml('author', t);
count('menus'); count('terms/nav_menu');
x.push(`	<wp:term><wp:term_id>${menuTerm.id}</wp:term_id><wp:term_taxonomy>nav_menu</wp:term_taxonomy><wp:term_slug>${cdata(menuTerm.slug)}</wp:term_slug><wp:term_name>${cdata(menuTerm.name)}</wp:term_name></wp:term>`);
x.push('', '', `	<generator>https://wordpress.org/?v=${site.wp}</generator>`, '');

const login = new Map(authors.map((a) => [a.login, a]));
const meta = (k, v) => `		<wp:postmeta>
		<wp:meta_key>${cdata(k)}</wp:meta_key>
		<wp:meta_value>${cdata(v)}</wp:meta_value>
		</wp:postmeta>`;
function item(o) {
  count(`${o.type}/${o.status}`);
  const gmt = toGmt(o.date), mod = o.modified ? toGmt(o.modified) : gmt, noGmt = ['draft', 'pending'].includes(o.status);
  login.has(o.creator) || fail(`no author ${o.creator}`);
  x.push(`		<item>
		<title>${cdata(o.title)}</title>
		<link>${o.link}</link>
		<pubDate>${noGmt ? '' : rfc(gmt)}</pubDate>
		<dc:creator>${cdata(o.creator)}</dc:creator>
		<guid isPermaLink="false">${esc(o.guid)}</guid>
		<description></description>
		<content:encoded>${cdata(o.content ?? '')}</content:encoded>
		<excerpt:encoded>${cdata(o.excerpt ?? '')}</excerpt:encoded>
		<wp:post_id>${o.id}</wp:post_id>
		<wp:post_date>${cdata(o.date.length === 16 ? o.date + ':00' : o.date)}</wp:post_date>
		<wp:post_date_gmt>${cdata(noGmt ? '0000-00-00 00:00:00' : stamp(gmt))}</wp:post_date_gmt>
		<wp:post_modified>${cdata((o.modified ?? o.date) + ':00')}</wp:post_modified>
		<wp:post_modified_gmt>${cdata(stamp(mod))}</wp:post_modified_gmt>
		<wp:comment_status>${cdata(o.commentStatus ?? 'closed')}</wp:comment_status>
		<wp:ping_status>${cdata('closed')}</wp:ping_status>
		<wp:post_name>${cdata(o.name)}</wp:post_name>
		<wp:status>${cdata(o.status)}</wp:status>
		<wp:post_parent>${o.parent ?? 0}</wp:post_parent>
		<wp:menu_order>${o.order ?? 0}</wp:menu_order>
		<wp:post_type>${cdata(o.type)}</wp:post_type>
		<wp:post_password>${cdata(o.password ?? '')}</wp:post_password>
		<wp:is_sticky>${o.sticky ? 1 : 0}</wp:is_sticky>`);
  if (o.attachment) x.push(`		<wp:attachment_url>${cdata(o.attachment)}</wp:attachment_url>`);
  for (const [d, slug, name] of o.terms ?? []) x.push(`		<category domain="${d}" nicename="${slug}">${cdata(name)}</category>`);
  for (const [k, v] of o.meta ?? []) x.push(meta(k, v));
  for (const c of o.comments ?? []) {
    count('comments'); count(`comments/${c.approved === 0 ? 'held' : 'approved'}`); if (c.parent) count('comments/replies');
    const user = c.user ? login.get(c.user) : null;
    x.push(`		<wp:comment>
			<wp:comment_id>${c.id}</wp:comment_id>
			<wp:comment_author>${cdata(user?.name ?? c.author)}</wp:comment_author>
			<wp:comment_author_email>${cdata(user?.email ?? c.email)}</wp:comment_author_email>
			<wp:comment_author_url>${c.url ?? ''}</wp:comment_author_url>
			<wp:comment_author_IP>${cdata(c.ip ?? '192.0.2.' + (c.id % 200 + 1))}</wp:comment_author_IP>
			<wp:comment_date>${cdata(c.date + ':00')}</wp:comment_date>
			<wp:comment_date_gmt>${cdata(stamp(toGmt(c.date)))}</wp:comment_date_gmt>
			<wp:comment_content>${cdata(c.text)}</wp:comment_content>
			<wp:comment_approved>${cdata(c.approved ?? 1)}</wp:comment_approved>
			<wp:comment_type>${cdata('comment')}</wp:comment_type>
			<wp:comment_parent>${c.parent ?? 0}</wp:comment_parent>
			<wp:comment_user_id>${user?.id ?? 0}</wp:comment_user_id>${c.meta ? `\n			<wp:commentmeta>\n	<wp:meta_key>${cdata(c.meta[0])}</wp:meta_key>\n			<wp:meta_value>${cdata(c.meta[1])}</wp:meta_value>\n			</wp:commentmeta>` : ''}
		</wp:comment>`);
  }
  x.push('		</item>');
}

const used = { cat: new Set(), tag: new Set(), boat: new Set() }, words = [];
let also = 0, classics = 0;
const makers = {
  page(p) {
    const up = pageItems.find((q) => q.slug === p.parent), s = { slug: p.slug, body: p.body, kind: 'blocks', meta: [] };
    item({ ...p, name: p.slug, status: 'publish', creator: p.by, parent: up?.id ?? 0, guid: `${BASE}/?page_id=${p.id}`,
      link: `${BASE}/${up ? up.slug + '/' : ''}${p.slug}/`, content: bodyOf(s), meta: [['_edit_last', String(login.get(p.by).id)], ['_wp_page_template', 'default'], ...s.meta] });
  },
  attachment(p) {
    const file = fileOf(p), size = statSync(join(root, 'uploads', file)).size, name = p.file.replace(/\.\w+$/, ''), image = !p.mime?.startsWith('audio');
    const mime = p.file.endsWith('.png') ? 'image/png' : 'image/jpeg', m = [['_wp_attached_file', file]];
    if (image) {
      const sizes = {};
      for (const [k, w, h] of p.sizes ?? []) { const f = `${name}-${w}x${h}${p.file.slice(name.length)}`; sizes[k] = { file: f, width: w, height: h, 'mime-type': mime, filesize: statSync(join(root, 'uploads', file, '..', f)).size }; }
      m.push(['_wp_attachment_metadata', php({ width: 1200, height: 800, file, filesize: size, sizes, image_meta: { aperture: '0', credit: '', camera: '', caption: '', created_timestamp: '0', copyright: '', focal_length: '0', iso: '0', shutter_speed: '0', title: '', orientation: '0', keywords: [] } })]);
      m.push(['_wp_attachment_image_alt', p.alt]);
    } else m.push(['_wp_attachment_metadata', php({ dataformat: 'wav', channels: 1, sample_rate: 8000, bitrate: 64000, length: 4, length_formatted: '0:04', fileformat: 'wav', mime_type: p.mime, filesize: size })]);
    m.push(['_media_credit', p.credit ?? site.credit], ['_media_credit_url', p.creditUrl ?? ''], ['_navis_media_can_distribute', p.share ? '1' : '']);
    item({ ...p, name, status: 'inherit', creator: p.by ?? 'lamplighter', parent: p.parent?.id ?? 0, guid: upload(p), attachment: upload(p), content: p.description ?? '', excerpt: inline(p.caption, { notes: [], links: [] }), commentStatus: 'open',
      link: p.parent && p.parent.status === 'publish' ? `${urlOf(p.parent.slug)}${name}/` : `${BASE}/${name}/`, meta: m });
  },
  post(s) {
    const content = bodyOf(s), live = ['publish', 'private'].includes(s.status), u = login.get(s.by) ?? fail(`${s.slug}: by ${s.by}`);
    const n = content.replace(/<[^>]+>|\[[^\]]+\]/g, ' ').split(/\s+/).filter(Boolean).length;
    words.push([n, s.slug, s.kind, s.alsos]);
    if (s.status === 'publish') { if (s.alsos) also++; if (s.kind === 'classic') classics++; if (s.password) count('post/password'); if (s.sticky) count('post/sticky'); }
    const m = [['_edit_last', String(u.id)]];
    if (s.art) m.push(['_thumbnail_id', String(picture(s.art).id)]);
    const halves = (v) => [v.slice(0, v.lastIndexOf(' | ')), v.slice(v.lastIndexOf(' | ') + 3)];
    if (s.yoast) { const [a, b] = halves(s.yoast); m.push(['_yoast_wpseo_title', a], ['_yoast_wpseo_metadesc', b], ['_yoast_wpseo_primary_category', String(cat.get(s.in[0]).id)]); }
    if (s.rankmath) { const [a, b] = halves(s.rankmath); m.push(['rank_math_title', a], ['rank_math_description', b], ['rank_math_focus_keyword', s.tags?.[0] ?? '']); }
    for (const o of s.old ?? []) m.push(['_wp_old_slug', o]);
    m.push(...s.meta);
    if (s.status === 'trash') m.push(['_wp_trash_meta_status', 'publish'], ['_wp_trash_meta_time', String(toGmt(s.modified) / 1000)], ['_wp_desired_post_slug', s.slug]);
    const get = (map, k, kind) => { used[kind].add(k); return map.get(k) ?? fail(`${s.slug}: no ${kind} ${k}`); };
    const terms = [...(s.cap ?? []).map((c) => ['author', c, (authorTerm.get(c) ?? fail(`no ${c}`)).name]), ...s.in.map((c) => ['category', c, esc(get(cat, c, 'cat').name)]),
      ...(s.tags ?? []).map((t) => ['post_tag', t, get(tag, t, 'tag').name]), ...(s.boats ?? []).map((t) => ['boat', t, get(boat, t, 'boat').name])];
    const name = ['draft', 'pending'].includes(s.status) ? '' : s.status === 'trash' ? `${s.slug}__trashed` : s.slug;
    item({ ...s, name, creator: s.by, guid: `${BASE}/?p=${s.id}`, link: live ? urlOf(s.slug) : s.status === 'trash' ? BASE + path(s) + name + '/' : `${BASE}/?p=${s.id}`,
      content, excerpt: s.stand, commentStatus: s.comments ?? 'open', sticky: s.sticky, terms, meta: m, comments: comments[s.slug] });
  },
  'guest-author'(a) {
    item({ ...a, name: `cap-${a.login}`, status: 'publish', creator: 'nightbell', link: `${BASE}/?post_type=guest-author&#038;p=${a.id}`, guid: `${BASE}/?post_type=guest-author&p=${a.id}`,
      terms: [['author', `cap-${a.login}`, a.login]], meta: [['cap-display_name', a.title], ['cap-first_name', ''], ['cap-last_name', ''], ['cap-user_login', a.login], ['cap-user_email', a.email], ['cap-linked_account', ''], ['cap-website', ''], ['cap-description', a.bio]] });
  },
  nav_menu_item(m) {
    const page = m.page && pageItems.find((p) => p.slug === m.page), c = m.cat && (cat.get(m.cat) ?? fail(`menu ${m.cat}`));
    item({ title: m.label ?? '', date: menu.date, status: 'publish', type: m.type, id: m.id, name: String(m.id), creator: 'nightbell', order: m.order, link: `${BASE}/${m.id}/`, guid: `${BASE}/?p=${m.id}`, terms: [['nav_menu', menuTerm.slug, menuTerm.name]],
      parent: c?.parent ? cat.get(c.parent).id : page?.parent ? pageItems.find((q) => q.slug === page.parent).id : 0,
      meta: [['_menu_item_type', page ? 'post_type' : c ? 'taxonomy' : 'custom'], ['_menu_item_menu_item_parent', String(m.parentItem)], ['_menu_item_object_id', String(page?.id ?? c?.id ?? m.id)], ['_menu_item_object', page ? 'page' : c ? 'category' : 'custom'],
        ['_menu_item_target', m.target ?? ''], ['_menu_item_classes', 'a:1:{i:0;s:0:"";}'], ['_menu_item_xfn', ''], ['_menu_item_url', m.url ?? '']] });
  },
};
let cid = 40;
for (const s of stories) { const ids = {}; for (const c of comments[s.slug] ?? []) { c.id = (cid += 1); if (c.key) ids[c.key] = c.id; if (c.re) c.parent = ids[c.re]; } }
for (const k of Object.keys(comments)) bySlug.has(k) || fail(`comments on ${k}`);
for (const o of [...numbered.map((q) => q[2]), ...menuItems].sort((a, b) => a.id - b.id)) makers[o.type](o);
x.push('	</channel>', '</rss>', '');
for (const [k, map] of [['cat', cat], ['tag', tag], ['boat', boat]]) for (const t of map.keys()) used[k].has(t) || console.warn(`unused ${k}: ${t}`);

writeFileSync(join(root, 'quay-lantern.xml'), x.join('\n'));
const sorted = Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(join(root, 'expected.json'), JSON.stringify({ site: BASE, wxr_version: '1.2', counts: sorted,
  bodies: { 'published/blocks': counts['post/publish'] - classics, 'published/classic': classics, 'published/with_also_read': also },
  sections: Object.fromEntries([...cat.values()].map((c) => [c.slug, { name: c.name, parent: c.parent || null, stories: stories.filter((s) => s.status === 'publish' && s.in.includes(c.slug)).length }])),
  authors: Object.fromEntries(authors.map((a) => [a.login, stories.filter((s) => s.status === 'publish' && s.by === a.login).length])),
  old_slugs: Object.fromEntries(stories.filter((s) => s.old).map((s) => [oldUrlOf(s.slug), urlOf(s.slug)])),
}, null, 2) + '\n');
console.log(JSON.stringify(sorted, null, 1), { also, classics });
if (process.argv.includes('--stats')) for (const w of words.sort((a, b) => a[0] - b[0])) console.log(w.join('\t'));

// the table of counts in README.md
const readme = join(root, 'README.md'), table = `| Key | Count |\n|---|---|\n${Object.entries(sorted).map(([k, v]) => `| \`${k}\` | ${v} |`).join('\n')}`;
writeFileSync(readme, readFileSync(readme, 'utf8').replace(/@@TABLE@@|\| Key \| Count \|\n(\|.*\n?)+?(?=\n|$)/, () => table + "\n"));
