/* ---- The update of the parameters: golden.training.update, and golden.training.descent for other optimisers ---- */
#define HALF_OF(n) ((n) ? INT64_C(1) << ((n) - 1) : 0)

/* theta -= sign clip(half_up(G, n), -C, C), saturated. */
INLINE void update_words(Machine *m, int64_t *theta, const int64_t *g, int size, int n, int sign) {
    const int64_t half = HALF_OF(n), high = (INT64_C(1) << (THETA_BITS - 1)) - 1;
    int64_t lost = 0;
    EACH(size) {
        int64_t step = (g[i] + half) >> n;
        int64_t exact = theta[i] - sign * LIMITED(step, -CLIP, CLIP), kept = LIMITED(exact, -high - 1, high);
        lost |= exact ^ kept;
        theta[i] = kept;
    }
    m->lost_theta |= lost;
}

/* The same, kept to a range where it moves. */
INLINE void keep_words(int64_t *theta, const int64_t *g, int size, int n, int sign, int64_t low, int64_t high) {
    const int64_t half = HALF_OF(n);
    EACH(size) {
        int64_t step = (g[i] + half) >> n, exact = theta[i] - sign * LIMITED(step, -CLIP, CLIP);
        theta[i] = step ? LIMITED(exact, low, high) : theta[i];
    }
}

static int shift_of(int64_t base, int64_t offset) { return (int)LIMITED(base + offset, 0, MAX_SHIFT); }

static void update_parameters(Machine *m, int64_t *theta, int64_t base);

/* What an optimiser is, in the words that `optimise` is given; golden.training.compiled_learner writes them. */
enum { SIGN, THRESHOLD, MOMENTUM, BATCH_LOG2, SAMPLES, EXTRA, READOUT_SHARE, SHARES };

/* From now on another optimiser than plain. velocity: as many words as theta, sums: as the readout; all stay the
 * caller's, and so does what is in them. met: samples before this one. */
void optimise(Machine *m, const int64_t *how, int64_t *velocity, int64_t *sums, int64_t met) {
    m->how = how;
    m->velocity = velocity;
    m->sums = sums;
    m->met = met;
}

/* v += clip(half_up(G, n), -most, most); a shift to the left is clipped before it, too. */
INLINE void gather_words(int64_t *v, const int64_t *g, int size, int64_t n, int64_t most) {
    const int64_t half = n > 0 ? INT64_C(1) << (n - 1) : 0, right = n > 0 ? n : 0, left = INT64_C(1) << (right - n);
    EACH(size) {
        int64_t part = n > 0 ? (g[i] + half) >> right : LIMITED(g[i], -most, most) * left;
        v[i] += LIMITED(part, -most, most);
    }
}

/* A sample's step of the words of one parameter. n: its shift; rate: with its share. */
INLINE void descend_words(Machine *m, int64_t *theta, int64_t *v, const int64_t *g, int size, int n, int sign,
                          int64_t rate, int last, int ranged, int64_t low, int64_t high) {
    const int64_t *how = m->how, decay = how[MOMENTUM], extra = how[EXTRA], keeps = decay || how[BATCH_LOG2];
    const int64_t share = how[BATCH_LOG2] + decay, one = INT64_C(1) << LIMITED(16 - rate - how[THRESHOLD], 0, CLIP_LOG2);
    const int64_t half = HALF_OF(n);
    int64_t lost = 0;
    if (keeps) gather_words(v, g, size, n + share - extra, INT64_C(1) << (16 - share));
    if (!last) return;
    EACH(size) {
        int64_t z, exact, kept;
        if (keeps) {
            z = half_up(v[i], extra);
            v[i] -= decay ? half_up(v[i], decay) : z << extra;
        } else {
            z = (g[i] + half) >> n;
            z = LIMITED(z, -CLIP, CLIP);
        }
        if (how[SIGN]) z = ((z > 0) - (z < 0)) * one;
        exact = theta[i] - sign * z;
        kept = ranged && !z ? theta[i] : LIMITED(exact, low, high);
        lost |= exact ^ kept;
        theta[i] = kept;
    }
    if (!ranged) m->lost_theta |= lost;
}

static void descend_parameters(Machine *m, int64_t *theta, int64_t base, int64_t rate, int last);

/* A sample's step of all parameters; whether they may have moved. Minibatches end at their last sample, and at that of
 * the training. */
static int descend(Machine *m, int64_t *theta, int64_t rate, int64_t log2_eps) {
    const int64_t base = (2 * OPERAND_BITS - 6 - CUT) - 16 + LOG2_INVERSE_STEP + 1 + log2_eps;
    int last = 1;
    if (m->how) {
        m->met++;
        last = m->met == m->how[SAMPLES] || !(m->met & ((INT64_C(1) << m->how[BATCH_LOG2]) - 1));
        descend_parameters(m, theta, base + (m->how[SIGN] ? 17 - m->how[THRESHOLD] : rate), rate, last);
    } else {
        update_parameters(m, theta, base + rate);
    }
    if (last) load(m, theta, 1, 0);
    return last;
}

/* Rule 9 of the readout in minibatches: of the sums of products of `rows` steps each, whose kappa may differ. */
static void descend_readout(Machine *m, int64_t *weights, int64_t *bias, int64_t outputs, int64_t rows, int64_t kappa,
                            const int64_t *errors, const int64_t *x, int64_t rate, int last) {
    const int64_t wider = kappa > m->spread ? kappa - m->spread : 0;
    m->spread += wider;
    const int64_t finer = m->spread - kappa, clip = 1 << 15, high = (1 << 23) - 1;
    const int64_t n = rate + m->how[READOUT_SHARE] + m->how[BATCH_LOG2] + m->spread + (2 * OPERAND_BITS - 6) - 22;
    int64_t *sum = m->sums;
    for (int64_t k = 0; k < outputs; k++)
        for (int64_t i = 0; i <= NEURONS; i++, sum++) {
            int64_t *weight = i < NEURONS ? weights + k * NEURONS + i : bias + k, product = 0;
            for (int64_t t = 0; t < rows; t++)
                product += errors[t * outputs + k] * (i < NEURONS ? x[t * NEURONS + i] : ONE);
            *sum = *sum * (INT64_C(1) << wider) + product * (INT64_C(1) << finer);
            if (!last) continue;
            int64_t step = half_up(*sum, n), exact = *weight - LIMITED(step, -clip, clip);
            *weight = LIMITED(exact, -high - 1, high);
            *sum = 0;
        }
    if (last) m->spread = 0;
}
