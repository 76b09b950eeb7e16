"""Codebooks of GGML's block types IQ1, IQ2 and IQ3.

Each index in a block stands for a point: the levels of eight or four neighbouring weights. A block has 256 weights.
"""

from __future__ import annotations

import zlib
from base64 import b85decode
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

# Function that takes blocks as uint8 (n, bytes), and returns the levels (n, groups, weights) and scales (n, groups).
ReadBlocks = Callable[[Tensor], tuple[Tensor, Tensor]]


class _Codebook(NamedTuple):
    """Points of a codebook. `packed` has a bit for each point that can be formed of `levels`, set for the points of the
    codebook. They are ordered by the number whose digits are the numbers of their levels, the first being the lowest
    digit.
    """

    levels: tuple[int, ...]
    # Number of weights of a point.
    width: int
    packed: str


_IQ2_LEVELS = (8, 25, 43)
# The levels of IQ1 are -1, 0 and 1, plus or minus an eighth: these are eighths without it.
_IQ1_LEVELS = (-8, 0, 8)
_CODEBOOKS = {
    "IQ2_XXS": _Codebook(
        _IQ2_LEVELS,
        8,
        "c-nPRORB^$43oj#tB`je2YP^R=KfcCw)5@K5e=lV<VbEmf91ogR%p3E0BR^O#16P=^@J3)+t0mx___f>P^zDolEn6;is&dxI!#Zg_{KuzkVd"
        "4Mw`?l*l~*(z5~c8Qj-!-YZym34v`$TQ4<4*~)dpL;rq|+W4irx`d$&)6^vGb7UkLBrzcFbHqcf>sMFwRxr;MTG;*}m%Qlby-@@TSk)X7om@"
        "@#uKQIjUUWQ&$2&y}*gX5TV=Bc|Cuh1wL(2Kn3A3Yj<N%;gblzhT7_jxp@MF=lA5st5R^Hl2J=^JV`E{Z0D^#$6R7",
    ),
    "IQ2_XS": _Codebook(
        _IQ2_LEVELS,
        8,
        "c-mc2TdsvL2pkgnkBRPwCicH3cK=&BJX-bM<{ZTW!^|+oxJIi-qkD|rsuaR~iB<*?x~C4>8J0pJW<V>X*vo#SY&(-c)w(<-fCU6QVt|)*=>o"
        "J=N8h~B3mmYKBw*Y)Ca<s*uvOak7T*la5<g=kAh?T96(5+bR(Mt@J=L5^n!u1sF+~=p=RjVCGbM+vDH*59tF!>kC`)-u3GzO}jM8X_r-*1yt"
        "ubG*&a^iqGs?p-do}D8x2NWXU?%O)=7t88q040RdJ=Ak)9T+$YBcFD31^6BC_W+mG1}iEA-T}Oj@u6-pQ1yByIl9%`W3mW#F%j~<yh(N0zSL"
        "~oH^Zy%}}tQx4=M73#xoc?jNErTmD?iDs40;(&MG>YYMNuDE=SK;cc#9vM%q_=>7msuqjC",
    ),
    "IQ2_S": _Codebook(
        _IQ2_LEVELS,
        8,
        "c-n1JU5W-F3~NE(E9iYHjPDBe{#V(wI=kPpE5rQ7#3X8F%Z9aF@G^(h-0EI3Em0|W3^QwctZ7zp0a8G#rYWS&oF&YfEj@sgh^u5FBBgC>LAk"
        "BEEtarKv-X}c)kMD5E9g)N*35uFS6j&;COQ!QC2=T0oAzp}=fs8f?3xctXeG?g^dQAA!2(KVP=j1x!<Qgx@l7F)Pu!TMd$m>{ZzEray(N$Az"
        "Rb24)#*U9zYZZF^+2!@EVQ9?ARiEH!J<ErE8usn4?()-BQhW*1pE<<S|Z6aT82aQO}QP4+el6zUY~*z7~Sl6pK?p!Q_DMIhH4w7?joIO9P^#"
        "Dw9CRS7mu8OBC|vDii4FoWN_zK9m?6y$}qXC*pyH_2f!)+bXep&HXz~CYasM7Fd3(JhmM~KIbkHJ7yU4;E692~{FNElHOf~Fzm+TBn!W(Jyj"
        "C6",
    ),
    "IQ3_XXS": _Codebook(
        (4, 12, 20, 28, 36, 44, 52, 62),
        4,
        "c-l=-F%H5o3_M%0RAmZ7_lgPeigaLyA4Q!IuVCbv_?)J2Rn;aw-<^~BWtxCXwzFx0%xW)eST<YW5KL&L;j#hAAHoX-c)&}FY<X@1m|7IGsjr"
        "X>q7@bAuHrcP3L2_`6x)_>^v5;&o?@Fdagv_Uo9H*utGOGEJ93R6P|L2rgx{U}Y-UnrS3sKYtPIbF!WdDS7|dsT<9UQCqzhJe8+4kK5km%Xv"
        "Hjm=J(sMgqk-e3v^zjTJayVggoDWMJzTWE4a0T)3l-9P!ydlNePrBA?Xny*@kmBo4W|8$?wEo20v5Uy_5",
    ),
    "IQ3_S": _Codebook(
        (1, 3, 5, 7, 9, 11, 13, 15),
        4,
        "c-k#d!AiqG5PdVu!e&pqA>uXNMyUCUt<-~hDT4SrX{pfmmf{D9Rs{Q#&TgE;z`Qr}-rMBob#A|%IbF{W(Id*&Lkwq!%0~0(%@Ao{OU0lD_x2"
        "OXCI^OquXIKLt}o^pYnG?L6&oz+9HeSVPSrN(A}t!YmF^Xmp*3Qy-5G8(e|b5Y-VC?q(AA>+32wuC)HmEXp@c1}PT|h83}iuXSwt^ePGkv?U"
        "+Lf3a_=1ov?9@{igP&9v4ypFswx3&TJZ@M2_=SuX>*z&qp%+CoXl)ge8!drA@5Agyn!FG+()?*sDei}n1QT95(J|p-wR7#Aht{0!Hx!aZfy;"
        "cl!bD4D3uqR(zW`GY5;6>@R{_|3X$jRqNR^eu)^e<Ll^vCYlKPU1;QQ+o$IB(hKom+bHx0SXmXXwyZnVo8~6jd#wQ>",
    ),
    "IQ1": _Codebook(
        _IQ1_LEVELS,
        8,
        "c-k#eK}(!R7=CxE;dM-9V?RN1diSfb(^(PgE$L;EU0C#DLh=VZ*|bQ>IZZw%yXlwN6ha`hG?#HO$v6$G@ldv(umMk2dT8mb2WdTox*h^v8Vt"
        "nDuD#8?@Vw9Syw7v(LR2?w<}y}3b9YJG^C&5*&qs>Nl?x;NhAB!%0hRecnsm$a2YwJ@;QqccSPG~@n#@N5uBY$^gNY22s7}?HYgoxmY#Y+!A"
        "jh1yxWA4l1OzVO1-XRyWBes^wA;LAoBq<x!%nuPhFWp9`{&R@7DG%<XIwD^Is3Q$Jf@<B<<hd(0^?jzIHG8vQn*?-$Ub(LsHW&@kYNcQ%|}d"
        "P%c;av8KJU^mWiJv*28-WD<$YEG%#}+D!ES;XeDuFD(VlG#i@A4$V;H%7rH52w&LB_pg1xSvl=L<CZ@9?{WdkSxbxSuMq|l64F4MqT|O(RS}"
        "O@H(bLXvHn!_OntvSw2GXTKiD_6XGLxujp0!)qyF+V=7Bv?g3oFy??D1-6?{(2le%HQrc>Le(m#@Cb_P%)g$;r#{<KcsUbe#9?p_<1{H>jE?"
        "+1SCIq;Fwj@yPMjA_U90?}vdY$)D1%>fQq-z{36HBT$I&mG*v%J#A~V%aSj@pZtCEAg}V1eou`2@uUxU_YQ=)6;l3U7EjmAKr#y2F0kdO91c"
        "}@u6ikZ68>90+)KINV7E3oVy0wcNC7Qg*Gnz$6Ckekcj5w;yQl$8BcV}uIeIA*;9XR~L2uzcrHYS+2)y-rqrtcg6e{stpn$cM#il(dTBx(R&"
        "0u-;P1DmAvG}u@dX;b%ns9v~6p49X^c}lqEMlIFjzJBbrp$X4T{{D_p5YV7e^~xM<^E7<_56qcAaL=FI+lT|4v2#Y&dpW2-Egd@Fdf5G@Dhe"
        "eu*|v(bMFD;1sQ1",
    ),
}
# Signs of eight weights, as bits: every byte, and the bytes with an even number of set bits by their lower seven bits.
_SIGNS = tuple(range(256))
_EVEN_SIGNS = tuple(bits | bits.bit_count() % 2 << 7 for bits in range(128))
# Positions of the signs of 32 weights in a number of 32 bits. The scale is in the four bits above.
_SIGN_SHIFTS = (0, 7, 14, 21)


def _read_iq2_xxs(blocks: Tensor) -> tuple[Tensor, Tensor]:
    words = _read_words(blocks[:, 2:])[:, 1::2]
    points = blocks[:, 2:].unflatten(1, (8, 8))[..., :4].flatten(1)
    levels = _look_up("IQ2_XXS", points).mul_(_look_up_signs(_EVEN_SIGNS, _extract_fields(words, _SIGN_SHIFTS, 127)))
    return levels.view(-1, 8, 32), _compute_scales(blocks[:, :2], words >> 28 & 15, 1 / 8)


def _read_iq2_xs(blocks: Tensor) -> tuple[Tensor, Tensor]:
    pairs = _read_shorts(blocks[:, 2:66])
    levels = _look_up("IQ2_XS", pairs & 511).mul_(_look_up_signs(_EVEN_SIGNS, pairs >> 9 & 127))
    return levels.view(-1, 16, 16), _compute_scales(blocks[:, :2], _extract_fields(blocks[:, 66:], (0, 4), 15), 1 / 8)


def _read_iq2_s(blocks: Tensor) -> tuple[Tensor, Tensor]:
    points = blocks[:, 2:34] + (_extract_fields(blocks[:, 66:74], (0, 2, 4, 6), 3) << 8)
    levels = _look_up("IQ2_S", points).mul_(_look_up_signs(_SIGNS, blocks[:, 34:66]))
    return levels.view(-1, 16, 16), _compute_scales(blocks[:, :2], _extract_fields(blocks[:, 74:], (0, 4), 15), 1 / 8)


def _read_iq3_xxs(blocks: Tensor) -> tuple[Tensor, Tensor]:
    words = _read_words(blocks[:, 66:])
    signs = _look_up_signs(_EVEN_SIGNS, _extract_fields(words, _SIGN_SHIFTS, 127))
    levels = _look_up("IQ3_XXS", blocks[:, 2:66]).mul_(signs)
    return levels.view(-1, 8, 32), _compute_scales(blocks[:, :2], words >> 28 & 15, 1 / 4)


def _read_iq3_s(blocks: Tensor) -> tuple[Tensor, Tensor]:
    points = blocks[:, 2:66] + (_extract_fields(blocks[:, 66:74], range(8), 1) << 8)
    levels = _look_up("IQ3_S", points).mul_(_look_up_signs(_SIGNS, blocks[:, 74:106]))
    return levels.view(-1, 8, 32), _compute_scales(blocks[:, :2], _extract_fields(blocks[:, 106:], (0, 4), 15), 1)


def _read_iq1_s(blocks: Tensor) -> tuple[Tensor, Tensor]:
    numbers = _read_shorts(blocks[:, 34:])
    levels = _look_up("IQ1", blocks[:, 2:34] + (_extract_fields(numbers, (0, 3, 6, 9), 7) << 8)).view(-1, 8, 32)
    _shift_levels(levels, numbers >> 15 & 1)
    return levels, _compute_scales(blocks[:, :2], numbers >> 12 & 7, 1 / 8)


def _read_iq1_m(blocks: Tensor) -> tuple[Tensor, Tensor]:
    halves = _extract_fields(blocks[:, 32:48], (0, 4), 15)
    levels = _look_up("IQ1", blocks[:, :32] + ((halves & 7) << 8)).view(-1, 32, 8)
    _shift_levels(levels, halves >> 3)
    numbers = _read_shorts(blocks[:, 48:])
    # The highest bits of the four numbers form the fp16 scale of the block.
    scale = blocks[:, 49:56:2] >> 4
    scale = scale[:, ::2] | scale[:, 1::2] << 4
    return levels.view(-1, 16, 16), _compute_scales(scale, _extract_fields(numbers, (0, 3, 6, 9), 7), 1 / 8)


# Function of each type, by its name in GGML.
READERS: dict[str, ReadBlocks] = {
    "IQ2_XXS": _read_iq2_xxs, "IQ2_XS": _read_iq2_xs, "IQ2_S": _read_iq2_s, "IQ3_XXS": _read_iq3_xxs,
    "IQ3_S": _read_iq3_s, "IQ1_S": _read_iq1_s, "IQ1_M": _read_iq1_m,
}  # fmt: skip


def _read_shorts(raw: Tensor) -> Tensor:
    return raw.view(torch.int16).int()


def _read_words(raw: Tensor) -> Tensor:
    # The copy starts at an address that is aligned for int32.
    return raw.clone(memory_format=torch.contiguous_format).view(torch.int32)


def _extract_fields(numbers: Tensor, shifts: Sequence[int], mask: int) -> Tensor:
    """Extract several fields from each number (n, k), in the order of `shifts`, as int32 (n, k · fields)."""
    return (numbers[..., None].int() >> _create_table(tuple(shifts), numbers.device)).bitwise_and_(mask).flatten(1)


def _compute_scales(half: Tensor, numbers: Tensor, unit: float) -> Tensor:
    """Multiply the fp16 scale of each block by the odd numbers that its groups store. The products are exact."""
    return half.view(torch.float16).float() * (2 * numbers + 1) * unit


def _shift_levels(levels: Tensor, is_lower: Tensor) -> None:
    """Lower the levels by one in the groups marked by `is_lower`, and raise them by one in the others, in place."""
    levels.add_((1 - 2 * is_lower).to(torch.int8)[..., None])


def _look_up(kind: str, points: Tensor) -> Tensor:
    """Return the levels of points (n, k) as int8 (n, 256)."""
    return _gather_points(_load_codebook(kind, points.device), points)


def _look_up_signs(signs: tuple[int, ...], indices: Tensor) -> Tensor:
    """Return the signs at indices (n, 32) as int8 (n, 256), each 1 or -1."""
    return _gather_points(_create_sign_table(signs, indices.device), indices)


def _gather_points(table: Tensor, indices: Tensor) -> Tensor:
    # An element of the table has the levels of all weights of a point.
    return table.index_select(0, indices.flatten().int()).view(indices.shape).view(torch.int8)


@lru_cache(maxsize=32)
def _load_codebook(kind: str, device: torch.device) -> Tensor:
    levels, width, packed = _CODEBOOKS[kind]
    present = zlib.decompress(b85decode(packed))
    numbers = [number for number in range(len(levels) ** width) if present[number // 8] >> number % 8 & 1]
    points = [[levels[number // len(levels) ** place % len(levels)] for place in range(width)] for number in numbers]
    table = torch.tensor(points, dtype=torch.int8, device=device)
    return table.view(torch.int64 if width == 8 else torch.int32).flatten()


@lru_cache(maxsize=32)
def _create_sign_table(signs: tuple[int, ...], device: torch.device) -> Tensor:
    found = [[-1 if bits >> place & 1 else 1 for place in range(8)] for bits in signs]
    return torch.tensor(found, dtype=torch.int8, device=device).view(torch.int64).flatten()


@lru_cache(maxsize=32)
def _create_table(values: tuple[int, ...], device: torch.device) -> Tensor:
    return torch.tensor(values, dtype=torch.int32, device=device)
