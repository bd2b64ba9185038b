# A leaf is a folder with a CMakeLists.txt that calls the functions below. Folders are found, so nobody edits a common list.

# All programs of tests labelled unit: what the sanitizers run.
add_custom_target(unit_tests)

# tocsin_add_leaves(DIR): every folder below DIR that has a CMakeLists.txt, in the order of their names.
function(tocsin_add_leaves dir)
  file(GLOB_RECURSE lists CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/${dir}/CMakeLists.txt ${CMAKE_SOURCE_DIR}/${dir}/*/CMakeLists.txt)
  foreach(list ${lists})
    get_filename_component(leaf ${list} DIRECTORY)
    add_subdirectory(${leaf})
  endforeach()
endfunction()

# tocsin_library(NAME SOURCES a.cpp … PUBLIC targets PRIVATE targets): a static library whose headers are included from src/ ("base/clock.h").
# PUBLIC: what its headers include; PRIVATE: what only its sources use.
function(tocsin_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
    tocsin_precompiled(${name} library)
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${name} INTERFACE ${ARG_PUBLIC})
  endif()
endfunction()

# tocsin_test(NAME SOURCES a_test.cpp … LINK targets [LABELS unit|story|integration|fuzz|long] [TIMEOUT s]): one GoogleTest program, one CTest entry.
# Tests find their data by TOCSIN_SOURCE_DIR (macro) and files beside them.
function(tocsin_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(TOCSIN_SANITIZE)
    math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 5")
  endif()
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_compile_definitions(${name} PRIVATE TOCSIN_SOURCE_DIR="${CMAKE_SOURCE_DIR}" TOCSIN_BINARY_DIR="${CMAKE_BINARY_DIR}")
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gmock_main)
  tocsin_precompiled(${name} test)
  if("unit" IN_LIST ARG_LABELS)
    add_dependencies(unit_tests ${name})
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
endfunction()
