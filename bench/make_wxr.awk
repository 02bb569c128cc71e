# A WordPress export of about `mib` MiB on stdout: awk -v mib=2048 -f bench/make_wxr.awk
# Every tenth item is an attachment, bodies are some 6 KB (or -v kib=…) with links to other stories.
function item(id, type, status, extra, body) {
    printf "<item>\n<title><![CDATA[Story number %d of the tide]]></title>\n", id
    printf "<link>https://big.example/2020/%02d/%02d/story-%d/</link>\n", 1 + id % 12, 1 + id % 28, id
    printf "<dc:creator><![CDATA[writer%d]]></dc:creator>\n<guid isPermaLink=\"false\">https://big.example/?p=%d</guid>\n", id % 20, id
    printf "<content:encoded><![CDATA[%s]]></content:encoded>\n<excerpt:encoded><![CDATA[]]></excerpt:encoded>\n", body
    printf "<wp:post_id>%d</wp:post_id>\n", id
    printf "<wp:post_date>2020-%02d-%02d 10:00:00</wp:post_date>\n<wp:post_date_gmt>2020-%02d-%02d 10:00:00</wp:post_date_gmt>\n", 1 + id % 12, 1 + id % 28, 1 + id % 12, 1 + id % 28
    printf "<wp:post_name>story-%d</wp:post_name>\n<wp:status>%s</wp:status>\n<wp:post_type>%s</wp:post_type>\n%s", id, status, type, extra
    printf "<category domain=\"category\" nicename=\"c%d\"><![CDATA[Section %d]]></category>\n", id % 9, id % 9
    printf "<category domain=\"post_tag\" nicename=\"t%d\"><![CDATA[Tag %d]]></category>\n</item>\n", id % 500, id % 500
}
BEGIN {
    print "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
    print "<rss version=\"2.0\" xmlns:excerpt=\"http://wordpress.org/export/1.2/excerpt/\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:wp=\"http://wordpress.org/export/1.2/\">"
    print "<channel><title>Big</title><link>https://big.example</link><pubDate>Fri, 07 May 2021 12:00:00 +0000</pubDate><wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>https://big.example</wp:base_blog_url>"
    for (i = 0; i < (kib ? kib : 6) * 18; i++) {
        words = words "The water came up to the third step and went down again. "
    }
    for (id = 1; bytes < mib * 1048576; id++) {
        if (id % 10 == 0) {
            item(id, "attachment", "inherit", "<wp:attachment_url>https://big.example/wp-content/uploads/2020/01/" id ".jpg</wp:attachment_url>\n", "")
            bytes += 1100
        } else {
            body = "<!-- wp:paragraph -->\n<p>" words "<a href=\"https://big.example/2020/" sprintf("%02d/%02d", 1 + (id * 7 % 9 + 1) % 12, 1 + (id * 7 % 9 + 1) % 28) "/story-" (id * 7 % 9 + 1) "/\">before</a></p>\n<!-- /wp:paragraph -->"
            item(id, "post", "publish", "", body)
            bytes += 1000 + length(body)
        }
    }
    print "</channel></rss>"
}
