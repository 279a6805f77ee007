# The three kinds of target in this tree: a folder's library, a test, a fuzz target.

add_library(tunppp_options INTERFACE)
target_compile_features(tunppp_options INTERFACE cxx_std_20)
target_include_directories(tunppp_options INTERFACE ${PROJECT_SOURCE_DIR}/include
                                                    ${PROJECT_SOURCE_DIR}/src)
target_compile_options(tunppp_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual
                       $<$<BOOL:${TUNPPP_WERROR}>:-Werror>)
# GCC 12 takes std::string's operator+ for overlapping memcpy (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(tunppp_options INTERFACE -Wno-restrict)
endif()
if(TUNPPP_SANITIZE)
  target_compile_options(tunppp_options INTERFACE -fsanitize=${TUNPPP_SANITIZE}
                         -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(tunppp_options INTERFACE -fsanitize=${TUNPPP_SANITIZE})
  # GCC 12 reports false uninitialised and bounds warnings in instrumented code.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(tunppp_options INTERFACE -Wno-maybe-uninitialized -Wno-array-bounds
                           -Wno-stringop-overflow)
    # Asio's fences, which the thread sanitizer does not see, stand beside locks that it does see.
    if(TUNPPP_SANITIZE MATCHES thread)
      target_compile_options(tunppp_options INTERFACE -Wno-tsan)
    endif()
  endif()
endif()
if(TUNPPP_FUZZ)
  target_compile_options(tunppp_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# tunppp_library(hdlc SOURCES deframer.cpp ... DEPENDS base ... LIBRARIES fmt::fmt ...)
# One target a folder, named tunppp_<folder>. DEPENDS are the folders that its arrows point to.
function(tunppp_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  add_library(tunppp_${name} STATIC EXCLUDE_FROM_ALL ${ARG_SOURCES})
  list(TRANSFORM ARG_DEPENDS PREPEND tunppp_)
  target_link_libraries(tunppp_${name} PUBLIC tunppp_options ${ARG_DEPENDS} ${ARG_LIBRARIES})
  # What the libraries that programs link need besides: see src/targets.cmake.
  set_target_properties(tunppp_${name} PROPERTIES TUNPPP_LIBRARIES "${ARG_LIBRARIES}")
endfunction()

# What a test does itself need not be fast, but there is much of it to compile.
function(tunppp_test_options name)
  target_compile_options(${name} PRIVATE -O0)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${name} PRIVATE -fpch-preprocess)  # lets ccache see precompiled headers
  endif()
  target_compile_definitions(${name} PRIVATE TUNPPP_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                             TUNPPP_BINARY_DIR="${PROJECT_BINARY_DIR}")
endfunction()

# tunppp_test(hdlc_test SOURCES deframer_test.cpp ... DEPENDS hdlc ... [LABELS interop]
#             [TIMEOUT seconds] [SERIAL])
# SERIAL: these tests share something of the machine and must not run side by side.
function(tunppp_test name)
  cmake_parse_arguments(ARG "SERIAL" "TIMEOUT" "SOURCES;DEPENDS;LIBRARIES;LABELS" ${ARGN})
  list(TRANSFORM ARG_DEPENDS PREPEND tunppp_)
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  tunppp_test_options(${name})
  target_precompile_headers(${name} REUSE_FROM tunppp_test_headers)
  target_link_libraries(${name} PRIVATE tunppp_options ${ARG_DEPENDS} ${ARG_LIBRARIES}
                                        GTest::gtest GTest::gmock GTest::gtest_main)
  set(properties TIMEOUT ${ARG_TIMEOUT})
  if(ARG_LABELS)
    list(APPEND properties LABELS "${ARG_LABELS}")
  endif()
  if(ARG_SERIAL)
    list(APPEND properties RUN_SERIAL TRUE)
  endif()
  gtest_discover_tests(${name} PROPERTIES ${properties} DISCOVERY_TIMEOUT 60)
endfunction()

# tunppp_fuzz(deframer SOURCES deframer_fuzz.cpp DEPENDS hdlc ...)
# With clang's libFuzzer a fuzz target fuzz_<name>; everywhere else the same entry point, linked with
# fuzz/replay.cpp, replays fuzz/corpus/<name>/* as an ordinary test.
function(tunppp_fuzz name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LIBRARIES" ${ARGN})
  list(TRANSFORM ARG_DEPENDS PREPEND tunppp_)
  add_executable(fuzz_${name} ${ARG_SOURCES})
  target_link_libraries(fuzz_${name} PRIVATE tunppp_options ${ARG_DEPENDS} ${ARG_LIBRARIES})
  if(TUNPPP_FUZZ)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_link_libraries(fuzz_${name} PRIVATE tunppp_fuzz_replay)
    tunppp_test_options(fuzz_${name})
    add_test(NAME fuzz_corpus.${name}
             COMMAND fuzz_${name} ${PROJECT_SOURCE_DIR}/fuzz/corpus/${name})
    set_tests_properties(fuzz_corpus.${name} PROPERTIES TIMEOUT 120 LABELS fuzz)
  endif()
endfunction()
