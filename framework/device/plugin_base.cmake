# What plug-ins need of the rooms core and device, compiled a second time as position-independent code: the program's own
# objects are faster, and cannot go into a shared library.
file(GLOB base_sources CONFIGURE_DEPENDS framework/core/*.cpp framework/device/*.cpp)
list(FILTER base_sources EXCLUDE REGEX "/plugin_loader\\.cpp$")
add_library(tessera_plugin_base STATIC EXCLUDE_FROM_ALL ${base_sources})
set_target_properties(tessera_plugin_base PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden)
target_precompile_headers(tessera_plugin_base PRIVATE ${precompiled})
target_link_libraries(tessera_plugin_base PUBLIC tessera_flags tessera_interface_id fmt::fmt spdlog::spdlog
                                                 nlohmann_json::nlohmann_json)

# A plug-in of SOURCES: one exported symbol, and none that is missing.
function(tessera_plugin name)
  add_library(${name} SHARED ${ARGN})
  target_link_libraries(${name} PRIVATE tessera_plugin_base)
  target_link_options(${name} PRIVATE -Wl,--version-script=${PROJECT_SOURCE_DIR}/framework/device/plugin.map -Wl,-z,defs)
  set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS ${PROJECT_SOURCE_DIR}/framework/device/plugin.map)
endfunction()
