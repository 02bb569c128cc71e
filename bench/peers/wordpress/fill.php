<?php
// Put all posts of an export into WordPress's tables, many rows a statement: the rows that import.php would
// leave there, in a minute instead of an hour.
//   PEER_DIR=… PEER_DB=… php fill.php CORE FILE
require __DIR__ . '/wxr.php';

class Rows {
    private array $rows = [];
    private int $len = 0;
    public function __construct(private string $head) {}
    public function add(array $values): void {
        global $wpdb;
        $row = [];
        foreach ($values as $value) {
            $row[] = is_int($value) ? $value : "'" . mysqli_real_escape_string($wpdb->dbh, $value) . "'";
        }
        $this->rows[] = $row = '(' . implode(',', $row) . ')';
        $this->len += strlen($row);
        if ($this->len > 4 << 20) {
            $this->put();
        }
    }
    public function put(): void {
        global $wpdb;
        if ($this->rows) {
            mysqli_query($wpdb->dbh, $this->head . implode(',', $this->rows)) ||
                die(mysqli_error($wpdb->dbh) . "\n");
        }
        $this->rows = [];
        $this->len = 0;
    }
}

$columns = ['ID', 'post_author', 'post_date', 'post_date_gmt', 'post_content', 'post_title', 'post_excerpt',
    'post_status', 'comment_status', 'ping_status', 'post_password', 'post_name', 'to_ping', 'pinged',
    'post_modified', 'post_modified_gmt', 'post_content_filtered', 'post_parent', 'guid', 'menu_order',
    'post_type', 'post_mime_type'];
$posts = new Rows("INSERT INTO $wpdb->posts (" . implode(',', $columns) . ') VALUES ');
$relations = new Rows("INSERT INTO $wpdb->term_relationships VALUES ");
$metas = new Rows("INSERT INTO $wpdb->postmeta (post_id, meta_key, meta_value) VALUES ");
$taxonomy_ids = [];
$taxonomy_id = function (int $term, string $taxonomy) use (&$taxonomy_ids): int {
    return $taxonomy_ids[$term] ??= get_term($term, $taxonomy)->term_taxonomy_id;
};
mysqli_query($wpdb->dbh, 'SET autocommit = 0, unique_checks = 0');
$n = 0;
foreach (posts_of($argv[2]) as ['post' => $post, 'terms' => $terms, 'meta' => $meta]) {
    $id = $post['import_id'];
    $row = ['ID' => $id, 'to_ping' => '', 'pinged' => '', 'post_content_filtered' => '', 'post_mime_type' => '',
            'post_title' => trim($post['post_title']), 'post_modified' => $post['post_date'],
            'post_modified_gmt' => $post['post_date_gmt']] + $post;
    $posts->add(array_map(fn ($column) => $row[$column], $columns));
    foreach ($terms as $taxonomy => $ids) {
        foreach ($ids as $term) {
            $relations->add([$id, $taxonomy_id($term, $taxonomy), 0]);
        }
    }
    foreach ($meta as $key => $value) {
        $metas->add([$id, $key, $value]);
    }
    if (++$n % 2000 === 0) {
        array_map(fn ($rows) => $rows->put(), [$posts, $relations, $metas]);
        mysqli_query($wpdb->dbh, 'COMMIT');
        wp_cache_flush();
    }
}
array_map(fn ($rows) => $rows->put(), [$posts, $relations, $metas]);
mysqli_query($wpdb->dbh, "UPDATE $wpdb->term_taxonomy t SET count = (SELECT COUNT(*) FROM $wpdb->term_relationships
    r JOIN $wpdb->posts p ON p.ID = r.object_id WHERE r.term_taxonomy_id = t.term_taxonomy_id
    AND p.post_status = 'publish' AND p.post_type = 'post')") || die(mysqli_error($wpdb->dbh) . "\n");
mysqli_query($wpdb->dbh, 'COMMIT');
mysqli_query($wpdb->dbh, "ANALYZE TABLE $wpdb->posts, $wpdb->postmeta, $wpdb->term_relationships, $wpdb->term_taxonomy");
import_end();
echo json_encode(['posts' => $n]), "\n";
