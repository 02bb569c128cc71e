/* Each attempt is made in a process of its own that has entered the cage. */
#include "base/limits.h"
#include "picture/cage.h"
#include "tests/harness.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { FAILED_AS_IT_SHOULD = 0, WORKED = 1, CAGE_FAILED = 2 };

/* Run it in the cage: its exit code, or minus the signal that ended it. */
static int in_cage(bool (*attempt)(void)) {
    pid_t pid = fork();
    if (pid == 0) {
        struct err err = { 0 };
        if (cage_enter(64 * MIB, &err) != STATUS_OK) {
            _exit(CAGE_FAILED);
        }
        _exit(attempt() ? WORKED : FAILED_AS_IT_SHOULD);
    }
    int state = 0;
    while (waitpid(pid, &state, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(state) ? WEXITSTATUS(state) : -WTERMSIG(state);
}

static bool open_file(void) {
    return open("/etc/passwd", O_RDONLY) >= 0;
}
static bool open_own_memory(void) {
    return open("/proc/self/mem", O_RDWR) >= 0;
}
static bool make_file(void) {
    return syscall(SYS_openat, AT_FDCWD, "/tmp/x", O_CREAT | O_WRONLY, 0600) >= 0;
}
static bool remove_file(void) {
    return unlink("/tmp/nothing-there") == 0 || errno == ENOENT;
}
static bool look_at_file(void) {
    struct stat st;
    return stat("/etc/passwd", &st) == 0;
}
static bool read_descriptor(void) {
    char c;
    return read(0, &c, 1) >= 0 || errno != EPERM;
}
static bool make_code(void) {
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
           MAP_FAILED;
}
static bool turn_into_code(void) {
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED || mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0;
}
static bool gain_rights(void) {
    return setuid(0) == 0 || setrlimit(RLIMIT_CPU, &(struct rlimit){ 1000, 1000 }) == 0;
}
static bool look_at_parent(void) {
    return syscall(SYS_pidfd_open, getppid(), 0) >= 0 || getpgid(0) > 0;
}
static bool hide_a_clone(void) {
    return syscall(SYS_clone3, NULL, 0) >= 0 || errno != ENOSYS;
}

static bool make_socket(void) {
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}
static bool run_program(void) {
    char *argv[] = { (char[]){ "sh" }, NULL };
    execv("/bin/sh", argv);
    return false;
}
static bool make_process(void) {
    return syscall(SYS_fork) >= 0;
}
static bool trace_parent(void) {
    return ptrace(PTRACE_ATTACH, getppid(), 0, 0) == 0;
}
static bool end_parent(void) {
    return kill(getppid(), 0) == 0;
}

static bool clone_process(void) {
    return syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0) >= 0;
}

TEST(cage_lets_nobody_open_a_file_or_make_code) {
    static bool (*const attempts[])(void) = {
        open_file, open_own_memory, make_file,   remove_file,    look_at_file, read_descriptor,
        make_code, turn_into_code,  gain_rights, look_at_parent, hide_a_clone, clone_process,
    };
    for (size_t i = 0; i < COUNT_OF(attempts); i++) {
        int outcome = in_cage(attempts[i]);
        if (outcome != FAILED_AS_IT_SHOULD) {
            test_fail(__FILE__, __LINE__, "attempt %zu ended with %d", i, outcome);
        }
    }
}

TEST(cage_ends_a_process_that_wants_out) {
    static bool (*const attempts[])(void) = { make_socket, run_program, make_process, trace_parent,
                                              end_parent };
    for (size_t i = 0; i < COUNT_OF(attempts); i++) {
        int outcome = in_cage(attempts[i]);
        if (outcome != -SIGSYS) {
            test_fail(__FILE__, __LINE__, "attempt %zu ended with %d", i, outcome);
        }
    }
}

static void *one(void *arg) {
    *(int *)arg = 1;
    return NULL;
}
static bool start_thread(void) {
    pthread_t thread;
    int ran = 0;
    return pthread_create(&thread, NULL, one, &ran) == 0 && pthread_join(thread, NULL) == 0 &&
           ran == 1;
}
static bool reckon(void) {
    volatile char *p = malloc(16 * MIB);
    if (p == NULL) {
        return false;
    }
    p[MIB] = 7;
    free((void *)(uintptr_t)p);
    return write(1, "", 0) == 0;
}

TEST(cage_leaves_what_a_decoder_needs) {
    CHECK_INT(in_cage(reckon), WORKED);
    CHECK_INT(in_cage(start_thread), WORKED);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
/* Mapped, not allocated: what the tests before this one have freed lies about in the heap. */
static bool eat_memory(void) {
    size_t eaten = 0;
    while (eaten < 4096u && mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                                 0) != MAP_FAILED) {
        eaten++;
    }
    return eaten > 70;
}
static bool map_memory(void) {
    return mmap(NULL, 256 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
           MAP_FAILED;
}

TEST(cage_has_no_more_memory_than_it_was_given) {
    CHECK_INT(in_cage(eat_memory), FAILED_AS_IT_SHOULD);
    CHECK_INT(in_cage(map_memory), FAILED_AS_IT_SHOULD);
}
#endif
