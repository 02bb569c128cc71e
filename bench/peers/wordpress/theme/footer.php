</main>
<footer><p><?php bloginfo('name') ?> <a href="<?= esc_url(get_feed_link()) ?>">RSS</a></p></footer>
<?php wp_footer() ?>
</body>
</html>
