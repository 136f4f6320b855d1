/* ---- Whole samples of learning: golden.cost_functions.readout (rules 1 to 9) ---- */
#define READOUT_OPERAND(word) ((word) >> (24 - OPERAND_BITS)) /* of a readout weight, SQ(2, 22) */

static int64_t bit_length(int64_t x) {
    int64_t bits = 0;
    for (; x > 0; x >>= 1) bits++;
    return bits;
}

/* Rule 2: logits of the position operands x. */
static void logits_of(const int64_t *weights, const int64_t *bias, int64_t classes, const int64_t *x, int64_t *logits) {
    for (int64_t k = 0; k < classes; k++) {
        int64_t sum = READOUT_OPERAND(bias[k]) * ONE;
        EACH(NEURONS) sum += READOUT_OPERAND(weights[k * NEURONS + i]) * x[i];
        logits[k] = sum;
    }
}

/* Rules 3 to 6: logits become errors. */
static void errors_of(int64_t classes, int64_t label, int64_t *errors) {
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

/* Rule 7: the nudge e, and m of its eps = 2^-m. */
static int64_t nudge_of(const int64_t *weights, int64_t classes, const int64_t *errors, int64_t log2_eps0, int64_t *e) {
    int64_t most = 0;
    EACH(NEURONS) e[i] = 0;
    for (int64_t k = 0; k < classes; k++) EACH(NEURONS) e[i] += READOUT_OPERAND(weights[k * NEURONS + i]) * errors[k];
    EACH(NEURONS) most = LIMITED(e[i] < 0 ? -e[i] : e[i], most, INT64_MAX);
    if (most == 0) return 0;
    int64_t shift = bit_length(most - 1) - (P_FRACTION + log2_eps0);
    EACH(NEURONS) e[i] = half_up(e[i], shift);
    return shift + P_FRACTION - (2 * OPERAND_BITS - 3);
}

/* Rule 9. */
static void update_readout(int64_t *weights, int64_t *bias, int64_t classes, const int64_t *errors, const int64_t *x,
                           int64_t rate) {
    const int64_t n = rate + (2 * OPERAND_BITS - 6) - 22, clip = 1 << 15, high = (1 << 23) - 1;
    for (int64_t k = 0; k < classes; k++) {
        EACH(NEURONS) {
            int64_t step = half_up(errors[k] * x[i], n), exact = weights[k * NEURONS + i] - LIMITED(step, -clip, clip);
            weights[k * NEURONS + i] = LIMITED(exact, -high - 1, high);
        }
        int64_t step = half_up(errors[k] * ONE, n), exact = bias[k] - LIMITED(step, -clip, clip);
        bias[k] = LIMITED(exact, -high - 1, high);
    }
}

/* From rest through a sequence; x: the final position as operands. */
static void run_sequence(Machine *m, int64_t steps, const int64_t *u, int64_t *x) {
    memset(m->q, 0, sizeof m->q);
    memset(m->p, 0, sizeof m->p);
    forward_steps(m, steps, u, INPUTS);
    EACH(NEURONS) {
        int64_t exact = floor_shift(m->q[0][i], X_CUT), top = INT64_C(1) << (OPERAND_BITS - 1);
        x[i] = LIMITED(exact, -top, top - 1);
    }
}

/* Learns `count` samples, one after the other: forward, readout, nudge, twin echo, update of theta and of the readout.
 *
 * u (., steps, INPUTS) and labels are of all samples, order says which are met, rates with which log2 of the inverse
 * rate. theta, weights (classes, NEURONS) and bias are changed in place; errors (count, classes) is what the readout
 * found. */
void learn(Machine *m, int64_t count, const int64_t *order, const int64_t *rates, int64_t steps, const int64_t *u,
           const int64_t *labels, int64_t *theta, int64_t classes, int64_t *weights, int64_t *bias, int64_t log2_eps0,
           int64_t *errors) {
    int64_t x[NEURONS], e[NEURONS];
    for (int64_t done = 0; done < count; done++, errors += classes) {
        const int64_t *sequence = u + order[done] * steps * INPUTS;
        run_sequence(m, steps, sequence, x);
        logits_of(weights, bias, classes, x, errors);
        errors_of(classes, labels[order[done]], errors);
        int64_t log2_eps = -nudge_of(weights, classes, errors, log2_eps0, e);
        memcpy(m->q[1], m->q[0], sizeof m->q[0]);
        memcpy(m->p[1], m->p[0], sizeof m->p[0]);
        nudge(m, e, e);
        clear_gradients(m);
        echo_for_gradients(m, steps, sequence, INPUTS);
        const int last = descend(m, theta, rates[done], log2_eps);
        if (m->how)
            descend_readout(m, weights, bias, classes, 1, 0, errors, x, rates[done], last);
        else
            update_readout(weights, bias, classes, errors, x, rates[done]);
    }
}

/* Logits (count, classes) of sequences u (count, steps, INPUTS). */
void read_out(Machine *m, int64_t count, int64_t steps, const int64_t *u, int64_t classes, const int64_t *weights,
              const int64_t *bias, int64_t *logits) {
    int64_t x[NEURONS];
    for (int64_t done = 0; done < count; done++) {
        run_sequence(m, steps, u + done * steps * INPUTS, x);
        logits_of(weights, bias, classes, x, logits + done * classes);
    }
}
