// Draws the pictures of the Quay Lantern: `node art/draw.mjs` writes art/*.svg.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { P, W, H, rect, circ, ell, path, poly, line, stroke, g, text, srand, rnd, pick, sea, ripples, stars, cloud, flyer, gull, house, sail, person, lighthouse, svg } from './lib.mjs';

const art = {};

art.lighthouse = () => svg(P.night,
  rect(0, 420, W, 400, P.deep), stars(46, 400), circ(190, 150, 62, P.butter), circ(216, 136, 56, P.night),
  poly([806, 192, -60, 40, -60, 300], P.butter, 'opacity=".28"'), poly([806, 192, -60, 110, -60, 230], P.butter, 'opacity=".35"'),
  poly([870, 192, 1260, 120, 1260, 260], P.butter, 'opacity=".28"'),
  sea(520, 10, 90, P.teal), ripples(540, 640, P.pale, 16), path('M600 640 C660 560 730 540 838 540 C960 540 1040 580 1120 650 L1200 700 V800 H540 Z', P.ink),
  path('M690 600 C740 570 790 560 838 560 C900 560 960 576 1010 604 C940 590 760 586 690 600Z', P.night),
  lighthouse(838, 566, 0.8), house(930, 592, 110, 64, P.foam, P.brick, { rows: 1, cols: 2, p: 1 }),
  sea(650, 14, 110, P.mid, 40), ripples(680, 780, P.mist, 14), sea(730, 14, 120, P.pale, 10),
  flyer(330, 430, 0.5), flyer(420, 476, 0.34), sail(230, 660, 0.42, P.foam, P.sand, P.brick));

art.ferry = () => svg(P.mist,
  circ(930, 190, 92, P.butter), cloud(260, 150, 1, P.foam), cloud(700, 230, 0.7, P.foam), path('M0 460 C160 390 300 400 420 440 C520 400 660 420 760 460 L1200 460 V520 H0Z', P.mid),
  sea(470, 10, 90, P.teal), ripples(490, 570, P.pale, 14),
  [[770, 196, 40], [812, 148, 54], [880, 104, 70], [966, 70, 84]].map(([x, y, r]) => circ(x, y, r, P.stone, 'opacity=".55"')),
  rect(690, 230, 78, 120, P.brick), rect(690, 254, 78, 22, P.foam), rect(684, 222, 90, 16, P.ink, 4),
  rect(380, 340, 480, 90, P.white), rect(440, 262, 220, 84, P.foam), rect(430, 250, 240, 18, P.teal, 6),
  [460, 510, 560, 610].map((x) => rect(x, 286, 36, 34, P.deep, 5)),
  [...Array(8)].map((_, i) => circ(420 + i * 58, 388, 17, P.deep) + circ(416 + i * 58, 383, 5, P.pale)),
  line(330, 430, 330, 330, P.ink, 6), path('M330 330 l66 16 l-66 18z', P.mustard),
  path('M230 426 H940 C936 500 900 566 850 590 H330 C280 566 240 500 230 426Z', P.deep), rect(226, 420, 720, 16, P.mustard, 6),
  path('M268 520 C276 540 290 566 310 580 H870 C892 562 906 540 914 520Z', P.brick),
  text(580, 502, 'PERSEVERANCE', 48, P.foam, 'letter-spacing="8"'),
  // a passenger, and a snail in no hurry, level with it
  person(530, 262, 0.42, P.brick, P.ink, { noLegs: true }), person(606, 262, 0.42, P.mustard, null, { noLegs: true }),
  sea(580, 14, 110, P.mid, 20), ripples(610, 680, P.mist, 12),
  g('translate(1010 642)', ell(0, 0, 110, 26, P.wood), rect(-100, -14, 200, 12, P.sand, 6),
    path('M-66 -14 C-90 -16 -60 -34 -30 -32 L60 -32 C84 -36 84 -66 96 -74 C112 -66 112 -14 70 -14Z', P.butter), circ(6, -62, 46, P.coral), stroke('M6 -62 m-26 4 a26 26 0 1 1 26 24 a16 16 0 1 1 14 -22', P.wine, 7),
    line(92, -76, 84, -104, P.butter, 5), line(100, -76, 108, -104, P.butter, 5), circ(84, -106, 5, P.ink), circ(108, -106, 5, P.ink)),
  sea(690, 16, 130, P.pale, 60), sea(752, 14, 120, P.mist, 0), flyer(250, 280, 0.55, P.white, -6), flyer(140, 350, 0.36, P.white, 8));

art.gulls = () => svg(P.pale,
  circ(980, 200, 120, P.butter), cloud(280, 150, 0.9, P.mist), cloud(760, 110, 0.6, P.mist),
  sea(420, 8, 80, P.mid), ripples(440, 560, P.pale, 18), path('M0 420 C120 360 240 380 300 420Z', P.teal), rect(0, 590, W, 210, P.deep),
  rect(0, 560, W, 30, P.brick), [...Array(9)].map((_, i) => rect(60 + i * 140, 590, 22, 210, P.wine)), rect(0, 690, W, 18, P.brick),
  gull(150, 560, 0.95), gull(385, 560, 0.95), gull(660, 560, 0.95, true),
  gull(940, 560, 1.15, false, { extra: g('translate(128 -168) rotate(14)', rect(-4, -6, 76, 15, P.butter, 3), rect(-4, -6, 76, 5, P.mustard, 3)) }),
  g('translate(1096 560)', rect(-36, -8, 72, 8, P.ink)), flyer(620, 220, 0.7, P.white, -8), flyer(480, 140, 0.4, P.white, 6),
  g('translate(600 756)', rect(-230, -52, 460, 84, P.foam, 6), text(0, 6, 'DO NOT FEED THE GULLS', 32, P.wine, 'font-weight="bold"')));

art['harbour-dusk'] = () => { srand(7); const cols = [P.coral, P.foam, P.pale, P.mustard, P.brick, P.sand, P.mid]; let x = -20, row = '', row2 = '';
  while (x < 1220) { const w = rnd(80, 120); row2 += house(x, 420, w, rnd(130, 220), pick([P.teal, P.mid, P.wine, P.deep]), P.ink, { rows: 3, p: 0.5, dark: P.night }); x += w + 6; }
  x = -40; let i = 0; while (x < 1220) { const w = rnd(100, 140); row += house(x, 510, w, rnd(120, 200), cols[i++ % 7], i % 2 ? P.wine : P.night, { rows: 2, p: 0.62 }); x += w + 8; }
  return svg(P.coral, rect(0, 0, W, 90, P.teal), rect(0, 90, W, 70, '#7f7a6c'), rect(0, 150, W, 80, '#c07b5c'), rect(0, 330, W, 160, P.butter), circ(640, 262, 92, P.butter), stars(14, 90),
    g('translate(0 0)', rect(930, 130, 46, 200, P.wine), poly([922, 130, 953, 50, 984, 130], P.ink)), row2, row, rect(0, 506, W, 40, P.night), [...Array(14)].map((_, k) => circ(40 + k * 90, 530, 10, P.ink)),
    rect(0, 546, W, 260, P.deep), [...Array(26)].map(() => { const px = rnd(20, 1180); return rect(px, rnd(552, 640), rnd(14, 34), rnd(8, 70), P.butter, 4, 'opacity=".35"'); }), ripples(560, 780, P.mid, 34),
    sail(250, 690, 0.62, P.foam, P.butter, P.brick), g('translate(800 690)', path('M-150 -20 H140 C126 24 96 40 60 40 H-90 C-130 36 -146 10 -150 -20Z', P.mustard), rect(-60, -90, 96, 70, P.foam), rect(-70, -102, 116, 14, P.brick), rect(-44, -76, 24, 26, P.deep), rect(-4, -76, 24, 26, P.butter), line(80, -20, 80, -150, P.ink, 6), line(80, -146, 140, -24, P.ink, 3)),
    gull(830, 588, 0.32), sea(745, 12, 110, P.teal, 30), flyer(420, 200, 0.5, P.white, -10), flyer(520, 160, 0.34)); };

art.fog = () => svg('#a9bdb6',
  circ(300, 190, 80, '#d9dfcf'), lighthouse(850, 480, 0.86, { lamp: P.mustard }), circ(850, 106, 120, P.butter, 'opacity=".4"'), circ(850, 106, 70, P.butter, 'opacity=".5"'),
  ell(950, 420, 520, 90, '#b9cac3'), ell(240, 400, 480, 70, '#b9cac3'), path('M470 560 H1200 V480 C1050 440 900 440 780 470 C660 500 560 520 470 560Z', '#5f7a79'),
  house(560, 520, 130, 90, P.foam, P.brick, { rows: 1, p: 1 }),
  ell(520, 540, 620, 60, '#c9d6ce'), ell(1100, 560, 420, 60, '#c9d6ce'), g('translate(250 560)', path('M-170 0 H170 C150 50 110 70 70 72 H-110 C-150 60 -166 30 -170 0Z', P.brick), rect(-70, -80, 100, 80, P.foam), rect(-82, -94, 124, 16, P.deep), circ(-20, -44, 18, P.butter), line(90, 0, 90, -190, P.ink, 7), circ(90, -196, 12, P.butter), person(128, 0, 0.6, P.mustard, P.mustard, { noLegs: true })),
  ell(300, 640, 700, 60, '#dbe3d9'), ell(1000, 670, 560, 64, '#dbe3d9'), ell(500, 730, 800, 76, '#e9ece0'), rect(0, 740, W, 60, '#e9ece0'),
  gull(1010, 760, 0.9, true), line(930, 760, 1090, 760, P.wood, 18), rect(998, 760, 26, 60, P.wood));

art.foghorn = () => svg(P.mustard,
  [520, 430, 340, 250].map((r, i) => circ(760, 330, r, [P.butter, P.mustard, P.butter, P.mustard][i])), rect(0, 640, W, 160, P.deep),
  path('M0 640 C200 580 420 590 620 640 Z', P.teal), house(70, 640, 260, 190, P.foam, P.brick, { rows: 2, cols: 3, p: 0.3 }),
  rect(210, 560, 220, 80, P.stone, 8), rect(250, 430, 60, 140, P.ink), rect(330, 450, 50, 120, P.ink),
  path('M240 360 L600 250 C700 220 720 140 730 120 C800 230 800 430 730 540 C720 520 700 440 600 410 L240 400Z', P.brick), ell(738, 330, 58, 212, P.wine), ell(744, 330, 34, 150, P.ink), rect(216, 346, 40, 68, P.wine, 10),
  rect(420, 296, 26, 116, P.butter, 4), rect(560, 254, 26, 168, P.butter, 4),
  text(420, 640 - 14, 'THE BULL', 0, P.foam), flyer(950, 190, 0.8, P.white, 24), flyer(1080, 330, 0.6, P.white, 34), flyer(1010, 470, 0.7, P.white, 20),
  [[860, 150], [890, 560], [1110, 210]].map(([x, y]) => g(`translate(${x} ${y}) rotate(28)`, path('M0 0 q14 -22 40 -22 q-10 20 -40 22z', P.white))),
  person(520, 700, 1, P.foam, null, { glum: true, arm: line(-36, -128, -54, -160, P.foam, 18) + line(-54, -160, -30, -188, P.foam, 18) + line(36, -128, 54, -160, P.foam, 18) + line(54, -160, 30, -188, P.foam, 18) }), sea(740, 12, 110, P.mid, 10));

art.pudding = () => svg(P.teal,
  [...Array(12)].map((_, i) => rect(i * 100, 0, 50, 470, P.deep)), rect(0, 470, W, 330, P.foam), [...Array(10)].map((_, i) => [...Array(3)].map((_, j) => rect(i * 120 + (j % 2) * 60, 470 + j * 110, 60, 110, P.coral, 0, 'opacity=".55"'))),
  ell(600, 680, 420, 70, P.mist), ell(600, 664, 420, 70, P.white), ell(600, 660, 320, 46, P.mist),
  stroke('M500 190 c-40 -50 40 -70 0 -130', P.mist, 12, 'opacity=".8"'), stroke('M600 170 c-40 -50 40 -70 0 -140', P.mist, 12, 'opacity=".8"'), stroke('M700 190 c-40 -50 40 -70 0 -130', P.mist, 12, 'opacity=".8"'),
  path('M360 660 C350 420 440 240 600 236 C760 240 850 420 840 660 C760 690 440 690 360 660Z', P.wood),
  path('M364 600 C360 420 450 232 600 230 C750 232 840 420 836 600 C820 640 790 560 760 590 C740 640 716 540 680 540 C650 540 650 620 616 620 C586 620 590 530 556 530 C520 530 524 596 490 596 C460 596 456 540 424 552 C396 566 388 640 364 600Z', P.butter),
  [[470, 640], [540, 650], [640, 648], [720, 642], [786, 630], [416, 626]].map(([x, y]) => circ(x, y, 11, P.ink)),
  circ(600, 224, 26, P.brick), path('M600 204 C606 176 630 166 650 170 C644 192 624 206 600 204Z', P.mid), stroke('M600 206 C598 190 592 180 584 172', P.ink, 5),
  // first-prize rosette
  g('translate(930 420)', poly([-30, 30, -60, 190, -20, 160, 4, 196, 14, 40], P.brick), poly([30, 30, 64, 186, 26, 160, 0, 190, -10, 40], P.wine), [...Array(12)].map((_, i) => g(`rotate(${i * 30})`, ell(0, -64, 24, 28, P.brick))), circ(0, 0, 62, P.mustard), circ(0, 0, 50, P.butter), text(0, 24, '1', 72, P.wine, 'font-weight="bold"')),
  g('translate(230 610) rotate(-24)', rect(-9, 0, 18, 150, P.stone, 9), ell(0, -26, 36, 52, P.stone), ell(0, -26, 24, 38, P.gull)));

art.regatta = () => svg(P.mist,
  circ(200, 170, 80, P.butter), cloud(520, 130, 0.9, P.white), cloud(980, 190, 0.8, P.white), path('M0 430 C140 350 300 380 430 420 C600 360 800 380 1200 430 V470 H0Z', P.mid), rect(1040, 340, 26, 70, P.foam), poly([1034, 340, 1053, 310, 1072, 340], P.brick),
  sea(440, 8, 90, P.teal), ripples(460, 560, P.pale, 20), sail(180, 540, 0.62, P.white, P.mist, P.wine, '3', -6), sail(990, 536, 0.6, P.butter, P.white, P.deep, '11', 5), sail(600, 540, 0.7, P.coral, P.foam, P.ink, '8', 4),
  sea(560, 14, 110, P.mid, 0), ripples(590, 650, P.mist, 14), sail(400, 690, 1.1, P.mustard, P.foam, P.brick, '7', -9),
  // the one which has begun to go over
  g('translate(840 690) rotate(44)', sail(0, 0, 1, P.white, P.pale, P.teal, '4')), sea(690, 16, 120, P.pale, 30),
  g('translate(1030 724)', circ(0, -24, 30, '#d9a27c'), path('M-31 -30 C-30 -66 30 -66 31 -30Z', P.brick), line(40, 0, 66, -64, P.white, 20), circ(0, 14, 44, P.foam), circ(0, 18, 24, P.pale)), sea(750, 14, 120, P.mist, 80), flyer(760, 250, 0.6, P.white, -8), flyer(860, 300, 0.4));

art.nets = () => { srand(5); let mesh = ''; for (let i = -20; i < 60; i++) mesh += line(i * 34, 40, i * 34 + 420, 460, P.deep, 3.5) + line(i * 34, 40, i * 34 - 420, 460, P.deep, 3.5);
  const swag = 'M0 40 H1200 V300 Q1100 440 1000 330 Q900 240 800 350 Q680 470 560 350 Q460 250 340 360 Q220 450 120 340 Q60 280 0 340 Z', net = `<clipPath id="n"><path d="${swag}"/></clipPath>` + path(swag, P.mid, 'opacity=".28"') + `<g clip-path="url(#n)" opacity=".8">${mesh}</g>` + stroke(swag.replace('M0 40 H1200 V300', 'M1200 300').replace(' Z', ''), P.wood, 9);
  return svg(P.sand, rect(0, 0, W, 40, P.wood), rect(0, 40, W, 10, P.ink), net, [[60, 306], [160, 376], [256, 404], [352, 354], [450, 300], [556, 346], [680, 410], [792, 356], [892, 292], [1000, 330], [1092, 388], [1176, 330]].map(([x, y], i) => circ(x, y, 26, [P.brick, P.mustard, P.teal][i % 3]) + circ(x - 8, y - 8, 7, P.white)),
    rect(0, 600, W, 200, P.stone), [...Array(8)].map((_, i) => rect(i * 160 + (i % 2) * 20, 640, 140, 8, P.ink, 4, 'opacity=".25"')),
    [[150, 690, 1], [430, 700, 1.1], [880, 690, 1.15]].map(([x, y, s], k) => g(`translate(${x} ${y}) scale(${s})`, path('M-120 0 V-70 C-120 -170 120 -170 120 -70 V0Z', P.wood), path('M-98 -14 V-70 C-98 -142 98 -142 98 -70 V-14Z', P.deep), [...Array(7)].map((_, i) => line(-96 + i * 32, -14, -96 + i * 32, -100, P.sand, 3)), [...Array(3)].map((_, i) => line(-98, -30 - i * 30, 98, -30 - i * 30, P.sand, 3)), rect(-128, -8, 256, 16, P.wood, 5),
      k === 1 ? g('translate(0 -52)', ell(0, 0, 40, 22, P.brick), circ(-14, -24, 7, P.white), circ(14, -24, 7, P.white), circ(-14, -24, 3, P.ink), circ(14, -24, 3, P.ink), stroke('M-38 -4 q-34 -10 -30 -36', P.brick, 10), stroke('M38 -4 q34 -10 30 -36', P.brick, 10), circ(-68, -42, 13, P.brick), circ(68, -42, 13, P.brick)) : '')),
    gull(660, 706, 0.8, true), stroke('M980 760 c60 -40 140 -30 130 10 c-10 36 -120 30 -110 -6 c10 -26 80 -24 80 0', P.mustard, 14)); };

art.crane = () => svg(P.butter,
  circ(870, 260, 130, P.foam), cloud(250, 140, 0.9, P.foam), rect(0, 610, W, 190, P.teal), rect(0, 590, 760, 210, P.stone), rect(0, 584, 770, 22, P.ink),
  [...Array(9)].map((_, i) => rect(20 + i * 86, 640 + (i % 2) * 50, 60, 8, P.ink, 4, 'opacity=".25"')),
  poly([230, 584, 290, 300, 410, 300, 470, 584, 430, 584, 380, 340, 320, 340, 270, 584], P.brick), line(262, 500, 438, 500, P.brick, 14), line(276, 420, 424, 420, P.brick, 12), line(262, 500, 424, 420, P.brick, 8), line(438, 500, 276, 420, P.brick, 8),
  rect(250, 190, 190, 116, P.deep, 10), rect(370, 214, 50, 54, P.butter, 6), poly([236, 192, 345, 142, 454, 192], P.ink), rect(180, 220, 74, 70, P.ink, 6),
  poly([420, 250, 960, 60, 972, 82, 440, 296], P.brick), [...Array(8)].map((_, i) => line(470 + i * 60, 240 - i * 21, 500 + i * 60, 258 - i * 22, P.wine, 6)), line(345, 150, 960, 66, P.ink, 4), circ(962, 74, 20, P.ink),
  line(962, 84, 962, 320, P.ink, 5), line(962, 320, 860, 390, P.ink, 4), line(962, 320, 1064, 390, P.ink, 4), stroke('M962 306 q20 16 0 30', P.ink, 8),
  // a piano, as always
  g('translate(962 470) rotate(-5)', rect(-120, -84, 240, 150, P.ink, 8), rect(-136, -6, 272, 34, P.night, 4), rect(-122, 0, 244, 20, P.white), [...Array(15)].map((_, i) => line(-114 + i * 16, 0, -114 + i * 16, 20, P.ink, 2)), [...Array(10)].map((_, i) => rect(-108 + i * 23, 0, 9, 12, P.ink)), rect(-110, 28, 20, 60, P.night), rect(90, 28, 20, 60, P.night), rect(-60, -66, 120, 36, P.wood, 4), gull(20, -84, 0.42)),
  sea(640, 10, 90, P.mid, 0, 800).replace('M', 'M'), rect(0, 590, 760, 210, P.stone), rect(0, 584, 770, 22, P.ink), [...Array(9)].map((_, i) => rect(20 + i * 86, 640 + (i % 2) * 50, 60, 8, P.ink, 4, 'opacity=".25"')),
  person(620, 586, 0.8, P.mustard, P.ink, { arm: line(30, -140, 70, -196, P.mustard, 18) }), person(700, 586, 0.74, P.teal, P.brick), [[800, 700], [930, 740], [1060, 690], [1000, 770], [870, 660], [1110, 745]].map(([x, y]) => stroke(`M${x} ${y} q28 -9 56 0`, P.pale, 5, 'opacity=".7"')));

art['market-stall'] = () => svg(P.mist,
  rect(0, 620, W, 180, P.sand), house(-20, 620, 240, 330, P.coral, P.wine, { rows: 3 }), house(980, 620, 240, 300, P.pale, P.deep, { rows: 3 }), rect(220, 300, 24, 330, P.wood), rect(956, 300, 24, 330, P.wood),
  [...Array(8)].map((_, i) => path(`M${200 + i * 100} 190 H${300 + i * 100} V330 a50 44 0 0 1 -100 0Z`, i % 2 ? P.white : P.brick)), rect(190, 160, 820, 40, P.wine, 8), g('translate(600 120)', rect(-210, -46, 420, 84, P.deep, 10), text(0, 14, 'FISH &amp; REGRETS', 44, P.butter)),
  person(600, 640, 1.15, P.teal, P.white, { noLegs: true, arm: rect(-26, -150, 52, 110, P.white, 6) }),
  rect(200, 520, 800, 170, P.wood), rect(180, 500, 840, 36, P.foam, 4), [...Array(8)].map((_, i) => rect(212 + i * 100, 548, 84, 130, '#7a4d2c', 4)),
  [[270, P.teal], [370, P.coral], [470, P.mid], [740, P.brick], [840, P.teal], [930, P.mustard]].map(([x, c], i) => g(`translate(${x} ${486 + (i % 2) * 6}) rotate(${i % 2 ? -6 : 5})`, path('M-54 0 C-30 -34 26 -34 46 -4 L70 -24 V24 L46 4 C26 32 -30 30 -54 0Z', c), circ(-32, -6, 6, P.white), circ(-32, -6, 3, P.ink), stroke('M-12 -16 q12 16 0 30', P.white, 3))),
  g('translate(600 600)', rect(-150, -34, 300, 72, P.ink, 6), text(0, 14, 'EEL: 3 for £2', 38, P.white)), gull(1080, 690, 0.9, true), gull(120, 700, 0.9), g('translate(820 762) rotate(-8)', path('M-54 0 C-30 -26 26 -26 46 -4 L70 -20 V20 L46 4 C26 24 -30 24 -54 0Z', P.white), [-20, 0, 20].map((k) => line(k, -10, k, 10, P.gull, 4)), line(-40, 0, 46, 0, P.gull, 4), circ(-38, -4, 4, P.ink)));

art['tide-chart'] = () => { let d = 'M100 420'; for (let x = 100; x <= 1100; x += 10) d += ` L${x} ${Math.round(400 - 150 * Math.sin((x - 100) / 80) - 34 * Math.sin((x - 100) / 300))}`;
  return svg(P.foam, rect(40, 40, 1120, 720, 'none', 0, `stroke="${P.deep}" stroke-width="6"`), rect(54, 54, 1092, 692, 'none', 0, `stroke="${P.deep}" stroke-width="2"`), [...Array(9)].map((_, i) => line(100, 180 + i * 55, 1100, 180 + i * 55, P.mist, 3)), [...Array(21)].map((_, i) => line(100 + i * 50, 180, 100 + i * 50, 620, P.mist, 2)),
    path(d + ' L1100 620 L100 620 Z', P.pale, 'opacity=".6"'), stroke(d, P.teal, 10), text(600, 126, 'TIDES AT HOLLIN QUAY', 58, P.deep, 'letter-spacing="6"'), line(100, 620, 1100, 620, P.ink, 5),
    ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'].map((t, i) => text(171 + i * 143, 668, t, 32, P.ink)), text(230, 720, 'A: HIGH WATER', 24, P.teal), text(600, 720, 'B: LOW WATER', 24, P.teal), text(960, 720, 'C: THE FERRY', 24, P.brick),
    g('translate(226 232) scale(.5)', sail(0, 20, 0.9, P.mustard, P.white, P.brick)), text(226, 308, 'A', 34, P.deep), text(476, 610, 'B', 34, P.deep),
    // the ferry, which is nowhere near the curve
    stroke('M840 470 c60 30 110 0 160 40', P.brick, 4, 'stroke-dasharray="4 14"'), g('translate(1010 520) scale(.16) translate(-580 -500)', path('M230 426 H940 C936 500 900 566 850 590 H330 C280 566 240 500 230 426Z', P.brick), rect(380, 340, 480, 90, P.white, 0, `stroke="${P.brick}" stroke-width="16"`), rect(690, 230, 78, 120, P.brick)), text(1010, 580, 'C', 34, P.brick),
    g('translate(940 250)', circ(0, 0, 54, P.white), circ(0, 0, 54, 'none', `stroke="${P.deep}" stroke-width="6"`), [...Array(4)].map((_, i) => g(`rotate(${i * 90})`, poly([0, -50, 10, 0, -10, 0], i === 0 ? P.brick : P.deep)))), ell(300, 540, 70, 62, 'none', `stroke="${P.wood}" stroke-width="9" opacity=".35"`)); };

art.chapel = () => svg(P.pale,
  circ(260, 200, 90, P.butter), cloud(820, 120, 0.9, P.mist), cloud(480, 180, 0.6, P.mist), sea(520, 8, 90, P.mid), ripples(535, 620, P.mist, 14), path('M260 800 C420 520 640 420 840 420 C1040 420 1140 520 1200 560 V800Z', P.teal), path('M420 800 C560 600 700 520 860 520 C1020 520 1120 600 1200 640 V800Z', P.deep),
  stroke('M520 800 C560 700 700 680 740 600 C760 560 800 530 820 470', P.sand, 26), rect(760, 270, 240, 180, P.foam), poly([744, 274, 880, 170, 1016, 274], P.brick), rect(690, 180, 90, 270, P.white), poly([680, 184, 735, 108, 790, 184], P.wine), rect(712, 216, 46, 60, P.deep, 22), path('M722 262 q13 -40 26 0 l6 8 h-38z', P.mustard), circ(735, 320, 26, P.butter), circ(735, 320, 26, 'none', `stroke="${P.ink}" stroke-width="5"`), line(735, 320, 735, 302, P.ink, 4), line(735, 320, 722, 328, P.ink, 4),
  rect(716, 384, 40, 66, P.wine, 18), [820, 880, 940].map((x) => rect(x, 320, 34, 70, P.mustard, 16)), [[600, 500], [650, 480], [1060, 480], [1100, 500], [1040, 520]].map(([x, y]) => path(`M${x - 16} ${y} v-30 a16 16 0 0 1 32 0 v30z`, P.stone)), line(735, 108, 735, 92, P.ink, 5), gull(732, 94, 0.36),
  // a congregation of sheep
  [[470, 700, 1], [640, 740, 1.1], [900, 640, 0.9], [1060, 700, 1.1], [800, 730, 0.8]].map(([x, y, s]) => g(`translate(${x} ${y}) scale(${s})`, line(-22, 0, -22, 30, P.ink, 7), line(20, 0, 20, 30, P.ink, 7), ell(0, -8, 50, 32, P.white), circ(-30, -26, 18, P.white), circ(28, -26, 20, P.white), circ(0, -32, 22, P.white), ell(50, -20, 18, 14, P.ink), circ(54, -23, 3, P.white))), flyer(440, 320, 0.55, P.white, -8), flyer(540, 380, 0.36));

art['library-cat'] = () => { srand(3); const shelf = (y) => { let x = 30, s = ''; while (x < 1160) { const w = rnd(26, 58), h = rnd(120, 176); s += rect(x, y - h, w, h, pick([P.brick, P.teal, P.mustard, P.deep, P.coral, P.mid, P.foam, P.wine]), 3) + rect(x + 4, y - h + 22, w - 8, 10, P.butter, 2, 'opacity=".7"'); x += w + (rnd() < 0.1 ? 40 : 3); } return s + rect(0, y, W, 22, P.wood); };
  return svg(P.night, shelf(210), shelf(430), rect(0, 640, W, 160, P.wood), rect(0, 626, W, 24, '#a36c42'),
    [[330, 596, 520, P.teal], [360, 556, 470, P.brick], [320, 516, 540, P.mustard]].map(([x, y, w, c]) => rect(x, y, w, 40, c, 6) + rect(x + w - 30, y + 5, 26, 30, P.foam) + rect(x + 60, y + 8, 90, 24, P.butter, 3, 'opacity=".6"')), 
    g('translate(600 516)', path('M-220 0 C-240 -120 -120 -190 20 -180 C160 -176 230 -110 220 0Z', P.coral), [[-120, -150], [-60, -174], [0, -182], [60, -178]].map(([x, y]) => stroke(`M${x} ${y} q14 40 4 70`, P.brick, 14)), stroke('M200 -14 C300 -10 280 90 220 92 C190 94 190 70 206 64', P.coral, 34), stroke('M226 92 C190 94 190 70 206 64', P.brick, 34),
      path('M-260 -76 L-256 -164 L-196 -128Z', P.coral), path('M-120 -76 L-116 -164 L-176 -128Z', P.coral), path('M-250 -96 L-248 -146 L-214 -124Z', P.brick), path('M-130 -96 L-126 -146 L-160 -124Z', P.brick), ell(-188, -66, 88, 70, P.coral), ell(-188, -44, 46, 32, P.foam), stroke('M-236 -84 q16 16 32 0', P.ink, 6), stroke('M-172 -84 q16 16 32 0', P.ink, 6), path('M-198 -60 h20 l-10 11z', P.wine), stroke('M-188 -49 q-10 16 -22 6 M-188 -49 q10 16 22 6', P.ink, 4), [-56, -46].map((y) => line(-250, y, -310, y - 8 + (y + 56), P.foam, 3) + line(-126, y, -66, y - 8 + (y + 56), P.foam, 3)), ell(-120, -8, 52, 18, P.foam)),
    g('translate(960 600)', rect(-90, -30, 180, 56, P.foam, 4), text(0, 12, 'OVERDUE', 34, P.wine, 'font-weight="bold"')), text(900, 330, 'z', 0, P.foam), text(330, 330, 'z', 40, P.butter), text(290, 290, 'z', 56, P.butter), text(236, 240, 'Z', 76, P.butter),
    g('translate(150 640)', path('M-56 0 V-90 H56 V0 C50 20 -50 20 -56 0Z', P.white), stroke('M56 -70 c46 -6 46 56 0 50', P.white, 13), rect(-56, -62, 112, 14, P.teal), stroke('M-20 -104 c-20 -26 20 -36 0 -60 M20 -104 c-20 -26 20 -36 0 -60', P.mist, 6))); };

art['storm'] = () => svg(P.night,
  poly([0, 0, 1200, 0, 1200, 120, 0, 260], P.ink), cloud(240, 120, 1.7, '#2c4a53'), cloud(760, 90, 2, '#2c4a53'), cloud(1080, 170, 1.4, '#35565f'), poly([880, 190, 820, 330, 866, 330, 820, 450, 930, 296, 880, 296, 930, 190], P.butter),
  [...Array(40)].map(() => { const x = rnd(0, W), y = rnd(120, 520); return line(x, y, x - 22, y + 56, P.pale, 2, 'opacity=".45"'); }), lighthouse(1020, 590, 0.62), sea(500, 20, 200, P.deep, 60), sea(560, 26, 220, P.teal, 0),
  path('M-20 800 V520 C60 380 200 260 380 270 C500 280 560 360 530 430 C510 380 440 360 400 400 C340 460 420 560 560 590 L760 620 V800Z', P.mid), path('M-20 560 C60 400 200 286 380 292 C480 298 530 350 528 400 C490 340 400 330 360 400 C330 460 380 540 460 580 C330 560 280 480 300 400 C200 440 80 520 -20 660Z', P.pale),
  [[380, 262, 34], [430, 268, 40], [490, 300, 36], [530, 352, 38], [546, 410, 30], [520, 446, 24], [330, 268, 26], [470, 420, 20], [590, 330, 14], [620, 380, 10], [600, 290, 9]].map(([x, y, r]) => circ(x, y, r, P.white)),
  rect(560, 590, 660, 220, P.stone), rect(550, 574, 670, 24, P.ink), [...Array(6)].map((_, i) => rect(600 + i * 104, 640 + (i % 2) * 60, 76, 8, P.ink, 4, 'opacity=".3"')),
  g('translate(800 576)', person(0, 0, 0.9, P.mustard, P.mustard, { arm: line(-30, -130, -74, -150, P.mustard, 18) }), line(-76, -150, -76, -330, P.ink, 6), g('translate(-76 -330) rotate(-20)', path('M-96 0 C-80 -10 80 -10 96 0 C70 70 -70 70 -96 0Z', P.brick), stroke('M-60 30 L-50 -2 M0 50 V-6 M60 30 L50 -2', P.wine, 5))), g('translate(600 176) rotate(10)', path('M-78 8 Q0 36 78 8 L56 -30 Q0 -64 -56 -30 Z', P.wine), path('M-78 8 Q0 36 78 8 Q0 14 -78 8Z', P.mustard), circ(26, -16, 11, P.mustard), gull(-4, -42, 0.4)), stroke('M470 200 q26 -12 44 -6 M476 172 q24 -10 40 -6', P.mist, 4), gull(930, 576, 0.62, true));

art['town-map'] = () => { srand(11); const hs = []; for (let i = 0; i < 46; i++) { const x = rnd(150, 640), y = rnd(160, 520); if (y < 140 || (x < 380 && y < 230) || (x > 500 && y > 380)) continue; hs.push(g(`translate(${Math.round(x)} ${Math.round(y)})`, rect(-14, -16, 28, 20, pick([P.coral, P.foam, P.butter, P.white])), poly([-18, -16, 0, -32, 18, -16], pick([P.brick, P.wine, P.deep])))); }
  return svg(P.mid, [...Array(30)].map(() => stroke(`M${Math.round(rnd(0, 1200))} ${Math.round(rnd(40, 780))} q18 -10 36 0 q18 10 36 0`, P.pale, 4, 'opacity=".5"')),
    path('M0 0 H860 C840 90 760 120 770 200 C780 280 900 270 890 340 C880 410 720 380 700 460 C684 530 620 560 560 540 C480 520 470 620 380 640 C260 670 120 640 0 700Z', P.foam), path('M0 0 H820 C800 90 730 120 736 200 C744 290 860 280 850 332 C840 376 690 356 668 446 C656 506 610 530 556 514 C460 494 440 596 366 612 C250 640 120 610 0 664Z', '#cfd9ae'),
    stroke('M60 600 C180 520 260 520 320 420 C380 320 520 320 660 300 C700 294 740 300 800 320', P.sand, 18), stroke('M320 420 C300 300 340 180 460 60', P.sand, 14), hs, g('translate(250 164)', rect(-20, -20, 40, 34, P.white), poly([-26, -20, 0, -64, 26, -20], P.wine)), text(250, 204, 'Chapel Hill', 26, P.ink), rect(560, 480, 240, 16, P.wood), rect(700, 420, 16, 90, P.wood), text(740, 540, 'The Mole', 28, P.ink), lighthouse(846, 330, 0.22), text(1030, 340, 'The Skerry Light', 30, P.foam),
    path('M900 620 C930 560 1060 560 1090 620 C1100 660 1040 690 980 684 C920 680 890 660 900 620Z', '#cfd9ae', `stroke="${P.foam}" stroke-width="14"`), text(994, 634, 'Little Sele', 30, P.ink), stroke('M760 520 C800 640 700 700 820 740 C900 760 930 720 900 690 C880 670 800 690 780 640 C770 600 850 580 890 620', P.brick, 6, 'stroke-dasharray="2 16"'), text(600, 730, 'Route of the ferry (approx.)', 26, P.white),
    text(390, 92, 'HOLLIN QUAY', 64, P.ink, 'letter-spacing="6" font-weight="bold"'), g('translate(1040 150)', circ(0, 0, 86, P.foam), circ(0, 0, 72, 'none', `stroke="${P.deep}" stroke-width="4"`), [...Array(8)].map((_, i) => g(`rotate(${i * 45})`, poly([0, i % 2 ? -44 : -72, 11, 0, -11, 0], i === 0 ? P.brick : i % 2 ? P.mustard : P.deep))), text(0, -94, 'N', 36, P.foam)), g('translate(1030 440)', path('M-90 20 C-60 -50 60 -50 96 20 C50 44 -50 44 -90 20Z', P.deep), path('M80 10 q40 -40 60 -34 q-14 30 -6 56 q-30 0 -54 -22z', P.deep), circ(-50, 2, 6, P.white), stroke('M-30 -30 q-10 -30 -30 -34 M-26 -30 q6 -30 28 -36', P.foam, 6)), text(1040, 500, 'Here be mackerel', 26, P.foam), sail(240, 750, 0.34, P.white, P.butter, P.brick), flyer(640, 640, 0.5)); };

art.bulb = () => svg(P.ink,
  [360, 270, 190].map((r, i) => circ(600, 330, r, [P.night, '#3a4a3c', '#7a6a35'][i])), path('M600 120 C740 120 800 230 790 330 C780 420 700 450 690 540 H510 C500 450 420 420 410 330 C400 230 460 120 600 120Z', P.butter), path('M470 250 C480 190 530 160 580 156 C530 180 500 220 500 280 C490 300 466 290 470 250Z', P.white), stroke('M560 540 V380 l-34 -60 34 26 40 -40 40 40 34 -26 -34 60 V540', P.brick, 8),
  rect(506, 536, 188, 130, P.stone, 12), [560, 590, 620].map((y) => rect(498, y, 204, 14, P.gull, 7)), path('M540 666 H660 L630 706 H570Z', P.ink, `stroke="${P.stone}" stroke-width="8"`),
  g('translate(930 250) rotate(-18)', path('M0 0 C-80 -80 -150 -40 -110 20 C-90 50 -40 40 0 10Z', P.foam), path('M0 0 C80 -80 150 -40 110 20 C90 50 40 40 0 10Z', P.foam), circ(-80, -6, 14, P.coral), circ(80, -6, 14, P.coral), ell(0, 14, 14, 46, P.wood), stroke('M-4 -30 q-16 -30 -34 -30 M4 -30 q16 -30 34 -30', P.wood, 5), circ(-6, -20, 4, P.ink), circ(6, -20, 4, P.ink)),
  g('translate(250 430) rotate(22) scale(.7)', path('M0 0 C-80 -80 -150 -40 -110 20 C-90 50 -40 40 0 10Z', P.mist), path('M0 0 C80 -80 150 -40 110 20 C90 50 40 40 0 10Z', P.mist), ell(0, 14, 14, 46, P.wood), stroke('M-4 -30 q-16 -30 -34 -30 M4 -30 q16 -30 34 -30', P.wood, 5)), g('translate(300 180) rotate(8) scale(.44)', path('M0 0 C-80 -80 -150 -40 -110 20 C-90 50 -40 40 0 10Z', P.sand), path('M0 0 C80 -80 150 -40 110 20 C90 50 40 40 0 10Z', P.sand), ell(0, 14, 14, 46, P.wood)),
  g('translate(880 640) rotate(8)', rect(-120, -50, 240, 110, P.sand, 8), circ(-96, 4, 12, P.ink), stroke('M-108 4 C-180 0 -160 -80 -200 -40', P.white, 4), text(14, -2, 'FRAGILE', 36, P.wine, 'font-weight="bold"'), text(14, 38, 'wrong fitting', 28, P.ink)), rect(0, 740, W, 60, P.night));

art.clock = () => { const face = (x, y, h, m, c) => g(`translate(${x} ${y})`, circ(0, 0, 142, P.ink), circ(0, 0, 128, c), [...Array(12)].map((_, i) => g(`rotate(${i * 30})`, rect(-5, -118, 10, i % 3 ? 16 : 28, P.ink, 3))), g(`rotate(${h})`, rect(-7, -72, 14, 86, P.ink, 6)), g(`rotate(${m})`, rect(-5, -106, 10, 122, P.wine, 5)), circ(0, 0, 13, P.wine));
  return svg(P.mist, circ(160, 180, 84, P.butter), cloud(1030, 140, 0.8, P.white), [0, 130, 960, 1080].map((x, i) => house(x - 20, 800, 130, 190 + i * 22, [P.coral, P.foam, P.pale, P.butter][i], [P.wine, P.deep, P.brick, P.deep][i], { rows: 3 })),
    poly([600, 260, 900, 190, 900, 800, 600, 800], P.brick), poly([600, 260, 300, 190, 300, 800, 600, 800], P.coral), poly([270, 200, 600, 280, 930, 200, 600, 124], P.deep), poly([600, 280, 930, 200, 600, 124], P.night), circ(600, 124, 12, P.mustard), g('matrix(1 .22 0 1 0 0)', face(450, 330, 300, 12, P.foam)), g('matrix(1 -.22 0 1 0 0)', face(750, 598, 78, 228, P.butter)), g('matrix(1 .22 0 1 0 0)', rect(340, 540, 220, 66, P.foam, 6), text(450, 585, 'CHAPEL', 40, P.ink)), g('matrix(1 -.22 0 1 0 0)', rect(640, 804, 220, 66, P.butter, 6), text(750, 849, 'HARBOUR', 36, P.ink)),
    rect(0, 770, W, 40, P.sand), person(180, 782, 0.75, P.deep, P.mustard), person(1010, 782, 0.75, P.brick, P.ink), gull(594, 116, 0.46)); };

art.bandstand = () => svg(P.butter,
  circ(980, 190, 90, P.coral), cloud(230, 150, 0.8, P.foam), rect(0, 600, W, 200, '#8aa06b'), sea(560, 6, 80, P.mid, 0, 610), path('M0 600 C300 570 900 570 1200 600 V640 H0Z', '#8aa06b'), [320, 500, 700, 880].map((x) => rect(x - 9, 300, 18, 320, P.white)), path('M230 310 C360 280 520 210 600 110 C680 210 840 280 970 310Z', P.brick), path('M470 250 C530 210 570 170 600 110 C630 170 670 210 730 250 C640 266 560 266 470 250Z', P.coral), rect(230, 304, 740, 24, P.wine, 6), [...Array(12)].map((_, i) => path(`M${240 + i * 60} 328 h60 a30 26 0 0 1 -60 0z`, i % 2 ? P.foam : P.mustard)), circ(600, 104, 14, P.mustard), line(600, 100, 600, 50, P.ink, 5), path('M600 50 l56 14 l-56 16z', P.teal),
  [[400, P.deep], [500, P.wine], [600, P.teal], [700, P.deep], [800, P.wine]].map(([x, c], i) => person(x, 640, 0.95, c, P.ink, { noLegs: true, arm: i % 2 === 0 ? g('translate(0 -112)', circ(0, 10, 40, P.mustard), circ(0, 10, 24, P.wood), path('M14 -10 L60 -70 L84 -40Z', P.mustard)) : g('translate(0 -120)', line(-10, 0, 40, -44, P.mustard, 12), path('M30 -56 L70 -74 L58 -30Z', P.mustard)) })),
  rect(250, 590, 700, 60, P.foam), [...Array(14)].map((_, i) => rect(262 + i * 50, 598, 36, 44, P.pale, 4)), rect(220, 648, 760, 22, P.deep, 4),
  [[420, 250], [860, 200], [1040, 330], [330, 180]].map(([x, y], i) => g(`translate(${x} ${y - 80}) scale(${1 + (i % 2) * 0.3}) rotate(${i * 8 - 8})`, ell(0, 0, 17, 12, P.ink), line(14, 0, 14, -60, P.ink, 5), stroke('M14 -60 q28 6 24 30', P.ink, 6))), [[140, P.wine], [260, P.white], [930, P.mustard], [1060, P.teal]].map(([x, c]) => g(`translate(${x} 760)`, path('M-60 40 V-40 C-60 -70 60 -70 60 -40 V40Z', c), [...Array(3)].map((_, i) => rect(-42 + i * 32, -44, 12, 84, P.ink, 0, 'opacity=".14"')), circ(0, -82, 30, '#6b4226'), path('M-38 -88 h76 l-14 -26 h-48z', P.ink))), gull(600, 790, 0.75));

art.bollards = () => svg(P.pale,
  circ(1000, 170, 84, P.butter), sea(330, 8, 80, P.mid), ripples(350, 460, P.mist, 18), sail(260, 420, 0.5, P.white, P.butter, P.brick), rect(0, 500, W, 300, P.stone), rect(0, 484, W, 22, P.ink), [...Array(10)].map((_, i) => rect(30 + i * 124, 700 + (i % 2) * 40, 84, 8, P.ink, 4, 'opacity=".25"')),
  stroke('M130 548 C200 650 260 650 318 548', P.sand, 12), [0, 1, 2, 4, 5].map((i) => g(`translate(${130 + i * 188} 640)`, ell(0, 6, 66, 14, P.ink, 'opacity=".3"'), path('M-46 0 V-110 C-46 -126 46 -126 46 -110 V0 C30 14 -30 14 -46 0Z', P.ink), ell(0, -124, 62, 24, P.night), ell(0, -132, 62, 24, P.deep), rect(-50, -70, 100, 30, P.mustard), text(0, -46, String([1, 2, 3, 4, 5, 6][i]), 26, P.ink, 'font-weight="bold"'))),
  g('translate(694 640)', ell(0, 0, 60, 15, P.night), ell(0, 0, 60, 15, 'none', `stroke="${P.foam}" stroke-width="5" stroke-dasharray="12 10"`), text(0, -40, '4?', 64, P.wine, 'font-weight="bold"')), gull(506, 498, 0.62), gull(1070, 498, 0.62, true), person(780, 770, 1.1, P.brick, P.ink, { arm: g('translate(14 -120)', rect(-30, -24, 56, 70, P.foam, 4), [0, 1, 2, 3].map((k) => line(-20, -10 + k * 14, 14, -10 + k * 14, P.ink, 3))) }));

art.chips = () => svg(P.coral,
  [...Array(16)].map((_, i) => g(`translate(600 470) rotate(${i * 22.5})`, poly([0, 0, -110, -1000, 110, -1000], P.brick, 'opacity=".35"'))), 
  [[-130, -16], [-90, -9], [-50, -4], [-8, 1], [36, 5], [78, 10], [120, 16], [-110, -24], [104, 24], [-30, 8], [14, -8]].map(([x, r], i) => g(`translate(${600 + x} 430) rotate(${r})`, rect(-19, -210 - (i % 3) * 26, 38, 260, i % 2 ? P.butter : P.mustard, 6), rect(-19, -210 - (i % 3) * 26, 12, 260, P.foam, 6, 'opacity=".4"'))),
  path('M400 400 H800 L680 770 H520Z', P.white), [...Array(4)].map((_, i) => poly([420 + i * 100, 400, 470 + i * 100, 400, 547 + i * 34, 770, 530 + i * 34, 770], P.teal)), g('translate(600 560)', circ(0, 0, 66, P.white), text(0, 8, 'THE', 24, P.deep), text(0, 36, 'BATTERY', 26, P.deep, 'font-weight="bold"')),
  gull(180, 800, 1.9, false), g('translate(1060 800)', gull(0, 0, 1.6, true)), g('translate(600 800)', ''), flyer(600, 96, 1, P.white, 0));

art.bench = () => svg(P.butter,
  circ(640, 360, 150, P.coral), rect(0, 60, W, 26, P.foam, 0, 'opacity=".5"'), rect(0, 150, W, 18, P.foam, 0, 'opacity=".5"'), sea(400, 6, 80, P.mid), rect(560, 410, 160, 12, P.coral, 6), rect(590, 440, 110, 10, P.coral, 5), rect(610, 470, 70, 9, P.coral, 5), ripples(420, 540, P.pale, 24), g('translate(250 410) scale(.2) translate(-580 -560)', path('M230 426 H940 C936 500 900 566 850 590 H330 C280 566 240 500 230 426Z', P.deep), rect(380, 340, 480, 90, P.white), rect(690, 230, 78, 120, P.brick)),
  rect(0, 590, W, 210, '#8aa06b'), path('M0 600 C300 560 900 560 1200 600 V640 H0Z', '#8aa06b'), person(450, 690, 1.15, P.brick, P.mustard, { noLegs: true, back: true }), person(600, 690, 1.2, P.teal, P.ink, { noLegs: true, back: true }), person(750, 690, 1.1, P.wine, P.foam, { noLegs: true, back: true }),
  rect(320, 560, 560, 34, P.wood, 6), rect(320, 612, 560, 34, P.wood, 6), rect(340, 560, 26, 190, P.ink), rect(834, 560, 26, 190, P.ink), rect(300, 664, 600, 30, '#a36c42', 6), gull(850, 562, 0.6, true, { brow: 0 }), g('translate(600 604)', rect(-70, -12, 140, 22, P.mustard, 3), text(0, 5, 'LOOKING OUT', 15, P.ink)), g('translate(960 720)', path('M-34 0 V-80 H34 V0Z', P.deep), rect(-38, -96, 76, 22, P.foam, 6), rect(-34, -54, 68, 12, P.mustard)), [...Array(24)].map(() => { const x = rnd(10, 1190), y = rnd(700, 790); return circ(x, y, 5, pick([P.white, P.mustard, P.coral])); }), flyer(330, 230, 0.6), flyer(430, 280, 0.4), flyer(900, 200, 0.5));

art.kettle = () => svg(P.deep,
  [...Array(7)].map((_, i) => line(0, 60 + i * 90, W, 60 + i * 90, P.teal, 3)), rect(0, 610, W, 190, P.wood), rect(0, 600, W, 20, '#a36c42'), g('translate(220 260)', circ(0, 0, 130, P.brick), circ(0, 0, 72, P.deep), [0, 90, 180, 270].map((r) => g(`rotate(${r})`, rect(-24, -132, 48, 64, P.foam)))), g('translate(1066 250)', rect(-110, -140, 220, 250, P.foam, 6), text(0, -92, 'TEA ROTA', 34, P.wine, 'font-weight="bold"'), [...Array(5)].map((_, i) => line(-80, -50 + i * 32, 60 - i * 14, -50 + i * 32, P.ink, 4) + stroke(`M70 ${-54 + i * 32} l8 10 l16 -20`, P.mid, 5))),
  path('M420 600 C380 520 400 360 600 350 C800 360 820 520 780 600Z', P.mustard), path('M440 560 C430 470 460 400 540 380 C480 430 480 500 490 570 C470 590 446 586 440 560Z', P.butter), path('M770 470 C850 460 850 380 900 350 L930 376 C890 420 890 540 780 550Z', P.mustard), stroke('M440 420 C420 200 780 200 760 420', P.ink, 26), ell(600, 356, 110, 24, P.wine), circ(600, 326, 22, P.ink), rect(400, 590, 400, 22, P.ink, 8), stroke('M930 330 c-30 -40 50 -60 10 -120 c-30 -40 30 -60 10 -100', P.mist, 16, 'opacity=".7"'),
  [[210, P.foam], [330, P.coral], [920, P.pale], [1040, P.foam]].map(([x, c]) => g(`translate(${x} 690)`, path('M-44 -80 H44 V-10 C40 10 -40 10 -44 -10Z', c), stroke('M44 -62 c36 -4 36 46 0 40', c, 11), ell(0, -80, 44, 10, P.wood))), text(600, 540, 'LIFEBOAT No. 2', 0, P.ink), g('translate(600 500)', rect(-100, -34, 200, 62, P.wine, 8), text(0, 10, 'CREW ONLY', 30, P.butter, 'font-weight="bold"')));

const dir = dirname(fileURLToPath(import.meta.url));
for (const [name, draw] of Object.entries(art)) { srand(42); writeFileSync(join(dir, `${name}.svg`), draw()); }
console.log(`${Object.keys(art).length} pictures`);
