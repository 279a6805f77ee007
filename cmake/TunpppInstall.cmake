# What a program needs that uses the libraries: headers, libraries, a CMake package with the
# components core and io, and pkg-config files.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/tunppp)
set(products core)
if(TUNPPP_IO)
  list(APPEND products io)
endif()

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/tunppp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        COMPONENT development FILES_MATCHING PATTERN "*.h")
foreach(product IN LISTS products)
  install(TARGETS tunppp_${product} EXPORT tunppp-${product} COMPONENT development)
  install(EXPORT tunppp-${product} NAMESPACE tunppp:: DESTINATION ${package_dir}
          COMPONENT development)
endforeach()
if(TARGET tunppp)
  install(TARGETS tunppp COMPONENT program)
endif()

write_basic_package_version_file(tunppp-config-version.cmake COMPATIBILITY SameMinorVersion)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/tunppp-config.cmake.in tunppp-config.cmake
                              INSTALL_DESTINATION ${package_dir})
install(FILES ${PROJECT_BINARY_DIR}/tunppp-config.cmake
              ${PROJECT_BINARY_DIR}/tunppp-config-version.cmake
        DESTINATION ${package_dir} COMPONENT development)

set(pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH pkgconfig_to_prefix /${pkgconfig_dir} /)

# tunppp_pkgconfig(core DESCRIPTION ... REQUIRES our modules LIBRARIES other modules)
function(tunppp_pkgconfig product)
  cmake_parse_arguments(ARG "" "DESCRIPTION" "REQUIRES;LIBRARIES" ${ARGN})
  # A static library's own libraries are its user's business, a shared one's are not.
  if(NOT BUILD_SHARED_LIBS)
    list(APPEND ARG_REQUIRES ${ARG_LIBRARIES})
    set(ARG_LIBRARIES "")
  endif()
  list(JOIN ARG_REQUIRES " " requires)
  list(JOIN ARG_LIBRARIES " " requires_private)
  set(name tunppp-${product})
  configure_file(${PROJECT_SOURCE_DIR}/cmake/tunppp.pc.in ${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${name}.pc DESTINATION ${pkgconfig_dir}
          COMPONENT development)
endfunction()

tunppp_pkgconfig(core DESCRIPTION "PPP without I/O: octets, packets and the time go in and out"
                 LIBRARIES fmt ${BOTAN_MODULE_NAME})
if(TUNPPP_IO)
  tunppp_pkgconfig(io DESCRIPTION "PPP sessions on Linux: tty, modem, TUN, addresses, routes"
                   REQUIRES tunppp-core LIBRARIES fmt expat libnl-3.0 libnl-route-3.0)
endif()
