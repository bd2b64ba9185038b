# One precompiled header for the libraries and one for the tests: parsing the standard library, Boost.JSON and GoogleTest is a third of the time of a cold build.
# All presets but debug have it (TOCSIN_PCH): there each file is compiled with what it includes itself, so a missing include is found.
option(TOCSIN_PCH "precompile the headers that nearly every file includes" OFF)
set(TOCSIN_PCH_LIBRARY_HEADERS <algorithm> <array> <charconv> <chrono> <cstdint> <deque> <expected> <functional> <map> <memory> <optional> <set> <string> <string_view>
    <unordered_map> <variant> <vector> <boost/json.hpp>)

if(TOCSIN_PCH)
  # a precompiled header serves only files that are compiled with the same switches
  add_compile_options(-pthread -Winvalid-pch -fpch-preprocess)
  add_compile_definitions($<TARGET_PROPERTY:Boost::json,INTERFACE_COMPILE_DEFINITIONS> $<TARGET_PROPERTY:Boost::container,INTERFACE_COMPILE_DEFINITIONS>)
  file(WRITE ${CMAKE_BINARY_DIR}/precompiled_library.cpp "")
  file(WRITE ${CMAKE_BINARY_DIR}/precompiled_test.cpp "")
  add_library(precompiled_library OBJECT ${CMAKE_BINARY_DIR}/precompiled_library.cpp)
  target_precompile_headers(precompiled_library PRIVATE ${TOCSIN_PCH_LIBRARY_HEADERS})
  if(GTest_FOUND)
    add_library(precompiled_test OBJECT ${CMAKE_BINARY_DIR}/precompiled_test.cpp)
    target_link_libraries(precompiled_test PRIVATE GTest::gmock)
    target_compile_options(precompiled_test PRIVATE $<$<CONFIG:Release>:-O1>)
    target_precompile_headers(precompiled_test PRIVATE ${TOCSIN_PCH_LIBRARY_HEADERS} <gmock/gmock.h> <gtest/gtest.h>)
  endif()
endif()

# tocsin_precompiled(TARGET library|test): compiles the target with the header of its kind. What a test drives is optimised as ever; the test itself less, which
# halves the time that it takes to compile.
function(tocsin_precompiled target kind)
  if(TOCSIN_PCH)
    target_precompile_headers(${target} REUSE_FROM precompiled_${kind})
    if(kind STREQUAL "test")
      target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
    endif()
  endif()
endfunction()
