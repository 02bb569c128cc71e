/* A method, a path and a query, each on a line, as a call of the API: the key of whatever is taken
 * is its one spelling, and reads as the same call again. */
#include "api/call.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = { 0 };
    struct str rest = { (const char *)data, size }, method = STR(""), path = STR("");
    (void)str_split(&rest, '\n', &method);
    (void)str_split(&rest, '\n', &path);
    struct str query = rest.ptr != NULL ? rest : STR("");
    struct str key;
    struct api_error error;
    struct api_call call;
    switch (api_target(&a, method, path, query, &key, &error)) {
    case API_TARGET_PAGE:
        check(key.len <= LIMIT_API_KEY_BYTES);
        check(api_call_read(&a, key, &call, &error) == API_TARGET_PAGE);
        check(str_eq(api_call_spell(&a, &call), key));
        break;
    case API_TARGET_ERROR: check(error.status >= 400 && error.message.len > 0); break;
    case API_TARGET_NONE: break;
    }
    arena_done(&a);
    return 0;
}
