// All renditions of a photograph of 24 megapixels, eight widths in three formats, on two cores: ours in
// confined workers, from one decoded copy each; vipsthumbnail and ImageMagick two at a time, a program a
// rendition, as a script would call them. At the qualities and efforts of src/picture/make.c.
import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import { root } from "./lib/context.mjs";

export const name = "pictures";
export const title = "Renditions of a photograph";
export const needs = { convert: "imagemagick", vipsthumbnail: "libvips-tools", taskset: "util-linux" };

const WIDTHS = [2400, 2000, 1600, 1200, 960, 640, 480, 320];
const VIPS = { avif: "[Q=52,effort=1,strip]", webp: "[Q=75,effort=2,strip]", jpg: "[Q=78,optimize-coding,interlace,strip]" };
const MAGICK = { avif: ["-quality", "52"], webp: ["-quality", "75"], jpg: ["-quality", "78"] };

export async function* run(ctx) {
    const picture = ctx.path("photograph.jpg"), cores = cpus().length > 1 ? "0,1" : "0";
    // Made up, and about as hard as one: soft shapes, texture, a camera's noise.
    execFileSync("convert", ["-size", "6000x4000", "-seed", "9", "plasma:grey50-grey50", "-spread", "3",
        "(", "-size", "1500x1000", "-seed", "3", "plasma:fractal", "-resize", "6000x4000!", ")", "-compose", "overlay", "-composite",
        "(", "-size", "3000x2000", "xc:gray50", "-seed", "5", "-attenuate", "0.6", "+noise", "Gaussian", "-resize", "6000x4000!", ")", "-compose", "overlay", "-composite",
        "-quality", "92", picture]);
    ctx.met("vipsthumbnail", execFileSync("vipsthumbnail", ["--vips-version"]).toString().split("\n")[0]);

    const rounds = { ours: () => ours(picture, cores), vips: () => each(picture, cores, thumbnail(ctx)) };
    const { ours: made, vips } = await ctx.inTurn(rounds);
    const what = "24 megapixels, 24 renditions, two cores", note = `AVIF, WebP and JPEG of ${WIDTHS.join(", ")}`;
    yield { id: "pictures.time", what, unit: "s", better: "less", ours: made.map((m) => m.seconds), peer: { name: "vipsthumbnail", values: vips }, note };
    yield { id: "pictures.cpu", what: `${what}: processor time`, unit: "s", better: "less", ours: made.map((m) => m.cpu), note };
    yield { id: "pictures.memory", what: `${what}: most memory of a worker`, unit: "MB", better: "less", ours: made.map((m) => m.mb) };
    if (!ctx.quick && execFileSync("convert", ["-list", "format"]).toString().match(/AVIF.* rw/)) {
        const { magick } = await ctx.inTurn({ magick: () => each(picture, cores, resize(ctx)) }, { rounds: 1, warm: false });
        yield { id: "pictures.magick", what, unit: "s", better: "less", ours: made.map((m) => m.seconds), peer: { name: "ImageMagick", values: magick }, note };
    }
}

function ours(picture, cores) {
    const text = execFileSync("taskset", ["-c", cores, join(root, "build/release/bench/pictures"), picture, "1", "2"]).toString();
    const [, seconds, cpu, mb] = /([\d.]+) s, ([\d.]+) s of processors, at most (\d+) MB/.exec(text);
    return { seconds: Number(seconds), cpu: Number(cpu), mb: Number(mb) };
}

const thumbnail = (ctx) => (picture, width, format) => ["vipsthumbnail", picture, "-s", String(width), "-o", ctx.path(`peer-${width}.${format}${VIPS[format]}`)];
const resize = (ctx) => (picture, width, format) => ["convert", picture, "-auto-orient", "-resize", String(width), "-strip", ...MAGICK[format], ctx.path(`peer-${width}.${format}`)];

// Each rendition by a program of its own, two at a time; how long all of them take.
function each(picture, cores, command) {
    const jobs = WIDTHS.flatMap((width) => ["avif", "webp", "jpg"].map((format) => command(picture, width, format)));
    const begun = performance.now();
    execFileSync("taskset", ["-c", cores, "xargs", "-P", "2", "-d", "\n", "-n", "1", "sh", "-c", "exec $0"], { input: jobs.map((job) => job.join(" ")).join("\n") });
    return (performance.now() - begun) / 1000;
}
