"""Weight names of shared parts in the files of transformers, diffusers, ComfyUI and llama.cpp.

Each function returns {name in the file: our name} and leaves out unknown names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from gdm_studio.models.families.stable_diffusion.weight_names import vae_from_diffusers

Rules = Sequence[tuple[re.Pattern[str], str]]


def rename_vae_weights(names: Iterable[str]) -> dict[str, str]:
    """Map the weight names in an autoencoder's file, from diffusers or the original release, to the names in this
    program's network.
    """
    every = list(names)
    is_diffusers = any(".mid_block." in name for name in every)
    return (vae_from_diffusers(every) if is_diffusers else {}) | _rename(every, _VAE[is_diffusers:])


def rename_t5_weights(names: Iterable[str]) -> dict[str, str]:
    """Map the weight names in a T5 encoder's file, from transformers or llama.cpp, to the names in this program's
    network.
    """
    return _rename(names, _T5)


def rename_qwen3_weights(names: Iterable[str]) -> dict[str, str]:
    """Map the weight names in a file of Qwen3, from transformers or llama.cpp, to the names in this program's network,
    which are the names in transformers.
    """
    return _rename(names, _QWEN3)


def rename_qwen25_weights(names: Iterable[str]) -> dict[str, str]:
    """Map the weight names in a file of Qwen2.5's language model, from transformers or llama.cpp, to the names in this
    program's network, which are the names in transformers.
    """
    return _rename(names, _QWEN25)


def rename_clip_vision_weights(names: Iterable[str]) -> dict[str, str]:
    """Map the weight names of CLIP's image encoder from transformers to the names of this program's network."""
    return _rename(names, _CLIP_VISION)


def rename_siglip_vision_weights(names: Iterable[str]) -> dict[str, str]:
    """Map the weight names of SigLIP's image encoder from transformers to the names of this program's network. Its
    pooling layers are left out.
    """
    return _rename(names, _SIGLIP_VISION)


def rename_qwen25_vision_weights(names: Iterable[str]) -> dict[str, str]:
    """Map the weight names in a file of Qwen2.5-VL's image encoder from transformers to the names in this program's
    network, which are the same.
    """
    return _rename(names, _QWEN25_VISION)


def rename_gemma2_weights(names: Iterable[str]) -> dict[str, str]:
    """Map the weight names in a file of Gemma 2 from transformers to the names in this program's network, which are the
    same.
    """
    return _rename(names, _GEMMA2)


def rename_mistral_weights(names: Iterable[str]) -> dict[str, str]:
    """Map the weight names in a file of Mistral from transformers to the names in this program's network, which are the
    same. The final normalisation is left out.
    """
    return _rename(names, _MISTRAL)


def _rename(names: Iterable[str], rules: Rules) -> dict[str, str]:
    found = {}
    for name in names:
        for pattern, ours in rules:
            if at := pattern.fullmatch(name):
                found[name] = at.expand(ours)
                break
    return found


def _compile_rules(rules: Mapping[str, str]) -> Rules:
    return [(re.compile(pattern), ours) for pattern, ours in rules.items()]


_VAE = [
    # The original files use our names, except that FLUX.2's have the outer convolutions inside.
    *_compile_rules(
        {r"((?:encoder|decoder)\.(?:conv_in|conv_out|norm_out|down|up|mid)\..+|(?:post_)?quant_conv\..+)": r"\1"}
    ),
    *_compile_rules({r"(?:encoder|decoder)\.((?:post_)?quant_conv\..+)": r"\1", r"(bn\.running_(?:mean|var))": r"\1"}),
]
_T5_BLOCK = r"encoder\.block\.(\d+)\.layer"
_T5 = _compile_rules({
    r"(?:shared|encoder\.embed_tokens|token_embd)\.weight": "tokens.weight",
    rf"{_T5_BLOCK}\.0\.SelfAttention\.([qkvo])\.weight": r"layers.\1.attention.\2.weight",
    rf"{_T5_BLOCK}\.0\.SelfAttention\.relative_attention_bias\.weight": r"biases.\1.weight",
    rf"{_T5_BLOCK}\.0\.layer_norm\.weight": r"layers.\1.norm1.weight",
    rf"{_T5_BLOCK}\.1\.layer_norm\.weight": r"layers.\1.norm2.weight",
    rf"{_T5_BLOCK}\.1\.DenseReluDense\.wi_0\.weight": r"layers.\1.mlp.gate_proj.weight",
    rf"{_T5_BLOCK}\.1\.DenseReluDense\.wi_1\.weight": r"layers.\1.mlp.up_proj.weight",
    rf"{_T5_BLOCK}\.1\.DenseReluDense\.wo\.weight": r"layers.\1.mlp.down_proj.weight",
    r"enc(?:oder\.final_layer_norm|\.output_norm)\.weight": "norm.weight",
    r"enc\.blk\.(\d+)\.attn_([qkvo])\.weight": r"layers.\1.attention.\2.weight",
    r"enc\.blk\.(\d+)\.attn_rel_b\.weight": r"biases.\1.weight",
    r"enc\.blk\.(\d+)\.attn_norm\.weight": r"layers.\1.norm1.weight",
    r"enc\.blk\.(\d+)\.ffn_norm\.weight": r"layers.\1.norm2.weight",
    r"enc\.blk\.(\d+)\.ffn_(gate|up|down)\.weight": r"layers.\1.mlp.\2_proj.weight",
})  # fmt: skip
_DECODER = {
    r"(embed_tokens|norm)\.weight": r"\1.weight",
    r"(layers\.\d+\.(?:self_attn\.[qkvo]_proj|mlp\.(?:gate|up|down)_proj)\.weight)": r"\1",
    r"(layers\.\d+\.(?:input|post_attention)_layernorm\.weight)": r"\1",
}
_GEMMA2 = _compile_rules(_DECODER | {r"(layers\.\d+\.(?:pre|post)_feedforward_layernorm\.weight)": r"\1"})
_MISTRAL = _compile_rules({r"(embed_tokens\.weight)": r"\1", **dict(list(_DECODER.items())[1:])})
_QWEN = _DECODER | {
    r"token_embd\.weight": "embed_tokens.weight",
    r"output_norm\.weight": "norm.weight",
    r"blk\.(\d+)\.attn_([qkv])\.(weight|bias)": r"layers.\1.self_attn.\2_proj.\3",
    r"blk\.(\d+)\.attn_output\.weight": r"layers.\1.self_attn.o_proj.weight",
    r"blk\.(\d+)\.ffn_(gate|up|down)\.weight": r"layers.\1.mlp.\2_proj.weight",
    r"blk\.(\d+)\.attn_norm\.weight": r"layers.\1.input_layernorm.weight",
    r"blk\.(\d+)\.ffn_norm\.weight": r"layers.\1.post_attention_layernorm.weight",
}
_QWEN3 = _compile_rules(_QWEN | {
    r"(layers\.\d+\.self_attn\.[qk]_norm\.weight)": r"\1",
    r"blk\.(\d+)\.attn_([qk])_norm\.weight": r"layers.\1.self_attn.\2_norm.weight",
})  # fmt: skip
_QWEN25 = _compile_rules(_QWEN | {r"(layers\.\d+\.self_attn\.[qkv]_proj\.bias)": r"\1"})
_CLIP_VISION = _compile_rules({
    r"(?:vision_model\.)?embeddings\.class_embedding": "class_embedding",
    r"(?:vision_model\.)?embeddings\.(patch|position)_embedding\.weight": r"\1_embedding.weight",
    # The name is misspelt in transformers.
    r"(?:vision_model\.)?pre_layrnorm\.(weight|bias)": r"pre_layer_norm.\1",
    r"(?:vision_model\.)?post_layernorm\.(weight|bias)": r"post_layer_norm.\1",
    r"(?:vision_model\.)?encoder\.(layers\.\d+\.self_attn\.(?:q|k|v|out)_proj\.(?:weight|bias))": r"\1",
    r"(?:vision_model\.)?encoder\.(layers\.\d+\.(?:layer_norm[12]|mlp\.fc[12])\.(?:weight|bias))": r"\1",
    r"visual_projection\.weight": "projection.weight",
})  # fmt: skip
_SIGLIP_VISION = _compile_rules({
    r"(?:vision_model\.)?embeddings\.(patch_embedding\.(?:weight|bias)|position_embedding\.weight)": r"\1",
    r"(?:vision_model\.)?post_layernorm\.(weight|bias)": r"post_layer_norm.\1",
    r"(?:vision_model\.)?encoder\.(layers\.\d+\.self_attn\.(?:q|k|v|out)_proj\.(?:weight|bias))": r"\1",
    r"(?:vision_model\.)?encoder\.(layers\.\d+\.(?:layer_norm[12]|mlp\.fc[12])\.(?:weight|bias))": r"\1",
})  # fmt: skip
_QWEN25_VISION = _compile_rules({
    r"(patch_embed\.proj\.weight|merger\.ln_q\.weight|merger\.mlp\.[02]\.(?:weight|bias))": r"\1",
    r"(blocks\.\d+\.(?:norm[12]\.weight|attn\.(?:qkv|proj)\.(?:weight|bias)))": r"\1",
    r"(blocks\.\d+\.mlp\.(?:gate|up|down)_proj\.(?:weight|bias))": r"\1",
})  # fmt: skip
