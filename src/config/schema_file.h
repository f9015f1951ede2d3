/* SPDX-License-Identifier: Apache-2.0
 *
 * --schema: files that describe kinds, beside or instead of what is built in. OpenAPI of an API
 * server (JSON or YAML), or manifests with CustomResourceDefinitions among their objects.
 */
#ifndef CONFIG_SCHEMA_FILE_H
#define CONFIG_SCHEMA_FILE_H

#include "kube/schema_import.h"

/* The built-in schema with what the files describe, in the arena; a later file wins over an
 * earlier. False: diag says what was expected and, where there is a place, begins with
 * PATH:LINE:COLUMN. */
bool schema_files_read(struct schema *schema, const char *const *paths, size_t count,
                       struct arena *arena, struct diag *diag);
/* Adds what the CustomResourceDefinitions among a text's objects describe. A definition that cannot
 * be read describes nothing: it is a file to be judged, not a setting. The text must live as long
 * as the arena of the import, whose diag is used up. False when memory ran out. */
bool schema_text_add(struct schema_import *import, struct str text);

#endif
