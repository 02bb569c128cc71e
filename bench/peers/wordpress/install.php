<?php
// Install WordPress into the empty database PEER_DB without a browser and print an application password:
//   PEER_DIR=… PEER_DB=… php install.php CORE
define('WP_INSTALLING', true);
$_SERVER += ['HTTP_HOST' => '127.0.0.1', 'REQUEST_URI' => '/', 'SERVER_PROTOCOL' => 'HTTP/1.1'];
require "$argv[1]/wp-load.php";
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
function wp_new_blog_notification() {} // no mail to the administrator
wp_install('The Peer', 'editor', 'editor@news.example', true, '', 'a password of a benchmark');
foreach (get_posts(['post_type' => 'any', 'post_status' => 'any', 'numberposts' => -1]) as $sample) {
    wp_delete_post($sample->ID, true);
}
$options = [
    'permalink_structure' => '/%year%/%monthnum%/%postname%/',
    'category_base' => 'section',
    'tag_base' => 'tag',
    'posts_per_page' => 20,
    'posts_per_rss' => 20,
    'timezone_string' => 'UTC',
    'default_pingback_flag' => 0,
    'default_ping_status' => 'closed',
    'default_comment_status' => 'closed',
];
foreach ($options as $name => $value) {
    update_option($name, $value);
}
switch_theme('peer');
$wp_rewrite->init();
$wp_rewrite->flush_rules(false);
[$password] = WP_Application_Passwords::create_new_application_password(1, ['name' => 'bench']);
echo $password, "\n";
