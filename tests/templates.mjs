// The template language against handlebars.js: the same templates on the same data, compared.
//
//   node tests/templates.mjs [--tool PATH] [--seed N] [--random N] [--cases-only]
//
// First the written cases (tests/templates/*.json), then random ones, which are cut down to the
// smallest that still differs. What handlebars throws at must be an error here. The other way round
// we may be stricter, but only where STRICTER says so. Ends with "N passed, N failed".
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const args = process.argv.slice(2);
const option = (name, otherwise) => (args.includes(name) ? args[args.indexOf(name) + 1] : otherwise);
const tool = option('--tool', path.join(here, '../build/release/tests/tools/template_run'));
const seed = Number(option('--seed', Date.now() % 2 ** 31));
const randomCases = args.includes('--cases-only') ? 0 : Number(option('--random', 2000));

// Lone surrogates become U+FFFD.
const wellFormed = (text) => Buffer.from(text).toString();

let Handlebars;
try {
  Handlebars = createRequire(import.meta.url)('handlebars');
} catch {
  console.log('skipped: handlebars is not installed (npm ci in tests/)\n0 passed, 0 failed');
  process.exit(77);
}

// What is a mistake at compile time here, and in handlebars one at run time or none.
const STRICTER = [
  /there is no helper/, // handlebars: only when it is called
  /takes (one|\d+) arguments?/,
  /wants (the argument|an object and a name|its name)/,
  /is (no|a) block/,
  /takes no "/, // named arguments that mean nothing
  /a partial takes one context/,
  /@partial-block can be called/,
  /no decorators? /,
  /an inline partial/,
  /is to be (text|a number|an object|a list|true or false)/, // a helper's argument
  /this is no helper/,
];

// The helpers of tests/tools/template_run.c.
const text = (v) => (v === undefined || v === null ? '' : String(v));
const helpers = {
  upper: (s) => text(s).replace(/[a-z]/g, (c) => c.toUpperCase()),
  // eslint-disable-next-line eqeqeq
  eq: (a, b) => a == b,
  concat: (...a) => {
    const { hash } = a.pop();
    return a.map(text).join(text(hash.sep));
  },
  bold: (...a) => new Handlebars.SafeString(`<b>${text(a.length > 1 ? a[0] : undefined)}</b>`),
  same: (v) => v,
};

function theirs(test) {
  const hb = Handlebars.create();
  hb.logger.log = () => {};
  hb.log = () => {};
  hb.registerHelper(helpers);
  try {
    for (const [name, source] of Object.entries(test.partials ?? {})) {
      hb.parse(source); // ours compiles every partial, called or not
      hb.registerPartial(name, source);
    }
    return { output: wellFormed(hb.compile(test.template)(test.data)) };
  } catch (e) {
    return { error: String(e.message) };
  }
}

function ours(tests) {
  // jansson refuses integers beyond 64 bits; JavaScript writes them without an exponent.
  const input = JSON.stringify(tests).replace(/(?<=[:,[])-?\d{19,}(?=[,\]}])/g, '$&.0');
  const out = execFileSync(tool, { input, maxBuffer: 2 ** 30 });
  return JSON.parse(out);
}

function verdict(their, our) {
  if ('error' in their) return 'error' in our ? null : 'handlebars fails, we do not';
  if ('error' in our) {
    return STRICTER.some((re) => re.test(our.error)) ? null : 'we fail, handlebars does not';
  }
  return their.output === our.output ? null : 'the output differs';
}

function compare(tests) {
  const results = ours(tests);
  return tests.map((test, i) => {
    const their = theirs(test);
    const why = verdict(their, results[i]);
    return { test, why, their, our: results[i] };
  });
}

// Cutting down -------------------------------------------------------------------------------

function* smaller(test) {
  const cuts = function* (s) {
    for (let size = Math.ceil(s.length / 2); size >= 1; size = size > 1 ? Math.floor(size / 2) : 0) {
      for (let at = 0; at < s.length; at += size) yield s.slice(0, at) + s.slice(at + size);
    }
  };
  for (const name of Object.keys(test.partials ?? {})) {
    const { [name]: _, ...partials } = test.partials;
    yield { ...test, partials };
  }
  for (const template of cuts(test.template)) yield { ...test, template };
  for (const [name, source] of Object.entries(test.partials ?? {})) {
    for (const cut of cuts(source)) yield { ...test, partials: { ...test.partials, [name]: cut } };
  }
  const less = function* (v) {
    if (Array.isArray(v)) {
      for (let i = 0; i < v.length; i++) yield v.filter((_, j) => j !== i);
    } else if (v && typeof v === 'object') {
      for (const key of Object.keys(v)) {
        const { [key]: inner, ...rest } = v;
        yield rest;
        for (const x of less(inner)) yield { ...v, [key]: x };
      }
    }
  };
  for (const data of less(test.data)) yield { ...test, data };
}

// Two failures of one sort: names and numbers apart, the same.
const sort = (r) => `${r.why}${(r.our.error ?? r.their.error ?? '').replace(/"[^"]*"|\d+|^[^ ]* /g, '').slice(0, 30)}`;

function shrink(result) {
  for (let rounds = 0; rounds < 60; rounds++) {
    const candidates = [];
    for (const test of smaller(result.test)) {
      candidates.push(test);
      if (candidates.length >= 4000) break;
    }
    const found = compare(candidates).find((r) => r.why !== null && sort(r) === sort(result));
    if (!found) return result;
    result = found;
  }
  return result;
}

function report(result) {
  const { test, why, their, our } = result;
  console.log(`FAIL ${why}`);
  console.log(`  template ${JSON.stringify(test.template)}`);
  for (const [name, source] of Object.entries(test.partials ?? {})) {
    console.log(`  partial  ${name}: ${JSON.stringify(source)}`);
  }
  console.log(`  data     ${JSON.stringify(test.data)}`);
  console.log(`  theirs   ${JSON.stringify(their)}`);
  console.log(`  ours     ${JSON.stringify(our)}`);
}

// Random cases -------------------------------------------------------------------------------

let state = (seed >>> 0) || 1;
const below = (n) => {
  state ^= state << 13;
  state >>>= 0;
  state ^= state >>> 17;
  state ^= state << 5;
  state >>>= 0;
  return state % n;
};
const one = (list) => list[below(list.length)];
const maybe = (percent) => below(100) < percent;

const NAMES = ['a', 'b', 'c', 'list', 'obj', 's', 'n', 'zero', 'no', 'yes', 'nil', 'empty', 'html', 'deep', 'x y', '1', 'e-f', 'thisx', 'élan'];
const SCALARS = ['', 'x', 'a<b>&"\'`=', 'two\nlines', ' pad ', 'é漢😀', '0', '1', 'true', 0, 1, -1, 2.5, 1e21, 1e-7, 123456789012, 0.1, true, false, null];

function randomValue(depth) {
  const kind = below(depth > 0 ? 10 : 6);
  if (kind < 6) return one(SCALARS);
  if (kind < 8) return Array.from({ length: below(4) }, () => randomValue(depth - 1));
  const object = {};
  for (let i = below(5); i > 0; i--) object[one(NAMES)] = randomValue(depth - 1);
  return object;
}

function randomData() {
  const data = { list: [1, 'two', { a: 'in', list: [3, 4] }], obj: { a: 'A', b: { c: 'deep' } }, s: 'str' };
  for (let i = below(8); i > 0; i--) data[one(NAMES)] = randomValue(3);
  return maybe(3) ? randomValue(2) : data;
}

function randomPath(scope) {
  const plain = () => {
    const name = one(NAMES);
    return /[ 1]/.test(name) ? `[${name}]` : name;
  };
  switch (below(14)) {
    case 0: return 'this';
    case 1: return '.';
    case 2: return `this.${plain()}`;
    case 3: return `./${plain()}`;
    case 4: return `../${plain()}`;
    case 5: return one(['..', '../..', '../../a', '../this', '../.', '../list']);
    case 6: return one(['@index', '@key', '@first', '@last', '@root', '@root.a', '@root.list', '@../index', '@../key', '@nothing', '@index.x', '@root.obj.b', '@../../index', '@first.length']);
    case 7: return one([`${plain()}.${plain()}`, 'obj.b.c', 'list.[0]', 'list.length', 'list.[1]', 's.length', `${plain()}/${plain()}`, 's.[0]', 'list.[2].a']);
    case 8: return scope.length ? one(scope) : plain();
    case 9: return scope.length ? `${one(scope)}.${plain()}` : plain();
    default: return plain();
  }
}

function randomExpr(scope, depth) {
  switch (below(depth > 0 ? 14 : 10)) {
    case 0: return one(['"str"', "'st<r'", '"q\\"q"', '""', "'it\\'s'"]);
    case 1: return one(['0', '1', '-2', '3.50', '007', '12345678901234567890', '-0']);
    case 2: return one(['true', 'false', 'null', 'undefined']);
    case 10: return `(upper ${randomPath(scope)})`;
    case 11: return `(concat ${randomExpr(scope, depth - 1)} ${randomExpr(scope, depth - 1)}${maybe(40) ? ` sep=${randomExpr(scope, depth - 1)}` : ''})`;
    case 12: return `(lookup ${randomExpr(scope, depth - 1)} ${randomExpr(scope, depth - 1)})`;
    case 13: return one([`(eq ${randomExpr(scope, depth - 1)} ${randomExpr(scope, depth - 1)})`, `(same ${randomExpr(scope, depth - 1)})`, `(bold ${randomExpr(scope, 0)})`]);
    default: return randomPath(scope);
  }
}

const open = (sign = '') => `{{${maybe(8) ? '~' : ''}${sign}`;
const close = () => `${maybe(8) ? '~' : ''}}}`;

function randomText() {
  return one(['', ' ', '\n', '\n\n', '  \n', '\n  ', 'text', ' a ', 'x\ny', '\t', '\r\n', 'line\n', '\nline', 'a\n  b\n', '\\\\', '\u00a0\n', '<p>', maybe(5) ? '{' : 'b', maybe(5) ? '}' : 'c']);
}

function randomMustache(scope) {
  switch (below(12)) {
    // handlebars adds two raw numbers that begin a block; text before them prevents it
    case 0: return `.{{{${randomPath(scope)}}}}`;
    case 1: return `.{{& ${randomPath(scope)}${close()}`;
    case 2: return `${open()}upper ${randomExpr(scope, 1)}${close()}`;
    case 3: return `${open()}concat ${randomExpr(scope, 2)} ${randomExpr(scope, 1)}${maybe(30) ? ' sep="-"' : ''}${close()}`;
    case 4: return `${open()}lookup ${randomExpr(scope, 1)} ${randomExpr(scope, 1)}${close()}`;
    case 5: return `${open()}bold ${randomExpr(scope, 1)}${close()}`;
    case 6: return one(['{{"s"}}', '{{12}}', '{{true}}', '{{[x y]}}', '{{null}}', '{{bold}}', '{{eq a b}}', '{{same list}}']);
    default: return `${open()}${maybe(20) ? ' ' : ''}${randomPath(scope)}${maybe(20) ? ' ' : ''}${close()}`;
  }
}

const PARTIALS = ['p', 'q', 'r', 'dir/p'];
const partialName = () => (maybe(4) ? 'missing' : maybe(12) ? '@partial-block' : one(PARTIALS));

function randomBlock(scope, depth) {
  const body = (inner = scope) => randomTemplate(inner, depth - 1);
  const otherwise = () => {
    if (maybe(55)) return '';
    let s = '';
    while (maybe(25)) s += `${open(one(['else ', ' else ']))}${one(['if', 'unless', 'each', 'with'])} ${randomExpr(scope, 1)}${close()}${body()}`;
    return maybe(80) || s === '' ? `${s}${open(one(['else', '^', ' else ']))}${close()}${body()}` : s;
  };
  switch (below(13)) {
    case 0: case 1: {
      const name = one(['if', 'unless']);
      const zero = maybe(15) ? ` includeZero=${one(['true', 'false', 'yes'])}` : '';
      return `${open('#')}${name} ${randomExpr(scope, 1)}${zero}${close()}${body()}${otherwise()}${open('/')}${name}${close()}`;
    }
    case 2: case 3: case 4: {
      const params = maybe(30) ? one([['item', 'i'], ['item'], ['a', 'b'], ['index']]) : null;
      const what = one(['list', 'obj', randomExpr(scope, 1), 'this', '@root']);
      return `${open('#')}each ${what}${params ? ` as |${params.join(' ')}|` : ''}${close()}${body(params ? [...scope, ...params] : scope)}${otherwise()}${open('/')}each${close()}`;
    }
    case 5: {
      const params = maybe(30) ? [one(['w', 'a'])] : null;
      return `${open('#')}with ${randomExpr(scope, 1)}${params ? ` as |${params[0]}|` : ''}${close()}${body(params ? [...scope, ...params] : scope)}${otherwise()}${open('/')}with${close()}`;
    }
    case 6: case 7: {
      const what = randomPath(scope);
      return `${open('#')}${what}${close()}${body()}${otherwise()}${open('/')}${what}${close()}`;
    }
    case 8: {
      const what = randomPath(scope);
      return `${open('^')}${what}${close()}${body()}${maybe(30) ? `{{else}}${body()}` : ''}${open('/')}${what}${close()}`;
    }
    case 9: {
      const name = partialName();
      const inlines = maybe(40) ? `${open('#*')}inline "${one(PARTIALS)}"${close()}${body()}{{/inline}}` : '';
      return `${open('#>')}${maybe(50) ? ' ' : ''}${name}${randomArguments(scope)}${close()}${inlines}${body()}${open('/')}${name}${close()}`;
    }
    case 10: return `${open('#*')}inline "${one(PARTIALS)}"${close()}${body()}{{/inline}}`;
    case 11: {
      const name = one(['a', 'if', 's', 'each']);
      return `{{{{${name}${name === 'if' || name === 'each' ? ` ${randomExpr(scope, 1)}` : ''}}}}}${randomText()}raw {{x}}\n${maybe(30) ? '{{{{n}}}}{{{{/n}}}}' : ''}{{{{/${name}}}}}`;
    }
    default: return `${open('#')}if @partial-block${close()}${body()}${otherwise()}{{/if}}`;
  }
}

function randomArguments(scope) {
  let s = maybe(35) ? ` ${randomExpr(scope, 1)}` : '';
  while (maybe(25)) s += ` ${one(['a', 'b', 's', 'new', '1', 'list'])}=${randomExpr(scope, 1)}`;
  return s;
}

function randomTemplate(scope, depth) {
  let s = '';
  for (let i = 1 + below(4); i > 0; i--) {
    const kind = below(20);
    if (kind < 7) s += randomText();
    else if (kind < 12) s += randomMustache(scope);
    else if (kind < 16 && depth > 0) s += randomBlock(scope, depth);
    else if (kind < 17) s += `${open('>')} ${maybe(15) ? `(concat "${one(PARTIALS)}")` : partialName()}${randomArguments(scope)}${close()}`;
    else if (kind < 18) s += one(['{{! note }}', '{{!-- {{x}} --}}', '{{~! x ~}}', '\n  {{! alone }}  \n', '{{!-- a\nb --~}}']);
    else if (kind < 19) s += one(['\\{{x}} ', '\\\\{{a}}', '\\{{x}}\\{{y}}{{a}}', ' \\\\\\{{b}}']);
    else s += randomText();
  }
  return s;
}

// Tokens in any order: both parsers must take the same ones.
const TOKENS = ['{{', '}}', '{{{', '}}}', '{{#', '{{/', '{{^', '{{else', '{{else}}', '{{^}}', '{{>', '{{#>', '{{#*inline "p"}}', '{{/inline}}', '{{!', '{{!--', '--}}', '{{&', '{{~', '~}}', '{{{{', '}}}}', '{{{{/a}}}}', '(', ')', '"a"', "'", '"', ' ', ' ', ' ', '\n', '=', '.', '..', '/', '@', '|', 'as |', '[', ']', '[a]', 'a', 'b', 'if', 'each', 'this', '1', '-1.5', 'true', 'null', 'undefined', 'a=1', '\\', '\\{{', 'text', '{{a}}', '{{#a}}', '{{/a}}', '{{#if a}}', '{{/if}}', '{{#each list}}', '{{/each}}', '{{> p}}', '~', '%', 'else', '\u00a0', '😀'];

function randomSoup() {
  return Array.from({ length: 1 + below(14) }, () => one(TOKENS)).join('');
}

// Recursion is for the written cases: handlebars.js stops it by exhausting its stack.
function randomCase() {
  if (maybe(15)) return { template: randomSoup(), partials: { p: 'P' }, data: { a: one(SCALARS), b: 1, list: [1, 2] } };
  const partials = { leaf: 'leaf {{a}}\n' };
  // What handlebars does with inline partials in a partial that is called again from within depends
  // on the order of calls: it forgets them.
  const leaf = (depth) => randomTemplate([], depth).replace(/\{\{~?#\*inline "[^"]*"~?\}\}/g, '{{#if yes}}').replace(/\{\{\/inline\}\}/g, '{{/if}}').replace(/(\{\{~?#?>\s*)(p|q|r|dir\/p)(?=[\s}~])/g, '$1leaf').replace(/\/(p|q|r|dir\/p)(?=~?\}\})/g, '/leaf').replace(/"(p|q|r|dir\/p)"/g, '"leaf"');
  partials.p = leaf(1);
  partials.q = `${randomText()}${one(['{{> @partial-block}}', '{{#if @partial-block}}{{> @partial-block}}{{/if}}', '{{#> @partial-block}}none{{/@partial-block}}', '{{#each list}}{{#> @partial-block this}}{{/@partial-block}}{{/each}}', '{{> @partial-block a=1}}'])}${randomText()}${leaf(1)}`;
  partials.r = `${randomText()}{{> p${maybe(50) ? ' a="r"' : ''}}}${randomText()}${maybe(50) ? '{{> p}}' : ''}`;
  partials['dir/p'] = `{{#> q}}${leaf(1)}{{/q}}`;
  return { template: randomTemplate([], 4), partials, data: randomData() };
}

// --------------------------------------------------------------------------------------------

let passed = 0;
let failed = 0;
const settle = (results, shrinking) => {
  for (const result of results) {
    if (result.why === null) {
      passed++;
    } else {
      failed++;
      if (failed <= 10) report(shrinking ? shrink(result) : result);
    }
  }
};

const written = [];
for (const file of readdirSync(path.join(here, 'templates')).filter((f) => f.endsWith('.json')).sort()) {
  for (const group of JSON.parse(readFileSync(path.join(here, 'templates', file)))) {
    for (const template of group.templates) {
      written.push({ template, partials: group.partials, data: group.data });
    }
  }
}
console.log(`${written.length} written cases, ${randomCases} random ones of seed ${seed}`);
settle(compare(written), false);
for (let done = 0; done < randomCases && failed <= 10; done += 1000) {
  const count = Math.min(1000, randomCases - done);
  settle(compare(Array.from({ length: count }, randomCase)), true);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
