// A plot of measurements as SVG, written by hand: for each one bars for ours and for the peer, whiskers
// over the spread of the rounds, and a line where the target stands. Colours follow the reader's light
// or dark setting; the file needs no font and no script of its own.
import { digits } from "./stats.mjs";
import { judge } from "./judge.mjs";

const WIDTH = 760, LEFT = 16, VALUE = 100, BAR = 16, GAP = 5, PART = 26;

const style = `text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #1f2328 }
.title { font-size: 16px; font-weight: 600 } .small { font-size: 12px; fill: #59636e } .name { font-weight: 600 }
.back { fill: #ffffff } .ours { fill: #0b6e6e } .peer { fill: #a9b4bf } .whisker { stroke: #1f2328; stroke-width: 1.2; opacity: .65 }
.target { stroke: #b3412a; stroke-width: 1.6; stroke-dasharray: 4 3 } .key { fill: #b3412a; font-size: 12px }
@media (prefers-color-scheme: dark) {
text, .name { fill: #e6edf3 } .small { fill: #9aa5b1 } .back { fill: #0d1117 } .ours { fill: #3fb8b0 } .peer { fill: #57626d }
.whisker { stroke: #e6edf3 } .target { stroke: #ff9b82 } .key { fill: #ff9b82 } }`;

const escaped = (text) => String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

// Where the target stands on the scale of ours.
function targetAt({ target, peer }, m) {
    if (!target) return undefined;
    if ("share" in target) return peer && peer.median * target.share;
    if ("times" in target) return peer && (m.better === "more" ? peer.median * target.times : peer.median / target.times);
    return target.least ?? target.most;
}

export function plot(title, measurements) {
    const parts = [];
    let y = 52;
    for (const m of measurements) {
        const r = judge(m), at = targetAt(r, m), peer = m.peer ? [[m.peer.name, r.peer, "peer"]] : [];
        const bars = [["Broadsheet", r.ours, "ours"], ...peer];
        const labels = 14 + 7.2 * Math.max(...bars.map(([name]) => name.length)), from = LEFT + labels;
        // The target's line and the longest whisker fit in.
        const scale = (WIDTH - from - VALUE) / (Math.max(...bars.map(([, s]) => s.most), at ?? 0) || 1);
        parts.push(`<text class="name" x="${LEFT}" y="${y}">${escaped(m.what)}</text>`,
            `<text class="small" x="${LEFT}" y="${y + 17}">${escaped(m.unit)}, ${m.better === "more" ? "more" : "less"} is better${
                r.times ? `; ours: ${digits(r.times.median)} times as good` : ""}</text>`);
        y += 27;
        const top = y;
        for (const [name, s, kind] of bars) {
            const x = (value) => (from + value * scale).toFixed(1), middle = y + BAR / 2;
            parts.push(`<text x="${from - 8}" y="${y + BAR - 3}" text-anchor="end">${escaped(name)}</text>`,
                `<rect class="${kind}" x="${from}" y="${y}" width="${Math.max(1, s.median * scale).toFixed(1)}" height="${BAR}" rx="2"/>`,
                `<path class="whisker" fill="none" d="M${x(s.least)} ${middle}H${x(s.most)}M${x(s.least)} ${middle - 4}v8M${x(s.most)} ${middle - 4}v8"/>`,
                `<text x="${WIDTH - LEFT}" y="${y + BAR - 3}" text-anchor="end">${digits(s.median)}</text>`);
            y += BAR + GAP;
        }
        if (at !== undefined) {
            const x = (from + at * scale).toFixed(1), right = at * scale > (WIDTH - from) * 0.6;
            parts.push(`<path class="target" d="M${x} ${top - 4}V${y}"/>`,
                `<text class="key" x="${right ? x - 5 : Number(x) + 5}" y="${y + 9}" text-anchor="${right ? "end" : "start"}">target ${digits(at)}</text>`);
            y += 10;
        }
        y += PART;
    }
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-label="${escaped(title)}">
<style>${style}</style>
<rect class="back" width="${WIDTH}" height="${y}" rx="6"/>
<text class="title" x="${LEFT}" y="26">${escaped(title)}</text>
${parts.join("\n")}
</svg>
`;
}
