# SPDX-License-Identifier: Apache-2.0
# A test is in the run because its file is in the folder:
#   tests/unit/NAME.c          a Criterion program, CTest unit.NAME
#   tests/fuzz/NAME.c          LLVMFuzzerTestOneInput; CTest fuzz.NAME replays tests/fuzz/corpus/NAME, in the fuzz preset libFuzzer
#   tests/stress/NAME.c        a program of its own with threads, for ThreadSanitizer; CTest stress.NAME
#   tests/self/NAME            an executable script about the tree and the build; CTest self.NAME
#   tests/integration/NAME     an executable script that drives the built programs; CTest integration.NAME
# Not in CTest: tests/e2e/NAME on a real cluster (scripts/e2e), tests/soak/NAME SECONDS, minutes of load with accidents,
# tests/bench/NAME[.c], which measure.
# Scripts get SOURCE_DIR, BUILD_DIR and BIN (the folder of the programs) in the environment, and SHARED: the folder of
# outside inputs, or nothing. Exit 77 is a skip, which must say on stdout what was absent.
pkg_check_modules(CRITERION REQUIRED IMPORTED_TARGET criterion)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson) # the second opinion on JSON
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/tap)

# Outside inputs (conformance suites, corpora) live beside the checkout and are never copied in. Present or absent, the run says so.
set(SHARED "$ENV{RAMPART_SHARED}" CACHE PATH "folder of external test inputs")
if(NOT SHARED AND EXISTS ${CMAKE_SOURCE_DIR}/../shared/conformance)
  get_filename_component(SHARED ${CMAKE_SOURCE_DIR}/../shared ABSOLUTE)
endif()
if(SHARED)
  message(STATUS "external test inputs: ${SHARED}")
else()
  message(STATUS "external test inputs: absent; the tests that need them say so")
endif()
set(TEST_ENVIRONMENT
  "SOURCE_DIR=${CMAKE_SOURCE_DIR}" "BUILD_DIR=${CMAKE_BINARY_DIR}" "BIN=${CMAKE_BINARY_DIR}/bin" "SHARED=${SHARED}"
  "SANITIZE=${SANITIZE}" "ASAN_OPTIONS=detect_leaks=1:abort_on_error=0" "UBSAN_OPTIONS=print_stacktrace=1")

# Criterion 2.4.1 passes on a leak, on an empty run and on a filter that matches nothing; so the output is what is judged.
function(add_criterion_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBS" ${ARGN})
  add_executable(test_${name} ${arg_SOURCES})
  target_link_libraries(test_${name} PRIVATE project_flags support PkgConfig::CRITERION ${arg_LIBS})
  add_test(NAME unit.${name} COMMAND test_${name} --jobs 2 --tap=${CMAKE_BINARY_DIR}/tap/${name}.tap)
  set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 300 ENVIRONMENT "${TEST_ENVIRONMENT}"
    PASS_REGULAR_EXPRESSION "Tested: [1-9][0-9]* [|] Passing: [0-9]+ [|] Failing: 0 [|] Crashing: 0"
    FAIL_REGULAR_EXPRESSION "ERROR: (Address|Leak|Undefined)[A-Za-z]*Sanitizer;runtime error:;definitely lost;Invalid (read|write)")
endfunction()

function(add_fuzzer name)
  add_executable(fuzz_${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/${name}.c)
  target_link_libraries(fuzz_${name} PRIVATE project_flags support ${ARGN})
  if(FUZZ)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(fuzz_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/fuzz/standalone/main.c)
  endif()
  add_test(NAME fuzz.${name} COMMAND fuzz_${name} -runs=0 ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name})
  set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 300 ENVIRONMENT "${TEST_ENVIRONMENT}")
endfunction()

function(add_script_tests label)
  file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${label}/*)
  foreach(script IN LISTS scripts)
    get_filename_component(name ${script} NAME)
    if(IS_DIRECTORY ${script} OR name MATCHES "[.]")
      continue()
    endif()
    add_test(NAME ${label}.${name} COMMAND ${script})
    set_tests_properties(${label}.${name} PROPERTIES LABELS ${label} TIMEOUT 300 SKIP_RETURN_CODE 77
      ENVIRONMENT "${TEST_ENVIRONMENT}")
  endforeach()
endfunction()
