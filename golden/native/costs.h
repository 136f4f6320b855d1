/* ---- How a cost reads the positions, and what a nudge is to the echo: golden.training.cost_learners ---- */
enum { FINAL, AVERAGED, PER_STEP };
#define X_FRACTION (OPERAND_BITS - 5)
#define Q_FRACTION (X_CUT + X_FRACTION)

/* The mean of `steps` squared operands as a word in q's format, rounded half up. What is divided is below T times the
 * larger of 2^(2w) and 2^(f + k + 11): in the reference format it fits for T < 2^27. */
static int64_t mean_energy(int64_t sum, int64_t steps) {
    const int left = Q_FRACTION - 2 * X_FRACTION;
    const int64_t unit = steps * (INT64_C(1) << (left < 0 ? -left : 0));
    return (sum * (INT64_C(2) << (left > 0 ? left : 0)) + unit) / (2 * unit);
}

/* From rest through a sequence; x: the operands that the readout reads, one row, or of a per-step cost one a step. */
static void read_sequence(Machine *m, int64_t cost, int64_t steps, const int64_t *u, int64_t *x) {
    const int64_t rows = cost == PER_STEP ? steps : 1;
    memset(m->q, 0, sizeof m->q);
    memset(m->p, 0, sizeof m->p);
    if (cost == AVERAGED) EACH(NEURONS) x[i] = 0;
    forward_steps(m, steps, u, INPUTS, cost == AVERAGED ? x : NULL, cost == PER_STEP ? x : NULL, NEURONS);
    if (cost == AVERAGED) EACH(NEURONS) x[i] = mean_energy(x[i], steps);
    if (cost == FINAL) EACH(NEURONS) x[i] = m->q[0][i];
    for (int64_t i = 0; i < rows * NEURONS; i++) x[i] = operand_of(x[i]);
}

/* e = eps dC/dm becomes the words d of (2/T) e, as large as an operand holds; returns the shift of x d (a
 * golden.cost_functions.latch.Latch). The doubles are those of NumPy: every operation but e 2/T is exact. */
static int64_t latch(int64_t steps, int64_t *e) {
    const double rate = 2.0 / (double)steps;
    double slopes[NEURONS], most = 0.0;
    int scale = 0;
    EACH(NEURONS) {
        slopes[i] = ldexp((double)e[i] * rate, -P_FRACTION);
        most = fabs(slopes[i]) > most ? fabs(slopes[i]) : most;
    }
    if (most > 0.0) {
        frexp(most, &scale);
        scale = OPERAND_BITS - 1 - scale;
        if (rint(ldexp(most, scale)) >= 1 << (OPERAND_BITS - 1)) scale--; /* it rounds up to a power of two */
    }
    EACH(NEURONS) e[i] = (int64_t)rint(ldexp(slopes[i], scale));
    const int64_t shift = X_FRACTION + scale - P_FRACTION;
    return shift > -FURTHEST_LEFT ? shift : -FURTHEST_LEFT;
}

/* The twin echo from the state where a sequence ends; e: the readout's nudges, which are used up. */
static void echo_by_cost(Machine *m, int64_t cost, int64_t steps, const int64_t *u, int64_t *e) {
    int64_t shift = 0;
    Nudges nudges = {.contexts = 2, .words = e, .shifts = &shift};
    memcpy(m->q[1], m->q[0], sizeof m->q[0]);
    memcpy(m->p[1], m->p[0], sizeof m->p[0]);
    switch (cost) {
    case FINAL: nudge(m, e, e); break;
    case AVERAGED:
        shift = latch(steps, e);
        nudges.kind = LATCHED;
        break;
    case PER_STEP:
        nudges.kind = LISTED;
        nudges.step = NEURONS;
        break;
    }
    clear_gradients(m);
    echo_for_gradients(m, steps, u, INPUTS, cost == FINAL ? NULL : &nudges, 0);
}
