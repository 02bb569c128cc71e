/* Whatever a file begins with and is called: it gets a type that the rest of the program can use,
 * and nothing that runs is taken in. The input is a name, a line feed, and the file. */
#include "text/file_type.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(struct str head, struct str name) {
    const struct file_type *type = file_type_of(head, name);
    const struct file_type *strict = NULL, *by_content = NULL;
    struct err err = { 0 }, err2 = { 0 };
    check(strlen(type->ending) <= 11 && strchr(type->mime, '/') != NULL && type->what[0] != '\0');
    check(strpbrk(type->mime, "\r\n") == NULL && strpbrk(type->ending, "/\\%") == NULL);
    if (file_type_admit(head, name, &strict, &err) == STATUS_OK) {
        check(strict == type && type->class != FILE_ACTIVE && head.len > 0);
    } else {
        check(err.status == STATUS_INVALID && err.message[0] != '\0');
    }
    if (file_type_admit_content(head, name, &by_content, &err2) == STATUS_OK) {
        check(by_content == type && type->class != FILE_ACTIVE);
    } else {
        check(strict == NULL); /* what the stricter one takes, this one does too */
    }
    (void)file_type_class(name);
    check(file_type_class(str_of(type->mime)) == type->class || type->class == FILE_DOWNLOAD);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str all = str_make((const char *)data, size);
    size_t line = str_find_char(all, '\n', 0);
    struct str name = line == STR_NPOS ? STR("") : str_slice(all, 0, line);
    look(line == STR_NPOS ? all : str_from(all, line + 1), name);
    return 0;
}
