/* SPDX-License-Identifier: Apache-2.0
 *
 * What the operator reads: one line a thing that happened, to standard error, with the time before
 * it. Decisions are the audit log's business.
 */
#ifndef SERVER_LOG_H
#define SERVER_LOG_H

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

/* Written in one piece. Control characters are escaped: text may come from a cluster. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_info(...)    log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_error(...)   log_line(LOG_LEVEL_ERROR, __VA_ARGS__)

#endif
