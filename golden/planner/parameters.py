"""Parameter counts of published models, counted in transformers' own implementations.

Each model is made from its published configuration on PyTorch's "meta" device, which has shapes and no memory, and its
parameters are added up; shared ones count once. Buffers (rotary tables, DeepSeek's routing bias) are no parameters.
"""

import sys
from pathlib import Path

import torch
import transformers as tf

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import writing  # noqa: E402


def count(model_class, config):
    with torch.device("meta"):
        model = model_class(config)
    return sum(parameter.numel() for parameter in model.parameters())


def llama(layers, hidden, heads, kv, width, vocabulary):
    config = tf.LlamaConfig(
        num_hidden_layers=layers, hidden_size=hidden, num_attention_heads=heads, num_key_value_heads=kv,
        intermediate_size=width, vocab_size=vocabulary, tie_word_embeddings=False,
    )  # fmt: skip
    return count(tf.LlamaForCausalLM, config)


def gpt(layers, hidden, heads, vocabulary, positions):
    config = tf.GPT2Config(n_layer=layers, n_embd=hidden, n_head=heads, vocab_size=vocabulary, n_positions=positions)
    return count(tf.GPT2LMHeadModel, config)


def mixtral(layers, hidden, heads, width, vocabulary):
    config = tf.MixtralConfig(
        num_hidden_layers=layers, hidden_size=hidden, num_attention_heads=heads, num_key_value_heads=8,
        intermediate_size=width, vocab_size=vocabulary, num_local_experts=8, num_experts_per_tok=2,
    )  # fmt: skip
    return count(tf.MixtralForCausalLM, config)


def bert(layers, hidden, heads):
    config = tf.BertConfig(
        num_hidden_layers=layers, hidden_size=hidden, num_attention_heads=heads, intermediate_size=4 * hidden
    )
    return count(tf.BertModel, config)


def t5(layers, hidden, heads, head_size, width):
    config = tf.T5Config(num_layers=layers, d_model=hidden, num_heads=heads, d_kv=head_size, d_ff=width)
    return count(tf.T5ForConditionalGeneration, config)


MODELS = {
    "gpt-2": lambda: gpt(12, 768, 12, 50257, 1024),
    "gpt-3-175b": lambda: gpt(96, 12288, 96, 50257, 2048),
    "megatron-1.7b": lambda: gpt(24, 2304, 24, 51200, 2048),
    "megatron-1t": lambda: gpt(128, 25600, 160, 51200, 2048),
    "bloom-176b": lambda: count(
        tf.BloomForCausalLM, tf.BloomConfig(vocab_size=250880, hidden_size=14336, n_layer=70, n_head=112)
    ),
    "llama-2-7b": lambda: llama(32, 4096, 32, 32, 11008, 32000),
    "llama-2-13b": lambda: llama(40, 5120, 40, 40, 13824, 32000),
    "llama-2-70b": lambda: llama(80, 8192, 64, 8, 28672, 32000),
    "llama-3-8b": lambda: llama(32, 4096, 32, 8, 14336, 128256),
    "llama-3-70b": lambda: llama(80, 8192, 64, 8, 28672, 128256),
    "llama-3-405b": lambda: llama(126, 16384, 128, 8, 53248, 128256),
    "mixtral-8x7b": lambda: mixtral(32, 4096, 32, 14336, 32000),
    "mixtral-8x22b": lambda: mixtral(56, 6144, 48, 16384, 32768),
    "deepseek-v3": lambda: count(
        tf.DeepseekV3ForCausalLM,
        tf.DeepseekV3Config(
            vocab_size=129280, hidden_size=7168, intermediate_size=18432, moe_intermediate_size=2048,
            num_hidden_layers=61, num_attention_heads=128, num_key_value_heads=128, n_shared_experts=1,
            n_routed_experts=256, q_lora_rank=1536, kv_lora_rank=512, qk_nope_head_dim=128, qk_rope_head_dim=64,
            v_head_dim=128, first_k_dense_replace=3, num_experts_per_tok=8, tie_word_embeddings=False,
        ),
    ),
    "bert-base": lambda: bert(12, 768, 12),
    "bert-large": lambda: bert(24, 1024, 16),
    "t5-small": lambda: t5(6, 512, 8, 64, 2048),
    "t5-base": lambda: t5(12, 768, 12, 64, 3072),
    "t5-large": lambda: t5(24, 1024, 16, 64, 4096),
    "t5-3b": lambda: t5(24, 1024, 32, 128, 16384),
    "t5-11b": lambda: t5(24, 1024, 128, 128, 65536),
    "resnet-50": lambda: count(tf.ResNetForImageClassification, tf.ResNetConfig(num_labels=1000)),
}

counts = {name: make() for name, make in MODELS.items()}

# Known from other places: PyTorch Hub's ResNet-50, the released GPT-2, T5 small.
assert counts["resnet-50"] == 25_557_032
assert counts["gpt-2"] == 124_439_808
assert counts["t5-small"] == 60_506_624

writing.write(__file__, ["torch", "transformers"], {"parameters": counts})
