// A measurement against its target: what came out, and whether it is what was to be shown.
import { digits, quotient, summary } from "./stats.mjs";
import { targets } from "./targets.mjs";

// { ours, peer?, times?, share?, target?, reached? }: `ours` and `peer` are summaries, `times` how many
// times as good as the peer's ours is, `share` ours as a part of the peer's.
export function judge(m, target = targets.find(({ id }) => id === m.id)) {
    const result = { ours: summary(m.ours), target };
    if (m.peer) {
        result.peer = summary(m.peer.values);
        result.share = quotient(m.ours, m.peer.values);
        result.times = m.better === "more" ? result.share : quotient(m.peer.values, m.ours);
    }
    if (target) {
        const value = measured(result);
        result.reached = "times" in target || "least" in target ? value >= bound(target) : value <= bound(target);
    }
    return result;
}

const bound = (target) => target.times ?? target.share ?? target.least ?? target.most;
// The one number that the target is about.
export const measured = ({ target, times, share, ours }) =>
    "times" in target ? times?.median ?? NaN : "share" in target ? share?.median ?? NaN : ours.median;

// "≥ 1.4 × nginx", "≤ 200 MB".
export function targetText(target) {
    if ("times" in target) return `≥ ${digits(target.times)} × ${target.peer}`;
    if ("share" in target) return `≤ ${digits(target.share)} × ${target.peer}`;
    return `${"least" in target ? "≥" : "≤"} ${digits(bound(target))} ${target.unit}`;
}

// "1.52 ×", "8.4 ms".
export function measuredText(result, m) {
    const value = measured(result);
    return "times" in result.target || "share" in result.target ? `${digits(value)} ×` : `${digits(value)} ${m.unit}`;
}

// "yes", or by how much not.
export function verdict(result, m) {
    if (result.reached) return "yes";
    const value = measured(result), miss = Math.abs(value / bound(result.target) - 1) * 100;
    if (!Number.isFinite(value)) return `no peer was measured (${m.note ?? "no reason given"})`;
    return `no, ${digits(miss)} % ${value < bound(result.target) ? "below" : "above"}`;
}

// The table of a bench's measurements, for a terminal or Markdown.
export function table(measurements) {
    const rows = [["", "ours", "peer", "ours : peer", "target"]];
    for (const m of measurements) {
        const r = judge(m);
        const value = (s) => `${digits(s.median)} (${digits(s.least)}–${digits(s.most)})`;
        rows.push([`${m.what}, ${m.unit}`, value(r.ours), m.peer ? `${m.peer.name} ${value(r.peer)}` : "",
                   r.share ? `${digits(r.share.median)} ×` : "",
                   r.target ? `${targetText(r.target)}: ${verdict(r, m)}` : ""]);
    }
    return rows;
}

// Columns as wide as their widest cell.
export function columns(rows) {
    const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => [...row[c]].length)));
    return rows.map((row) => row.map((cell, c) => cell + " ".repeat(widths[c] - [...cell].length)).join("  ").trimEnd()).join("\n");
}

export const markdown = ([head, ...rows]) =>
    [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`).join("\n");
