# The plug-in itself, beside the program. The runtime library goes into it; cuBLASLt is loaded with it.
if(TESSERA_NVCC)
  file(GLOB_RECURSE cuda_kernels CONFIGURE_DEPENDS framework/kernels/cuda/*.cu)
  add_library(tessera_cuda_code OBJECT ${cuda_kernels})
  set_target_properties(tessera_cuda_code PROPERTIES POSITION_INDEPENDENT_CODE ON CUDA_VISIBILITY_PRESET hidden)
  target_compile_options(tessera_cuda_code PRIVATE -Xcompiler=-Wall,-Wextra,-Werror)
  target_include_directories(tessera_cuda_code PRIVATE ${PROJECT_SOURCE_DIR})
  tessera_plugin(tessera_cuda $<TARGET_OBJECTS:tessera_device_cuda> $<TARGET_OBJECTS:tessera_kernels_cuda>
                              $<TARGET_OBJECTS:tessera_cuda_code>)
  set_target_properties(tessera_cuda PROPERTIES LINKER_LANGUAGE CXX)
  target_link_libraries(tessera_cuda PRIVATE ${TESSERA_CUDA_LIBRARIES}/libcudart_static.a ${TESSERA_CUDA_LIBRARIES}/libcublasLt.so
                                             pthread rt ${CMAKE_DL_LIBS})
endif()
