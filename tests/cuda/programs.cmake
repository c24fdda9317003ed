# Tests of the plug-in for NVIDIA cards, on machines without one: its own sources with stand-ins of CUDA's libraries (doubles/)
# and the emulated kernels of kernels.cmake. The same objects make a plug-in, beside the test programs, that the program's own
# loader finds there.
file(GLOB cuda_doubles CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/cuda/doubles/*.cpp)
add_library(tessera_cuda_doubles OBJECT ${cuda_doubles} ${emulator_sources} cuda/emulator/no_hooks.cpp)
set_target_properties(tessera_cuda_doubles PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden)
target_include_directories(tessera_cuda_doubles SYSTEM PUBLIC ${TESSERA_CUDA_HEADERS})
target_link_libraries(tessera_cuda_doubles PUBLIC tessera_flags)
set(cuda_parts tessera_device_cuda tessera_kernels_cuda tessera_gpu_fast tessera_cuda_doubles)
list(TRANSFORM cuda_parts REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE cuda_objects)

tessera_plugin(tessera_cuda_on_doubles ${cuda_objects})
set_target_properties(tessera_cuda_on_doubles PROPERTIES OUTPUT_NAME tessera_cuda)
target_link_libraries(tessera_cuda_on_doubles PRIVATE Boost::context)
# The emulator's checked form asks where the program begins; it is not used here.
target_link_options(tessera_cuda_on_doubles PRIVATE -Wl,--defsym=__executable_start=0)

tessera_tests(cuda/plugin tessera_launch Boost::context)
if(TARGET test_cuda_plugin)
  target_sources(test_cuda_plugin PRIVATE ${cuda_objects} $<TARGET_OBJECTS:tessera_op_cases>)
  target_include_directories(test_cuda_plugin SYSTEM PRIVATE ${TESSERA_CUDA_HEADERS})
  add_dependencies(test_cuda_plugin tessera_cuda_on_doubles)
endif()
