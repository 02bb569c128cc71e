<?php
// The configuration of the WordPress that the benches compare with. What differs from a plain installation is
// what a careful shop does: no cron on the readers' requests, no calls to other hosts, no automatic updates.
$peer_dir = getenv('PEER_DIR');
define('DB_NAME', $_SERVER['PEER_DB'] ?? getenv('PEER_DB'));
define('DB_USER', 'peer');
define('DB_PASSWORD', 'peer');
define('DB_HOST', "localhost:$peer_dir/run/mysql.sock");
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('WP_HOME', 'http://' . ($_SERVER['HTTP_HOST'] ?? '127.0.0.1'));
define('WP_SITEURL', WP_HOME);
define('WP_ENVIRONMENT_TYPE', 'local'); // application passwords without TLS
define('WP_DEFAULT_THEME', 'peer');
define('DISABLE_WP_CRON', true);
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
foreach (['AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY',
          'AUTH_SALT', 'SECURE_AUTH_SALT', 'LOGGED_IN_SALT', 'NONCE_SALT'] as $name) {
    define($name, "of a benchmark: $name");
}
$table_prefix = 'wp_';
if (!defined('ABSPATH')) {
    define('ABSPATH', __DIR__ . '/');
}
require_once ABSPATH . 'wp-settings.php';
