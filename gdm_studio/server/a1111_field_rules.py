"""Fields of A1111's web API: their types, and their neutral values, with which they request nothing.

If a request contains a field that is neither used nor neutral, the response lists it as ignored.
"""

from __future__ import annotations

from gdm_studio.server.json_fields import FieldRule, Rules

_TEXT = FieldRule("text", ("None",))
_FLAG = FieldRule("flag", (False,))
_WHOLE = FieldRule("whole")
_OBJECT = FieldRule("object")
_TEXTS = FieldRule("texts", ([""],))
_OFF_AT_0 = FieldRule("number", (0,))

# Options of A1111 and the values that the server has.
OPTIONS: Rules = {
    "sd_model_checkpoint": FieldRule("text"),
    "sd_checkpoint_hash": FieldRule("text"),
    "CLIP_stop_at_last_layers": FieldRule("whole", (1,)),
    "sd_vae": FieldRule("text", ("Automatic", "None")),
    "samples_format": FieldRule("text", ("png",)),
    "samples_save": FieldRule("flag", (True,)),
    "img2img_color_correction": _FLAG,
    "eta_noise_seed_delta": _OFF_AT_0,
}
SECOND_PASS: Rules = {
    "enable_hr": _FLAG,
    "firstphase_width": _OFF_AT_0,
    "firstphase_height": _OFF_AT_0,
    "hr_scale": FieldRule("number"),
    "hr_upscaler": _TEXT,
    "hr_second_pass_steps": _OFF_AT_0,
    "hr_resize_x": _OFF_AT_0,
    "hr_resize_y": _OFF_AT_0,
    "hr_checkpoint_name": FieldRule("text", ("None", "Use same checkpoint")),
    "hr_sampler_name": FieldRule("text", ("None", "Use same sampler")),
    "hr_scheduler": FieldRule("text", ("None", "Use same scheduler")),
    "hr_prompt": _TEXT,
    "hr_negative_prompt": _TEXT,
    "hr_additional_modules": FieldRule("array", (["Use same choices"],)),
}
GENERATION: Rules = {
    "prompt": FieldRule("text"),
    "negative_prompt": FieldRule("text"),
    "styles": _TEXTS,
    "seed": _WHOLE,
    "subseed": FieldRule("whole", (-1,)),
    "subseed_strength": _OFF_AT_0,
    "seed_resize_from_h": FieldRule("whole", (-1, 0)),
    "seed_resize_from_w": FieldRule("whole", (-1, 0)),
    "sampler_name": FieldRule("text"),
    "sampler_index": FieldRule("text"),
    "scheduler": FieldRule("text"),
    "batch_size": _WHOLE,
    "n_iter": _WHOLE,
    "steps": _WHOLE,
    "cfg_scale": FieldRule("number"),
    "distilled_cfg_scale": FieldRule("number"),
    "width": _WHOLE,
    "height": _WHOLE,
    "restore_faces": _FLAG,
    "tiling": _FLAG,
    "denoising_strength": FieldRule("number"),
    # At 1 the ancestral samplers of both programs add the same noise, and the others have none.
    "eta": FieldRule("number", (1,)),
    "s_min_uncond": _OFF_AT_0,
    "s_churn": _OFF_AT_0,
    "s_tmin": _OFF_AT_0,
    "s_tmax": _OFF_AT_0,
    "s_noise": FieldRule("number", (1,)),
    "override_settings": FieldRule("object", fields=OPTIONS),
    "override_settings_restore_afterwards": FieldRule("flag", (True,)),
    "refiner_checkpoint": _TEXT,
    "refiner_switch_at": FieldRule("number"),
    "disable_extra_networks": _FLAG,
    "comments": _OBJECT,
    "script_name": _TEXT,
    "script_args": FieldRule("array"),
    "send_images": _FLAG,
    # Every image is saved in the gallery.
    "save_images": FieldRule("flag", (True,)),
    "do_not_save_samples": _FLAG,
    # This server creates no grids.
    "do_not_save_grid": FieldRule("flag", (True, False)),
    "alwayson_scripts": _OBJECT,
    "force_task_id": FieldRule("text"),
    "infotext": _TEXT,
}
TXT2IMG: Rules = {**GENERATION, **SECOND_PASS, "firstpass_image": FieldRule("text")}
IMG2IMG: Rules = {
    **GENERATION,
    **SECOND_PASS,
    "init_images": _TEXTS,
    "resize_mode": _WHOLE,
    # Only models that edit images by instructions use it.
    "image_cfg_scale": FieldRule("number", (0, 1.5)),
    "mask": FieldRule("text"),
    "mask_blur": _OFF_AT_0,
    "mask_blur_x": _OFF_AT_0,
    "mask_blur_y": _OFF_AT_0,
    "mask_round": FieldRule("flag", (True,)),
    # The masked part starts from the image itself.
    "inpainting_fill": FieldRule("whole", (1,)),
    "inpaint_full_res": _FLAG,
    "inpaint_full_res_padding": _OFF_AT_0,
    "inpainting_mask_invert": FieldRule("whole", (0,)),
    "initial_noise_multiplier": FieldRule("number", (1,)),
    "latent_mask": FieldRule("text"),
    "include_init_images": _FLAG,
}
# Defaults of the fields for masks, which request nothing if there is no mask.
WITHOUT_MASK = {
    "mask_blur": (0, 4),
    "mask_blur_x": (0, 4),
    "mask_blur_y": (0, 4),
    "inpainting_fill": (0, 1),
    "inpaint_full_res": (True, False),
    "inpaint_full_res_padding": (0, 32),
    "inpainting_mask_invert": (0, 1),
}
_ENLARGEMENT: Rules = {
    "resize_mode": _WHOLE,
    "show_extras_results": FieldRule("flag", (True, False)),
    "gfpgan_visibility": _OFF_AT_0,
    "codeformer_visibility": _OFF_AT_0,
    "codeformer_weight": _OFF_AT_0,
    "upscaling_resize": FieldRule("number"),
    "upscaling_resize_w": _WHOLE,
    "upscaling_resize_h": _WHOLE,
    "upscaling_crop": _FLAG,
    "upscaler_1": FieldRule("text"),
    "upscaler_2": _TEXT,
    "extras_upscaler_2_visibility": _OFF_AT_0,
    # The order of two processing steps, of which only one exists here.
    "upscale_first": FieldRule("flag", (True, False)),
}
EXTRA_SINGLE: Rules = {**_ENLARGEMENT, "image": FieldRule("text")}
EXTRA_BATCH: Rules = {**_ENLARGEMENT, "imageList": FieldRule("array")}
PNG_INFO: Rules = {"image": FieldRule("text")}
