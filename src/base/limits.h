/* Every size and count that somebody outside can choose, in one place. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define KIB 1024u
#define MIB (1024u * 1024u)

/* HTTP (src/http) */
#define LIMIT_REQUEST_LINE_BYTES   (8 * KIB)  /* beyond: 414 */
#define LIMIT_REQUEST_HEADER_BYTES (16 * KIB) /* all header fields: 431 */
#define LIMIT_REQUEST_HEADERS      64
#define LIMIT_REQUEST_BODY_BYTES   (1 * MIB) /* default of a route: 413 */
#define LIMIT_H2_STREAMS           100       /* at a time, of one connection */
#define LIMIT_H2_HELD_BYTES                                                                        \
    (1 * MIB) /* of answers not taken: then its requests wait; of bodies                           \
               */
#define LIMIT_H2_BATCH_BYTES          (256 * KIB) /* of frames put together before they are sent */
#define LIMIT_H2_PACE_BYTES           (16 * KIB)  /* per write timeout, at least */
#define LIMIT_H2_VAIN_FRAMES          600         /* frames that bring nothing, at once */
#define LIMIT_H2_VAIN_FRAMES_A_SECOND 100         /* more of them */
#define LIMIT_UNSENT_BYTES            (256 * MIB) /* held for slow readers, all together: beyond, cut */
#define LIMIT_CHUNK_EXTENSION_BYTES   1024  /* of one chunked body, all together; nobody uses any */
#define LIMIT_CONNECTIONS             20000 /* of the process: 503 */
#define LIMIT_OTHER_DESCRIPTORS       64    /* left for files, and an eighth of all */
#define LIMIT_HEADER_TIMEOUT_MS       10000 /* first byte of a request to the end of its headers */
#define LIMIT_BODY_TIMEOUT_MS         30000
#define LIMIT_IDLE_TIMEOUT_MS         60000 /* keep-alive, between requests */
#define LIMIT_WRITE_TIMEOUT_MS        30000 /* without any progress of a slow reader */
#define LIMIT_SHUTDOWN_MS             10000 /* SIGTERM until connections are cut */

/* Paths and text (src/text) */
#define LIMIT_PATH_BYTES       2048 /* a canonical address */
#define LIMIT_SLUG_BYTES       200
#define LIMIT_HEADLINE_BYTES   1024
#define LIMIT_BODY_HTML_BYTES  (8 * MIB)   /* one story's body, after sanitising */
#define LIMIT_HTML_DEPTH       200         /* nested elements in a body */
#define LIMIT_HTML_INPUT_BYTES (16 * MIB)  /* untrusted HTML given to the parser */
#define LIMIT_HTML_PARSE_BYTES (256 * MIB) /* memory for its parse tree */
#define LIMIT_HTML_PARSE_MS    3000        /* processor time for parsing it */
#define LIMIT_IMAGE_HEAD_BYTES (512 * KIB) /* of a picture's file, to find its size */
#define LIMIT_IMAGE_SIDE       1000000     /* pixels */
#define LIMIT_SEARCH_BYTES     600         /* of what is typed into the search field */
#define LIMIT_SEARCH_TOKENS    40          /* words, or pairs of characters, of a query */

/* What is stored (src/store) */
#define LIMIT_SECTION_DEPTH   64  /* sections above each other */
#define LIMIT_RELATIONS       200 /* of one kind of one story: sections, tags, authors */
#define LIMIT_CORRECTIONS     1000
#define LIMIT_PAGE_DEPTH      64 /* pages above each other */
#define LIMIT_SLOT_STORIES    1000
#define LIMIT_MENU_ITEMS      2000
#define LIMIT_EXCERPT_BYTES   (16 * KIB) /* the words kept for lists, however long they are */
#define LIMIT_SEARCH_PAGES    20         /* of results */
#define LIMIT_SEARCH_SECTIONS 300        /* below the one that is searched */

/* Templates and fragments (src/render) */
#define LIMIT_TEMPLATE_BYTES  (1 * MIB)
#define LIMIT_TEMPLATE_DEPTH  64       /* nested blocks; partial calls */
#define LIMIT_TEMPLATE_NESTED 512      /* blocks and partials within one another in one run */
#define LIMIT_TEMPLATE_ARGS   32       /* of one helper or partial */
#define LIMIT_TEMPLATE_CHECKS 20000    /* blocks x contexts that one entry is checked for */
#define LIMIT_RENDER_STEPS    20000000 /* operations of one run */
#define LIMIT_RENDER_BYTES    (32 * MIB)
#define LIMIT_PAGE_SLOTS      64         /* fragments included by one page */
#define LIMIT_PAGE_HEAD_BYTES (16 * KIB) /* header fields of one page */
#define LIMIT_RENDER_QUEUE    4096       /* requests waiting for a renderer: 503 */
#define LIMIT_PRIVATE_PAGES   16         /* made at a time for one reader each: 503 */
#define LIMIT_WAITS                                                                                \
    (LIMIT_PAGE_SLOTS + 8) /* of one request, for a page and what is on it: then it gets its own   \
                            */
#define LIMIT_NEGATIVE_PATHS  16384 /* unknown addresses and redirects remembered */
#define LIMIT_NEGATIVE_BYTES  (4 * MIB)
#define LIMIT_MADE_UP_PAGES   2000 /* pages kept of a kind that anybody can make up: searches */
#define LIMIT_MADE_UP_BYTES   (8 * MIB)
#define LIMIT_MADE_UP_QUEUE   256 /* of those, waiting for a renderer: 503 */
#define LIMIT_FRAGMENT_MEMORY (64 * MIB)

/* The site (src/site) */
#define LIMIT_THEME_FILE_BYTES    (8 * MIB)   /* one file of <site>/theme/ */
#define LIMIT_THEME_BYTES         (128 * MIB) /* all of them */
#define LIMIT_THEME_FILES         4096
#define LIMIT_THEME_FAULTS        1000        /* that one check tells of */
#define LIMIT_SETTING_LINES_BYTES (64 * KIB)  /* ads.txt and the like */
#define LIMIT_SITEMAP_BYTES       (32 * MIB)  /* one file; the protocol allows 50 */
#define LIMIT_FEED_BODIES_BYTES   (4 * MIB)   /* full texts in a feed; then summaries only */
#define LIMIT_JSON_LD_BYTES       (128 * KIB) /* of one page; beyond, it goes without */
#define LIMIT_SEARCH_TEXT_BYTES   (128 * KIB) /* of a found story, to look for what to show of it */
#define LIMIT_SEARCH_OPTIONS      500         /* sections offered beside a search */

/* Views (src/newsroom) */
#define LIMIT_VIEWS_PENDING 262144 /* counted and not yet written down: entries of stories */

/* Announcing (src/newsroom) */
#define LIMIT_ANNOUNCED         20000 /* addresses waiting to be told: then the journal waits */
#define LIMIT_INDEXNOW_URLS     10000 /* of one request, by the protocol */
#define LIMIT_POST_CONNECT_MS   5000
#define LIMIT_POST_MS           15000 /* from the request's beginning to the answer's end */
#define LIMIT_POST_ANSWER_BYTES (256 * KIB)

/* The newsroom (src/newsroom) */
#define LIMIT_PASSWORD_LEAST_BYTES 12
#define LIMIT_PASSWORD_BYTES       1024
#define LIMIT_PASSWORD_QUEUE       8          /* hashes waiting to be computed: 503 */
#define LIMIT_ACCOUNT_QUEUE        64         /* calls of people who sign in, waiting: 503 */
#define LIMIT_ACCOUNT_BODY_BYTES   (16 * KIB) /* of one of them */
#define LIMIT_THROTTLE_ENTRIES     65536      /* accounts, networks, devices with failed sign-ins */
#define LIMIT_SESSIONS             50         /* of one user: the oldest ends */
#define LIMIT_ACCESS_KEYS          100        /* application passwords and tokens of one user */
#define LIMIT_ACCESS_NAME_BYTES    200
#define LIMIT_AGENT_BYTES          200 /* of a browser's name that a session keeps */
#define LIMIT_AUDIT_PAGE           200 /* entries read at once */
#define LIMIT_AUDIT_SUMMARY_BYTES  2000
#define LIMIT_REVISIONS            100 /* of one story: then the closest in time gives way */
#define LIMIT_REVISIONS_NEWEST     25  /* that never do */
#define LIMIT_LOCK_S               150 /* without a sign of life of its owner */

/* Pictures (src/picture): of untrusted originals, and of what is made of them */
#define LIMIT_PICTURE_BYTES           (100 * MIB) /* one file */
#define LIMIT_PICTURE_PIXELS          200000000   /* one frame */
#define LIMIT_PICTURE_SIDE            60000
#define LIMIT_PICTURE_FRAMES          2000
#define LIMIT_PICTURE_FRAMES_PIXELS   1000000000   /* all frames of one file */
#define LIMIT_PICTURE_HELD_BYTES      (256 * MIB)  /* what cannot be decoded row by row */
#define LIMIT_PICTURE_PIXELS_PER_BYTE 1000         /* of a file: beyond, it is a bomb */
#define LIMIT_PICTURE_NO_BOMB_PIXELS  4000000      /* so small that it is none in any case */
#define LIMIT_PICTURE_BLOCK_BYTES     (2 * MIB)    /* of Exif, IPTC or XMP: beyond, not read */
#define LIMIT_PICTURE_TEXT_BYTES      4000         /* one field of them */
#define LIMIT_PICTURE_PLACEHOLDER     1024         /* bytes of the tiny picture */
#define LIMIT_PICTURE_MESSAGE_BYTES   (128 * KIB)  /* between the program and a worker */
#define LIMIT_PICTURE_MEMORY_BYTES    (400 * MIB)  /* that a worker may have beyond its start */
#define LIMIT_PICTURE_SPACE_BYTES     (1200 * MIB) /* of addresses, likewise */
#define LIMIT_PICTURE_CPU_S           120          /* of one worker, over its whole life */
#define LIMIT_PICTURE_START_MS        20000
#define LIMIT_PICTURE_REQUEST_MS      30000
#define LIMIT_PICTURE_WORKERS         2    /* at a time */
#define LIMIT_PICTURE_QUEUE           64   /* waiting for one of them: 503 */
#define LIMIT_XMP_DEPTH               64   /* nested elements */
#define LIMIT_EXIF_ENTRIES            1000 /* of one directory */
#define LIMIT_RENDITION_WIDTH         4096
#define LIMIT_RENDITION_HEIGHT        8192
#define LIMIT_RENDITION_PIXELS        20000000
#define LIMIT_RENDITION_FRAMES_PIXELS 40000000 /* an animation's, together */
#define LIMIT_RENDITION_BYTES         (32 * MIB)
#define LIMIT_RENDITIONS_WAITING      256  /* that somebody waits for: 503 */
#define LIMIT_RENDITIONS_IDLE         1024 /* that are made for nobody yet */

/* The API (src/api) */
#define LIMIT_API_LIST      100       /* values of one argument */
#define LIMIT_API_WALK      2000      /* things that one call looks at beside those it shows */
#define LIMIT_API_KEY_BYTES (8 * KIB) /* a call in its one spelling */

/* Import (src/transfer) */
#define LIMIT_WXR_CHUNK_BYTES     (64 * KIB) /* read at once */
#define LIMIT_WXR_TAG_BYTES       (1 * MIB)  /* one tag with its attributes, or one comment */
#define LIMIT_WXR_FIELD_BYTES     (12 * MIB) /* one element's text */
#define LIMIT_WXR_ITEM_BYTES      (24 * MIB) /* one item with all that it has */
#define LIMIT_WXR_ITEM_ENTRIES    20000      /* metas, terms or comments of one item */
#define LIMIT_WXR_DEPTH           64         /* nested elements */
#define LIMIT_IMPORT_WARNINGS     2000       /* told in full; the rest is counted */
#define LIMIT_IMPORT_COUNTS       500        /* kinds of type and status */
#define LIMIT_IMPORT_SHAPES       256        /* permalink shapes that are counted */
#define LIMIT_IMPORT_BATCH        5000  /* items in one transaction, which takes a second at most */
#define LIMIT_IMPORT_KNOWN        50000 /* terms and authors whose ids are kept in memory */
#define LIMIT_IMPORT_MENU_ITEMS   2000  /* of all menus of an export */
#define LIMIT_IMPORT_BLOCKS_BYTES (16 * MIB) /* reusable blocks, in memory */
#define LIMIT_GALLERY_ITEMS       500        /* pictures of one gallery */
#define LIMIT_MEDIA_BYTES         (512 * MIB)
#define LIMIT_SHORTCODE_ATTRS     64         /* of one shortcode; the rest is left out */
#define LIMIT_BLOCK_DEPTH         8          /* reusable blocks within one another */
#define LIMIT_BLOCK_LOOK_BYTES    (64 * KIB) /* how far a block's end is looked for */
#define LIMIT_PHP_DEPTH           32         /* serialized PHP */
#define LIMIT_PHP_VALUES          20000      /* of one serialized value, all levels */

/* Static export (src/transfer) */
#define LIMIT_STATIC_KEYS         200000 /* that one page depends on */
#define LIMIT_STATIC_RECORD_BYTES (2 * MIB)
#define LIMIT_STATIC_TOUCHED      200000 /* keys since the last export: beyond, all is made anew */
#define LIMIT_STATIC_THREADS      256
#define LIMIT_STATIC_MEMO_BYTES   (192 * MIB) /* cards read by one page and kept for others */

#endif
