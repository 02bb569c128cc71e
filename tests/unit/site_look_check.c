/* `broadsheet theme check`: every fault at once, each at its place, and folders made to harm. */
#include "tests/harness.h"

#include "base/embed.h"
#include "base/io.h"
#include "base/limits.h"
#include "site/look_check.h"
#include "site/markup.h"
#include "site/pass.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
    struct arena arena;
    char dir[64];
};

static void folder_make(struct folder *f) {
    arena_init(&f->arena);
    strcpy(f->dir, "/tmp/broadsheet-theme-XXXXXX");
    REQUIRE(mkdtemp(f->dir) != NULL);
}

static const char *path_of(struct folder *f, const char *name) {
    return arena_printf(&f->arena, "%s/%s", f->dir, name).ptr;
}

static void put_bytes(struct folder *f, const char *name, struct str bytes) {
    struct str path = str_of(path_of(f, name));
    struct err err = { 0 };
    CHECK_INT(
        io_make_dirs(arena_str(&f->arena, str_slice(path, 0, str_rfind_char(path, '/'))).ptr, &err),
        STATUS_OK);
    CHECK_INT(io_write_file(path.ptr, bytes, &err), STATUS_OK);
}

static void put_file(struct folder *f, const char *name, const char *text) {
    put_bytes(f, name, str_of(text));
}

static void folder_done(struct folder *f) {
    struct str command = arena_printf(&f->arena, "rm -rf '%s'", f->dir);
    CHECK_INT(system(command.ptr), 0);
    arena_done(&f->arena);
}

/* What the check says, without the folder's name and without what a new language lacks. */
static struct str check_folder(struct folder *f) {
    struct look_faults faults;
    struct err err = { 0 };
    struct buf out;
    buf_init(&out, 1 * MIB);
    CHECK_INT(look_check(&f->arena, f->dir, &pass_rules, &faults, &err), STATUS_OK);
    for (size_t i = 0; i < faults.len; i++) {
        struct look_fault fault = faults.ptr[i];
        struct str prefix = arena_printf(&f->arena, "%s/", f->dir);
        fault.file = str_starts(fault.file, prefix) ? str_from(fault.file, prefix.len) : fault.file;
        fault.caller = str_starts(fault.caller, prefix) ? str_from(fault.caller, prefix.len)
                                                        : fault.caller;
        if (str_find(fault.message, STR("readers get the English wording"), 0) == STR_NPOS) {
            look_fault_put(&out, &fault);
        }
    }
    struct str said = arena_str(&f->arena, buf_str(&out));
    buf_done(&out);
    return said;
}

/* The faults of one file. */
static void check_says(const char *source, int line, const char *name, const char *text,
                       const char *expected) {
    struct folder f;
    folder_make(&f);
    put_file(&f, name, text);
    test_check_str(source, line, text, check_folder(&f), expected);
    folder_done(&f);
}
#define CHECK_SAYS(name, text, expected) check_says(__FILE__, __LINE__, name, text, expected)

TEST(look_check_finds_nothing_in_an_empty_folder_and_no_folder) {
    struct folder f;
    struct look_faults faults;
    struct err err = { 0 };
    folder_make(&f);
    CHECK_STR(check_folder(&f), "");
    put_file(&f, "footer.hbs", "{{site.name}}");
    CHECK_STR(check_folder(&f), "");
    CHECK_INT(look_check(&f.arena, path_of(&f, "none"), &pass_rules, &faults, &err),
              STATUS_NOT_FOUND);
    folder_done(&f);
}

TEST(look_check_says_all_that_is_wrong_in_a_template) {
    CHECK_SAYS("front.hbs",
               "{{#> layout}}{{led}}\n{{t \"latset\"}}{{nohelp 1}}{{fragment \"lates\"}}\n"
               "{{#each river}}{{hedline}}{{> crad}}{{{excerpt}}}{{@idex}}{{/each}}\n"
               "{{river}}{{number site.name}}{{../x}}{{/layout}}",
               "front.hbs:1:16: there is no \"led\" in what front.hbs shows; did you mean "
               "\"lead\"?\n"
               "front.hbs:2:5: there is no phrase \"latset\"; did you mean \"latest\"?\n"
               "front.hbs:2:17: there is no helper \"nohelp\"\n"
               "front.hbs:2:27: there is no fragment \"lates\"; did you mean \"latest\"?\n"
               "front.hbs:3:18: there is no \"hedline\" in card; did you mean \"headline\"?\n"
               "front.hbs:3:27: there is no partial \"crad\"; did you mean \"card\"?\n"
               "front.hbs:3:37: \"excerpt\" is text: only safe HTML goes out unescaped; write "
               "{{excerpt}}\n"
               "front.hbs:3:52: there is no @idex; did you mean \"index\"?\n"
               "front.hbs:4:1: \"river\" is a list of card and cannot be printed\n"
               "front.hbs:4:10: number: \"number\" is to be a number, not text\n"
               "front.hbs:4:32: there is no ../ here: a template sees nothing above what it is "
               "called with\n");
}

TEST(look_check_goes_on_behind_a_template_that_cannot_be_read) {
    struct folder f;
    folder_make(&f);
    put_file(&f, "layout.hbs", "<p>\n{{#if site}}");
    put_file(&f, "error.hbs", "{{#> layout}}{{nothing}}{{/layout}}");
    put_bytes(&f, "page.hbs", STR("\xff\xfe\0binary"));
    CHECK_STR(check_folder(&f),
              "error.hbs:1:16: there is no \"nothing\" in what error.hbs shows\n"
              "layout.hbs:2:13: the template ends where a closing tag is expected\n"
              "page.hbs: not UTF-8 text\n");
    folder_done(&f);
}

TEST(look_check_blames_who_calls_a_partial_with_what_it_does_not_show) {
    struct folder f;
    folder_make(&f);
    put_file(&f, "error.hbs", "\n {{> card}}{{> mine}}{{> mine site}}");
    put_file(&f, "partials/mine.hbs", "{{title}}{{code}}");
    CHECK_STR(check_folder(&f),
              "error.hbs:2:2: themes/broadsheet/partials/card.hbs:1:28: there is no \"direction\" "
              "in what error.hbs shows\n"
              "partials/mine.hbs:1:3: there is no \"title\" in site (called from "
              "error.hbs:2:22)\n"
              "partials/mine.hbs:1:12: there is no \"code\" in what error.hbs shows (called from "
              "error.hbs:2:12)\n");
    folder_done(&f);
}

TEST(look_check_wonders_at_templates_that_nobody_uses) {
    CHECK_SAYS("fotter.hbs", "x",
               "fotter.hbs: warning: no page and no template uses it; did you mean \"footer\"?\n");
    CHECK_SAYS("frnt.css", "p {}",
               "frnt.css: warning: is in no page: sheets are style.css, custom.css and those named "
               "as a page's template; did you mean \"front\"?\n");
    CHECK_SAYS("story.css", "p {}", "");
    CHECK_SAYS("partials/card-als-read.hbs", "x",
               "partials/card-als-read.hbs: warning: no page and no template uses it; did you "
               "mean \"partials/card-also-read\"?\n");
}

TEST(look_check_reads_the_html_around_values) {
    CHECK_SAYS(
        "footer.hbs",
        "<img src=\"https://x.example/a.png\"><img alt=\"\" srcset=\"a.png 1x, //x/b.png 2x\">",
        "footer.hbs:1:1: warning: an img without alt: say what it shows, or alt=\"\" if it "
        "says nothing\n"
        "footer.hbs:1:11: warning: \"https://x.example/a.png\" is a request to another "
        "site: put the file into assets/\n"
        "footer.hbs:1:65: warning: \"//x/b.png\" is a request to another site: put the "
        "file into assets/\n");
    CHECK_SAYS("footer.hbs",
               "<link rel=\"preload stylesheet\" href=\"//x/a.css\"><link rel=\"me\" "
               "href=\"https://x\"><a href=\"https://x\">x</a><!-- <script src=\"//x\"> -->",
               "");
    CHECK_SAYS("footer.hbs", "<link rel=stylesheet href=\"//x/a.css\">",
               "footer.hbs:1:1: warning: \"//x/a.css\" is a request to another site: put the file "
               "into assets/\n");
    CHECK_SAYS("footer.hbs", "<p style='background: url( \"http://x\")'><a href={{site.feed}}>",
               "footer.hbs:1:29: warning: \"http://x\" is a request to another site: put the file "
               "into assets/\n"
               "footer.hbs:1:49: a value wants quotes around it: a blank in it would begin another "
               "attribute\n");
    CHECK_SAYS("footer.hbs", "<p onclick=\"f('{{site.name}}')\" style=\"color: {{site.name}}\">",
               "footer.hbs:1:13: a value in onclick= is a script: escaping for HTML does not make "
               "it safe there\n"
               "footer.hbs:1:40: warning: a value in a style attribute may end the rule that it is "
               "in\n");
    CHECK_SAYS("footer.hbs",
               "<script type=\"application/ld+json\">{{{site.script}}}</script>"
               "<p{{#if site.name}} class=\"{{site.name}}\"{{/if}} hidden>",
               "");
    CHECK_SAYS("footer.hbs", "<script>\nf(\"{{site.name}}\")</script><style>{{site.name}}</style>",
               "footer.hbs:1:1: warning: browsers refuse this script where the site has a "
               "Content-Security-Policy: put it into inline.js\n"
               "footer.hbs:2:4: a value in a script: escaping for HTML does not make it safe "
               "there; put it into a data- attribute and read that\n"
               "footer.hbs:2:35: a value in a style sheet: escaping for HTML does not make it safe "
               "there\n");
}

TEST(look_check_knows_addresses_that_are_scripts) {
    CHECK_SAYS("footer.hbs", "<a href='javascript:{{site.name}}'>",
               "footer.hbs:1:10: a value behind javascript: in href=: escaping for HTML does not "
               "make it safe there\n");
    CHECK_SAYS("footer.hbs", "<form action=\" VB&#115;cript&colon;f({{site.name}})\">",
               "footer.hbs:1:15: a value behind vbscript: in action=: escaping for HTML does not "
               "make it safe there\n");
    CHECK_SAYS("footer.hbs", "<a href=\"{{#if site.name}}/{{else}}data:x,{{site.name}}{{/if}}\">",
               "footer.hbs:1:10: a value behind data: in href=: escaping for HTML does not make "
               "it safe there\n");
    CHECK_SAYS("footer.hbs",
               "<img alt=\"\" src=\"data:,{{site.name}}\"><button formaction=\"java\n"
               "script:{{site.name}}\"><svg><a xlink:href=\"data:,{{site.name}}\">",
               "footer.hbs:1:18: a value behind data: in src=: escaping for HTML does not make it "
               "safe there\n"
               "footer.hbs:1:59: a value behind javascript: in formaction=: escaping for HTML does "
               "not make it safe there\n"
               "footer.hbs:2:43: a value behind data: in xlink:href=: escaping for HTML does not "
               "make it safe there\n");
    CHECK_SAYS("footer.hbs", "<a href=\"javascript:alert(1)\">",
               "footer.hbs:1:10: warning: browsers refuse javascript: where the site has a "
               "Content-Security-Policy: put the script into inline.js\n");
    CHECK_SAYS("footer.hbs", "<meta content=\"0;url={{site.name}}\" http-equiv=refresh>",
               "footer.hbs:1:16: a value in a refresh's content may lead readers to any "
               "address\n");
    CHECK_SAYS("footer.hbs", "<iframe srcdoc=\"{{site.name}}\"></iframe>",
               "footer.hbs:1:17: a value in srcdoc= is read as HTML once more: escaping does not "
               "make it safe there\n");
    CHECK_SAYS("footer.hbs",
               "<img alt=\"\" src=\"data:image/gif;base64,R0l\"><a href=\"/?q=data:{{site.name}}\">"
               "<meta name=\"x\" content=\"{{site.name}}\"><a href=\"/javascript:{{site.name}}\">",
               "");
}

TEST(look_check_reads_what_is_served_as_it_is) {
    CHECK_SAYS(
        "assets/x.css", "@import url(http://evil/x);\np {",
        "assets/x.css:1:1: warning: @import makes readers wait: put its rules here\n"
        "assets/x.css:1:13: warning: \"http://evil/x\" is a request to another site: put the "
        "file into assets/\n"
        "assets/x.css:2:3: is never closed\n");
    CHECK_SAYS("assets/x.SVG",
               "<svg onload=\"f()\"><![CDATA[<!--]]>\n<s:script/><style/>\n"
               "<a href=\"javascript:f()\"/><image href=\"https://x/y\"/>"
               "<style>p{b:url(//x/z)}</style><b c=\"{{nothing}}\"/>",
               "assets/x.SVG:1:14: warning: a script in an SVG: it may do all that the site may "
               "where a browser opens the file by itself\n"
               "assets/x.SVG:2:1: warning: a script in an SVG: it may do all that the site may "
               "where a browser opens the file by itself\n"
               "assets/x.SVG:3:10: warning: a script in an SVG: it may do all that the site may "
               "where a browser opens the file by itself\n"
               "assets/x.SVG:3:40: warning: \"https://x/y\" is a request to another site: put the "
               "file into assets/\n"
               "assets/x.SVG:3:69: warning: \"//x/z\" is a request to another site: put the file "
               "into assets/\n");
    CHECK_SAYS("assets/x.svg", "<?xml version=\"1.0\"?><svg><path d=\"M0 0h8v8z\"/></svg>", "");
}

TEST(look_check_prints_names_that_no_terminal_obeys) {
    CHECK_SAYS(
        "a\x1b[2J\a\nb.hbs:1:1: \u00e9\xc2\x9b\u202e\xff", "",
        "a\\x1b[2J\\x07\\x0ab.hbs:1:1: \u00e9\\xc2\\x9b\\xe2\\x80\\xae\\xff: warning: is not "
        "read: names have letters, digits, dots, hyphens and underlines\n");
}

TEST(look_check_reads_sheets_and_wording) {
    CHECK_SAYS("custom.css",
               "a { b: url(none.svg) }\n@import \"x\";\n.c { d: url('https://x/y') }\n(} \"",
               "custom.css:1:12: there is no file \"none.svg\" in assets/\n"
               "custom.css:2:1: warning: @import makes readers wait: put its rules here\n"
               "custom.css:3:14: warning: \"https://x/y\" is a request to another site: put the "
               "file into assets/\n"
               "custom.css:4:1: is never closed\n"
               "custom.css:4:2: a '}' too many\n"
               "custom.css:4:4: a string has no end\n");
    CHECK_SAYS("strings/en.json", "{\"dont_miss\": \"x\", \"own\": \"y\"}", "");
    CHECK_SAYS("strings/de.json",
               "{\"dont_mis\": \"x\",\n \"updated\": \"am {datum}\",\n"
               " \"comments\": {\"other\": \"{n}\"}, \"tags\": \"<b>\"}",
               "strings/de.json:1:2: warning: \"dont_mis\" is a phrase that English does not "
               "have\n"
               "strings/de.json:2:2: warning: \"updated\" does not show date\n"
               "strings/de.json:2:2: \"updated\" shows what nobody gives it: datum\n"
               "strings/de.json:3:2: warning: \"comments\" lacks the plural form one\n"
               "strings/de.json:3:32: warning: \"tags\" has markup, but is plain text: <b>\n");
    CHECK_SAYS("strings/klingon-language.json", "{}",
               "strings/klingon-language.json: warning: its name is no language, such as en or "
               "pt-BR\n");
}

TEST(look_check_counts_what_a_new_language_lacks) {
    struct folder f;
    struct look_faults faults;
    struct err err = { 0 };
    folder_make(&f);
    put_file(&f, "strings/pl.json",
             "{\"comments\": {\"one\": \"{n} komentarz\", \"few\": \"{n} komentarze\","
             " \"other\": \"{n} komentarza\"}}");
    CHECK_STR(check_folder(&f),
              "strings/pl.json:1:2: warning: \"comments\" lacks the plural form many\n");
    CHECK_INT(look_check(&f.arena, f.dir, &pass_rules, &faults, &err), STATUS_OK);
    CHECK(faults.len > 50 && faults.errors == 0 && faults.files == 1);
    folder_done(&f);
}

TEST(look_check_and_the_server_refuse_what_leads_out_of_the_folder) {
    struct folder f;
    folder_make(&f);
    put_file(&f, "assets/deep/er/x.txt", "x");
    put_file(&f, "assets/a b.txt", "x");
    put_file(&f, "strings/notes.txt", "x");
    put_file(&f, "styles/x.css", "x");
    put_file(&f, ".hidden/x", "x");
    CHECK_STR(check_folder(&f),
              "assets/a b.txt: warning: is not read: names have letters, digits, dots, hyphens "
              "and underlines\n"
              "assets/deep: warning: is not read: a theme has partials/, strings/ and assets/, "
              "without folders in them\n"
              "strings/notes.txt: warning: is not read: strings/ has wording, <language>.json\n"
              "styles: warning: is not read: a theme has partials/, strings/ and assets/, without "
              "folders in them\n");
    struct look *look = NULL;
    struct err err = { 0 };
    CHECK_INT(look_open(f.dir, &pass_rules, &look, &err), STATUS_OK);
    CHECK(look_asset(look, STR("a b.txt")) == NULL);
    look_close(look);
    REQUIRE(symlink("/etc/passwd", path_of(&f, "assets/passwd")) == 0);
    REQUIRE(mkfifo(path_of(&f, "assets/pipe"), 0600) == 0); /* opening it would wait for ever */
    REQUIRE(symlink("/etc", path_of(&f, "partials")) == 0);
    struct str said = check_folder(&f);
    CHECK(str_find(said, STR("assets/passwd: is a link: "), 0) != STR_NPOS);
    CHECK(str_find(said, STR("assets/pipe: is no file\n"), 0) != STR_NPOS);
    CHECK(str_find(said, STR("partials: is a link: "), 0) != STR_NPOS);
    CHECK_INT(look_open(f.dir, &pass_rules, &look, &err), STATUS_INVALID);
    CHECK(strstr(err.message, ": is a link: ") != NULL);
    folder_done(&f);
}

TEST(look_check_bounds_what_it_reads) {
    struct folder f;
    folder_make(&f);
    put_file(&f, "assets/big.bin", "");
    put_file(&f, "error.hbs", "{{nothing}}");
    REQUIRE(truncate(path_of(&f, "assets/big.bin"), (off_t)LIMIT_THEME_FILE_BYTES + 1) == 0);
    struct str many = STR("{{nothing}}"), long_one = many;
    for (int i = 0; i < 6; i++) {
        long_one = arena_printf(&f.arena, "%.*s%.*s%.*s%.*s", STR_FMT(long_one), STR_FMT(long_one),
                                STR_FMT(long_one), STR_FMT(long_one));
    }
    put_bytes(&f, "locked.hbs", long_one); /* 4,096 faults */
    put_bytes(&f, "custom.css", long_one);
    struct look_faults faults;
    struct err err = { 0 };
    CHECK_INT(look_check(&f.arena, f.dir, &pass_rules, &faults, &err), STATUS_OK);
    CHECK_INT(faults.len, LIMIT_THEME_FAULTS);
    CHECK(str_ends(faults.ptr[0].message, STR("has more than 8388608 bytes")));
    struct look *look = NULL;
    CHECK_INT(look_open(f.dir, &pass_rules, &look, &err), STATUS_TOO_LARGE);
    folder_done(&f);
}

/* Each of these took minutes in some first version: a megabyte of what never ends. */
TEST(look_check_is_linear) {
    static const struct {
        const char *name, *piece;
    } cases[] = {
        { "story.hbs", "<style>url(" }, { "story.hbs", "<script>" },   { "story.hbs", "<a b='" },
        { "story.hbs", "{{x '" },       { "story.hbs", "{{{{a}}}}" },  { "story.hbs", "{{#if x}}" },
        { "story.hbs", "<!--" },        { "story.hbs", "{{t \"\"}}" }, { "custom.css", "url(" },
        { "custom.css", "}" },          { "custom.css", "([{" },       { "custom.css", "/*" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct folder f;
        struct look_faults faults;
        struct err err = { 0 };
        struct buf text;
        folder_make(&f);
        buf_init(&text, LIMIT_TEMPLATE_BYTES);
        struct str piece = str_of(cases[i].piece);
        while (text.len + piece.len <= LIMIT_TEMPLATE_BYTES) {
            buf_put(&text, piece);
        }
        put_bytes(&f, cases[i].name, buf_str(&text));
        CHECK_INT(look_check(&f.arena, f.dir, &pass_rules, &faults, &err), STATUS_OK);
        CHECK(faults.len <= LIMIT_THEME_FAULTS);
        buf_done(&text);
        folder_done(&f);
    }
}

TEST(look_check_finds_nothing_in_the_default_theme) {
    struct folder f;
    const struct str prefix = STR("themes/broadsheet/");
    folder_make(&f);
    for (const struct embed_file *e = embed_files; e->path != NULL; e++) {
        if (str_starts(str_of(e->path), prefix)) {
            put_bytes(&f, e->path + prefix.len, str_make(e->begin, (size_t)(e->end - e->begin)));
        }
    }
    CHECK_STR(check_folder(&f), ""); /* written into a folder, it is somebody's own */
    folder_done(&f);
}
