"""The formula of each activation function of Keras, as Keras defines it with its defaults."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: Keras name -> the function's name in a sentence, and its formula.
FORMULAS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "celu": ("CELU", "x where x ≥ 0, exp(x) − 1 below"),
        "elu": ("ELU", "x where x > 0, exp(x) − 1 below"),
        "exponential": ("exponential", "exp(x)"),
        "gelu": ("GELU", "x Φ(x), with Φ the normal distribution function"),
        "glu": ("GLU", "a / (1 + exp(−b)), with a and b the two halves of x"),
        "hard_shrink": ("hard shrink", "x where |x| > 0.5, else 0"),
        "hard_sigmoid": ("hard sigmoid", "min(max(x / 6 + 0.5, 0), 1)"),
        "hard_silu": ("hard SiLU", "x min(max(x / 6 + 0.5, 0), 1)"),
        "hard_swish": ("hard swish", "x min(max(x / 6 + 0.5, 0), 1)"),
        "hard_tanh": ("hard tanh", "min(max(x, −1), 1)"),
        "leaky_relu": ("leaky ReLU", "x where x > 0, a x below, with a small slope a"),
        "log_sigmoid": ("log sigmoid", "−log(1 + exp(−x))"),
        "log_softmax": ("log softmax", "x_k − log(Σ exp(x_j))"),
        "mish": ("Mish", "x tanh(log(1 + exp(x)))"),
        "prelu": ("PReLU", "x where x > 0, a x below, with a slope a that is learnt"),
        "relu": ("ReLU", "max(0, x)"),
        "relu6": ("ReLU6", "min(max(0, x), 6)"),
        "selu": ("SELU", "1.0507 x where x > 0, 1.7581 (exp(x) − 1) below"),
        "sigmoid": ("sigmoid", "1 / (1 + exp(−x))"),
        "silu": ("SiLU", "x / (1 + exp(−x))"),
        "soft_shrink": ("soft shrink", "x − 0.5 where x > 0.5, x + 0.5 where x < −0.5, else 0"),
        "softmax": ("softmax", "exp(x_k) / Σ exp(x_j)"),
        "softplus": ("softplus", "log(1 + exp(x))"),
        "softsign": ("softsign", "x / (1 + |x|)"),
        "sparse_plus": ("sparse plus", "0 where x ≤ −1, (x + 1)² / 4 up to 1, x beyond"),
        "sparse_sigmoid": ("sparse sigmoid", "min(max((x + 1) / 2, 0), 1)"),
        "sparsemax": ("sparsemax", "max(x_k − τ(x), 0), with τ such that the sum is 1"),
        "squareplus": ("squareplus", "(x + √(x² + 4)) / 2"),
        "swish": ("swish", "x / (1 + exp(−x))"),
        "tanh": ("tanh", "(exp(x) − exp(−x)) / (exp(x) + exp(−x))"),
        "tanh_shrink": ("tanh shrink", "x − tanh(x)"),
        "threshold": ("threshold", "x where x > θ, else a constant"),
    }
)


def spoken(function: str) -> str:
    """The function's name in a sentence; one that is not Keras's as it is called."""
    return FORMULAS[function][0] if function in FORMULAS else function.replace("_", " ")


def defined(function: str) -> str:
    """`ReLU, max(0, x)` for a sentence; the name alone where the formula is not known."""
    return f"{spoken(function)}, {FORMULAS[function][1]}" if function in FORMULAS else spoken(function)
