// The servers that are measured, each on the cores it is given, on a port of 127.0.0.1.
import { mkdirSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import http from "node:http";
import { broadsheet } from "./context.mjs";
import { freePort, sleep } from "./processes.mjs";

// `broadsheet serve`; its .port.
export async function startBroadsheet(ctx, site, args = [], options = {}) {
    const server = await ctx.start(broadsheet, ["serve", "--site", site, "--listen", "127.0.0.1:0", ...args],
        { cores: ctx.serverCores, ready: /https?:\/\/[^:\s]+:(\d+)/, ...options });
    server.port = Number(server.match[1]);
    return server;
}

// nginx, one worker, with these files below one root: { "/a/": bytes } is a/index.html. `gzip`: the same
// for index.html.gz. Served as a careful administrator would. .port; .tlsPort if given { certificate, key };
// .h2Port speaks HTTP/2 in clear.
export async function startNginx(ctx, { files, gzip = {}, tls, name = "nginx" }) {
    const dir = ctx.path(name), www = join(dir, "www");
    for (const [suffix, list] of [["", files], [".gz", gzip]]) {
        for (const [path, bytes] of Object.entries(list)) {
            const file = join(www, path, path.endsWith("/") ? "index.html" : "") + suffix;
            mkdirSync(dirname(file), { recursive: true });
            writeFileSync(file, bytes);
        }
    }
    const port = await freePort(), h2Port = await freePort(), tlsPort = await freePort();
    const conf = join(dir, "nginx.conf");
    writeFileSync(conf, `worker_processes 1; daemon off; pid ${dir}/pid; error_log ${dir}/error.log;
worker_rlimit_nofile 40000;
events { worker_connections 16384; }
http {
    include /etc/nginx/mime.types; access_log off;
    sendfile on; tcp_nopush on; tcp_nodelay on; gzip_static on;
    keepalive_timeout 75s; keepalive_requests 1000000000;
    open_file_cache max=1000 inactive=1h; open_file_cache_valid 1h;
    client_body_temp_path ${dir}/t1; proxy_temp_path ${dir}/t2; fastcgi_temp_path ${dir}/t3;
    uwsgi_temp_path ${dir}/t4; scgi_temp_path ${dir}/t5;
    root ${www};
    server { listen 127.0.0.1:${port} backlog=4096; }
    server { listen 127.0.0.1:${h2Port} http2 backlog=4096; }
    ${tls ? `server { listen 127.0.0.1:${tlsPort} ssl http2 backlog=4096;
        ssl_certificate ${tls.certificate}; ssl_certificate_key ${tls.key};
        ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:tls:10m; }` : ""}
}\n`);
    const server = await ctx.start("nginx", ["-c", conf, "-e", join(dir, "error.log")], { cores: ctx.serverCores });
    await answering(server, port);
    ctx.met("nginx", execFileSync("sh", ["-c", "nginx -v 2>&1"], { encoding: "utf8" }).replace("nginx version: nginx/", ""));
    return Object.assign(server, { port, h2Port, tlsPort });
}

// varnishd in front of another server on 127.0.0.1, with its cache in memory; .port.
export async function startVarnish(ctx, backendPort) {
    const dir = ctx.path("varnish"), port = await freePort();
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, "site.vcl"), `vcl 4.1;
backend default { .host = "127.0.0.1"; .port = "${backendPort}"; }
sub vcl_backend_response { set beresp.ttl = 1h; set beresp.grace = 1h; }\n`);
    const server = await ctx.start("varnishd", ["-F", "-a", `127.0.0.1:${port}`, "-f", join(dir, "site.vcl"),
        "-n", join(dir, "state"), "-s", "malloc,256m"], { cores: ctx.serverCores });
    await answering(server, port);
    ctx.met("Varnish", /varnish-([\d.]+)/.exec(execFileSync("sh", ["-c", "varnishd -V 2>&1"], { encoding: "utf8" }))[1]);
    return Object.assign(server, { port });
}

// Until the server answers anything at all.
export async function answering(server, port, seconds = 60) {
    for (const end = performance.now() + seconds * 1000; ; await sleep(20)) {
        if (server.how) throw new Error(`${server.name} ended: ${server.err || server.out}`);
        if (performance.now() > end) throw new Error(`${server.name} does not answer on port ${port}: ${server.err}`);
        try { return await get(port, "/"); } catch { /* not yet */ }
    }
}

// Until the server rests: it has done what a start leaves to do beside the paper (merging the search
// index, renewing pages), which is nobody's cost at a time.
export async function settled(server, seconds = 120) {
    for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
        const before = server.cpuSeconds();
        await sleep(1000);
        if (server.cpuSeconds() - before <= 0.02) return;
    }
}

export function get(port, path, headers = {}, agent = undefined) {
    return new Promise((resolve, reject) => {
        http.get({ host: "127.0.0.1", port, path, headers, agent }, (res) => {
            const chunks = [];
            res.on("data", (chunk) => chunks.push(chunk));
            res.on("end", () => resolve({ status: res.statusCode, headers: res.headers, body: Buffer.concat(chunks) }));
        }).on("error", reject);
    });
}

// A certificate for localhost, made for the run.
export function makeCertificate(ctx) {
    const tls = { certificate: ctx.path("tls.pem"), key: ctx.path("tls.key") };
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-keyout", tls.key, "-out", tls.certificate, "-days", "2", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], { stdio: "ignore" });
    return tls;
}
