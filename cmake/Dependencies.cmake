# SPDX-License-Identifier: Apache-2.0
# Every foreign library, named once; which folder may use which: docs/decisions/004-dependencies.md.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET openssl)
pkg_check_modules(H2O REQUIRED IMPORTED_TARGET libh2o-evloop)
# libh2o-evloop.pc names no macro: without it the headers assume libuv, compile, and crash.
target_compile_definitions(PkgConfig::H2O INTERFACE H2O_USE_LIBUV=0)
