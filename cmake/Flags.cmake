# SPDX-License-Identifier: Apache-2.0
# Every compiler and linker flag of the project. Trap list: docs/decisions/003-build-flags.md.

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(WARNINGS_AS_ERRORS "a warning stops the build" OFF)
set(SANITIZE "" CACHE STRING "sanitizers, as -fsanitize takes them (address,undefined or thread)")
option(FUZZ "build the fuzz targets with libFuzzer (clang)" OFF)
option(COVERAGE "instrument for gcov" OFF)

include(CheckPIESupported)
check_pie_supported(LANGUAGES C)

add_library(warnings INTERFACE)
target_compile_options(warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wformat=2 -Wstrict-prototypes
  -Wmissing-prototypes -Wmissing-declarations -Wold-style-definition -Wvla -Walloca -Wwrite-strings
  -Wcast-qual -Wpointer-arith -Wundef -Wredundant-decls -Wswitch-enum -Wnull-dereference
  -Wdouble-promotion -Wimplicit-fallthrough -fno-common
  $<$<BOOL:${WARNINGS_AS_ERRORS}>:-Werror>
  $<$<C_COMPILER_ID:GNU>:-Wformat-signedness>
  $<$<C_COMPILER_ID:GNU>:-Wduplicated-cond>
  $<$<C_COMPILER_ID:GNU>:-Wduplicated-branches>
  $<$<C_COMPILER_ID:GNU>:-Wlogical-op>
  $<$<C_COMPILER_ID:GNU>:-Wjump-misses-init>
  $<$<C_COMPILER_ID:GNU>:-Wtrampolines>
  $<$<C_COMPILER_ID:GNU>:-Wcast-align=strict>
  $<$<C_COMPILER_ID:Clang>:-Wcomma>
  $<$<C_COMPILER_ID:Clang>:-Wassign-enum>
  $<$<C_COMPILER_ID:Clang>:-Wcast-align>)

add_library(hardening INTERFACE)
target_compile_options(hardening INTERFACE
  -fstack-protector-strong -fstack-clash-protection -fno-strict-overflow
  -fno-delete-null-pointer-checks
  $<$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},x86_64>:-fcf-protection=full>
  $<$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},aarch64>:-mbranch-protection=standard>
  $<$<C_COMPILER_ID:GNU>:-ftrivial-auto-var-init=zero>
  # Fortify needs -O1 or more, so not in Debug; -U first, for Debian's own flags set it too.
  $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE>
  $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=3>)
target_link_options(hardening INTERFACE
  -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code,--as-needed)

add_library(reproducible INTERFACE)
target_compile_options(reproducible INTERFACE
  -ffile-prefix-map=${CMAKE_BINARY_DIR}=build -ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -Wdate-time)
target_link_options(reproducible INTERFACE -Wl,--build-id=sha1)
set(CMAKE_AR_DETERMINISTIC TRUE)

add_library(sanitizers INTERFACE)
if(SANITIZE)
  target_compile_options(sanitizers INTERFACE
    -fsanitize=${SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(sanitizers INTERFACE -fsanitize=${SANITIZE})
endif()
if(FUZZ)
  target_compile_options(sanitizers INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(sanitizers INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(COVERAGE)
  target_compile_options(sanitizers INTERFACE --coverage)
  target_link_options(sanitizers INTERFACE --coverage)
endif()

add_library(project_flags INTERFACE)
target_compile_definitions(project_flags INTERFACE _POSIX_C_SOURCE=200809L)
target_include_directories(project_flags INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/generated)
target_link_libraries(project_flags INTERFACE warnings sanitizers reproducible)
if(NOT SANITIZE) # fortify and ASan do not mix
  target_link_libraries(project_flags INTERFACE hardening)
endif()
