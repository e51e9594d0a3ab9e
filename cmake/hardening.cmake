# SPDX-License-Identifier: Apache-2.0
# What makes a bug of ours harder to use. Of released programs only: the fortified functions of libc need the optimiser,
# and the sanitizers see more than all of this. tests/package/hardening.sh looks for it in what was built.

option(FAIRLEAD_HARDEN "Harden optimised builds" ${PROJECT_IS_TOP_LEVEL})
set(FAIRLEAD_HARDENED OFF)
if(FAIRLEAD_HARDEN AND NOT FAIRLEAD_SANITIZE AND NOT FAIRLEAD_FUZZ AND CMAKE_BUILD_TYPE MATCHES "^(Release|RelWithDebInfo|MinSizeRel)$")
    set(FAIRLEAD_HARDENED ON)
endif()
if(NOT FAIRLEAD_HARDENED)
    return()
endif()

include(CheckCXXCompilerFlag)
include(CheckPIESupported)
check_pie_supported(OUTPUT_VARIABLE pie_output LANGUAGES CXX)

target_compile_options(fairlead_compiler INTERFACE -fstack-protector-strong)
# Undefined first: a distribution's own flags may have set another level.
target_compile_options(fairlead_compiler INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
target_compile_definitions(fairlead_compiler INTERFACE _GLIBCXX_ASSERTIONS)
foreach(flag -fstack-clash-protection -fcf-protection)  # not every processor has them
    string(MAKE_C_IDENTIFIER "FAIRLEAD_HAS${flag}" known)
    check_cxx_compiler_flag(${flag} ${known})
    if(${known})
        target_compile_options(fairlead_compiler INTERFACE ${flag})
    endif()
endforeach()
target_link_options(fairlead_compiler INTERFACE LINKER:-z,relro LINKER:-z,now LINKER:-z,noexecstack)
