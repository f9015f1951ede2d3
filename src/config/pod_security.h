/* SPDX-License-Identifier: Apache-2.0
 *
 * --pod-security-config: a PodSecurityConfiguration, accepted and refused exactly as the API server
 * does, in its words.
 */
#ifndef CONFIG_POD_SECURITY_H
#define CONFIG_POD_SECURITY_H

#include "pss/config.h"

struct pod_security_error {
    uint32_t line, column; /* from 1 */
    struct str text;       /* upstream's, but for what a YAML or JSON parser says of broken text */
};

/* Reads the text of the file; nothing at all is the default configuration. The strings of *config
 * live in the arena. False: *error says why (it lives in the arena too, or is empty when memory ran
 * out: arena->failed). */
bool pod_security_read(struct str text, struct arena *arena, struct pss_config *config,
                       struct pod_security_error *error);

#endif
