# CUDA kernels on the emulator: their sources compiled by g++, which needs neither nvcc nor CUDA's headers. Once as they are
# (test_cuda_kernels) and once with every load and store reported (test_cuda_checked).
find_package(Boost REQUIRED COMPONENTS context)
set(cuda_folder ${PROJECT_SOURCE_DIR}/framework/kernels/cuda)
file(GLOB cuda_sources CONFIGURE_DEPENDS ${cuda_folder}/*.cu)
# What prepares the kernels: NAME.cpp beside NAME.cu, and what these share.
set(cuda_preparation ${cuda_folder}/shared/prepare.cpp ${cuda_folder}/shared/launch_error.cpp)
foreach(source ${cuda_sources})
  string(REGEX REPLACE "u$" "pp" preparation ${source})
  if(EXISTS ${preparation})
    list(APPEND cuda_preparation ${preparation})
  endif()
endforeach()
set_source_files_properties(${cuda_sources} PROPERTIES LANGUAGE CXX)

file(GLOB emulator_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/cuda/emulator/*.cpp)
list(FILTER emulator_sources EXCLUDE REGEX "hooks\\.cpp$")
add_library(tessera_gpu_emulator STATIC ${emulator_sources})
target_link_libraries(tessera_gpu_emulator PUBLIC tessera_runtime Boost::context)
target_precompile_headers(tessera_gpu_emulator REUSE_FROM tessera_core)

# Libraries of the kernels: tessera_gpu_fast, tessera_gpu_checked.
foreach(form fast checked)
  add_library(tessera_gpu_${form} OBJECT ${cuda_sources})
  target_link_libraries(tessera_gpu_${form} PUBLIC tessera_flags)
  target_compile_definitions(tessera_gpu_${form} PRIVATE TESSERA_GPU_MEANING="tests/cuda/emulator/gpu.h")
  target_compile_options(tessera_gpu_${form} PRIVATE -O2 -g1 -Wno-unknown-pragmas)
endforeach()
set_target_properties(tessera_gpu_fast PROPERTIES POSITION_INDEPENDENT_CODE ON)  # also goes into a plug-in (programs.cmake)
target_compile_options(tessera_gpu_checked PRIVATE -fsanitize=thread "SHELL:--param tsan-instrument-func-entry-exit=0"
                                                   -fno-tree-vectorize -fno-optimize-sibling-calls)
add_library(tessera_gpu_prepared STATIC ${cuda_preparation})
target_link_libraries(tessera_gpu_prepared PUBLIC tessera_device)
target_precompile_headers(tessera_gpu_prepared REUSE_FROM tessera_core)

function(cuda_kernel_tests name form hooks)
  add_executable(test_${name} ${ARGN} ${CMAKE_CURRENT_SOURCE_DIR}/cuda/emulator/${hooks}.cpp $<TARGET_OBJECTS:tessera_gpu_${form}>
                 $<TARGET_OBJECTS:tessera_op_cases>)
  target_link_libraries(test_${name} PRIVATE tessera_gpu_prepared tessera_gpu_emulator tessera_assembly tessera_test_places
                                             GTest::gtest GTest::gtest_main)
  target_link_options(test_${name} PRIVATE -no-pie)  # addresses are those of the file, for addr2line
  target_precompile_headers(test_${name} REUSE_FROM test_core)
  target_compile_options(test_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  gtest_discover_tests(test_${name} TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 600)
endfunction()
file(GLOB run_graph CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/cuda/run_graph/*.cpp)
file(GLOB fast_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/cuda/kernels/*.cpp)
file(GLOB checked_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/cuda/checked/*.cpp)
cuda_kernel_tests(cuda_kernels fast no_hooks ${run_graph} ${fast_tests})
cuda_kernel_tests(cuda_checked checked hooks ${run_graph} ${checked_tests})

# What nvcc makes of the kernels: registers, spills, 16-byte instructions. The second test is of the first.
find_program(TESSERA_TESTS_NVCC nvcc PATHS /usr/local/cuda/bin)
if(TESSERA_TESTS_NVCC)
  set(compiled_kernels Python3::Interpreter -B ${CMAKE_CURRENT_SOURCE_DIR}/cuda/compiled_kernels ${TESSERA_TESTS_NVCC})
  add_test(NAME cuda.compiled_kernels COMMAND ${compiled_kernels} ${PROJECT_BINARY_DIR})
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/spilling_kernels)
  add_test(NAME cuda.compiled_kernels_tell_of_spills
           COMMAND ${compiled_kernels} ${CMAKE_CURRENT_BINARY_DIR}/spilling_kernels --only norms.cu --architectures 90
                   --nvcc-options=-Xptxas=--override-directive-values,--maxrregcount=24)
  set_tests_properties(cuda.compiled_kernels_tell_of_spills PROPERTIES PASS_REGULAR_EXPRESSION "spills [0-9]+ bytes of registers")
  set_tests_properties(cuda.compiled_kernels cuda.compiled_kernels_tell_of_spills PROPERTIES TIMEOUT 600)
else()
  message(STATUS "nvcc is not there: kernels for NVIDIA cards are tested on the CPU alone")
endif()
