# SPDX-License-Identifier: Apache-2.0
# Installs the SDK: archive, headers, CMake package and pkg-config file. Component fairlead-dev. sdk/testing adds its
# archive to the same package.

include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/fairlead")
install(TARGETS fairlead_sdk EXPORT fairlead-targets
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT fairlead-dev
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT fairlead-dev)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/sdk/include/fairlead" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    COMPONENT fairlead-dev FILES_MATCHING PATTERN "*.h")
install(EXPORT fairlead-targets NAMESPACE fairlead:: DESTINATION "${package_dir}" COMPONENT fairlead-dev)

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/fairlead-config.cmake.in"
    "${CMAKE_CURRENT_BINARY_DIR}/fairlead-config.cmake" INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/fairlead-config-version.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/fairlead-config.cmake"
    "${CMAKE_CURRENT_BINARY_DIR}/fairlead-config-version.cmake"
    DESTINATION "${package_dir}" COMPONENT fairlead-dev)

# The .pc file finds its prefix by where it stands: as many levels up as the library folder is deep, which
# differs between the system prefix (lib/<triplet>) and any other.
file(RELATIVE_PATH pc_to_prefix "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
string(REGEX REPLACE "/$" "" pc_to_prefix "${pc_to_prefix}")
# Who links the archive links libzmq too; a shared library brings it itself.
set(pc_requires "Requires")
if(FAIRLEAD_SHARED)
    set(pc_requires "Requires.private")
endif()
configure_file("${PROJECT_SOURCE_DIR}/cmake/fairlead.pc.in" "${CMAKE_CURRENT_BINARY_DIR}/fairlead.pc" @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/fairlead.pc"
    DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT fairlead-dev)
