/* SPDX-License-Identifier: Apache-2.0
 *
 * A worker that starts while the kubelet swaps a Secret volume: what reload_now hands on is one
 * version of all files, never the certificate of one and the key of another.
 */
#include "server/reload.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { STARTS = 30000, VERSIONS = 2 };

static atomic_bool over;
static unsigned mixed;

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "stress: %s\n", what);
    exit(1);
}

static void write_file(const char *path, int version)
{
    FILE *f = fopen(path, "w");
    must(f, "no file");
    fprintf(f, "version %d\n", version);
    fclose(f);
}

static void point_data_at(int version)
{
    char target[16];
    snprintf(target, sizeof target, "..v%d", version);
    must(symlink(target, "..data_tmp") == 0 && rename("..data_tmp", "..data") == 0, "no link");
}

static void make_volume(char *root)
{
    must(mkdtemp(root) && chdir(root) == 0, "no temporary directory");
    for (int v = 0; v < VERSIONS; v++) {
        char path[32];
        snprintf(path, sizeof path, "..v%d", v);
        must(mkdir(path, 0777) == 0, "no folder");
        snprintf(path, sizeof path, "..v%d/tls.crt", v);
        write_file(path, v);
        snprintf(path, sizeof path, "..v%d/tls.key", v);
        write_file(path, v);
    }
    point_data_at(0);
}

/* Not faster than a reader can read twice, else no two readings would ever agree. */
static void *swap(void *nothing)
{
    struct timespec pause = {.tv_nsec = 500000};
    for (int i = 1; !atomic_load(&over); i++) {
        point_data_at(i % VERSIONS);
        nanosleep(&pause, NULL);
    }
    return nothing;
}

static bool apply(void *context, const struct reload_contents *contents, struct diag *diag)
{
    (void)context;
    (void)diag;
    mixed += !str_equal(contents->files[0], contents->files[1]);
    return true;
}

int main(void)
{
    char root[] = "/tmp/rampart-stress-XXXXXX";
    make_volume(root);
    pthread_t thread;
    must(pthread_create(&thread, NULL, swap, NULL) == 0, "no thread");
    for (int i = 0; i < STARTS; i++) {
        struct reload_group group = {
            .paths = {"..data/tls.crt", "..data/tls.key"}, .name = "certificate", .apply = apply};
        struct diag diag = {0};
        must(reload_now(&group, &diag), diag.text);
    }
    atomic_store(&over, true);
    pthread_join(thread, NULL);
    printf("%d starts, %u with files of two versions\n", STARTS, mixed);
    must(mixed == 0, "a certificate and the key of another were applied together");
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", root);
    return system(command) == 0 ? 0 : 1;
}
