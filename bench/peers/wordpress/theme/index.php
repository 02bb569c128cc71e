<?php get_header() ?>
<?php if (is_archive()): ?><h1><?php the_archive_title() ?></h1><?php endif ?>
<div class="cards">
<?php while (have_posts()) { the_post(); peer_card($post, 32); } ?>
</div>
<?php the_posts_pagination() ?>
<?php get_footer() ?>
