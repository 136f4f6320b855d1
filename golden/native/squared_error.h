/* ---- Targets for labels: golden.cost_functions.squared_error ---- */

/* Rule 6: logits become errors; target: words of fraction w - 1. */
static void errors_of_target(int64_t outputs, const int64_t *target, int64_t *errors) {
    const int64_t top = INT64_C(1) << (OPERAND_BITS - 1);
    for (int64_t k = 0; k < outputs; k++) {
        int64_t error = half_up(errors[k] - floor_shift(target[k], 6 - OPERAND_BITS), OPERAND_BITS - 6);
        errors[k] = LIMITED(error, -top, top - 1);
    }
}

/* ceil(log2 K) of K steps that count. */
static int64_t kappa_of(int64_t steps) { return bit_length(steps - 1); }
