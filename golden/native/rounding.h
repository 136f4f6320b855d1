/* ---- The integer rules (golden.arithmetic.rounding), and a position as an operand ---- */
INLINE int64_t floor_shift(int64_t x, int64_t n) {
    if (n >= 0) return x >> (n < 63 ? n : 63);
    return n > -64 ? (int64_t)((uint64_t)x << -n) : 0;
}

INLINE int64_t half_up(int64_t x, int64_t n) {
    if (n <= 0) return floor_shift(x, n);
    n = n < 62 ? n : 62;
    return (x + (INT64_C(1) << (n - 1))) >> n;
}

static int64_t bit_length(int64_t x) {
    int64_t bits = 0;
    for (; x > 0; x >>= 1) bits++;
    return bits;
}

/* A position word as a multiplier sees it: golden.cost_functions.latch. */
INLINE int64_t operand_of(int64_t q) {
    const int64_t exact = floor_shift(q, X_CUT), top = INT64_C(1) << (OPERAND_BITS - 1);
    return LIMITED(exact, -top, top - 1);
}
