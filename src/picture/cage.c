/* Three fences, one behind the other:
 *
 * - seccomp: the system calls that remain are those of the list below. What allocators and thread
 *   libraries probe for (files below /proc and /sys, scheduling) is answered with EPERM and they go
 *   on without; what only an intruder tries ends the process. Memory may not become executable, and
 *   new tasks must be threads of this process. clone3 hides its flags behind a pointer, where a
 *   filter cannot look: ENOSYS makes the C library take clone.
 * - Landlock, where the kernel has it: no file, no TCP, no signal or abstract socket outside, even
 *   if a call should have been overlooked.
 * - Resource limits: memory, processor seconds, the size of what is written, descriptors, no core.
 *   RLIMIT_NPROC is not among them: it counts threads, and those of every process of the same user,
 *   so it would fail at random; processes are forbidden by the filter. */
#include "picture/cage.h"

#include "base/limits.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define UNDER_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UNDER_SANITIZER 1
#endif
#endif
#ifndef UNDER_SANITIZER
#define UNDER_SANITIZER 0
#endif

/* ---- limits ---- */

/* What the process has of data and of addresses now ("VmData:", "VmSize:"). */
static int64_t present_bytes(const char *field) {
    char line[256];
    long long kib = 0;
    FILE *f = fopen("/proc/self/status", "re");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, field, strlen(field)) == 0) {
            (void)sscanf(line + strlen(field), " %lld", &kib);
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    return (int64_t)kib * KIB;
}

static enum status limit(__rlimit_resource_t which, int64_t value, struct err *err) {
    struct rlimit was;
    if (getrlimit(which, &was) != 0) {
        return err_set(err, STATUS_IO, "cannot read a resource limit: %s", strerror(errno));
    }
    rlim_t wanted = (rlim_t)value;
    wanted = was.rlim_max != RLIM_INFINITY && wanted > was.rlim_max ? was.rlim_max : wanted;
    struct rlimit now = { wanted, wanted };
    return setrlimit(which, &now) == 0
               ? STATUS_OK
               : err_set(err, STATUS_IO, "cannot set a resource limit: %s", strerror(errno));
}

static enum status limits(size_t memory_bytes, struct err *err) {
    struct {
        __rlimit_resource_t which;
        int64_t value;
    } table[] = {
        { RLIMIT_CORE, 0 },
        { RLIMIT_CPU, LIMIT_PICTURE_CPU_S },
        { RLIMIT_FSIZE, LIMIT_RENDITION_BYTES },
        { RLIMIT_NOFILE, 16 },
        { RLIMIT_STACK, 8 * MIB },
        { RLIMIT_DATA, present_bytes("VmData:") + (int64_t)memory_bytes },
        { RLIMIT_AS, present_bytes("VmSize:") + (int64_t)LIMIT_PICTURE_SPACE_BYTES },
    };
    /* A sanitizer's shadow is larger than any limit. */
    size_t n = COUNT_OF(table) - (UNDER_SANITIZER ? 2 : 0);
    enum status status = STATUS_OK;
    for (size_t i = 0; i < n && status == STATUS_OK; i++) {
        status = limit(table[i].which, table[i].value, err);
    }
    return status;
}

/* ---- Landlock ---- */

/* The rights that this kernel knows how to withhold; the headers may be older than the kernel. */
static void landlock(void) {
    struct {
        uint64_t handled_access_fs, handled_access_net, scoped;
    } attr = { 0 };
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1) {
        return;
    }
    static const unsigned fs_rights[] = { 13, 14, 15, 15, 16 };
    size_t known = abi > 5 ? 5 : (size_t)abi;
    attr.handled_access_fs = (UINT64_C(1) << fs_rights[known - 1]) - 1;
    size_t size = 8;
    if (abi >= 4) {
        attr.handled_access_net = 3; /* bind and connect, TCP */
        size = 16;
    }
    if (abi >= 6) {
        attr.scoped = 3; /* abstract sockets, signals */
        size = 24;
    }
    int fd = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
    if (fd >= 0) {
        (void)syscall(SYS_landlock_restrict_self, fd, 0);
        close(fd);
    }
}

/* ---- seccomp ---- */

static const int allowed[] = {
    /* memory; mmap and mprotect stand below, with their condition */
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
    /* its descriptors */
    SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(write), SCMP_SYS(close), SCMP_SYS(ppoll),
    SCMP_SYS(poll),
    /* threads and their signals */
    SCMP_SYS(futex), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(gettid), SCMP_SYS(getpid),
    SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group),
    /* time and chance */
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday),
    SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(getrandom), SCMP_SYS(getrusage)
};

/* What no decoder does: whoever does is an intruder. */
static const int deadly[] = { SCMP_SYS(execve),
                              SCMP_SYS(execveat),
                              SCMP_SYS(fork),
                              SCMP_SYS(vfork),
                              SCMP_SYS(socket),
                              SCMP_SYS(connect),
                              SCMP_SYS(bind),
                              SCMP_SYS(ptrace),
                              SCMP_SYS(process_vm_readv),
                              SCMP_SYS(process_vm_writev),
                              SCMP_SYS(kill),
                              SCMP_SYS(mount),
                              SCMP_SYS(unshare),
                              SCMP_SYS(setns),
                              SCMP_SYS(bpf),
                              SCMP_SYS(io_uring_setup),
                              SCMP_SYS(userfaultfd),
                              SCMP_SYS(perf_event_open),
                              SCMP_SYS(keyctl),
                              SCMP_SYS(init_module),
                              SCMP_SYS(finit_module) };

static struct scmp_arg_cmp first_is(scmp_datum_t value) {
    return (struct scmp_arg_cmp){ .arg = 0, .op = SCMP_CMP_EQ, .datum_a = value };
}

static int add_rules(scmp_filter_ctx ctx) {
    const uint64_t thread = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
    const uint64_t spaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                            CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP;
    int rc = 0;
    for (size_t i = 0; i < COUNT_OF(allowed) && rc == 0; i++) {
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
    }
    for (size_t i = 0; i < COUNT_OF(deadly) && rc == 0; i++) {
        rc = seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS, deadly[i], 0);
    }
    static const int maps[] = { SCMP_SYS(mmap), SCMP_SYS(mprotect) };
    for (size_t i = 0; i < COUNT_OF(maps) && rc == 0; i++) {
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, maps[i], 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    }
    if (rc == 0) {
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                              SCMP_A0(SCMP_CMP_MASKED_EQ, thread | spaces, thread));
    }
    if (rc == 0) {
        rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    }
    if (rc == 0) {
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, first_is(PR_SET_NAME));
    }
    /* abort() sends itself a signal. */
    if (rc == 0) {
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                              first_is((scmp_datum_t)getpid()));
    }
    return rc;
}

static enum status filter(struct err *err) {
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int rc = ctx == NULL ? -ENOMEM : seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
    /* A sorted tree of comparisons instead of one long row of them. */
    rc = rc == 0 ? seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2) : rc;
    rc = rc == 0 ? add_rules(ctx) : rc;
    rc = rc == 0 ? seccomp_load(ctx) : rc;
    seccomp_release(ctx);
    return rc == 0
               ? STATUS_OK
               : err_set(err, STATUS_FORBIDDEN,
                         "pictures cannot be decoded safely here: the system refuses seccomp "
                         "filters (%s). Use a kernel with CONFIG_SECCOMP_FILTER; in a container, "
                         "let its seccomp profile allow the calls prctl and seccomp",
                         strerror(-rc));
}

enum status cage_enter(size_t memory_bytes, struct err *err) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return err_set(err, STATUS_FORBIDDEN,
                       "pictures cannot be decoded safely here: prctl is refused (%s)",
                       strerror(errno));
    }
    enum status status = limits(memory_bytes, err);
    if (status == STATUS_OK) {
        landlock();
        status = filter(err);
    }
    return status;
}
