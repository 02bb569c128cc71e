// Somebody who publishes one made-up story a second in the site that is being measured: another process
// on the load's cores, writing into the same database as `broadsheet story publish` does. The server
// hears of each commit and renews what it touched.
import { archive } from "./context.mjs";

export const startPublisher = (ctx, site) =>
    ctx.start(archive, ["publish", site, "1000000", "--every", "1"], { cores: ctx.loadCores, ready: /published 1\b/ });
