<?php
// Import COUNT posts of an export, after the first FROM, as WordPress's importer does without its web page:
// the same calls into WordPress in the same order (is it there already, insert, terms, meta), caches and counts
// put off. The file is streamed, where the plugin holds the whole of it in memory, and no picture is fetched.
// Prints how long the posts took: neither the authors and terms before nor the counts after.
//   PEER_DIR=… PEER_DB=… php import.php CORE FILE FROM COUNT
require __DIR__ . '/wxr.php';
[, , $file, $from, $count] = $argv;
$n = 0;
$begin = hrtime(true);
foreach (posts_of($file) as ['post' => $post, 'terms' => $terms, 'meta' => $meta]) {
    if ($n === (int) $from) {
        $begin = hrtime(true);
    }
    if ($n++ < $from) {
        continue;
    }
    if ($n > $from + $count) {
        break;
    }
    if (post_exists($post['post_title'], '', $post['post_date'], $post['post_type'])) {
        die("{$post['guid']} is there already\n");
    }
    $id = wp_insert_post(wp_slash($post), true);
    is_int($id) || die("post: {$id->get_error_message()}\n");
    foreach ($terms as $taxonomy => $ids) {
        wp_set_post_terms($id, $ids, $taxonomy);
    }
    foreach ($meta as $key => $value) {
        add_post_meta($id, wp_slash($key), wp_slash($value));
    }
}
$seconds = (hrtime(true) - $begin) / 1e9;
import_end();
echo json_encode(['seconds' => $seconds, 'peak_bytes' => memory_get_peak_usage(true)]), "\n";
