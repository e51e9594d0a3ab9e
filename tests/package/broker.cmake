# SPDX-License-Identifier: Apache-2.0
# What users run: how hard the programs are, and how little the service's unit lets the broker do.

if(NOT TARGET fairlead-broker OR NOT TARGET fairlead)
    return()
endif()

# Debug builds are not hardened, see cmake/hardening.cmake.
if(FAIRLEAD_HARDENED AND CMAKE_READELF AND CMAKE_OBJDUMP)
    foreach(program fairlead-broker fairlead)
        add_test(NAME package.hardening_${program} COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/package/hardening.sh"
            "${CMAKE_READELF}" "${CMAKE_OBJDUMP}" "$<TARGET_FILE:${program}>")
        set_tests_properties(package.hardening_${program} PROPERTIES LABELS package TIMEOUT 60)
    endforeach()
endif()

add_test(NAME package.systemd_unit COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/package/systemd_unit.sh"
    "${CMAKE_COMMAND}" "${CMAKE_BINARY_DIR}" "${CMAKE_CURRENT_BINARY_DIR}/broker_prefix")
set_tests_properties(package.systemd_unit PROPERTIES LABELS package TIMEOUT 60 SKIP_RETURN_CODE 77)

fairlead_program(confine SOURCES package/confine.cpp)
add_test(NAME package.systemd_calls COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/package/systemd_calls.sh"
    "${PROJECT_SOURCE_DIR}/tools/packaging/fairlead-broker.service" "${CMAKE_CXX_COMPILER}"
    "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}" "${CMAKE_CURRENT_BINARY_DIR}/systemd_calls")
set_tests_properties(package.systemd_calls PROPERTIES LABELS package TIMEOUT 60 SKIP_RETURN_CODE 77)
