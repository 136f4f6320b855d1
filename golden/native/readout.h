/* ---- The readout: golden.cost_functions.readout, rules 1 to 9 ----
 *
 * x, errors and nudges have one row, or of a per-step cost one a step. */
#define READOUT_OPERAND(word) ((word) >> (24 - OPERAND_BITS)) /* of a readout weight, SQ(2, 22) */

/* Rule 2: logits of the position operands x. */
static void logits_of(const int64_t *weights, const int64_t *bias, int64_t classes, const int64_t *x, int64_t *logits) {
    for (int64_t k = 0; k < classes; k++) {
        int64_t sum = READOUT_OPERAND(bias[k]) * ONE;
        EACH(NEURONS) sum += READOUT_OPERAND(weights[k * NEURONS + i]) * x[i];
        logits[k] = sum;
    }
}

/* Rules 3 to 6: logits become errors. */
static void errors_of_label(int64_t classes, int64_t label, int64_t *errors) {
    int64_t highest = errors[0], total = 0;
    for (int64_t k = 1; k < classes; k++) highest = errors[k] > highest ? errors[k] : highest;
    for (int64_t k = 0; k < classes; k++) {
        int64_t t = floor_shift(highest - errors[k], 2 * OPERAND_BITS - 7 - 16);
        t = t < (1 << 21) - 1 ? t : (1 << 21) - 1;
        int64_t y = (t * LOG2_E) >> 16, i = (y >> 8) & 255, r = y & 255, whole = y >> 16;
        int64_t v = (POWERS[i] * (256 - r) + POWERS[i + 1] * r + 128) >> 8;
        errors[k] = v >> (whole < 31 ? whole : 31);
        total += errors[k];
    }
    for (int64_t k = 0; k < classes; k++) {
        int64_t p = ((errors[k] << OPERAND_BITS) + total) / (2 * total), top = INT64_C(1) << (OPERAND_BITS - 1);
        p -= k == label ? top : 0;
        errors[k] = LIMITED(p, -top, top - 1);
    }
}

/* Rule 7: the nudges e, and m of their eps = 2^-m; each of `rows` weighs 2^-kappa. */
static int64_t nudge_of(const int64_t *weights, int64_t outputs, int64_t rows, int64_t kappa, const int64_t *errors,
                        int64_t log2_eps0, int64_t *e) {
    int64_t most = 0;
    for (int64_t t = 0; t < rows; t++, errors += outputs) {
        int64_t *y = e + t * NEURONS;
        EACH(NEURONS) y[i] = READOUT_OPERAND(weights[i]) * errors[0];
        for (int64_t k = 1; k < outputs; k++)
            EACH(NEURONS) y[i] += READOUT_OPERAND(weights[k * NEURONS + i]) * errors[k];
        EACH(NEURONS) most = LIMITED(y[i] < 0 ? -y[i] : y[i], most, INT64_MAX);
    }
    if (most == 0) return 0;
    const int64_t shift = bit_length(most - 1) - (P_FRACTION + log2_eps0);
    for (int64_t i = 0; i < rows * NEURONS; i++) e[i] = half_up(e[i], shift + kappa);
    return shift + P_FRACTION - (2 * OPERAND_BITS - 3);
}

/* Rule 9. */
static void update_readout(int64_t *weights, int64_t *bias, int64_t outputs, int64_t rows, int64_t kappa,
                           const int64_t *errors, const int64_t *x, int64_t rate) {
    const int64_t n = rate + (2 * OPERAND_BITS - 6) - 22 + kappa, clip = 1 << 15, high = (1 << 23) - 1;
    for (int64_t k = 0; k < outputs; k++) {
        int64_t sums[NEURONS], sum = errors[k];
        EACH(NEURONS) sums[i] = errors[k] * x[i];
        for (int64_t t = 1; t < rows; t++) {
            EACH(NEURONS) sums[i] += errors[t * outputs + k] * x[t * NEURONS + i];
            sum += errors[t * outputs + k];
        }
        EACH(NEURONS) {
            int64_t step = half_up(sums[i], n), exact = weights[k * NEURONS + i] - LIMITED(step, -clip, clip);
            weights[k * NEURONS + i] = LIMITED(exact, -high - 1, high);
        }
        int64_t step = half_up(sum * ONE, n), exact = bias[k] - LIMITED(step, -clip, clip);
        bias[k] = LIMITED(exact, -high - 1, high);
    }
}
