# The two libraries that programs link. tunppp::core is the pure part; tunppp::io adds the Linux
# ring. They are made of the folders' objects, and show what <tunppp/...> marks as exported.
set(core_folders base crypto hdlc cp vj ndp trace lcp auth ipcp ipv6cp ccp multilink link modem)
set(io_folders tty detect tun session)
foreach(folder IN LISTS core_folders)
  if(NOT TARGET tunppp_${folder})
    list(REMOVE_ITEM core_folders ${folder})  # not built yet
  endif()
endforeach()

# tunppp_product(core base hdlc ...)
function(tunppp_product name)
  set(target tunppp_${name})
  foreach(folder IN LISTS ARGN)
    list(APPEND objects $<TARGET_OBJECTS:tunppp_${folder}>)
    get_target_property(libraries tunppp_${folder} TUNPPP_LIBRARIES)
    list(APPEND external ${libraries})
  endforeach()
  list(REMOVE_DUPLICATES external)
  add_library(${target} ${objects})
  add_library(tunppp::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} LINKER_LANGUAGE CXX
                        VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
                        TUNPPP_LIBRARIES "${external}")
  target_compile_features(${target} INTERFACE cxx_std_20)
  target_include_directories(${target} INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                                 $<INSTALL_INTERFACE:include>)
  target_link_libraries(${target} PRIVATE ${external})
  if(BUILD_SHARED_LIBS)
    target_link_options(${target} PRIVATE
                        LINKER:--version-script=${PROJECT_SOURCE_DIR}/src/exported.map)
    set_target_properties(${target} PROPERTIES LINK_DEPENDS ${PROJECT_SOURCE_DIR}/src/exported.map)
  endif()
  if(TUNPPP_SANITIZE)
    target_link_options(${target} PUBLIC $<BUILD_INTERFACE:-fsanitize=${TUNPPP_SANITIZE}>)
  endif()
endfunction()

tunppp_product(core ${core_folders})
if(TUNPPP_IO)
  tunppp_product(io ${io_folders})
  target_link_libraries(tunppp_io PUBLIC tunppp_core)
  if(BUILD_SHARED_LIBS)
    # The ring uses more of the core than the core shows to programs: it takes that along, hidden.
    list(TRANSFORM core_folders PREPEND tunppp_ OUTPUT_VARIABLE core_archives)
    target_link_libraries(tunppp_io PRIVATE $<BUILD_INTERFACE:${core_archives}>)
    target_link_options(tunppp_io PRIVATE LINKER:--exclude-libs,ALL)
  endif()
endif()
