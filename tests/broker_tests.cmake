# SPDX-License-Identifier: Apache-2.0
# Tests that start a real broker: each <kind>/<name>_test.cpp is one program and one test, <kind>.<name>.

file(GLOB support CONFIGURE_DEPENDS support/*.cpp)
list(FILTER support EXCLUDE REGEX "/(fuzz_driver|victim_service)\\.cpp$")
if(support)
    add_library(fairlead_test_support STATIC ${support})
    target_include_directories(fairlead_test_support PUBLIC
        "${CMAKE_CURRENT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/tools")
    target_compile_definitions(fairlead_test_support PRIVATE FAIRLEAD_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
    target_link_libraries(fairlead_test_support PRIVATE fairlead_compiler
        PUBLIC fairlead::sdk fairlead_client Catch2::Catch2)
else()
    add_library(fairlead_test_support INTERFACE)
    target_link_libraries(fairlead_test_support INTERFACE fairlead::sdk fairlead_client)
endif()

fairlead_program(victim_service SOURCES support/victim_service.cpp LINKS fairlead::sdk)

# The audit: record and checker know nothing of the broker; the runs start one, and services of their own.
set(checker audit/history.cpp audit/findings.cpp audit/publications.cpp audit/stories.cpp audit/losses.cpp audit/requests.cpp
    audit/accounting.cpp audit/counts.cpp audit/checker.cpp)
add_library(fairlead_audit_checker STATIC ${checker})
target_include_directories(fairlead_audit_checker PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}")
target_link_libraries(fairlead_audit_checker PRIVATE fairlead_compiler)
fairlead_program(audit_checker
    SOURCES audit/checker_test.cpp audit/requests_test.cpp audit/mutants_test.cpp audit/simulator.cpp audit/mutations.cpp
    LINKS fairlead_audit_checker fairlead_test_support fairlead_test_main)
add_test(NAME audit.checker COMMAND audit_checker --durations yes)
set_tests_properties(audit.checker PROPERTIES LABELS "audit;unit" TIMEOUT 300)
add_dependencies(fast_tests audit_checker)

fairlead_program(audit_service SOURCES audit/audit_service.cpp audit/publisher.cpp audit/pace.cpp
    LINKS fairlead_audit_checker fairlead::sdk)
add_library(fairlead_audit STATIC audit/publisher.cpp audit/pace.cpp audit/subscriber.cpp audit/stage.cpp
    audit/nemesis.cpp audit/run.cpp)
target_link_libraries(fairlead_audit PRIVATE fairlead_compiler PUBLIC fairlead_audit_checker fairlead_test_support)
fairlead_program(audit_worker SOURCES audit/audit_worker.cpp LINKS fairlead_audit_checker fairlead::sdk)
add_library(fairlead_audit_requests STATIC audit/caller.cpp audit/workplace.cpp audit/request_run.cpp)
target_link_libraries(fairlead_audit_requests PRIVATE fairlead_compiler
    PUBLIC fairlead_audit_checker fairlead_test_support)
foreach(name request_runs request_runs_long)
    fairlead_program(audit_${name} SOURCES audit/${name}_test.cpp LINKS fairlead_audit_requests fairlead_test_main)
    add_dependencies(audit_${name} audit_worker)
    if(TARGET fairlead-broker)
        add_dependencies(audit_${name} fairlead-broker)
    endif()
    add_test(NAME audit.${name} COMMAND audit_${name} --durations yes)
endforeach()
set_tests_properties(audit.request_runs PROPERTIES LABELS audit TIMEOUT 300)
set_tests_properties(audit.request_runs_long PROPERTIES LABELS "audit;long" TIMEOUT 1800)

foreach(name runs runs_long)
    fairlead_program(audit_${name} SOURCES audit/${name}_test.cpp LINKS fairlead_audit fairlead_test_main)
    add_dependencies(audit_${name} audit_service)
    if(TARGET fairlead-broker)
        add_dependencies(audit_${name} fairlead-broker)
    endif()
    add_test(NAME audit.${name} COMMAND audit_${name} --durations yes)
endforeach()
set_tests_properties(audit.runs PROPERTIES LABELS audit TIMEOUT 300)
set_tests_properties(audit.runs_long PROPERTIES LABELS "audit;long" TIMEOUT 1800)

foreach(kind integration faults abuse)
    file(GLOB files CONFIGURE_DEPENDS ${kind}/*_test.cpp)
    foreach(file IN LISTS files)
        cmake_path(GET file STEM stem)
        string(REGEX REPLACE "_test$" "" name "${stem}")
        set(program ${kind}_${name})
        fairlead_program(${program} SOURCES ${file} LINKS fairlead_test_support fairlead_test_main)
        target_include_directories(${program} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
        target_compile_definitions(${program} PRIVATE
            FAIRLEAD_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}" FAIRLEAD_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
        foreach(started fairlead-broker fairlead)  # programs that the tests start
            if(TARGET ${started})
                add_dependencies(${program} ${started})
            endif()
        endforeach()
        if(kind MATCHES "abuse|integration")  # tokens are signed
            target_link_libraries(${program} PRIVATE OpenSSL::Crypto)
        endif()
        add_test(NAME ${kind}.${name} COMMAND ${program} --durations yes)
        set(labels ${kind})
        if(stem MATCHES "_long_test$")
            list(APPEND labels long)
        endif()
        set_tests_properties(${kind}.${name} PROPERTIES LABELS "${labels}" TIMEOUT 300)
        if(kind STREQUAL integration)
            add_dependencies(fast_tests ${program})
        else()
            target_link_libraries(${program} PRIVATE fairlead_wire fairlead_zmq)
        endif()
        if(kind STREQUAL faults)
            add_dependencies(${program} victim_service)
        endif()
    endforeach()
endforeach()
