# What `cmake --install` puts where: the program, the library as one shared object, its headers, and the CMake package
# that find_package(rdsteady) reads.
#
# One shared object, because a consumer then needs rdsteady::rdsteady and nothing else: none of the packages that the
# layers are built from, and none of their headers. Only rdsteady's own names are visible in it.
include(CMakePackageConfigHelpers)

install(TARGETS rdsteady RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

# A sanitized shared object could be loaded by sanitized programs only.
if(NOT RDSTEADY_SANITIZE)
  # The layers that define the public names are taken whole; from the others the linker takes what is needed.
  add_library(rdsteady_shared SHARED $<TARGET_OBJECTS:rdsteady_base> $<TARGET_OBJECTS:rdsteady_api>
              $<TARGET_OBJECTS:rdsteady_report>)
  target_link_libraries(rdsteady_shared PRIVATE rdsteady_report)
  target_link_options(rdsteady_shared PRIVATE -Wl,--no-undefined
                      -Wl,--version-script=${CMAKE_SOURCE_DIR}/cmake/rdsteady.map)
  set_target_properties(rdsteady_shared PROPERTIES OUTPUT_NAME rdsteady LINKER_LANGUAGE CXX
                        VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
                        LINK_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/rdsteady.map)
  install(TARGETS rdsteady_shared LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/rdsteady DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")

  set(package ${CMAKE_INSTALL_LIBDIR}/cmake/rdsteady)
  configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/rdsteadyConfig.cmake.in ${CMAKE_BINARY_DIR}/rdsteadyConfig.cmake
                                INSTALL_DESTINATION ${package}
                                PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
  # Below 1.0 a minor version may change the interface.
  write_basic_package_version_file(${CMAKE_BINARY_DIR}/rdsteadyConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${CMAKE_BINARY_DIR}/rdsteadyConfig.cmake ${CMAKE_BINARY_DIR}/rdsteadyConfigVersion.cmake DESTINATION ${package})
endif()
