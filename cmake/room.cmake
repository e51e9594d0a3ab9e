# SPDX-License-Identifier: Apache-2.0
# A room is a folder with one static library: fairlead_<name>.

# fairlead_room(name SOURCES ... LINKS ...): files that hold a main() are named main.cpp and stay out.
# A room without a .cpp is an interface library, so that others can link it from the first day.
function(fairlead_room name)
    cmake_parse_arguments(ROOM "" "" "SOURCES;LINKS" ${ARGN})
    list(FILTER ROOM_SOURCES EXCLUDE REGEX "(^|/)main\\.cpp$")
    cmake_path(GET CMAKE_CURRENT_SOURCE_DIR PARENT_PATH root)
    if(ROOM_SOURCES)
        add_library(fairlead_${name} STATIC ${ROOM_SOURCES})
        target_include_directories(fairlead_${name} PUBLIC "$<BUILD_INTERFACE:${root}>")
        target_link_libraries(fairlead_${name} PRIVATE "$<BUILD_INTERFACE:fairlead_compiler>" PUBLIC ${ROOM_LINKS})
    else()
        add_library(fairlead_${name} INTERFACE)
        target_include_directories(fairlead_${name} INTERFACE "$<BUILD_INTERFACE:${root}>")
        target_link_libraries(fairlead_${name} INTERFACE ${ROOM_LINKS})
    endif()
endfunction()

# fairlead_program(name SOURCES ... LINKS ...): one program in <build>/bin.
function(fairlead_program name)
    cmake_parse_arguments(PROGRAM "" "" "SOURCES;LINKS" ${ARGN})
    add_executable(${name} ${PROGRAM_SOURCES})
    target_link_libraries(${name} PRIVATE fairlead_compiler ${PROGRAM_LINKS})
endfunction()

# fairlead_room_test(room [LINKS ...]): all of tests/unit/<room>/*_test.cpp as one program test_<room>,
# which links that room alone, so that a forbidden dependency fails at link time as well.
function(fairlead_room_test room)
    cmake_parse_arguments(TEST "" "" "LINKS" ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/unit/${room}/*_test.cpp")
    if(NOT sources OR NOT TARGET fairlead_${room})
        return()
    endif()
    file(GLOB_RECURSE helpers CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/unit/${room}/*.cpp")
    fairlead_program(test_${room} SOURCES ${helpers} LINKS fairlead_${room} ${TEST_LINKS} fairlead_test_main)
    target_include_directories(test_${room} PRIVATE
        "${PROJECT_SOURCE_DIR}/sdk" "${PROJECT_SOURCE_DIR}/broker" "${PROJECT_SOURCE_DIR}/tools"
        "${PROJECT_SOURCE_DIR}/tests")
    target_compile_definitions(test_${room} PRIVATE FAIRLEAD_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    add_dependencies(fast_tests test_${room})
    add_test(NAME unit.${room} COMMAND test_${room} --durations yes)
    set_tests_properties(unit.${room} PROPERTIES LABELS unit TIMEOUT 300
        WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
endfunction()
