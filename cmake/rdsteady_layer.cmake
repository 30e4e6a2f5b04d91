# One layer = one folder = one static library, `rdsteady_<name>`, and one test program beside it.
#
#   rdsteady_layer(NAME wire DEPENDS model_api PACKAGES pugixml OpenSSL::Crypto [TEST_PACKAGES ...] [SUBDIRS ...])
#
# Every *.cc of the folder (and of SUBDIRS) belongs to the library, every *_test.cc to the test program: a file that
# is there is built. Tests are registered with ctest one by one, labelled with the layer's name.

set(RDSTEADY_SANITIZE "" CACHE STRING "Sanitizers: address,undefined or thread")

add_library(rdsteady_flags INTERFACE)
target_compile_options(rdsteady_flags INTERFACE -Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor
                       -Wimplicit-fallthrough -Wno-missing-field-initializers -Wno-missing-designated-field-initializers)
target_include_directories(rdsteady_flags INTERFACE ${CMAKE_SOURCE_DIR}/include ${CMAKE_SOURCE_DIR}/src)
if(RDSTEADY_SANITIZE)
  # -O1 and line tables only: half the build time of a full debug build, and traces still name the line.
  target_compile_options(rdsteady_flags INTERFACE -fsanitize=${RDSTEADY_SANITIZE} -fno-sanitize-recover=all
                         -fno-omit-frame-pointer -O1 -gline-tables-only)
  target_link_options(rdsteady_flags INTERFACE -fsanitize=${RDSTEADY_SANITIZE})
endif()

function(rdsteady_layer)
  cmake_parse_arguments(ARG "" "NAME" "DEPENDS;PACKAGES;TEST_DEPENDS;TEST_PACKAGES;SUBDIRS" ${ARGN})
  set(patterns "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  foreach(dir IN LISTS ARG_SUBDIRS)
    list(APPEND patterns "${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.cc")
  endforeach()
  file(GLOB sources CONFIGURE_DEPENDS ${patterns})
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$|_fuzz\\.cc$|/main\\.cc$")

  set(lib rdsteady_${ARG_NAME})
  if(sources)
    add_library(${lib} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(${lib} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_link_libraries(${lib} ${scope} $<BUILD_INTERFACE:rdsteady_flags>)
  foreach(dep IN LISTS ARG_DEPENDS)
    target_link_libraries(${lib} ${scope} rdsteady_${dep})
  endforeach()
  target_link_libraries(${lib} ${scope} ${ARG_PACKAGES})

  if(RDSTEADY_BUILD_TESTS AND tests)
    add_executable(${lib}_test ${tests})
    if(RDSTEADY_SANITIZE)
      # Tests run once and are many: compiled without optimisation they take two fifths of the time to build.
      set_source_files_properties(${tests} PROPERTIES COMPILE_OPTIONS -O0)
    endif()
    target_link_libraries(${lib}_test PRIVATE ${lib} GTest::gmock_main ${ARG_TEST_PACKAGES})
    foreach(dep IN LISTS ARG_TEST_DEPENDS)
      target_link_libraries(${lib}_test PRIVATE rdsteady_${dep})
    endforeach()
    target_compile_definitions(${lib}_test PRIVATE RDSTEADY_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    gtest_discover_tests(${lib}_test TEST_PREFIX "${ARG_NAME}/" DISCOVERY_TIMEOUT 60
                         PROPERTIES LABELS "${ARG_NAME}" TIMEOUT 300)
  endif()
endfunction()
