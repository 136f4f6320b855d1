/* ---- Nudges: p[0] -= e, p[1] += e before a step is undone ----
 *
 *     LISTED    e = words                                  golden.dynamics.nudges.Listed
 *     TOWARDS   e = half_up(q - words, shift)              golden.dynamics.nudges.Towards
 *     LATCHED   e = half_up(operand(q) words, shift)       golden.cost_functions.latch.Latched
 *
 * from each context's own q. Sums wrap at 64 bits, as NumPy's do. */
enum { LISTED, TOWARDS, LATCHED };

typedef struct {
    int64_t kind, contexts;                   /* contexts: 2, or 1 where context 1 is left without nudge */
    const int64_t *words;
    int64_t step, sample;                     /* how far apart words of steps and of samples lie */
    const int64_t *shifts;                    /* one a sample */
    int64_t shift_sample;
} Nudges;

INLINE void nudges_of(Machine *m, const int kind, int contexts, const int64_t *words, int64_t shift) {
    const int right = (int)LIMITED(shift, 0, 62), left = (int)LIMITED(-shift, 0, 62);
    const uint64_t half = (UINT64_C(1) << right) >> 1;
    int64_t lost = 0;
    EACH_CONTEXT EACH(NEURONS) {
        int64_t e = words[i];
        if (kind == TOWARDS) e = m->q[c][i] - e;
        /* Operands have at most 24 bits: one multiplication of 32 bits makes the product. */
        if (kind == LATCHED) e = (int64_t)(int32_t)operand_of(m->q[c][i]) * (int32_t)e;
        if (kind != LISTED) e = (int64_t)(((uint64_t)e << left) + half) >> right;
        const uint64_t p = (uint64_t)m->p[c][i];
        const int64_t exact = (int64_t)(c ? p + (uint64_t)e : p - (uint64_t)e);
        m->p[c][i] = (Word)wrap64(exact, P_BITS);
        lost |= m->p[c][i] ^ exact;
    }
    m->lost_p |= lost;
}

/* Those of sample b before step t is undone. */
static void nudge_on_the_way(Machine *m, const Nudges *given, int64_t b, int64_t t) {
    const int64_t *words = given->words + b * given->sample + t * given->step;
    const int64_t shift = given->kind == LISTED ? 0 : given->shifts[b * given->shift_sample];
    const int contexts = (int)given->contexts;
    switch (given->kind) {
    case LISTED: nudges_of(m, LISTED, contexts, words, shift); break;
    case TOWARDS: nudges_of(m, TOWARDS, contexts, words, shift); break;
    case LATCHED: nudges_of(m, LATCHED, contexts, words, shift); break;
    }
}
