// What the benchmarks are to show: one line for each promise, in the order of the report. A measurement
// (bench/lib/context.mjs) belongs to the line whose id it has; those without a line are shown beside.
//
// Of the medians:
//   times: N   ours is at least N times as good as the peer's (as many, or in as little time)
//   share: N   ours is at most N times the peer's (processor time, memory, latency)
//   least: N   ours is at least N, in the measurement's unit
//   most: N    ours is at most N
// `peer` and `unit` are what the measurement is to have: for the lines that a run has not measured.
const hot = "a hot story page, gzip, one story a second being published meanwhile";

export const targets = [
    { id: "hot.http1.64", what: `${hot}: 64 connections`, times: 1.4, peer: "nginx" },
    { id: "hot.http1.512", what: `${hot}: 512 connections`, times: 1.4, peer: "nginx" },
    { id: "hot.http1.64.p99", what: "the same, 99 % of the answers within: 64 connections", share: 1, peer: "nginx" },
    { id: "hot.http1.512.p99", what: "the same, 99 % of the answers within: 512 connections", share: 1, peer: "nginx" },
    { id: "hot.http1.64.cpu", what: "the same, processor time of a request: 64 connections", share: 0.75, peer: "nginx" },
    { id: "hot.http1.512.cpu", what: "the same, processor time of a request: 512 connections", share: 0.75, peer: "nginx" },
    { id: "hot.http2", what: "the same over HTTP/2 in clear", times: 3, peer: "nginx" },
    { id: "hot.tls", what: "the same over HTTP/2 and TLS", times: 1.2, peer: "nginx" },
    { id: "hot.varnish.64", what: "the same against Varnish hits: 64 connections", times: 3, peer: "Varnish" },
    { id: "hot.varnish.512", what: "the same against Varnish hits: 512 connections", times: 3, peer: "Varnish" },
    { id: "cold.wordpress", what: "story pages never asked for before, all distinct, of 100,000 stories", times: 100, peer: "WordPress" },
    { id: "publish.p99", what: "publishing: 99 % of the editor's requests answered, every page fresh, within", most: 15, unit: "ms" },
    { id: "publish.growth", what: "publishing at 1,000,000 stories in the time of 1,000", share: 1.5, peer: "at 1,000" },
    { id: "publish.wordpress", what: "publishing, 100,000 stories, against WordPress (REST)", times: 20, peer: "WordPress" },
    { id: "publish.hugo", what: "publishing, 100,000 stories, against Hugo's rebuild", times: 1000, peer: "Hugo" },
    { id: "import.rate", what: "import of 100,000 stories of WXR", least: 5000, unit: "stories/s" },
    { id: "import.wordpress", what: "import against WordPress's importer", times: 100, peer: "WordPress" },
    { id: "import.memory", what: "memory of an import of 2 GB or more", most: 128, unit: "MB" },
    { id: "export.time", what: "static export, whole, 100,000 stories, against Hugo", times: 10, peer: "Hugo" },
    { id: "export.memory", what: "the same, memory", share: 0.1, peer: "Hugo" },
    { id: "export.one", what: "static export with includes, after one more story", most: 1, unit: "s" },
    { id: "pictures.time", what: "a picture of 24 megapixels: all 24 renditions on two cores", most: 2, unit: "s", peer: "vipsthumbnail" },
    { id: "pictures.memory", what: "the same, most memory of a worker", most: 300, unit: "MB" },
    { id: "start.1000000", what: "start to the first answer, 1,000,000 stories", most: 200, unit: "ms" },
    { id: "memory.random", what: "resident memory, serving 1,000,000 stories at random for a minute", most: 200, unit: "MB" },
    { id: "memory.idle", what: "10,000 idle keep-alive connections: more memory", most: 60, unit: "MB" },
];
