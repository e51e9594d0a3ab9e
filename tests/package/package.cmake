# SPDX-License-Identifier: Apache-2.0
# A stranger's view: installs the SDK into a folder and builds projects that use it there, and looks at what users run.

get_target_property(type fairlead_sdk TYPE)
if(type STREQUAL "INTERFACE_LIBRARY" OR FAIRLEAD_SANITIZE)
    return()
endif()

add_test(NAME package.install COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/package/install.sh"
    "${CMAKE_CURRENT_BINARY_DIR}/prefix" "${CMAKE_COMMAND}" "${CMAKE_BINARY_DIR}")
set_tests_properties(package.install PROPERTIES LABELS package FIXTURES_SETUP installed)

# package_test(name COMMAND...): a script of tests/package that gets the prefix and the compiler.
function(package_test name script)
    add_test(NAME package.${name} COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/package/${script}"
        "${CMAKE_CURRENT_BINARY_DIR}/prefix" "${CMAKE_CXX_COMPILER}" "${CMAKE_CURRENT_BINARY_DIR}/${name}" ${ARGN})
    set_tests_properties(package.${name} PROPERTIES LABELS package FIXTURES_REQUIRED installed TIMEOUT 300)
endfunction()

foreach(standard 17 20)
    package_test(headers_${standard} compile_headers.sh ${standard})
    package_test(cmake_${standard} consume_with_cmake.sh ${standard})
    package_test(pkg_config_${standard} consume_with_pkg_config.sh ${standard})
endforeach()
include(package/readme.cmake)
include(package/broker.cmake)
