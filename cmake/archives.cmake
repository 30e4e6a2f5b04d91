# The program is linked with the archives of its libraries, and only with libc's shared objects: to find and bind a dozen
# others took three quarters of the instructions of `rdsteady --version` and two thirds of those of an apply that has
# nothing to do. The installed library and the tests take the shared objects. Distributions turn it off.
#
#   rdsteady_library(crypto OpenSSL::Crypto crypto)   # rdsteady_use_crypto: libcrypto.a in the program, else the target
#
# A library whose archive is not installed is taken as it is.
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT RDSTEADY_SANITIZE)
  set(archives_fit ON)
else()
  set(archives_fit OFF)
endif()
option(RDSTEADY_ARCHIVES "Link the program with the archives of its libraries" ${archives_fit})

function(rdsteady_library name target)
  set(archives "")
  foreach(archive IN LISTS ARGN)
    if(archive MATCHES "^rdsteady_")
      list(APPEND archives ${archive})
      continue()
    endif()
    find_library(RDSTEADY_ARCHIVE_${archive} lib${archive}.a)
    mark_as_advanced(RDSTEADY_ARCHIVE_${archive})
    if(NOT RDSTEADY_ARCHIVE_${archive})
      message(STATUS "lib${archive}.a is not installed: the program takes the shared object")
      set(archives "")
      break()
    endif()
    list(APPEND archives ${RDSTEADY_ARCHIVE_${archive}})
  endforeach()
  add_library(rdsteady_use_${name} INTERFACE)
  if(RDSTEADY_ARCHIVES AND archives)
    # Asked of whatever is linked in the end, not of the layer in between.
    target_link_libraries(rdsteady_use_${name} INTERFACE
                          "$<IF:$<BOOL:$<TARGET_PROPERTY:RDSTEADY_TAKES_ARCHIVES>>,${archives},${target}>")
  else()
    target_link_libraries(rdsteady_use_${name} INTERFACE ${target})
  endif()
endfunction()

# Debian has no libfmt.a; its headers hold the source.
if(RDSTEADY_ARCHIVES)
  add_library(rdsteady_fmt_archive STATIC ${CMAKE_SOURCE_DIR}/cmake/fmt_archive.cc)
  target_include_directories(rdsteady_fmt_archive PRIVATE $<TARGET_PROPERTY:fmt::fmt,INTERFACE_INCLUDE_DIRECTORIES>)
endif()

rdsteady_library(fmt fmt::fmt rdsteady_fmt_archive)
rdsteady_library(json Boost::json boost_json boost_container)
rdsteady_library(pugixml pugixml::pugixml pugixml)
rdsteady_library(crypto OpenSSL::Crypto crypto)
rdsteady_library(fyaml PkgConfig::libfyaml fyaml)
rdsteady_library(sqlite SQLite::SQLite3 sqlite3)

# For an executable: whatever it is linked with, it takes the archives.
function(rdsteady_takes_archives program)
  if(RDSTEADY_ARCHIVES)
    set_target_properties(${program} PROPERTIES RDSTEADY_TAKES_ARCHIVES ON)
    target_link_options(${program} PRIVATE -static-libstdc++ -static-libgcc)
  endif()
endfunction()
