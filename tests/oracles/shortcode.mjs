// Cases for src/transfer/shortcode.c: prints each text with what @wordpress/shortcode finds in it:
//   <bytes of text> <bytes of result>\n<text><result>\n
// The result is the first [x] or [y]: its place, kind, attributes and content, one to a line.
// usage: node shortcode.mjs SEED COUNT
import { createRequire } from 'node:module';

let shortcode;
try {
  shortcode = createRequire(import.meta.url)('@wordpress/shortcode');
} catch {
  process.exit(77); // not installed: the test is skipped
}
const { next, attrs } = shortcode;

const fixed = [
  '[x]', '[x /]', '[x/]', '[x]a[/x]', '[x a="b"]', "[x a='b']", '[x a=b]', '[x b]', '[x "b c"]', "[x 'b c']", '[x a = "b"]',
  '[x a="b" c="d"]e[/x]', '[x a="b"c="d"]', '[x A="b"]', '[x a=""]', '[x a=]', '[x =a]', '[x a="b]c"]', '[x a="/"]', '[x a="b/c" /]',
  '[xx]', '[x-y]', '[x_y]', '[ x]', '[x', 'x]', '[x][x]', '[x]a[x]b[/x]', '[x]a[y]b[/y]c[/x]', '[x]a[/y]', '[/x]', '[x]a[/x]b[/x]',
  'a [x] b', 'a [x]b[/x] c', '[y]', 'é[x é="ü" ä=b]ö[/x]', '[x a-b="c" d_e="f"]', '[x https://a.example/b?c=d]', '[x 1 2 3]', '[x a=b/]',
  '[x a="b"\nc="d"]', '[x\ta=b]', "[x a=\"it's\"]", '[x a=\'"\']', '[x a=b"c]', '[x "a" b=\'c\' d]', '[x a=b=c]', '[x][/x]', '[x a="1" a="2"]',
];
let state = (Number(process.argv[2] ?? 1) >>> 0) || 1;
const below = (n) => {
  state ^= state << 13;
  state >>>= 0;
  state ^= state >>> 17;
  state ^= state << 5;
  state >>>= 0;
  return state % n;
};
const atoms = ['[x', '[x', '[x]', ' a="b"', " c='d'", ' e=f', ' g', ' "h i"', '/', ']', '[/x]', '[y]', '[/y]', 'text', ' ', '\n', '"', "'", '=', '[', 'j'];
const random = [];
for (let i = 0; i < Number(process.argv[3] ?? 0); i++) {
  let s = '';
  for (let n = below(12); n >= 0; n--) {
    s += atoms[below(atoms.length)];
  }
  random.push(s);
}

// The first of both names; the end tag of a name is looked for behind its start tag.
function describe(text) {
  const found = ['x', 'y'].map((tag) => next(tag, text)).filter(Boolean).sort((a, b) => a.index - b.index)[0];
  if (!found) {
    return 'none\n';
  }
  const { named, numeric } = found.shortcode.attrs;
  let out = `${Buffer.byteLength(text.slice(0, found.index))} ${Buffer.byteLength(found.content)} ${found.shortcode.tag}\n`;
  for (const name of Object.keys(named).sort()) {
    out += `${name}=${named[name]}\n`;
  }
  for (const value of numeric) {
    out += `=${value}\n`;
  }
  return out + (found.shortcode.type === 'closed' ? `content ${found.shortcode.content}\n` : '');
}

for (const text of fixed.concat(random)) {
  if (text.includes('[[') || text.includes(']]')) {
    continue; // escapes: the package leaves them to its caller
  }
  const bytes = Buffer.from(text);
  const result = Buffer.from(describe(text));
  process.stdout.write(Buffer.concat([Buffer.from(`${bytes.length} ${result.length}\n`), bytes, result, Buffer.from('\n')]));
}
