# SPDX-License-Identifier: Apache-2.0
# Each e2e/<name>_test.mjs runs under Node's own test runner. They find the programs by FAIRLEAD_BIN_DIR.

find_program(FAIRLEAD_NODE NAMES node nodejs)
mark_as_advanced(FAIRLEAD_NODE)
if(NOT FAIRLEAD_NODE OR NOT EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/e2e/node_modules")
    message(STATUS "No end-to-end tests: needs Node and tools/dev/install_node_modules tests/e2e")
    return()
endif()

file(GLOB files CONFIGURE_DEPENDS e2e/*_test.mjs)
foreach(file IN LISTS files)
    cmake_path(GET file STEM stem)
    string(REGEX REPLACE "_test$" "" name "${stem}")
    add_test(NAME e2e.${name} COMMAND "${FAIRLEAD_NODE}" --test "${file}")
    set(labels e2e)
    if(stem MATCHES "_long_test$")
        list(APPEND labels long)
    endif()
    set_tests_properties(e2e.${name} PROPERTIES LABELS "${labels}" TIMEOUT 300
        WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/e2e"
        ENVIRONMENT "FAIRLEAD_BIN_DIR=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
endforeach()

# The newcomer's command, on its fixed ports; it uses build/release, so it is a test of that build alone.
if(EXISTS "${PROJECT_SOURCE_DIR}/examples/check.mjs" AND
   CMAKE_BINARY_DIR STREQUAL "${PROJECT_SOURCE_DIR}/build/release")
    add_test(NAME e2e.quickstart COMMAND bash tools/quickstart --check
        WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
    set_tests_properties(e2e.quickstart PROPERTIES LABELS e2e TIMEOUT 300 RUN_SERIAL ON
        ENVIRONMENT FAIRLEAD_NO_INSTALL=1)
endif()
