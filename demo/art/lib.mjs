// Drawing helpers for the Quay Lantern's pictures: flat shapes, one palette.
export const P = {
  ink: '#14232b', night: '#1b3640', deep: '#12434b', teal: '#24636a', mid: '#4a8c8c',
  pale: '#8dbab2', mist: '#c3d8cf', foam: '#f4ecd8', white: '#fdf8ec', sand: '#e3cfa4',
  mustard: '#e0a530', butter: '#f1cf7f', brick: '#b5482e', coral: '#d9764f', wine: '#7d2e24',
  stone: '#8a8f88', wood: '#8b5a35', gull: '#9fb0b0',
};
export const W = 1200, H = 800;
const n = (v) => String(Math.round(v * 10) / 10);
export const rect = (x, y, w, h, f, r = 0, extra = '') =>
  `<rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}" fill="${f}"${r ? ` rx="${r}"` : ''} ${extra}/>`;
export const circ = (x, y, r, f, extra = '') => `<circle cx="${n(x)}" cy="${n(y)}" r="${n(r)}" fill="${f}" ${extra}/>`;
export const ell = (x, y, rx, ry, f, extra = '') =>
  `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}" fill="${f}" ${extra}/>`;
export const path = (d, f, extra = '') => `<path d="${d}" fill="${f}" ${extra}/>`;
export const poly = (pts, f, extra = '') => `<polygon points="${pts.map(n).join(' ')}" fill="${f}" ${extra}/>`;
export const line = (x1, y1, x2, y2, s, w = 4, extra = '') =>
  `<line x1="${n(x1)}" y1="${n(y1)}" x2="${n(x2)}" y2="${n(y2)}" stroke="${s}" stroke-width="${w}" stroke-linecap="round" ${extra}/>`;
export const stroke = (d, s, w = 4, extra = '') =>
  `<path d="${d}" fill="none" stroke="${s}" stroke-width="${w}" stroke-linecap="round" stroke-linejoin="round" ${extra}/>`;
export const g = (t, ...c) => `<g transform="${t}">${c.flat(9).join('')}</g>`;
export const text = (x, y, s, size, f, extra = '') =>
  `<text x="${n(x)}" y="${n(y)}" font-family="Bookman, 'URW Bookman', serif" font-size="${size}" fill="${f}" text-anchor="middle" ${extra}>${s}</text>`;

let seed = 1;
export const srand = (s) => { seed = s; };
export const rnd = (a = 0, b = 1) => {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff;
  return a + (seed / 0x7fffffff) * (b - a);
};
export const pick = (a) => a[Math.floor(rnd(0, a.length - 0.001))];

/** A band of sea with scalloped crests, filled to the bottom. */
export function sea(y, amp, len, f, shift = 0, bottom = H) {
  let d = `M${-len - shift} ${bottom} L${-len - shift} ${y}`;
  for (let x = -len - shift; x < W + len; x += len)
    d += ` Q${x + len / 2} ${y + amp * 2} ${x + len} ${y}`;
  return path(d + ` L${W + len} ${bottom} Z`, f);
}
/** Small curved dashes that make water look like water. */
export function ripples(y0, y1, f, count = 26, w = 5) {
  let s = '';
  for (let i = 0; i < count; i++) {
    const x = rnd(0, W), y = rnd(y0, y1), l = rnd(24, 80);
    s += stroke(`M${n(x)} ${n(y)} q${n(l / 2)} -9 ${n(l)} 0`, f, w, 'opacity=".55"');
  }
  return s;
}
export function stars(count, maxY, f = P.butter) {
  let s = '';
  for (let i = 0; i < count; i++) s += circ(rnd(0, W), rnd(0, maxY), rnd(1.5, 3.6), f);
  return s;
}
export function cloud(x, y, s, f) {
  return g(`translate(${x} ${y}) scale(${s})`, ell(0, 0, 120, 34, f), ell(-40, -26, 56, 40, f), ell(36, -34, 66, 50, f), ell(92, -6, 56, 28, f));
}
/** A gull in the air. */
export const flyer = (x, y, s = 1, f = P.white, rot = 0) => g(`translate(${x} ${y}) rotate(${rot}) scale(${s})`,
  path('M0 0 C-18 -34 -56 -42 -92 -22 C-58 -24 -34 -8 -14 14 Z', f), path('M0 0 C18 -34 56 -42 92 -22 C58 -24 34 -8 14 14 Z', f),
  path('M-92 -22 l22 -7 l6 7 z', P.ink), path('M92 -22 l-22 -7 l-6 7 z', P.ink),
  ell(0, 8, 18, 13, f), path('M14 4 l20 6 l-18 5z', P.mustard));
/** A gull standing on its own two feet, of firm opinions. */
export function gull(x, y, s = 1, flip = false, o = {}) {
  const brow = o.brow ?? 1;
  return g(`translate(${x} ${y}) scale(${flip ? -s : s} ${s})`,
    line(-8, 0, -8, -44, P.mustard, 6), line(18, 0, 18, -44, P.mustard, 6),
    path('M-20 0 h22 l-6 -8 h-10z', P.mustard), path('M6 0 h22 l-6 -8 h-10z', P.mustard),
    path('M-112 -64 L-70 -104 L-30 -60 Z', P.ink),
    path('M-96 -72 C-70 -150 10 -150 40 -188 C60 -214 96 -204 96 -168 C98 -120 84 -40 6 -36 C-40 -34 -76 -48 -96 -72 Z', P.white),
    path('M-104 -72 C-60 -130 0 -134 34 -118 C30 -78 -30 -52 -104 -72 Z', P.gull),
    path('M-104 -72 C-80 -92 -56 -104 -40 -108 C-44 -92 -60 -74 -104 -72 Z', P.ink),
    circ(68, -180, 32, P.white),
    path('M92 -190 L138 -174 Q136 -164 126 -164 L92 -164 Z', P.mustard), circ(122, -169, 5, P.brick),
    circ(78, -186, 7, P.ink), circ(80, -188, 2.2, P.white),
    brow ? line(66, -198, 88, -193, P.ink, 5) : '', o.extra ?? '');
}
export function house(x, y, w, h, f, roof, o = {}) {
  const lit = o.lit ?? P.butter, out = [];
  out.push(rect(x, y - h, w, h, f));
  out.push(poly([x - 8, y - h, x + w / 2, y - h - (o.pitch ?? w * 0.45), x + w + 8, y - h], roof));
  if (o.chimney !== false) out.push(rect(x + w * 0.68, y - h - w * 0.42, w * 0.12, w * 0.32, roof));
  const rows = o.rows ?? 2, cols = o.cols ?? 2;
  const ww = w * 0.2, wh = Math.min(ww * 1.35, h / (rows + 1.6));
  for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) {
    const wx = x + (w / (cols + 1)) * (c + 1) - ww / 2, wy = y - h + h * 0.12 + r * (h * 0.8 / rows);
    if (r === rows - 1 && c === 0) { out.push(rect(wx, wy, ww, y - wy, o.door ?? roof)); continue; }
    out.push(rect(wx, wy, ww, wh, rnd() < (o.p ?? 0.6) ? lit : (o.dark ?? P.deep)));
    out.push(line(wx + ww / 2, wy, wx + ww / 2, wy + wh, f, 3));
  }
  return out.join('');
}
export function sail(x, y, s, c1, c2, hull, num = '', tilt = 0) {
  return g(`translate(${x} ${y}) rotate(${tilt}) scale(${s})`,
    line(0, 0, 0, -250, P.ink, 7), path('M10 -244 C70 -160 104 -90 112 -26 L10 -26 Z', c1),
    path('M44 -180 C76 -128 90 -96 100 -66 L10 -66 L10 -180Z', c1), path('M-10 -220 C-42 -140 -74 -70 -96 -26 L-10 -26 Z', c2),
    num ? text(46, -82, num, 46, P.ink, 'font-weight="bold"') : '',
    path('M0 -250 l46 12 l-46 14z', P.brick),
    path('M-118 -6 H124 C112 26 92 40 60 42 H-70 C-96 38 -110 20 -118 -6 Z', hull), rect(-116, -8, 238, 9, P.white, 4));
}
export function person(x, y, s, coat, hat, o = {}) {
  return g(`translate(${x} ${y}) scale(${s})`,
    o.noLegs ? '' : [rect(-22, -56, 17, 56, P.ink), rect(5, -56, 17, 56, P.ink)],
    path('M-40 -50 C-44 -130 -34 -164 0 -166 C34 -164 44 -130 40 -50 Z', coat),
    o.arm ?? '', circ(0, -190, 28, o.back ? '#6b4226' : '#d9a27c'),
    o.back ? '' : circ(-9, -186, 3.2, P.ink) + circ(11, -186, 3.2, P.ink) + stroke(o.glum ? 'M-7 -172 q8 -7 16 0' : 'M-7 -174 q8 6 16 0', P.wine, 3),
    hat ? path('M-31 -194 C-30 -232 30 -232 31 -194 Z', hat) + rect(-36, -200, 72, 11, hat, 5) : path('M-29 -190 C-30 -230 30 -230 29 -190 C12 -206 -12 -206 -29 -190Z', P.wood));
}
export function lighthouse(x, y, s, o = {}) {
  return g(`translate(${x} ${y}) scale(${s})`,
    path('M-70 0 L-42 -380 H42 L70 0 Z', P.foam),
    path('M-64.5 -76 L-59 -150 H59 L64.5 -76 Z', P.brick), path('M-53.4 -226 L-48 -300 H48 L53.4 -226 Z', P.brick),
    path('M0 0 L0 -380 H42 L70 0 Z', P.ink, 'opacity=".12"'),
    rect(-58, -394, 116, 16, P.ink, 4), rect(-36, -464, 72, 70, o.lamp ?? P.butter), line(-12, -464, -12, -394, P.ink, 4), line(12, -464, 12, -394, P.ink, 4),
    path('M-48 -462 C-40 -506 40 -506 48 -462 Z', P.brick), circ(0, -504, 9, P.mustard),
    rect(-16, -52, 32, 52, P.deep, 14), rect(-9, -196, 18, 28, P.deep, 8), rect(-9, -350, 18, 28, P.deep, 8));
}
export const svg = (bg, ...c) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${W} ${H}" width="${W}" height="${H}">\n${rect(0, 0, W, H, bg)}\n${c.flat(9).join('\n')}\n</svg>\n`;
