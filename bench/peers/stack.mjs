// A WordPress of our own: Debian's, with a private MariaDB, php-fpm and nginx in one folder, all as the user
// who calls, nginx on 127.0.0.1 and the others on sockets in the folder. bench/peers/README.md says which
// settings differ from Debian's and why.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { freePort, sleep } from "../lib/processes.mjs";
import { answering } from "../lib/servers.mjs";

const here = new URL("./wordpress/", import.meta.url).pathname;
const source = "/usr/share/wordpress";
const STOP_MS = 120000; // MariaDB writes what is in memory only
const user = userInfo().username, root = userInfo().uid === 0;
const php = existsSync("/etc/php") ? readdirSync("/etc/php").sort().at(-1) : "8.2";
const fpm = `php-fpm${php}`;

// What a bench that compares with WordPress needs of the system.
export const needs = { [`${source}/wp-load.php`]: "wordpress", mariadbd: "mariadb-server", nginx: "nginx", php: "php-cli", [fpm]: "php-fpm",
                       [`/etc/php/${php}/mods-available/mysqli.ini`]: "php-mysql", [`/etc/php/${php}/mods-available/xmlreader.ini`]: "php-xml" };

// The settings: MariaDB's are Debian's but for those named here; commits are durable, as they are by default.
const mariadbSettings = (dir) => `[mariadbd]
user=${user}
datadir=${dir}/mysql
socket=${dir}/run/mysql.sock
pid-file=${dir}/run/mariadb.pid
log-error=${dir}/run/mariadb.log
skip-networking
character-set-server=utf8mb4
collation-server=utf8mb4_unicode_520_ci
innodb_buffer_pool_size=2G
innodb_log_file_size=512M
innodb_flush_log_at_trx_commit=1
max_allowed_packet=64M
tmp_table_size=64M
max_heap_table_size=64M
skip-name-resolve
`;

const phpSettings = (dir, workers) => `[global]
error_log=${dir}/run/php-fpm.log
[peer]
${root ? `user=${user}\ngroup=${user}` : ""}
listen=${dir}/run/php.sock
listen.backlog=511
pm=static
pm.max_children=${workers}
clear_env=no
php_admin_value[memory_limit]=256M
php_admin_value[opcache.enable]=1
php_admin_value[opcache.memory_consumption]=192
php_admin_value[opcache.max_accelerated_files]=20000
php_admin_value[opcache.validate_timestamps]=0
`;

const nginxSettings = (dir, port, cores) => `${root ? `user ${user};` : ""}
daemon off;
worker_processes ${cores};
pid ${dir}/run/nginx.pid;
error_log ${dir}/run/nginx.log warn;
events { worker_connections 2048; }
http {
    include /etc/nginx/mime.types;
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    gzip on;
    ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((what) => `${what}_temp_path ${dir}/run/${what};`).join(" ")}
    fastcgi_buffers 32 16k;
    fastcgi_buffer_size 32k;
    server {
        listen 127.0.0.1:${port};
        root ${dir}/core;
        index index.php;
        location / { try_files $uri $uri/ /index.php?$args; }
        location ~ \\.php$ {
            include /etc/nginx/fastcgi_params;
            fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
            fastcgi_param HTTP_HOST $http_host;
            fastcgi_param HTTP_AUTHORIZATION $http_authorization;
            fastcgi_param PEER_DB archive;
            fastcgi_pass unix:${dir}/run/php.sock;
        }
    }
}
`;

// What runs of it: on all cores, or on those named ("0,1"). `dir` is kept: its database is used again.
export class WordPress {
    constructor(ctx, dir, { cores } = {}) {
        this.ctx = ctx;
        this.dir = resolve(dir);
        this.cores = cores;
        this.env = { PEER_DIR: this.dir };
        this.running = [];
    }

    async program(command, args) {
        const program = await this.ctx.start(command, args, { cores: this.cores, env: this.env });
        this.running.push(program);
        return program;
    }

    async startDatabase() {
        mkdirSync(join(this.dir, "run"), { recursive: true });
        const settings = join(this.dir, "my.cnf");
        writeFileSync(settings, mariadbSettings(this.dir));
        if (!existsSync(join(this.dir, "mysql/mysql"))) {
            await this.ctx.run("mariadb-install-db", [`--defaults-file=${settings}`, "--auth-root-authentication-method=normal", "--skip-test-db"]);
        }
        const database = await this.program("mariadbd", [`--defaults-file=${settings}`]);
        while (!this.answers()) {
            if (database.how) throw new Error(`mariadbd ended; see ${this.dir}/run/mariadb.log`);
            await sleep(100);
        }
    }

    answers() {
        try {
            return this.sql("SELECT 1");
        } catch {
            return false;
        }
    }

    // php-fpm and nginx too: the site is at .url.
    async start() {
        await this.startDatabase();
        const cores = this.cores ? this.cores.split(",").length : cpus().length;
        const pool = join(this.dir, "php-fpm.conf"), nginx = join(this.dir, "nginx.conf");
        this.port = await freePort();
        this.url = `http://127.0.0.1:${this.port}`;
        writeFileSync(pool, phpSettings(this.dir, 2 * cores));
        writeFileSync(nginx, nginxSettings(this.dir, this.port, cores));
        await this.program(fpm, ["--nodaemonize", ...(root ? ["--allow-to-run-as-root"] : []), "--fpm-config", pool]);
        const door = await this.program("nginx", ["-c", nginx, "-e", join(this.dir, "run/nginx.log")]);
        await answering(door, this.port);
        this.met();
    }

    met() {
        const first = (command, ...args) => execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
        this.ctx.met("WordPress", /wp_version = '([^']+)'/.exec(readFileSync(`${source}/wp-includes/version.php`, "utf8"))[1]);
        this.ctx.met("PHP", /PHP (\S+)/.exec(first("php", "-v"))[1]);
        this.ctx.met("MariaDB", /Ver ([\d.]+)/.exec(first("mariadbd", "--version"))[1]);
    }

    sql(text, database = "mysql") {
        return execFileSync("mariadb", [`--socket=${this.dir}/run/mysql.sock`, "-uroot", "-N", "-B", database, "-e", text],
            { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    }

    // One of our PHP scripts with WordPress loaded, on the database named; what it prints.
    async php(script, database, ...args) {
        const { out } = await this.ctx.run("php", [join(here, script), join(this.dir, "core"), ...args.map(String)],
            { env: { ...this.env, PEER_DB: database }, cores: this.cores });
        return out.trim();
    }

    // An empty WordPress in a database of that name; its editor's application password.
    async install(database) {
        const core = join(this.dir, "core");
        cpSync(source, core, { recursive: true, dereference: true });
        mkdirSync(join(core, "wp-content/uploads"), { recursive: true });
        cpSync(join(here, "config.php"), join(core, "wp-config.php"));
        cpSync(join(here, "theme"), join(core, "wp-content/themes/peer"), { recursive: true });
        this.sql("CREATE USER IF NOT EXISTS peer@localhost IDENTIFIED BY 'peer'; GRANT ALL ON *.* TO peer@localhost;" +
            `DROP DATABASE IF EXISTS ${database}; CREATE DATABASE ${database}`);
        return this.php("install.php", database);
    }

    // Read every table once, so that it is in the buffer pool.
    warm(database) {
        for (const table of this.sql("SHOW TABLES", database).trim().split("\n")) this.sql(`CHECKSUM TABLE ${table}`, database);
    }

    async stop() {
        for (const program of this.running.reverse()) await program.stop("SIGTERM", STOP_MS);
        this.running = [];
    }
}
