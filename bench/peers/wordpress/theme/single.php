<?php
get_header();
the_post();
$sections = get_the_category();
$shown = [get_the_ID()];
?>
<article>
<p><time datetime="<?= esc_attr(get_the_date('c')) ?>"><?= esc_html(get_the_date('F j, Y')) ?></time> <?= peer_minutes(get_the_content()) ?> mins read</p>
<p><?php foreach ($sections as $section): ?><a href="<?= esc_url(get_category_link($section)) ?>"><?= esc_html($section->name) ?></a> <?php endforeach ?></p>
<h1><?php the_title() ?></h1>
<p class="standfirst"><?= esc_html(get_the_excerpt()) ?></p>
<p>By <a href="<?= esc_url(get_author_posts_url(get_the_author_meta('ID'))) ?>"><?= esc_html(get_the_author()) ?></a></p>
<?php if (has_post_thumbnail()): ?><figure><?php the_post_thumbnail('large') ?><figcaption><?= esc_html(get_the_post_thumbnail_caption()) ?></figcaption></figure><?php endif ?>
<?php the_content() ?>
<p><?php the_tags('', ' ', '') ?></p>
</article>
<nav><?php foreach (['prev' => get_previous_post(), 'next' => get_next_post()] as $rel => $near): if ($near): ?>
<a rel="<?= $rel ?>" href="<?= esc_url(get_permalink($near)) ?>"><?= $rel === 'prev' ? 'Previous Story' : 'Next Story' ?>: <?= esc_html(get_the_title($near)) ?></a><?php endif; endforeach ?></nav>
<?php if ($sections): $section = $sections[0] ?>
<section>
<h2>Latest from <?= esc_html($section->name) ?></h2>
<div class="cards"><?php
// One more than is shown: leaving the page's own story out here is cheaper than in the query.
$latest = peer_newest("latest_$section->term_id", ['cat' => $section->term_id, 'posts_per_page' => 6]);
foreach (peer_fresh($latest, 5, $shown) as $card) { peer_card($card, 32); } ?></div>
</section>
<?php endif ?>
<section>
<h2>Don&rsquo;t Miss</h2>
<div class="cards"><?php
foreach (peer_fresh(peer_newest('dont_miss', ['posts_per_page' => 8]), 2, $shown) as $card) { peer_card($card, 10); } ?></div>
</section>
<?php get_footer() ?>
