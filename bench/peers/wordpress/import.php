<?php
// Import the first LIMIT posts of an export as WordPress's importer does, without its web page: the same calls
// into WordPress in the same order (is it there already, insert, terms, meta), caches and counts put off. The
// file is streamed, where the plugin reads the whole of it into memory first, and no picture is fetched.
//   PEER_DIR=… PEER_DB=… php import.php CORE FILE LIMIT
require __DIR__ . '/wxr.php';
$posts = 0;
$begin = null;
foreach (posts_of($argv[2]) as ['post' => $post, 'terms' => $terms, 'meta' => $meta]) {
    $begin ??= hrtime(true); // authors and terms are made by now
    if (post_exists($post['post_title'], '', $post['post_date'], $post['post_type'])) {
        continue;
    }
    $id = wp_insert_post(wp_slash($post), true);
    is_int($id) || die("post: {$id->get_error_message()}\n");
    foreach ($terms as $taxonomy => $ids) {
        wp_set_post_terms($id, $ids, $taxonomy);
    }
    foreach ($meta as $key => $value) {
        add_post_meta($id, wp_slash($key), wp_slash($value));
    }
    if (++$posts >= (int) $argv[3]) {
        break;
    }
}
import_end();
echo json_encode(['posts' => $posts, 'seconds' => (hrtime(true) - $begin) / 1e9,
                  'peak_bytes' => memory_get_peak_usage(true)]), "\n";
