<!doctype html>
<html <?php language_attributes() ?>>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<?php wp_head() ?>
</head>
<body>
<header>
<a href="<?= esc_url(home_url('/')) ?>"><?php bloginfo('name') ?></a>
<nav><?php foreach (get_categories(['parent' => 0, 'hide_empty' => false]) as $section): ?><a href="<?= esc_url(get_category_link($section)) ?>"><?= esc_html($section->name) ?></a><?php endforeach ?></nav>
</header>
<main>
