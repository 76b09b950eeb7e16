"""Middle of the Create page: the canvas in the middle, its floating bars and the filmstrip of denoising steps."""
