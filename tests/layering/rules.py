"""The architecture as tables: which room may include which, and where other people's headers may stand.

A room is a folder of docs/architecture.md. CMakeLists.txt says the same by its link lists (tessera_room); the check
compares the two, so neither can drift alone.
"""

# Room -> (its folder, the rooms whose headers it may include). Its own headers are always allowed.
ROOMS = {
    "core": ("framework/core", ""),
    "mesh": ("framework/mesh", "core"),
    "graph": ("framework/graph", "core mesh"),
    "ops": ("framework/ops", "core mesh graph"),
    "passes": ("framework/passes", "core mesh graph ops"),
    "device": ("framework/device", "core"),
    "device_cuda": ("framework/device/cuda", "core device"),
    "comm": ("framework/comm", "core device"),
    "kernels_reference": ("framework/kernels/reference", "core device"),
    "kernels_cpu": ("framework/kernels/cpu", "core device"),
    "kernels_cuda": ("framework/kernels/cuda", "core device device_cuda"),
    "plan": ("framework/plan", "core mesh graph ops passes"),
    "report": ("framework/report", "core mesh graph ops passes plan"),
    "runtime": ("framework/runtime",
                "core mesh graph ops passes plan report device comm kernels_reference kernels_cpu"),
    "formats": ("framework/formats", "core"),
    "chat": ("framework/chat", "core"),
    "checkpoint": ("framework/checkpoint", "core mesh formats"),
    "tokenizer": ("framework/tokenizer", "core formats"),
    "data": ("framework/data", "core formats tokenizer"),
    "config": ("framework/config", "core"),
    "record": ("framework/record", "core mesh device config comm formats checkpoint"),
    "models": ("models", "core mesh graph ops config formats tokenizer data checkpoint"),
    "assembly": ("framework/assembly",
                 "core mesh graph ops passes plan report device comm kernels_reference kernels_cpu runtime formats tokenizer data config "
                 "checkpoint models"),
    "train": ("framework/train",
              "core mesh graph ops passes plan report device comm kernels_reference kernels_cpu runtime formats checkpoint tokenizer data "
              "config models assembly record chat"),
    "verify": ("framework/verify",
               "core mesh graph ops passes plan report device comm kernels_reference kernels_cpu runtime formats checkpoint tokenizer data "
               "config models assembly record chat train"),
}

# Folders outside the rooms; they may include every room.
OPEN_FOLDERS = ("launch", "tests", "bench")

# Foreign headers: pattern of the header -> patterns of the files that may include it. Whatever is
# matched by no row is taken for the C or C++ standard library or the system, whose headers have no
# folder or one of SYSTEM_FOLDERS.
FOREIGN = {
    r"(oneapi/)?dnnl.*": r"framework/kernels/cpu/.*",
    r"hwy/.*": r"(framework/kernels/cpu|tests/kernels)/.*",
    r"(immintrin|x86intrin|xmmintrin|emmintrin)\.h":
        r"framework/(kernels/cpu/.*|device/cpu/.*|core/threads\.cpp)",
    r"cpuid\.h": r"framework/device/cpu/.*",
    r"(cuda\w*|cublasLt)\.h": r"(framework/(device|kernels)/cuda|tests/cuda)/.*",
    r"dlfcn\.h": r"(framework/device/plugin_loader\.cpp|tests/.*)",
    r"omp\.h": r"framework/core/threads\.cpp",
    r"yaml-cpp/.*": r"framework/config/yaml\.(h|cpp)",
    r"nlohmann/.*": r"(framework/(formats|chat|checkpoint|tokenizer|data|config|record|train|core)|launch|tests|bench)/.*|models/outside_\w+\.(h|cpp)",
    r"xxhash\.h": r"(framework/(formats|tokenizer|data)|tests|bench)/.*",
    r"(google/protobuf/.*|.*\.pb\.h)": r"(framework/record/tensorboard\w*\.cpp|tests/record/.*)",
    r"spdlog/.*": r"(framework/core/log\.(h|cpp)|launch/.*)",
    r"mpi\.h": r"(framework/comm/mpi\w*\.(h|cpp)|bench/collectives\.cpp|tests/comm/mpi_stuck\.cpp)",
    r"zlib\.h": r"(framework/data/gzip_stream\.cpp|tests/data/compressed\.h)",
    r"zstd(_errors)?\.h": r"(framework/data/zstd_stream\.cpp|tests/data/compressed\.h)",
    r"pcre2\.h": r"framework/tokenizer/regex\.cpp|tests/tokenizer/regex_walk_test\.cpp",
    r"fmt/.*": r".*",
    r"boost/program_options.*": r"launch/command_line\.(h|cpp)",
    r"boost/context/.*": r"tests/cuda/emulator/block\.cpp",
    r"(gtest|gmock)/.*": r"tests/.*",
    r"clang/.*": r"tests/style/own_code\.cpp",
}
# Folders of a room that only some files may reach into, wherever the room itself may be included:
# what a backend and the host are like is asked of the Device.
INNER = {
    r"framework/kernels/.*": r"(framework/kernels|tests)/.*",
    r"framework/device/cuda/.*": r"(framework/(device|kernels)/cuda|tests/cuda)/.*",
    r"framework/device/cpu/.*": r"(framework/(device|kernels)/.*|framework/assembly/device\.cpp|tests/.*)",
}
# Words of one vendor's devices -> patterns of the files that may say them in code: whatever else depends on the kind of
# device asks the Device.
VENDOR = {
    r"(?i)cuda|cublas|nccl":
        r"(framework/(device|kernels)/cuda/.*|framework/device/plugin_loader\.cpp|framework/config/(config|choices|fields)\.h)",
}
SYSTEM_FOLDERS = ("sys/", "linux/", "bits/", "net/", "netinet/", "arpa/")

# Names that say nothing about what a file holds.
EMPTY_NAMES = r"(?i)(^|_)(impl|manager|helpers?|utils?|common|misc)(_|$)"

# Lines of a file: half of all files, nine in ten, every file.
BUDGET_HALF, BUDGET_NINE_IN_TEN, BUDGET_EVERY = 150, 400, 600
