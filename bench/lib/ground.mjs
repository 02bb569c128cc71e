// Where files are written that are to be timed: a file system of its own, made a moment ago.
//
// An ext4 makes files several times slower for some minutes after many were removed, as it does not give out
// the inodes of those again so soon, and goes through all of them for each new file. So who is measured behind
// somebody whose 200,000 files have just been removed is measured for that. As root each run gets a new file
// system in a sparse file, mounted with direct I/O, so that nothing is kept in memory twice. Elsewhere it is a
// new folder on the disk that is there.
import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync } from "node:fs";
import { onPath } from "./processes.mjs";

const SIZE = 64e9, INODES = 2000000;
const run = (command, ...args) => execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();

export class Ground {
    // place: a name that nothing has; .dir is the folder, .isNew whether its file system is.
    constructor(place) {
        this.dir = place;
        this.image = `${place}.img`;
        mkdirSync(place);
        this.isNew = process.getuid() === 0 && ["mkfs.ext4", "losetup", "mount"].every(onPath) && this.#mount();
    }

    #mount() {
        try {
            const file = openSync(this.image, "w");
            ftruncateSync(file, SIZE);
            closeSync(file);
            run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", "-N", String(INODES), this.image);
            const device = run("losetup", "--find", "--show", "--direct-io=on", this.image);
            try {
                run("mount", device, this.dir);
            } finally {
                run("losetup", "--detach", device); // when it is unmounted
            }
            return true;
        } catch {
            rmSync(this.image, { force: true });
            return false; // in a container, say
        }
    }

    // All that was written is on the disk: in how many seconds.
    sync() {
        const begun = performance.now();
        run("sync", "--file-system", this.dir);
        return (performance.now() - begun) / 1000;
    }

    remove() {
        if (this.isNew) {
            run("umount", this.dir);
            this.isNew = false;
        }
        rmSync(this.dir, { recursive: true, force: true, maxRetries: 10 });
        rmSync(this.image, { force: true });
    }
}
