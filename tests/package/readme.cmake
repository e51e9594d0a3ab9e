# SPDX-License-Identifier: Apache-2.0
# The service that README.md shows: its first ```cpp block, built as it stands and asked once.

if(NOT TARGET fairlead-broker OR NOT TARGET fairlead)
    return()
endif()

set(readme "${PROJECT_SOURCE_DIR}/README.md")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${readme}")
file(READ "${readme}" text)
string(REGEX MATCH "```cpp\n([^`]+)```" block "${text}")
if(NOT block)
    message(FATAL_ERROR "README.md has no cpp block")
endif()
file(GENERATE OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/readme_service.cpp" CONTENT "${CMAKE_MATCH_1}")
fairlead_program(readme_service SOURCES "${CMAKE_CURRENT_BINARY_DIR}/readme_service.cpp" LINKS fairlead::sdk)

add_test(NAME package.readme
    COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/package/ask_readme_service.sh" "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
set_tests_properties(package.readme PROPERTIES LABELS package TIMEOUT 60)
