/* SPDX-License-Identifier: Apache-2.0
 *
 * UNSET: a large local of the hot path that is written before it is read. The build zeroes all
 * others at each call (cmake/Flags.cmake), which a kilobyte makes felt.
 */
#ifndef BASE_UNSET_H
#define BASE_UNSET_H

#define UNSET __attribute__((uninitialized))

#endif
