# SPDX-License-Identifier: Apache-2.0
# Each fuzz/<target>.cpp defines LLVMFuzzerTestOneInput. Its corpus is the folder fuzz/corpus/<target>; in an
# ordinary build a small driver runs it through the target, with FAIRLEAD_FUZZ libFuzzer does.

file(GLOB files CONFIGURE_DEPENDS fuzz/*.cpp)
foreach(file IN LISTS files)
    cmake_path(GET file STEM name)
    set(program fuzz_${name})
    set(rooms fairlead_edge fairlead_backplane fairlead_auth fairlead_config fairlead_client)
    if(FAIRLEAD_FUZZ)
        fairlead_program(${program} SOURCES ${file} LINKS ${rooms})
        target_link_options(${program} PRIVATE -fsanitize=fuzzer)
        set(options -runs=0)
    else()
        fairlead_program(${program} SOURCES ${file} support/fuzz_driver.cpp LINKS ${rooms})
        set(options "")
    endif()
    target_include_directories(${program} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
    add_test(NAME fuzz.${name} COMMAND ${program} ${options} "${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/${name}")
    set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 120)
endforeach()
