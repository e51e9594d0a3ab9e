# SPDX-License-Identifier: Apache-2.0
# Language level, warnings, sanitizers, hardening and where programs go. Everything of ours links fairlead_compiler.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(PROJECT_IS_TOP_LEVEL)
    set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
    set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
    set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
    if(NOT CMAKE_BUILD_TYPE)
        set(CMAKE_BUILD_TYPE Release)
    endif()
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

add_library(fairlead_compiler INTERFACE)
target_compile_options(fairlead_compiler INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor)
target_compile_definitions(fairlead_compiler INTERFACE FAIRLEAD_VERSION="${PROJECT_VERSION}")
if(FAIRLEAD_WERROR)
    target_compile_options(fairlead_compiler INTERFACE -Werror)
endif()

if(FAIRLEAD_SANITIZE)
    add_compile_options(-fsanitize=${FAIRLEAD_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${FAIRLEAD_SANITIZE})
    target_compile_definitions(fairlead_compiler INTERFACE FAIRLEAD_SANITIZED)
    if(FAIRLEAD_SANITIZE MATCHES "undefined")
        add_compile_options(-fno-sanitize-recover=undefined)
    endif()
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # g++ 12 loses track of std::variant when it instruments.
        target_compile_options(fairlead_compiler INTERFACE -Wno-error=maybe-uninitialized)
    endif()
    if(FAIRLEAD_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # Asio fences; g++ warns that the sanitizer does not model fences.
        target_compile_options(fairlead_compiler INTERFACE -Wno-error=tsan)
    endif()
endif()

if(FAIRLEAD_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
        message(FATAL_ERROR "FAIRLEAD_FUZZ needs clang: configure with -DCMAKE_CXX_COMPILER=clang++")
    endif()
    add_compile_options(-fsanitize=fuzzer-no-link)
    add_link_options(-fsanitize=fuzzer-no-link)
endif()

include(hardening)
