"""Generation of shards on this computer. (The module `ray.shard_cluster` uses other computers.)"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field

from gdm_studio.common.errors import StudioError
from gdm_studio.jobs.prompt_batch import Callbacks, LineEvent, PromptLine
from gdm_studio.jobs.shards.shard import Block, BlockResult, ShardBuilder, ShardSettings, load_or_rebuild_record
from gdm_studio.jobs.shards.shard_file import FORMATS
from gdm_studio.jobs.shards.target import Target

# Function that generates lines and yields their events, such as `generate_lines` without its other arguments.
GenerateLines = Callable[[Iterator[PromptLine], Callbacks], Generator[LineEvent, None, None]]


@dataclass(eq=False)
class _OpenShard:
    """Shard whose images are being generated. `left` is the number of missing images by line."""

    block: Block
    builder: ShardBuilder
    left: dict[PromptLine, int]
    failed: list[tuple[int, StudioError]] = field(default_factory=list)


def write_shards(
    blocks: Iterator[Block], target: Target, settings: ShardSettings, generate: GenerateLines, callbacks: Callbacks
) -> Generator[BlockResult, None, None]:
    """Generate the images of blocks with `generate`, write their shards, and yield the result of each block."""
    shards: dict[PromptLine, _OpenShard] = {}
    found: list[BlockResult] = []

    def iter_lines() -> Iterator[PromptLine]:
        for block in blocks:
            if target.exists(block.name + FORMATS[settings.form]):
                found.append(BlockResult.of(block, load_or_rebuild_record(target, settings, block.name)))
                continue
            left = {line: len(line.images) for line in block.lines}
            shard = _OpenShard(block, ShardBuilder(settings, block.name), left)
            shards.update(dict.fromkeys(block.lines, shard))
            yield from block.lines

    try:
        with closing(generate(iter_lines(), callbacks)) as events:
            for line, event in events:
                shard = shards[line]
                if isinstance(event, StudioError):
                    shard.failed.append((line.number, event))
                    shard.builder.fail(line.number, str(event))
                    shard.left[line] = 0
                else:
                    shard.builder.add(line.number, line.digests[event.image], event)
                    shard.left[line] -= 1
                yield from found
                found.clear()
                if not shard.left[line]:
                    del shard.left[line], shards[line]
                if not shard.left:
                    record = shard.builder.write(target)
                    shard.builder.close()
                    yield BlockResult.of(shard.block, record, shard.failed)
        yield from found
    finally:
        for shard in shards.values():
            shard.builder.close()
