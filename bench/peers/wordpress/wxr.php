<?php
// What the importer and the bulk filler have in common: WordPress loaded as an import has it, the items of an
// export file one by one, authors and terms made by WordPress's own functions.
define('WP_IMPORTING', true);
$_SERVER += ['HTTP_HOST' => '127.0.0.1', 'REQUEST_URI' => '/', 'SERVER_PROTOCOL' => 'HTTP/1.1'];
ini_set('memory_limit', '4G');
set_time_limit(0);
require "$argv[1]/wp-load.php";
require_once ABSPATH . 'wp-admin/includes/admin.php';
wp_set_current_user(1);
kses_remove_filters(); // an administrator's import is not filtered
wp_defer_term_counting(true);
wp_defer_comment_counting(true);
wp_suspend_cache_invalidation(true);

const WP = 'http://wordpress.org/export/1.2/';

function author_id(string $login, string $name = ''): int {
    static $ids = [];
    if (!isset($ids[$login])) {
        $user = get_user_by('login', $login);
        $ids[$login] = $user ? $user->ID : wp_insert_user([
            'user_login' => $login,
            'user_pass' => wp_generate_password(),
            'user_email' => "$login@news.example",
            'display_name' => $name ?: $login,
            'role' => 'author',
        ]);
        is_int($ids[$login]) || die("author $login: {$ids[$login]->get_error_message()}\n");
    }
    return $ids[$login];
}

function term_of(string $taxonomy, string $slug, string $name, string $parent = ''): int {
    static $ids = [];
    if (!isset($ids[$taxonomy][$slug])) {
        $found = term_exists($slug, $taxonomy) ?: wp_insert_term($name, $taxonomy, [
            'slug' => $slug,
            'parent' => $parent === '' ? 0 : term_of($taxonomy, $parent, $parent),
        ]);
        is_array($found) || die("$taxonomy $slug: {$found->get_error_message()}\n");
        $ids[$taxonomy][$slug] = (int) $found['term_id'];
    }
    return $ids[$taxonomy][$slug];
}

// The export's authors and terms are made on the way; its posts are given one by one.
function posts_of(string $file): Generator {
    $reader = new XMLReader;
    $reader->open($file) || die("cannot read $file\n");
    while ($reader->read()) {
        if ($reader->nodeType !== XMLReader::ELEMENT ||
            !in_array($reader->name, ['wp:author', 'wp:category', 'wp:tag', 'item'])) {
            continue;
        }
        $element = new SimpleXMLElement($reader->readOuterXml());
        $wp = $element->children(WP);
        if ($reader->name === 'wp:author') {
            author_id($wp->author_login, $wp->author_display_name);
        } elseif ($reader->name === 'wp:category') {
            term_of('category', $wp->category_nicename, $wp->cat_name, $wp->category_parent);
        } elseif ($reader->name === 'wp:tag') {
            term_of('post_tag', $wp->tag_slug, $wp->tag_name);
        } elseif ((string) $wp->post_type === 'post') {
            yield post_of($element, $wp);
        }
    }
}

function post_of(SimpleXMLElement $item, SimpleXMLElement $wp): array {
    $content = $item->children('http://purl.org/rss/1.0/modules/content/');
    $excerpt = $item->children('http://wordpress.org/export/1.2/excerpt/');
    $dc = $item->children('http://purl.org/dc/elements/1.1/');
    $terms = $meta = [];
    foreach ($item->category as $category) {
        $taxonomy = (string) $category['domain'];
        $terms[$taxonomy][] = term_of($taxonomy, $category['nicename'], $category);
    }
    foreach ($wp->postmeta as $pair) {
        $meta[(string) $pair->meta_key] = (string) $pair->meta_value;
    }
    return ['terms' => $terms, 'meta' => $meta, 'post' => [
        'import_id' => (int) $wp->post_id,
        'post_author' => author_id($dc->creator),
        'post_date' => (string) $wp->post_date,
        'post_date_gmt' => (string) $wp->post_date_gmt,
        'post_content' => (string) $content->encoded,
        'post_excerpt' => (string) $excerpt->encoded,
        'post_title' => (string) $item->title,
        'post_status' => (string) $wp->status,
        'post_name' => (string) $wp->post_name,
        'comment_status' => (string) $wp->comment_status ?: 'closed',
        'ping_status' => (string) $wp->ping_status ?: 'closed',
        'guid' => (string) $item->guid,
        'post_parent' => (int) $wp->post_parent,
        'menu_order' => (int) $wp->menu_order,
        'post_type' => (string) $wp->post_type,
        'post_password' => (string) $wp->post_password,
    ]];
}

function import_end(): void {
    wp_suspend_cache_invalidation(false);
    wp_cache_flush();
    foreach (get_taxonomies() as $taxonomy) {
        delete_option("{$taxonomy}_children");
        _get_term_hierarchy($taxonomy);
    }
    wp_defer_term_counting(false);
    wp_defer_comment_counting(false);
}
