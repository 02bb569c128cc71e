// The sanitiser against a real browser (Debian's Chromium) and a second HTML5 parser (parse5).
//
// Each vector of tests/data/xss.json, and random mixtures of them, go through the sanitiser
// (tests/tools/sanitize_run.c). Of every result:
//   - Chromium's and parse5's trees, written canonically, are the result byte for byte: no parser
//     reads anything else in it, so nothing can mutate;
//   - loaded into a page it runs no script, requests nothing but pictures and media, leaves its
//     container closed, and has no link but http, https, mailto, tel.
// A canary loads the raw vectors the same way and must see scripts run, or the test sees nothing.
//
// usage: node tests/sanitize.mjs [SEED]     (make tools; cd tests && npm ci)
// Last line: N passed, N failed. Exit 77: skipped, something is not installed.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tool = `${root}build/release/tests/tools/sanitize_run`;
const browserPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const seed = Number(process.argv[2] ?? Date.now() % 1e9);
const require = createRequire(import.meta.url);
let chromium, parseFragment;
try {
  ({ chromium } = require('playwright-core'));
  ({ parseFragment } = await import('parse5'));
} catch {
  console.log('skipped: playwright-core and parse5 are missing: cd tests && npm ci');
  process.exit(77);
}
for (const path of [tool, browserPath]) {
  if (!existsSync(path)) {
    console.log(`skipped: ${path} is missing (make tools; apt install chromium)`);
    process.exit(77);
  }
}

const voids = ['br', 'col', 'hr', 'img', 'source', 'track', 'wbr'];
const escapeText = (s) => s.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const escapeValue = (s) => escapeText(s).replace(/"/g, '&quot;');

// Runs here over parse5's tree and, as source text, in the browser over the DOM.
function canonical(node, isVoid, text, value) {
  let out = '';
  for (const child of node.childNodes) {
    if (child.nodeName === '#text') {
      out += text(child.value ?? child.data);
    } else if (child.nodeName.startsWith('#')) {
      out += `[${child.nodeName}]`;
    } else {
      const name = (child.localName ?? child.tagName).toLowerCase();
      out += `<${name}`;
      for (const a of child.attrs ?? child.attributes) {
        out += ` ${a.name}="${value(a.value)}"`;
      }
      out += isVoid(name) ? '>' : `>${canonical(child, isVoid, text, value)}</${name}>`;
    }
  }
  return out;
}

let random = seed;
const below = (n) => {
  random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
  return Math.floor((random / 2 ** 32) * n);
};

const vectors = JSON.parse(readFileSync(`${root}tests/data/xss.json`, 'utf8'));
const inputs = vectors.map((v) => v.html);
for (let i = 0; i < 400; i++) {
  let mixed = '';
  for (let parts = 2 + below(3); parts > 0; parts--) {
    const html = vectors[below(vectors.length)].html.slice(0, 200);
    mixed += html.slice(0, 1 + below(html.length));
  }
  inputs.push(mixed);
}
const outputs = JSON.parse(
  execFileSync(tool, { input: JSON.stringify(inputs.map((s) => Buffer.from(s).toString())), maxBuffer: 1 << 28 }),
);

let passed = 0;
const failures = [];
const verdict = (i, problem) => {
  if (problem) {
    failures.push(`${problem}\n    from ${JSON.stringify(inputs[i])}\n    made ${JSON.stringify(outputs[i])}`);
  } else {
    passed++;
  }
};

for (let i = 0; i < outputs.length; i++) {
  const tree = canonical(parseFragment(outputs[i]), (n) => voids.includes(n), escapeText, escapeValue);
  verdict(i, tree !== outputs[i] && `parse5 reads ${JSON.stringify(tree)}`);
}

const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
const page = await browser.newPage();
let requests = [];
let body = '';
let hits = 0;
await page.exposeFunction('hit', () => void hits++);
await page.route('**/*', (route) => {
  if (route.request().url() === 'https://example.com/page') {
    return route.fulfill({
      contentType: 'text/html; charset=utf-8',
      body: `<!doctype html><title>t</title><script>window.ran=0;window.pwn=()=>{window.ran++;hit()}</script>` +
        `<body><main id="page-main">${body}</main><i id="page-end"></i>`,
    });
  }
  requests.push(route.request());
  return route.abort();
});
page.on('dialog', (d) => d.dismiss());
const load = async (html) => {
  requests = [];
  hits = 0;
  body = html;
  await page.goto('https://example.com/page', { waitUntil: 'load' }).catch(() => {});
};

// In the browser: what is wrong with the page, or null.
const judge = new Function('expected', `
  const canonical = ${canonical.toString()};
  const voids = ${JSON.stringify(voids)};
  const escapeText = ${escapeText.toString()};
  const escapeValue = ${escapeValue.toString()};
  const read = (e) => canonical(e, (n) => voids.includes(n), escapeText, escapeValue);
  const main = document.getElementById('page-main'), end = document.getElementById('page-end');
  if (!main || !end || main.nextSibling !== end) return 'the container was left';
  const inPage = read(main);
  if (inPage !== expected) return 'Chromium reads ' + JSON.stringify(inPage);
  const div = document.createElement('div');
  div.innerHTML = expected;
  if (read(div) !== expected) return 'innerHTML reads ' + JSON.stringify(read(div));
  const once = div.innerHTML;
  div.innerHTML = once;
  if (div.innerHTML !== once || read(div) !== expected) return 'innerHTML is not stable';
  for (const a of main.querySelectorAll('[href]')) {
    if (!['http:', 'https:', 'mailto:', 'tel:'].includes(new URL(a.href, 'https://example.com/').protocol)) {
      return 'a link to ' + a.href;
    }
  }
  for (const e of main.querySelectorAll('*')) {
    e.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));
    if (e.focus) e.focus();
    for (const a of e.attributes) if (a.name.startsWith('on')) return 'a handler ' + a.name;
    if (e.id && (e.id in Object.prototype || (e.id in document && document[e.id] !== e))) return 'clobbers ' + e.id;
  }
  return null;
`);

try {
  let canaries = 0;
  for (let i = 0; i < vectors.length; i += 4) {
    await load(inputs[i]);
    await page.waitForTimeout(5);
    canaries += hits > 0;
  }
  console.log(`canary: of ${Math.ceil(vectors.length / 4)} raw vectors ${canaries} ran a script`);
  if (canaries < 10) {
    failures.push('the canary is dead: raw vectors run no script here');
  }
  for (let i = 0; i < outputs.length; i++) {
    await load(outputs[i]);
    let problem;
    try {
      problem = await page.evaluate(judge, outputs[i]);
    } catch (e) {
      problem = `the page went away: ${e.message.split('\n')[0]}`;
    }
    const bad = requests.find((r) => !['image', 'media', 'texttrack'].includes(r.resourceType()));
    problem ??= hits > 0 ? 'a script ran' : null;
    problem ??= bad ? `a request (${bad.resourceType()}) for ${bad.url()}` : null;
    verdict(i, problem);
  }
} finally {
  await browser.close();
}
for (const f of failures.slice(0, 20)) {
  console.log(`FAIL SEED=${seed} ${f}`);
}
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length > 0 ? 1 : 0);
