<?php
add_theme_support('title-tag');
add_theme_support('post-thumbnails');
add_theme_support('automatic-feed-links');
add_theme_support('html5', ['style', 'script', 'gallery', 'caption']);
add_action('wp_enqueue_scripts', function () {
    wp_enqueue_style('peer', get_stylesheet_uri(), [], '1.0');
    // What a classic theme has no use for is not sent.
    foreach (['wp-block-library', 'global-styles', 'classic-theme-styles'] as $style) {
        wp_dequeue_style($style);
    }
}, 20);
remove_action('wp_head', 'print_emoji_detection_script', 7);
remove_action('wp_print_styles', 'print_emoji_styles');

function peer_minutes(string $html): int {
    return max(1, (int) ceil(str_word_count(wp_strip_all_tags($html)) / 200));
}

// The first words of standfirst and body.
function peer_words(WP_Post $post, int $words): string {
    return wp_trim_words($post->post_excerpt . ' ' . $post->post_content, $words, '');
}

function peer_card(WP_Post $post, int $words): void { ?>
<article>
<?php if (has_post_thumbnail($post)): ?><a href="<?= esc_url(get_permalink($post)) ?>"><?= get_the_post_thumbnail($post, 'medium', ['loading' => 'lazy']) ?></a><?php endif ?>
<h3><a href="<?= esc_url(get_permalink($post)) ?>"><?= esc_html(get_the_title($post)) ?></a></h3>
<p><?= esc_html(peer_words($post, $words)) ?></p>
</article>
<?php }

// The newest posts that a query finds. With the header X-Lists: kept their ids are kept for a minute in a
// transient, as a careful shop does that puts up with lists a minute old.
function peer_newest(string $name, array $query): array {
    $query += ['post_status' => 'publish', 'no_found_rows' => true, 'ignore_sticky_posts' => true];
    if (($_SERVER['HTTP_X_LISTS'] ?? '') !== 'kept') {
        return (new WP_Query($query))->posts;
    }
    $ids = get_transient("peer_$name");
    if ($ids === false) {
        $ids = (new WP_Query($query + ['fields' => 'ids']))->posts;
        set_transient("peer_$name", $ids, MINUTE_IN_SECONDS);
    }
    _prime_post_caches($ids);
    return array_map('get_post', $ids);
}

// The first `count` of them that the page does not show yet; these are noted as shown.
function peer_fresh(array $posts, int $count, array &$shown): array {
    $posts = array_filter($posts, fn ($post) => !in_array($post->ID, $shown, true));
    $posts = array_slice($posts, 0, $count);
    array_push($shown, ...array_column($posts, 'ID'));
    return $posts;
}
