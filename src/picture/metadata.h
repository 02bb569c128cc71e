/* Reading what Exif, IPTC and XMP blocks say about a picture: pure functions over untrusted bytes.
 * They run in the confined worker, yet trust nothing that they read. */
#ifndef PICTURE_METADATA_H
#define PICTURE_METADATA_H

#include "base/arena.h"
#include "picture/picture.h"

/* Each fills the fields that it finds and that are still empty; so the best source goes first.
 * A damaged block gives what could be read of it. */

/* exif.c. A TIFF structure, with or without "Exif\0\0" before it. */
void exif_read(struct arena *a, struct str block, struct picture_texts *texts);
/* iptc.c. IIM records, bare or within Photoshop's resources ("Photoshop 3.0\0", 8BIM). */
void iptc_read(struct arena *a, struct str block, struct picture_texts *texts);
/* xmp.c. An XMP packet: RDF in XML. */
void xmp_read(struct arena *a, struct str block, struct picture_texts *texts);

/* Bytes as text: UTF-8 if they are, else Windows-1252; no control characters but line feeds, no
 * blanks around it, at most LIMIT_PICTURE_TEXT_BYTES. */
struct str metadata_text(struct arena *a, struct str bytes);
/* Set a field if it is empty and the text is not. */
void metadata_put(struct arena *a, struct picture_texts *texts, enum picture_text field,
                  struct str bytes);
/* The field TAKEN: "2022:03:14 09:26:53", "20220314", "2022-03-14T09:26:53.5+01:00"; the time and
 * the offset may be missing. No real date: nothing is set. */
void metadata_put_taken(struct arena *a, struct picture_texts *texts, struct str date,
                        struct str time, struct str offset);

#endif
