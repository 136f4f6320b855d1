"""What to write instead of a function of NumPy or scipy that cannot be traced, by the function's name."""

from __future__ import annotations

__all__ = ["AVAILABLE", "HINTS"]

AVAILABLE = (
    "+ - * /, ** with a number, @, .T, x[...], np.sum and np.mean of axes, np.dot, np.einsum, np.diff, np.cumsum, "
    "np.roll, np.concatenate, np.stack, np.reshape and what else moves elements, np.square, np.sqrt, np.exp, np.log, "
    "np.log1p, np.logaddexp, np.sinh, np.cosh, np.tanh, np.sin, np.cos, np.tan, np.arctan, np.arcsinh, np.arctanh, "
    "np.clip, hel.table"
)
_SMOOTH = "write a smooth function: np.log(np.cosh(k * x)) / k for |x|, np.logaddexp(0, k * x) / k for max(0, x)"
_STEPS = "write a smooth function: np.cos(x) and np.sin(x) have periods of their own"
_STEP = "write a smooth step: (1 + np.tanh(k * x)) / 2 for x > 0"
_DECISION = f"{_STEP}; np.where with a constant condition is available"
_COMPARED = f"{_STEP}, np.logaddexp(k * x, k * y) / k for the larger of two"
_ORDER = "write a smooth function: np.logaddexp(x, y) for the larger of two, np.sum for all of them"
_ALGEBRA = "compute it beforehand of constants, in __init__; of parameters write products of matrices and vectors"
_BITS = "traced values are real numbers, without bits"
_LOG_SUM = "write np.log(np.sum(np.exp(x)))"

HINTS: dict[str, str] = {
    **dict.fromkeys(("absolute", "fabs", "abs"), _SMOOTH),
    "maximum": "write a smooth function: np.logaddexp(k * x, k * y) / k, np.logaddexp(0, k * x) / k for max(0, x)",
    "minimum": "write a smooth function: -np.logaddexp(-k * x, -k * y) / k",
    **dict.fromkeys(("fmax", "fmin"), _SMOOTH),
    **dict.fromkeys(("sign", "copysign"), "write a smooth function: np.tanh(k * x) for the sign of x"),
    **dict.fromkeys(("where", "heaviside", "select", "piecewise", "choose"), _DECISION),
    **dict.fromkeys(("greater", "less", "greater_equal", "less_equal", "equal", "not_equal"), _COMPARED),
    **dict.fromkeys(
        ("any", "all", "logical_and", "logical_or", "logical_not", "isfinite", "isnan", "isclose", "allclose"),
        _DECISION,
    ),
    "decision": _DECISION,
    "bitwise_xor": "^ is no power in Python: write q**4 for the fourth",
    **dict.fromkeys(("bitwise_or", "bitwise_and", "invert", "left_shift", "right_shift"), _BITS),
    "norm": "write np.sum(x**2), its square, or np.sqrt(c + np.sum(x**2))",
    "hypot": "write np.sqrt(c + x**2 + y**2)",
    "arctan2": "write np.arctan(y / np.clip(x, low, high)) where x keeps off 0; an angle that turns is a position,"
    " angles = True",
    **dict.fromkeys(("angle", "unwrap"), "positions that turn are declared: angles = True"),
    "sinc": "write hel.table(np.sinc, df=..., low=..., high=...)",
    **dict.fromkeys(("std", "nanstd"), "write np.var(x), its square"),
    **dict.fromkeys(
        ("max", "min", "amax", "amin", "argmax", "argmin", "sort", "argsort", "median", "percentile"), _ORDER
    ),
    "maximum.reduce": _ORDER,
    "minimum.reduce": _ORDER,
    **dict.fromkeys(("logsumexp", "logaddexp.reduce"), _LOG_SUM),
    "softmax": "write e / np.sum(e) with e = np.exp(x)",
    "log_softmax": "write x - np.log(np.sum(np.exp(x)))",
    **dict.fromkeys(
        ("det", "inv", "eig", "eigh", "eigvalsh", "svd", "solve", "cholesky", "pinv", "slogdet", "expm"), _ALGEBRA
    ),
    "matrix_power": "write W @ (W @ x) for a power of a matrix times x",
    **dict.fromkeys(("fft", "ifft", "rfft", "fft2"), "write constant matrices of cosines and sines: C @ x, S @ x"),
    "apply_along_axis": "write the function of the whole array, with axis=",
    **dict.fromkeys(
        ("vectorize", "_vectorize_call"), "write the function of the whole array: NumPy works element by element"
    ),
    **dict.fromkeys(("tensordot", "multi_dot"), "write np.einsum with letters, or products one after the other with @"),
    **dict.fromkeys(("remainder", "fmod", "floor", "ceil", "rint", "trunc"), _STEPS),
    "floor_divide": "write x / 2 for x // 2",
    **dict.fromkeys(("item", "tolist"), "leave it out: traced values are real numbers, and x[i] is one"),
    "nan_to_num": "leave it out: a potential has a value everywhere",
    "multiply.sparse": "write D @ x, or c * x with an array c",
    "diff arguments": "write np.diff(np.concatenate(([0], x))) for np.diff(x, prepend=0)",
    "sum arguments": "it takes a, axis, keepdims; write np.sum(mask * x) with a mask of 0 and 1 for where=",
    "cross": "write it out with x[..., 0] and so on, or with np.einsum",
    "cumprod": "write products of few factors, np.prod(x[:k])",
    "interp": "write hel.table(lambda x: np.interp(x, ...), df=..., low=..., high=...)",
    "round": "write a smooth function: the potential has a slope everywhere",
    "power": "write x**c with a number c, or c**x",
    **dict.fromkeys(("conjugate", "conj", "imag"), "leave it out: traced values are real numbers"),
    "nansum": "write np.sum(x)",
    "nanmean": "write np.mean(x)",
    "cov": "write np.var(x), or products of x - np.mean(x)",
    "logaddexp2": "write np.log2(2**x + 2**y)",
    **dict.fromkeys(("block", "insert"), "write np.concatenate"),
    **dict.fromkeys(("ptp", "quantile"), _ORDER),
    "divmod": _STEPS,
    "expit": "write (1 + np.tanh(x / 2)) / 2",
    "log_expit": "write -np.logaddexp(0, -x)",
    **dict.fromkeys(("deg2rad", "radians"), "write x * (np.pi / 180)"),
    **dict.fromkeys(("rad2deg", "degrees"), "write x * (180 / np.pi)"),
    "erf": "write hel.table(scipy.special.erf, lambda x: 2 / np.sqrt(np.pi) * np.exp(-x**2), low=..., high=...)",
    "xlogy": "write x * np.log(np.clip(x, low, high)) with 0 < low",
    "inplace": "write v = v + x",
    "setitem": "build the array of its parts: np.stack, np.concatenate, np.where with a constant condition",
    "array": "a traced value is one already; write np.stack([a, b]) for np.array([a, b]), and for a list in np.sum;"
    " np.concatenate for x[1:] = a",
    "number": "write np.cos(x) for math.cos(x), x for float(x), and np.stack([a, b]) for an array that is filled"
    " element by element",
    "index": "an index is a whole number or an array of them; write np.sum(mask * x) with a smooth mask",
    "complex": "write the real and the imaginary part: np.cos(x), np.sin(x)",
    "operand": "operands are traced values, numbers and arrays of them",
}
"""By NumPy's own name of the function; `_vectorize_call` is where np.vectorize calls one, the others say what was done
to a traced value.
"""
