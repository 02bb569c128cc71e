// Cases for src/transfer/autop.c: prints each input with what @wordpress/autop makes of it, as
//   <bytes of input> <bytes of output>\n<input><output>\n
// usage: node autop.mjs SEED COUNT   (COUNT random cases after the fixed ones)
import { createRequire } from 'node:module';

let autop;
try {
  ({ autop } = createRequire(import.meta.url)('@wordpress/autop'));
} catch {
  process.exit(77); // not installed: the test is skipped
}

const blocks = ('table thead tfoot caption col colgroup tbody tr td th div dl dd dt ul ol li form map area ' +
  'blockquote address p h1 h2 h3 h4 h5 h6 fieldset legend section article aside hgroup header ' +
  'footer nav figure figcaption details menu summary').split(' ');

const fixed = [
  '', ' ', '\n', '\n\n\n', 'one', 'one\n', '\none', 'one\ntwo', 'one\n\ntwo', 'one\n\n\n\ntwo', 'one\r\ntwo',
  'one\r\n\r\ntwo', 'one\rtwo', 'one \n two', 'one\n \ntwo', 'one\n\t\n\ntwo', '  one', 'one  ',
  'one<br>two', 'one<br/>two', 'one<br />two', 'one<br>\ntwo', 'one<br />\n\ntwo', 'one<br><br>two',
  'one<br /><br />two', 'one<br>\n<br>two', 'one<br><br><br>two', 'one<br  />two', 'one\n<br>\ntwo',
  'a <strong>b</strong>\nc', '<em>a</em>', '<em>a\nb</em>', '<a href="x"\ntitle="y">a</a>',
  '<a\nhref="x">a</a>\n\nb', '<img src="a.jpg"\nalt="b" />', '<img src="a.jpg" />\ncaption',
  '<!-- a\nb -->\nc', '<!-- a -->\n\nb', 'a\n<!-- b -->\nc', '<!--more-->', 'a\n<!--more-->\nb',
  'a<!--more-->b', '<!-->\na', '<!-- open\na\n\nb', '<![CDATA[a\nb]]>\nc', 'a < b\nc > d', '<open\na\n\nb',
  '<p>a</p>', '<p>a</p>\n<p>b</p>', '<p>a\nb</p>', '<p>a\n\nb</p>', 'a\n<p>b</p>\nc', '<p class="x">a</p>\nb',
  '<p>a</p>b', 'a<p>b', '<p>\n</p>', '<p> </p>\na', '<p></p>', '<p>a<p>b',
  '<div>a</div>', '<div>a\n\nb</div>', '<div>\na\n</div>', '<div>\n\na\n\n</div>', 'a<div>b</div>c',
  '<div><p>a</p></div>', '<div>a<div>b</div>c</div>', '<div\nclass="x">a</div>', '<form>a\nb</form>',
  '<address>a</address>', '<blockquote>a</blockquote>', '<blockquote>a\n\nb</blockquote>',
  '<blockquote>\na\n\n<cite>b</cite>\n</blockquote>', 'a\n<blockquote cite="x">b</blockquote>',
  '<blockquote><p>a</p></blockquote>', '<BLOCKQUOTE>a</BLOCKQUOTE>', '<blockquote><blockquote>a</blockquote></blockquote>',
  '<ul><li>a</li><li>b</li></ul>', '<ul>\n<li>a</li>\n<li>b</li>\n</ul>', '<ul>\n\t<li>a\nb</li>\n</ul>\nc',
  '<li>a', '<ul><li>a\n\nb</li></ul>', '<ol><li>a<ul><li>b</li></ul></li></ol>', 'a\n<ul><li>b</li></ul>\nc',
  '<pre>a\nb</pre>', '<pre>a\n\nb</pre>\n\nc', 'a\n<pre>b\nc</pre>\nd', '<pre>a</pre><pre>b</pre>', '<pre class="x">a\n\n\nb</pre>',
  '<pre>a', 'a</pre>b', '<pre>$& $1</pre>', '<p><pre>a\n</pre></p>', '<code>a\nb</code>',
  '<script>\na();\n</script>', '<script>a();</script>\nb', '<style>\nb\n</style>', '<svg>\n<path/>\n</svg>', 'a\n<script>\nb\n\nc\n</script>\nd',
  '<select>\n<option>a</option>\n<option>b</option>\n</select>', '<object data="x">\n<param name="a">\n<embed src="b">\n</object>',
  '<audio controls>\n<source src="a">\n</audio>', '<video>\n<source src="a">\n<track src="b">\nc</video>', '<video src="a">\nb</video>',
  '<figure>\n<img src="a">\n<figcaption>\nb\n</figcaption>\n</figure>', '<figure><img src="a"><figcaption>b</figcaption></figure>\nc',
  '<figcaption>a</figcaption>\n<figcaption>b</figcaption>', '<table>\n<tr>\n<td>a</td>\n<td>b\nc</td>\n</tr>\n</table>',
  '<table><caption>a</caption><tr><td>a\n\nb</td></tr></table>', '<dl><dt>a</dt><dd>b\nc</dd></dl>', '<h2>a</h2>\nb', 'a\n<h2>b</h2>', '<h2>a\nb</h2>',
  '[caption id="a"]<img src="b"> c[/caption]', 'a\n\n[gallery ids="1,2"]\n\nb', '[gallery]', 'a [b] c\nd', 'https://example.com/a\nb',
  'a\n\nhttps://example.com/\n\nb', '<link rel="x">\na', '<param name="x">', '<picture>a</picture>', '<header>a</header>\n<nav>b</nav>',
  '<details><summary>a</summary>\nb\n</details>', 'äöü\n\n漢字\nかな', '&nbsp;\n\n&amp;\na', 'a\n\n&nbsp;\n\nb', '<b>a\n\nb</b>', '<span>a</span>\n\n<span>b</span>',
  '<iframe src="a"></iframe>\n\nb', '<a href="x"><img src="y"></a>\n\nb', '</div>\na', '</p>\na', '<map><area href="x"></map>', '<hr', '<div', '<p', '<',
  'a\n</div>', 'a</div>\n\nb', '<div>a\n</div>\nb', 'x<br />\n<ul><li>a</li></ul>', '<td>a</td><br />b', '<div><br />a</div>', 'a <br /> \n b',
];
for (const b of blocks) {
  fixed.push(`a\n<${b}>b</${b}>\nc`, `<${b} class="x">\nb\n\nc\n</${b}>`, `<p><${b}>b</${b}></p>d`);
}

// xorshift32: the same seed, the same cases.
let state = (Number(process.argv[2] ?? 1) >>> 0) || 1;
const below = (n) => {
  state ^= state << 13;
  state >>>= 0;
  state ^= state >>> 17;
  state ^= state << 5;
  state >>>= 0;
  return state % n;
};
const atoms = ['a', 'word ', '\n', '\n', '\n\n', ' ', '\t', '<br>', '<br />', '<p>', '</p>', '<div>', '</div>', '<b>', '</b>', '<li>', '</li>',
  '<ul>', '</ul>', '<pre>', '</pre>', '<blockquote>', '</blockquote>', '<!-- x -->', '<!--\n-->', '<img\nsrc="x">', '<figure>', '</figure>',
  '<h2>', '</h2>', '<td>', '</td>', '<address>', '</form>', '<option>', '</option>', '<', '>', '&amp;', '\r\n', '<hgroup>', '<figcaption>', '</figcaption>', '<link>'];
const random = [];
for (let i = 0; i < Number(process.argv[3] ?? 0); i++) {
  let s = '';
  for (let n = below(24); n >= 0; n--) {
    s += atoms[below(atoms.length)];
  }
  random.push(s);
}

for (const input of fixed.concat(random)) {
  const output = Buffer.from(autop(input));
  const bytes = Buffer.from(input);
  process.stdout.write(Buffer.concat([Buffer.from(`${bytes.length} ${output.length}\n`), bytes, output, Buffer.from('\n')]));
}
