#include "http/tls.h"

#include "base/clock.h"
#include "http/tickets.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct tls {
    char *certificate_file, *key_file;
    struct tickets tickets;
    pthread_mutex_t lock; /* the context that new connections take */
    SSL_CTX *ctx;
};

/* What was wrong first; what OpenSSL adds to it says where in OpenSSL. */
static const char *reason(void) {
    unsigned long code = ERR_peek_error();
    const char *text = NULL;
    if (ERR_SYSTEM_ERROR(code)) {
        text = strerror(ERR_GET_REASON(code));
    } else if (ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE) {
        text = "there is none in it";
    } else if (code != 0) {
        text = ERR_reason_error_string(code);
    }
    ERR_clear_error();
    return text ? text : "it cannot be read";
}

/* The server's preference; a client that speaks neither is refused (RFC 7301, 3.2). */
static int choose_protocol(SSL *ssl, const unsigned char **ret, unsigned char *ret_len,
                           const unsigned char *offered, unsigned offered_len, void *arg) {
    static const unsigned char ours[] = "\x02h2\x08http/1.1";
    unsigned char *chosen;
    (void)ssl, (void)arg;
    if (SSL_select_next_proto(&chosen, ret_len, ours, sizeof ours - 1, offered, offered_len) !=
        OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *ret = chosen;
    return SSL_TLSEXT_ERR_OK;
}

/* ---- tickets ---- */

static int64_t now_s(void) {
    struct timespec now;
    check(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return now.tv_sec;
}

static bool use_mac(EVP_MAC_CTX *mac, struct ticket_key *key) {
    char digest[] = "SHA256";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key->mac, sizeof key->mac),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_CTX_set_params(mac, params) == 1;
}

/* As SSL_CTX_set_tlsext_ticket_key_evp_cb has it: -1 failure, 0 no ticket, 1 good, 2 good and to be
 * renewed. */
static int on_ticket(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
                     EVP_MAC_CTX *mac, int seals) {
    struct tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    struct ticket_key key;
    bool old = false, good;
    if (seals) {
        tickets_newest(&tls->tickets, now_s(), &key);
        memcpy(name, key.name, sizeof key.name);
        good = RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) == 1 &&
               EVP_EncryptInit_ex2(cipher, EVP_aes_256_cbc(), key.cipher, iv, NULL) == 1;
    } else if (tickets_find(&tls->tickets, now_s(), name, &key, &old)) {
        good = EVP_DecryptInit_ex2(cipher, EVP_aes_256_cbc(), key.cipher, iv, NULL) == 1;
    } else {
        return 0;
    }
    good = good && use_mac(mac, &key);
    OPENSSL_cleanse(&key, sizeof key);
    return good ? 1 + old : -1;
}

/* ---- certificate and key ---- */

/* A key under a passphrase would be asked for on the terminal; there is none. */
static int no_passphrase(char *to, int size, int writes, void *user) {
    (void)to, (void)size, (void)writes, (void)user;
    return -1;
}

static enum status read_files(const struct tls *tls, SSL_CTX *ctx, struct err *err) {
    const char *certificate = tls->certificate_file, *key = tls->key_file;
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(ctx, certificate) != 1) {
        return err_set(err, STATUS_INVALID, "the certificate %s: %s", certificate, reason());
    }
    if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) == 1) {
        return STATUS_OK;
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH) {
        ERR_clear_error();
        return err_set(err, STATUS_INVALID, "the key %s does not belong to the certificate %s", key,
                       certificate);
    }
    return err_set(err, STATUS_INVALID, "the key %s: %s", key, reason());
}

static enum status load(struct tls *tls, SSL_CTX **ret, struct err *err) {
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    check(ctx != NULL);
    check(SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION));
    /* For 1.2: forward secrecy and authenticated encryption only, as RFC 9113, 9.2.2 asks. AES-128
     * first: nobody breaks it, and it takes a quarter less than AES-256. Who would rather have
     * ChaCha20 has no instructions for AES, and gets it. */
    check(SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM+AES128:ECDHE+AESGCM:ECDHE+CHACHA20"));
    check(SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
                                        "TLS_CHACHA20_POLY1305_SHA256"));
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_read_ahead(ctx, 1); /* a record's head and what follows in one call */
    /* What the socket did not take may stand elsewhere when it is offered again. */
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF); /* tickets are enough */
    SSL_CTX_set_timeout(ctx, TICKETS_RENEW_S);
    SSL_CTX_set_app_data(ctx, tls);
    check(SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, on_ticket) == 1);
    SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
    SSL_CTX_set_default_passwd_cb(ctx, no_passphrase);
    enum status status = read_files(tls, ctx, err);
    if (status != STATUS_OK) {
        SSL_CTX_free(ctx);
        return status;
    }
    *ret = ctx;
    return STATUS_OK;
}

enum status tls_new(const char *certificate_file, const char *key_file, struct tls **ret,
                    struct err *err) {
    struct tls *tls = calloc(1, sizeof *tls);
    check(tls != NULL);
    tls->certificate_file = strdup(certificate_file);
    tls->key_file = strdup(key_file);
    check(tls->certificate_file != NULL && tls->key_file != NULL);
    pthread_mutex_init(&tls->lock, NULL);
    tickets_init(&tls->tickets, now_s());
    enum status status = load(tls, &tls->ctx, err);
    if (status != STATUS_OK) {
        tls_free(tls);
        return status;
    }
    *ret = tls;
    return STATUS_OK;
}

enum status tls_reload(struct tls *tls, struct err *err) {
    SSL_CTX *fresh = NULL;
    enum status status = load(tls, &fresh, err);
    if (status != STATUS_OK) {
        return status;
    }
    const X509 *certificate = SSL_CTX_get0_certificate(fresh);
    if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0) {
        SSL_CTX_free(fresh);
        return err_set(err, STATUS_INVALID, "the certificate %s has expired",
                       tls->certificate_file);
    }
    pthread_mutex_lock(&tls->lock);
    SSL_CTX *old = tls->ctx;
    tls->ctx = fresh;
    pthread_mutex_unlock(&tls->lock);
    SSL_CTX_free(old); /* open connections hold it too */
    /* The old key may have been replaced because it was lost. */
    tickets_forget(&tls->tickets, now_s());
    return STATUS_OK;
}

void tls_free(struct tls *tls) {
    if (tls != NULL) {
        SSL_CTX_free(tls->ctx);
        tickets_done(&tls->tickets);
        pthread_mutex_destroy(&tls->lock);
        free(tls->certificate_file);
        free(tls->key_file);
        free(tls);
    }
}

SSL *tls_open(struct tls *tls) {
    pthread_mutex_lock(&tls->lock);
    SSL *ssl = SSL_new(tls->ctx);
    pthread_mutex_unlock(&tls->lock);
    if (ssl != NULL) {
        SSL_set_accept_state(ssl);
    }
    return ssl;
}
