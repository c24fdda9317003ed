#!/usr/bin/env python3
"""The peers that Tessera is measured against with models of other programs. Prints one JSON object.

    model_speed.py generate FOLDER f32|bf16 THREADS    transformers: tokens/s of a prompt of 512 and of one text that grows
    model_speed.py llama FILE.gguf THREADS             llama.cpp: the same
    model_speed.py embed FOLDER LINES THREADS          sentence-transformers: sentences/s
    model_speed.py finetune FOLDER f32|bf16 eager|compiled THREADS    samples/s and peak memory
    model_speed.py bandwidth THREADS                   bytes/s that the threads read from memory, measured by torch.sum
    model_speed.py random-model FOLDER                 writes a Llama of 1 GB, of random numbers, as safetensors
"""
import json
import resource
import sys
import time
from pathlib import Path

PROMPT, BEFORE, STEPS = 512, 64, 50
BATCH, LENGTH, TUNING_STEPS = 32, 64, 7


def median(values):
    return sorted(values)[len(values) // 2]


def timed(run):
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def generate(folder, dtype, threads):
    import torch
    from transformers import AutoModelForCausalLM
    torch.set_num_threads(int(threads))
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16 if dtype == "bf16" else torch.float32).eval()
    with torch.inference_mode():
        ids = torch.ones(1, PROMPT, dtype=torch.long)
        prompt = [timed(lambda: model(ids, use_cache=True, logits_to_keep=1)) for _ in range(4)][1:]
        past = model(ids[:, :BEFORE], use_cache=True).past_key_values
        token = ids[:, :1]
        step = [timed(lambda: model(token, past_key_values=past, use_cache=True)) for _ in range(STEPS + 2)][2:]
    return {"prompt": PROMPT / median(prompt), "decode": 1 / median(step)}


def llama(file, threads):
    from llama_cpp import Llama
    model = Llama(file, n_threads=int(threads), n_threads_batch=int(threads), n_ctx=PROMPT + STEPS + 8, n_batch=PROMPT, verbose=False)

    def prompt():
        model.reset()
        model.eval([1] * PROMPT)

    prompts = [timed(prompt) for _ in range(4)][1:]
    model.reset()
    model.eval([1] * BEFORE)
    step = [timed(lambda: model.eval([1])) for _ in range(STEPS + 2)][2:]
    return {"prompt": PROMPT / median(prompts), "decode": 1 / median(step)}


def embed(folder, lines, threads):
    import torch
    from sentence_transformers import SentenceTransformer
    torch.set_num_threads(int(threads))
    model = SentenceTransformer(folder, device="cpu")
    texts = Path(lines).read_text().splitlines()
    model.encode(texts[:64], batch_size=32, show_progress_bar=False)
    return {"sentences": len(texts) / timed(lambda: model.encode(texts, batch_size=32, show_progress_bar=False))}


def finetune(folder, dtype, mode, threads):
    import torch
    from transformers import AutoModelForSequenceClassification
    torch.set_num_threads(int(threads))
    torch.set_flush_denormal(True)
    model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=2, dtype=torch.float32).train()
    run = torch.compile(model) if mode == "compiled" else model
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-5, weight_decay=0.01, fused=True)
    ids = torch.randint(1000, 30000, (BATCH, LENGTH))
    mask, labels = torch.ones_like(ids), torch.randint(0, 2, (BATCH,))

    def step():
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=dtype == "bf16"):
            loss = run(input_ids=ids, attention_mask=mask, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    seconds = [timed(step) for _ in range(TUNING_STEPS)][2:]
    return {"samples": BATCH / median(seconds), "bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


def bandwidth(threads):
    import torch
    torch.set_num_threads(int(threads))
    values = torch.ones(1 << 28)  # 1 GiB, far above any cache
    return {"bytes": values.numel() * 4 / min(timed(values.sum) for _ in range(5))}


def random_model(folder):
    import numpy
    from safetensors.numpy import save_file
    hidden, wide, layers, vocab = 1024, 2816, 17, 32000
    draw = numpy.random.default_rng(0)

    def tensor(*shape):
        return draw.standard_normal(shape, dtype=numpy.float32) * numpy.float32(0.02)

    tensors = {"model.embed_tokens.weight": tensor(vocab, hidden), "model.norm.weight": tensor(hidden)}
    for layer in range(layers):
        name = f"model.layers.{layer}."
        for part in "qkvo":
            tensors[f"{name}self_attn.{part}_proj.weight"] = tensor(hidden, hidden)
        tensors[name + "mlp.gate_proj.weight"] = tensor(wide, hidden)
        tensors[name + "mlp.up_proj.weight"] = tensor(wide, hidden)
        tensors[name + "mlp.down_proj.weight"] = tensor(hidden, wide)
        for norm in ("input_layernorm", "post_attention_layernorm"):
            tensors[f"{name}{norm}.weight"] = tensor(hidden)
    config = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": hidden, "intermediate_size": wide,
              "num_hidden_layers": layers, "num_attention_heads": 16, "num_key_value_heads": 16, "vocab_size": vocab,
              "max_position_embeddings": 2048, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "tie_word_embeddings": True,
              "hidden_act": "silu", "torch_dtype": "float32"}
    Path(folder).mkdir(parents=True, exist_ok=True)
    save_file(tensors, Path(folder) / "model.safetensors", metadata={"format": "pt"})
    (Path(folder) / "config.json").write_text(json.dumps(config, indent=2))
    return {"bytes": sum(tensor.nbytes for tensor in tensors.values())}


WORKS = {"generate": generate, "llama": llama, "embed": embed, "finetune": finetune, "bandwidth": bandwidth,
         "random-model": random_model}
print(json.dumps(WORKS[sys.argv[1]](*sys.argv[2:])))
