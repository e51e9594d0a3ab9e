# SPDX-License-Identifier: Apache-2.0
# What we build with, one target each. The SDK needs libzmq and msgpack-cxx only.

find_package(PkgConfig REQUIRED)
pkg_check_modules(libzmq REQUIRED IMPORTED_TARGET GLOBAL libzmq)

# With the version, so that the C library of the same name is not picked.
find_package(msgpack 4.1 CONFIG REQUIRED)
add_library(fairlead_msgpack INTERFACE)
target_compile_definitions(fairlead_msgpack INTERFACE MSGPACK_NO_BOOST)
find_path(FAIRLEAD_MSGPACK_INCLUDE_DIR msgpack.hpp REQUIRED)
mark_as_advanced(FAIRLEAD_MSGPACK_INCLUDE_DIR)
target_include_directories(fairlead_msgpack SYSTEM INTERFACE "$<BUILD_INTERFACE:${FAIRLEAD_MSGPACK_INCLUDE_DIR}>")

find_path(FAIRLEAD_CPPZMQ_INCLUDE_DIR zmq.hpp REQUIRED)
mark_as_advanced(FAIRLEAD_CPPZMQ_INCLUDE_DIR)
add_library(fairlead_zmq INTERFACE)
target_link_libraries(fairlead_zmq INTERFACE PkgConfig::libzmq)
target_include_directories(fairlead_zmq SYSTEM INTERFACE "$<BUILD_INTERFACE:${FAIRLEAD_CPPZMQ_INCLUDE_DIR}>")

if(FAIRLEAD_BROKER OR FAIRLEAD_TOOLS OR FAIRLEAD_TESTS)
    find_package(OpenSSL 3.0 REQUIRED)

    find_path(FAIRLEAD_ASIO_INCLUDE_DIR asio.hpp REQUIRED)
    mark_as_advanced(FAIRLEAD_ASIO_INCLUDE_DIR)
    add_library(fairlead_asio INTERFACE)
    # Asio finds std::aligned_alloc only if a header of the standard library came before it: files that differ in that
    # would allocate one way and free another (seen by asan). So it is told.
    target_compile_definitions(fairlead_asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED ASIO_HAS_STD_ALIGNED_ALLOC=1)
    target_include_directories(fairlead_asio SYSTEM INTERFACE "${FAIRLEAD_ASIO_INCLUDE_DIR}")
    target_link_libraries(fairlead_asio INTERFACE Threads::Threads)

    find_package(CLI11 REQUIRED)
    find_package(tomlplusplus REQUIRED)
endif()

if(FAIRLEAD_BROKER)
    find_package(websocketpp REQUIRED)
    find_package(spdlog REQUIRED)
endif()

if(FAIRLEAD_TESTS)
    find_package(Catch2 2 REQUIRED)
endif()
