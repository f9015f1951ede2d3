# SPDX-License-Identifier: Apache-2.0
# What is derived from committed data, made in the build folder by one host tool.
set(GENERATED ${CMAKE_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${GENERATED})
add_executable(generate cmake/generate.c)
target_include_directories(generate PRIVATE ${CMAKE_SOURCE_DIR}/src)
set_target_properties(generate PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/host)

add_custom_command(OUTPUT ${GENERATED}/name_slots.h
  COMMAND generate ${GENERATED}/name_slots.h names
  DEPENDS generate VERBATIM)
add_custom_target(name_slots DEPENDS ${GENERATED}/name_slots.h)

# The rule table: every src/rules/*/*.c, sorted by stem. A rule is in the program because its file is in the folder.
file(GLOB rule_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/rules/*/*.c)
set(rule_lines "")
set(rule_docs "")
foreach(path IN LISTS rule_files)
  get_filename_component(stem ${path} NAME_WE)
  list(APPEND rule_lines "${stem}|${path}")
  string(REGEX REPLACE "[.]c$" ".md" doc "${path}")
  list(APPEND rule_docs ${doc})
endforeach()
list(SORT rule_lines)
list(TRANSFORM rule_lines REPLACE "^[^|]*[|]" "")
list(JOIN rule_lines "\n" rule_list)
file(GENERATE OUTPUT ${GENERATED}/rules.txt CONTENT "${rule_list}\n")
add_custom_command(OUTPUT ${GENERATED}/registry.c
  COMMAND generate ${GENERATED}/registry.c rules ${GENERATED}/rules.txt
  DEPENDS generate ${GENERATED}/rules.txt ${rule_docs} VERBATIM)
add_custom_target(rule_registry DEPENDS ${GENERATED}/registry.c)
