#!/usr/bin/env python3
"""Makes tests/golden/ops/*.safetensors: what PyTorch computes for every op, values and gradients (see golden_file.py).

    python3 tests/golden/make_ops.py [FOLDER]        # needs torch and safetensors; the tests themselves need neither

The files are in the repository; run this again only after adding cases. Shapes are small and awkward on purpose: size 1,
odd, prime, one beyond a vector's or a tile's width, tensors without dims.
"""

import sys
from pathlib import Path

from make_algebra_ops import algebra_files
from make_model_ops import model_files
from make_pointwise_ops import pointwise_files

FILE_LIMIT, TOTAL_LIMIT = 120_000, 1_500_000


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "ops"
    folder.mkdir(parents=True, exist_ok=True)
    total = 0
    for file in [*pointwise_files(), *algebra_files(), *model_files()]:
        size = file.save(folder)
        total += size
        print(f"{file.op:16} {len(file.cases):3} cases {size:7} bytes")
        if size > FILE_LIMIT:
            sys.exit(f"{file.op}: {size} bytes is more than {FILE_LIMIT}; use smaller shapes")
    print(f"total {total} bytes")
    if total > TOTAL_LIMIT:
        sys.exit(f"{total} bytes in all is more than {TOTAL_LIMIT}")


if __name__ == "__main__":
    main()
