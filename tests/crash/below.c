/* Breaks one durable operation below a folder, for whoever makes it: Python, SQLite, Arrow.
 *
 * Loaded with LD_PRELOAD. Does what faults.py does, where the C library is called: the same trace of
 * lines of equal length, the same modes. `below_arm` switches it on for this process and its forks.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { LINE = 240, WHOLE = 0, HALF = 1, FAILS = 2 };

static char root[PATH_MAX], trace[PATH_MAX], full[PATH_MAX + 8], wanted[LINE], mode[16];
static long wanted_count;
static int armed;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* Break the operation called `at` below `folder` as `how` says; no `at`: only trace. */
void below_arm(const char *folder, const char *into, const char *at, const char *how) {
    snprintf(root, sizeof root, "%s/", folder);
    snprintf(trace, sizeof trace, "%s", into);
    snprintf(full, sizeof full, "%s.full", into);
    snprintf(mode, sizeof mode, "%s", how);
    snprintf(wanted, sizeof wanted, "%s", at);
    char *count = strstr(wanted, " #");
    wanted_count = count ? atol(count + 2) : 0;
    if (count)
        *count = 0;
    armed = 1;
}

/* The path without times and chance: runs of four and more hexadecimal digits become a star. */
static void plain(const char *path, char *out, size_t room) {
    size_t length = 0;
    while (*path && length + 1 < room) {
        size_t run = 0, digits = 0;
        while (isxdigit((unsigned char)path[run]))
            digits += isdigit((unsigned char)path[run++]) != 0;
        if (run >= 4 && digits) {
            out[length++] = '*';
            path += run;
        } else {
            run = run ? run : 1;
            for (; run && length + 1 < room; run--)
                out[length++] = *path++;
        }
    }
    out[length] = 0;
}

static int takes_room(const char *kind) {
    return strcmp(kind, "unlink") && strcmp(kind, "rmdir") && strcmp(kind, "truncate");
}

/* Write the operation down; whether it is the one to break. */
static int is_it(const char *kind, const char *path) {
    char name[LINE], line[LINE + 1];
    int length = snprintf(name, sizeof name, "%s ", kind);
    plain(path, name + length, sizeof name - length - 1);
    snprintf(line, sizeof line, "%-*s\n", LINE - 1, name);
    int file = REAL(open)(trace, O_RDWR | O_CREAT | O_APPEND, 0600);
    REAL(write)(file, line, LINE);
    long end = lseek(file, 0, SEEK_CUR), count = 0;
    if (!strcmp(name, wanted))
        for (long at = 0; at < end; at += LINE)
            count += pread(file, name, LINE, at) == LINE && !memcmp(name, line, LINE);
    REAL(close)(file);
    return wanted_count && count == wanted_count;
}

/* What becomes of an operation: WHOLE, HALF or FAILS with errno set; or this process ends here. */
static int gate(const char *kind, const char *path) {
    if (!armed || strncmp(path, root, strlen(root)) || strstr(path, "-shm"))
        return WHOLE;
    int kept = errno;
    int first = is_it(kind, path + strlen(root));
    int again = !first && takes_room(kind) && !access(full, F_OK);
    errno = kept;
    if (!first && !again)
        return WHOLE;
    if (!strcmp(mode, "kill"))
        kill(0, SIGKILL);
    if (!strcmp(mode, "lone"))
        kill(getpid(), SIGKILL);
    if (!strcmp(mode, "torn"))
        return HALF;
    if (first && !strcmp(mode, "full")) {
        REAL(close)(REAL(open)(full, O_WRONLY | O_CREAT, 0600));
        if (!strcmp(kind, "write"))
            return HALF;
    }
    errno = strcmp(mode, "eio") ? ENOSPC : EIO;
    return FAILS;
}

static const char *absolute(int folder, const char *path, char *out) {
    char link[32], base[PATH_MAX];
    if (*path == '/')
        return path;
    snprintf(link, sizeof link, folder == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d", folder);
    ssize_t length = readlink(link, base, sizeof base - 1);
    base[length < 0 ? 0 : length] = 0;
    snprintf(out, 2 * PATH_MAX, "%s/%s", base, path);
    return out;
}

static int gate_at(const char *kind, int folder, const char *path) {
    char out[2 * PATH_MAX];
    return armed ? gate(kind, absolute(folder, path, out)) : WHOLE;
}

static int gate_file(const char *kind, int file) {
    char link[32], path[PATH_MAX];
    struct stat found;
    if (!armed || fstat(file, &found) || !(S_ISREG(found.st_mode) || S_ISDIR(found.st_mode)))
        return WHOLE;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    return gate(kind, path);
}

/* A write, or half of it, or none. */
#define WRITE(file, all, half)                                                                     \
    do {                                                                                           \
        int what = gate_file("write", file);                                                       \
        if (what == FAILS)                                                                         \
            return -1;                                                                             \
        if (what == WHOLE)                                                                         \
            return all;                                                                            \
        ssize_t done = half;                                                                       \
        if (!strcmp(mode, "torn"))                                                                 \
            kill(0, SIGKILL);                                                                      \
        return done;                                                                               \
    } while (0)

ssize_t write(int file, const void *data, size_t size) {
    WRITE(file, REAL(write)(file, data, size), REAL(write)(file, data, size / 2));
}

ssize_t pwrite(int file, const void *data, size_t size, off_t at) {
    WRITE(file, REAL(pwrite)(file, data, size, at), REAL(pwrite)(file, data, size / 2, at));
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) {
    WRITE(file, REAL(pwrite64)(file, data, size, at), REAL(pwrite64)(file, data, size / 2, at));
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    WRITE(file, REAL(writev)(file, parts, count), REAL(writev)(file, parts, (count + 1) / 2));
}

#define FILE_CALL(name, kind, parameters, ...)                                                     \
    int name parameters { return gate_file(kind, file) ? -1 : REAL(name)(__VA_ARGS__); }
#define NAME_CALL(name, kind, folder, path, parameters, ...)                                       \
    int name parameters { return gate_at(kind, folder, path) ? -1 : REAL(name)(__VA_ARGS__); }

FILE_CALL(fsync, "fsync", (int file), file)
FILE_CALL(fdatasync, "fsync", (int file), file)
FILE_CALL(ftruncate, "truncate", (int file, off_t size), file, size)
FILE_CALL(ftruncate64, "truncate", (int file, off64_t size), file, size)
NAME_CALL(rename, "rename", AT_FDCWD, new, (const char *old, const char *new), old, new)
NAME_CALL(renameat, "rename", to, new, (int from, const char *old, int to, const char *new), from, old, to, new)
NAME_CALL(unlink, "unlink", AT_FDCWD, path, (const char *path), path)
NAME_CALL(unlinkat, "unlink", folder, path, (int folder, const char *path, int flags), folder, path, flags)
NAME_CALL(rmdir, "rmdir", AT_FDCWD, path, (const char *path), path)
NAME_CALL(mkdir, "mkdir", AT_FDCWD, path, (const char *path, mode_t bits), path, bits)
NAME_CALL(mkdirat, "mkdir", folder, path, (int folder, const char *path, mode_t bits), folder, path, bits)
NAME_CALL(symlink, "symlink", AT_FDCWD, path, (const char *to, const char *path), to, path)
NAME_CALL(symlinkat, "symlink", folder, path, (const char *to, int folder, const char *path), to, folder, path)

static int creates(int folder, const char *path, int flags) {
    struct stat found;
    if (!armed || !(flags & O_CREAT) || !fstatat(folder, path, &found, 0))
        return WHOLE;
    return gate_at("create", folder, path);
}

#define OPEN_CALL(name, folder, parameters, ...)                                                   \
    int name parameters {                                                                          \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode_t bits = (flags & O_CREAT) ? va_arg(rest, mode_t) : 0;                                \
        va_end(rest);                                                                              \
        return creates(folder, path, flags) ? -1 : REAL(name)(__VA_ARGS__, bits);                  \
    }

OPEN_CALL(open, AT_FDCWD, (const char *path, int flags, ...), path, flags)
OPEN_CALL(open64, AT_FDCWD, (const char *path, int flags, ...), path, flags)
OPEN_CALL(openat, folder, (int folder, const char *path, int flags, ...), folder, path, flags)
OPEN_CALL(openat64, folder, (int folder, const char *path, int flags, ...), folder, path, flags)
