# SPDX-License-Identifier: Apache-2.0
# rampart_layer(NAME DEPS...): src/NAME becomes one static library of every .c in the folder, linking the layers DEPS
# and nothing above them. tests/self/layers reads the table that this writes and checks #includes and symbols against it.
file(WRITE ${CMAKE_BINARY_DIR}/layers.txt "")
function(rampart_layer name)
  cmake_parse_arguments(arg "PURE;RECURSE" "" "DEPS;LIBS" ${ARGN})
  set(glob GLOB)
  if(arg_RECURSE)
    set(glob GLOB_RECURSE)
  endif()
  file(${glob} sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.c)
  list(FILTER sources EXCLUDE REGEX "/main[.]c$") # a program's, not the layer's
  list(SORT sources)
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC ${arg_DEPS} PRIVATE project_flags ${arg_LIBS})
  target_compile_options(${name} PRIVATE -include ${CMAKE_SOURCE_DIR}/src/base/banned.h)
  set(kind edge)
  if(arg_PURE)
    set(kind pure)
  endif()
  list(JOIN arg_DEPS " " deps)
  file(APPEND ${CMAKE_BINARY_DIR}/layers.txt "${name}|${kind}|${deps}\n")
endfunction()
