// Draws the staff of the Quay Lantern: `node art/portraits.mjs` writes staff/*.svg, and the PNGs if
// rsvg-convert and ImageMagick are there. None of them is a person; each is what its desk is about.
import { writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { P, rect, circ, ell, path, poly, line, stroke, g, text, gull, person, lighthouse } from './lib.mjs';

const SIZE = 480, C = SIZE / 2;
const square = (bg, ...c) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}" width="${SIZE}" height="${SIZE}">\n${rect(0, 0, SIZE, SIZE, bg)}\n${c.flat(9).join('\n')}\n</svg>\n`;
const waves = (y, f) => path(`M0 ${y} ${[0, 1, 2, 3, 4, 5].map((i) => `Q${i * 80 + 40} ${y + 22} ${i * 80 + 80} ${y}`).join(' ')} V480 H0Z`, f);
const disc = (f, r = 196) => circ(C, C, r, f);

const staff = {
  nightbell: () => square(P.night, circ(356, 118, 46, P.butter), circ(374, 104, 42, P.night), [[70, 90], [130, 50], [420, 250], [60, 250], [250, 60]].map(([x, y]) => circ(x, y, 4, P.butter)),
    rect(196, 96, 88, 22, P.wood, 6), stroke('M240 118 V150', P.ink, 10), path('M240 138 C178 140 172 214 162 268 C156 300 138 318 124 336 H356 C342 318 324 300 318 268 C308 214 302 140 240 138Z', P.mustard),
    path('M240 138 C302 140 308 214 318 268 C324 300 342 318 356 336 H296 C290 280 282 180 240 138Z', P.brick, 'opacity=".35"'), rect(116, 332, 248, 22, P.butter, 11), circ(240, 372, 22, P.ink),
    stroke('M96 236 c-16 26 -16 58 0 84', P.butter, 7), stroke('M384 236 c16 26 16 58 0 84', P.butter, 7)),
  harbourdesk: () => square(P.mist, circ(376, 112, 50, P.butter), waves(372, P.teal), waves(414, P.deep),
    circ(240, 116, 34, P.ink), circ(240, 116, 17, P.mist), rect(227, 146, 26, 236, P.ink, 8), rect(166, 176, 148, 24, P.ink, 12),
    stroke('M110 286 C116 372 196 396 240 396 C284 396 364 372 370 286', P.ink, 28), poly([86, 306, 108, 250, 142, 300], P.ink), poly([394, 306, 372, 250, 338, 300], P.ink), stroke('M120 300 C140 360 200 380 236 382', P.mid, 6)),
  tideclerk: () => square(P.foam, waves(306, P.mid), waves(356, P.teal), rect(176, 56, 72, 372, P.white), rect(176, 56, 72, 372, 'none', 0, `stroke="${P.ink}" stroke-width="8"`),
    [...Array(9)].map((_, i) => rect(176, 84 + i * 38, i % 2 ? 32 : 52, 8, i === 4 ? P.brick : P.ink)), text(226, 132, '5', 34, P.ink, 'font-weight="bold"'), text(226, 288, '1', 34, P.ink, 'font-weight="bold"'),
    person(338, 366, 1.1, P.deep, P.mustard, { noLegs: true }), path('M0 338 Q40 360 80 338 T160 338 T240 338 T320 338 T400 338 T480 338 V480 H0Z', P.teal, 'opacity=".82"')),
  auntbarnacle: () => square(P.coral, disc(P.butter, 178), [[150, 330, 1], [330, 336, .9]].map(([x, y, s]) => g(`translate(${x} ${y}) scale(${s})`, poly([-70, 60, -30, -50, 30, -50, 70, 60], P.foam), stroke('M-46 56 L-16 -46 M0 56 V-46 M46 56 L16 -46', P.stone, 6), poly([-28, -48, 0, -18, 28, -48], P.ink))),
    g('translate(240 268)', poly([-124, 120, -52, -96, 52, -96, 124, 120], P.white), stroke('M-84 116 L-30 -92 M-28 116 L-10 -92 M28 116 L10 -92 M84 116 L30 -92', P.gull, 8), poly([-50, -94, 0, -40, 50, -94], P.ink), circ(-34, 20, 10, P.ink), circ(34, 20, 10, P.ink), stroke('M-26 56 q26 22 52 0', P.wine, 8)),
    path('M178 172 C150 120 196 84 240 100 C284 84 330 120 302 172Z', P.white), rect(178, 160, 124, 26, P.pale, 8), g('rotate(18 400 240)', rect(392, 170, 16, 190, P.wood, 8), ell(400, 150, 30, 42, P.wood))),
  backbench: () => square(P.teal, rect(0, 350, SIZE, 130, P.deep), [[120, P.brick, P.ink], [240, P.mustard, null], [360, P.wine, P.foam]].map(([x, c, h]) => person(x, 330, 1.05, c, h, { back: true, noLegs: true })),
    rect(40, 258, 400, 40, P.wood, 8), rect(40, 312, 400, 34, P.wood, 8), rect(30, 356, 420, 34, '#a36c42', 8), rect(64, 250, 26, 200, P.ink), rect(390, 250, 26, 200, P.ink)),
  thirdoar: () => square(P.pale, waves(330, P.mid), g('rotate(-38 240 240)', rect(231, 60, 18, 300, P.wood, 9), ell(240, 372, 30, 70, P.brick), rect(210, 366, 60, 14, P.white)), g('rotate(38 240 240)', rect(231, 60, 18, 300, P.wood, 9), ell(240, 372, 30, 70, P.brick), rect(210, 366, 60, 14, P.white)),
    rect(231, 40, 18, 320, '#a36c42', 9), ell(240, 376, 32, 74, P.mustard), rect(208, 370, 64, 14, P.white), waves(410, P.teal)),
  lamplighter: () => square(P.ink, circ(240, 196, 170, P.butter, 'opacity=".16"'), circ(240, 196, 116, P.butter, 'opacity=".28"'), rect(228, 300, 24, 180, P.teal), rect(190, 430, 100, 50, P.teal, 6),
    poly([184, 120, 296, 120, 276, 300, 204, 300], P.foam, 'opacity=".95"'), path('M240 180 C262 214 268 236 240 270 C212 236 218 214 240 180Z', P.coral), path('M240 216 C252 234 254 248 240 266 C226 248 228 234 240 216Z', P.mustard),
    stroke('M184 120 L204 300 H276 L296 120 Z', P.teal, 12), path('M168 122 L240 62 L312 122Z', P.teal), circ(240, 56, 12, P.mustard), rect(190, 296, 100, 18, P.teal, 6), stroke('M150 330 H330', P.teal, 10)),
  'gull-officer': () => square(P.butter, disc(P.foam, 188), g('translate(232 424)', gull(0, 0, 1.62, false, { extra: g('translate(66 -206)', path('M-36 2 C-40 -34 36 -42 40 -4 Z', P.deep), rect(-38, -4, 82, 12, P.ink, 5), path('M20 6 h36 q6 10 -6 10 h-30z', P.ink), circ(2, -18, 7, P.mustard)) }))),
};

const dir = join(dirname(fileURLToPath(import.meta.url)), '../staff');
for (const [name, draw] of Object.entries(staff)) {
  const svg = join(dir, `${name}.svg`), png = join(dir, `${name}.png`);
  writeFileSync(svg, draw());
  const raster = spawnSync('rsvg-convert', ['-w', String(SIZE), '-h', String(SIZE), svg, '-o', png]);
  if (raster.status === 0) spawnSync('convert', [png, '-strip', '-define', 'png:exclude-chunks=date,time', '+dither', '-colors', '64', '-define', 'png:compression-level=9', png]);
}
console.log(`${Object.keys(staff).length} portraits`);
