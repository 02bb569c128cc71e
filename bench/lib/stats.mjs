// What a list of measured values comes to. A round's value is one number; what is reported is the
// median of the rounds, and the least and the most of them, which says how far to trust it.

// The value below which the share `part` (0…1) of the values lies, by the nearest rank.
export function quantile(values, part) {
    if (values.length === 0) throw new Error("a quantile of no values");
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(part * sorted.length) - 1))];
}

// The middle one; of an even number the mean of the two in the middle.
export function median(values) {
    if (values.length === 0) throw new Error("a median of no values");
    const sorted = [...values].sort((a, b) => a - b), half = sorted.length >> 1;
    return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

export function summary(values) {
    return { median: median(values), least: Math.min(...values), most: Math.max(...values), rounds: values.length };
}

// How ours stands to the peer's, as a quotient: of the medians, with the spread of the rounds' own
// quotients when the two were measured in pairs, in turn.
export function quotient(ours, peer) {
    const pairs = ours.length === peer.length ? ours.map((v, i) => v / peer[i]) : [];
    const all = pairs.length ? summary(pairs) : undefined;
    return { median: median(ours) / median(peer), least: all?.least, most: all?.most };
}

// For people: thousands separated, three significant digits below a thousand.
export function digits(value) {
    if (!Number.isFinite(value)) return "—";
    const size = Math.abs(value);
    const places = size >= 100 || value === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4;
    return value.toLocaleString("en-US", { minimumFractionDigits: 0, maximumFractionDigits: places });
}
