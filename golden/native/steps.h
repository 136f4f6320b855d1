/* ---- Steps of the leapfrog, and of the twin echo (docs/numerics.md, sections 4 and 5) ----
 *
 *     forward   q += p;   p -= K(q, u);   q += p
 *     echo      [nudge];  q -= p;   [G];   p += K(q, u);   q -= p
 *
 * Every write wraps, and raises its flag where a word changed. */
#define WRITE(word, exact, width, lost)                    \
    {                                                      \
        Word wide = exact;                                 \
        word = WRAP(wide, width);                          \
        lost |= word ^ wide;                               \
    }

static void enter(Machine *m, int contexts, const int64_t *q, const int64_t *p, int64_t context) {
    EACH_CONTEXT EACH(NEURONS) {
        m->q[c][i] = (Word)q[c * context + i];
        m->p[c][i] = (Word)p[c * context + i];
    }
}

static void leave(const Machine *m, int contexts, int64_t *q, int64_t *p, int64_t context) {
    EACH_CONTEXT EACH(NEURONS) {
        q[c * context + i] = m->q[c][i];
        p[c * context + i] = m->p[c][i];
    }
}

/* On the way it adds x^2 of the operands to energies, and puts the positions into rows of `seen`; or NULL. */
static void forward_steps(Machine *m, int64_t steps, const int64_t *u, int64_t u_step, int64_t *energies,
                          int64_t *seen, int64_t seen_step) {
    const int contexts = 1;
    Word lost_q = 0, lost_p = 0;
    for (int64_t t = 0; t < steps; t++) {
        inputs_of(m, 0, u + t * u_step, 0, 0);
        EACH_CONTEXT EACH(NEURONS) WRITE(m->q[c][i], m->q[c][i] + m->p[c][i], Q_BITS, lost_q)
        values_of(m, 0, contexts, 0, 0);
        EACH_CONTEXT EACH(NEURONS) WRITE(m->p[c][i], m->p[c][i] - (Word)m->KICK[c][i], P_BITS, lost_p)
        EACH_CONTEXT EACH(NEURONS) WRITE(m->q[c][i], m->q[c][i] + m->p[c][i], Q_BITS, lost_q)
        if (energies) EACH(NEURONS) {
            const int32_t x = (int32_t)operand_of(m->q[0][i]);
            energies[i] += (int64_t)x * x;
        }
        if (seen) EACH(NEURONS) seen[t * seen_step + i] = m->q[0][i];
    }
    m->lost_q |= lost_q;
    m->lost_p |= lost_p;
}

/* p[0] -= plus, p[1] += minus; a missing one is 0. */
static void nudge(Machine *m, const int64_t *plus, const int64_t *minus) {
    EACH(NEURONS) {
        int64_t exact[2] = {m->p[0][i] - (plus ? plus[i] : 0), m->p[1][i] + (minus ? minus[i] : 0)};
        for (int c = 0; c < 2; c++) {
            m->p[c][i] = (Word)wrap64(exact[c], P_BITS);
            m->lost_p |= m->p[c][i] ^ exact[c];
        }
    }
}

/* nudges: of sample b, on the way; or NULL. */
INLINE void echo_steps(Machine *m, int64_t steps, const int64_t *u, int64_t u_step, int gradients, int inputs,
                       int64_t *du, int64_t du_step, const Nudges *nudges, int64_t b) {
    const int contexts = 2;
    Word lost_q = 0, lost_p = 0;
    int slots = 0;
    for (int64_t t = steps - 1; t >= 0; t--) {
        if (nudges) nudge_on_the_way(m, nudges, b, t);
        inputs_of(m, slots, u + t * u_step, gradients, inputs);
        EACH_CONTEXT EACH(NEURONS) WRITE(m->q[c][i], m->q[c][i] - m->p[c][i], Q_BITS, lost_q)
        values_of(m, slots, contexts, gradients, inputs);
        if (inputs) input_difference(m, slots, du + t * du_step);
        if (gradients && (++slots == BLOCK || t == 0)) {
            gradients_of(m, slots);
            slots = 0;
        }
        EACH_CONTEXT EACH(NEURONS) WRITE(m->p[c][i], m->p[c][i] + (Word)m->KICK[c][i], P_BITS, lost_p)
        EACH_CONTEXT EACH(NEURONS) WRITE(m->q[c][i], m->q[c][i] - m->p[c][i], Q_BITS, lost_q)
    }
    m->lost_q |= lost_q;
    m->lost_p |= lost_p;
}

/* The echo of learning, which is compiled without the questions. */
static void echo_for_gradients(Machine *m, int64_t steps, const int64_t *u, int64_t u_step, const Nudges *nudges,
                               int64_t b) {
    echo_steps(m, steps, u, u_step, 1, 0, NULL, 0, nudges, b);
}

/* ---- What is called from outside: whole passes of a batch ----
 *
 * Arrays hold int64 words. `sample` and `context` are distances between samples and contexts in q and p; those of
 * inputs and of gradients are given likewise. seen: every position, laid out as q of every step; or NULL. */
void forward(Machine *m, int64_t batch, int64_t steps, const int64_t *u, int64_t u_step, int64_t u_sample, int64_t *q,
             int64_t *p, int64_t sample, int64_t *seen, int64_t seen_step) {
    for (int64_t b = 0; b < batch; b++) {
        enter(m, 1, q + b * sample, p + b * sample, 0);
        forward_steps(m, steps, u + b * u_sample, u_step, NULL, seen ? seen + b * sample : NULL, seen_step);
        leave(m, 1, q + b * sample, p + b * sample, 0);
    }
}

/* plus, minus: the nudge of the first step that is undone, laid out as q of one context, or NULL. nudges: those on the
 * way, or NULL. g, du: or NULL. */
void echo(Machine *m, int64_t batch, int64_t steps, const int64_t *u, int64_t u_step, int64_t u_sample, int64_t *q,
          int64_t *p, int64_t sample, int64_t context, const int64_t *plus, const int64_t *minus, int64_t *g,
          int64_t g_sample, int64_t *du, const Nudges *nudges) {
    for (int64_t b = 0; b < batch; b++) {
        const int64_t *from = u + b * u_sample;
        enter(m, 2, q + b * sample, p + b * sample, context);
        if (plus || minus) nudge(m, plus ? plus + b * sample : NULL, minus ? minus + b * sample : NULL);
        if (g) take_gradients(m, g + b * g_sample);
        if (g && !du)
            echo_for_gradients(m, steps, from, u_step, nudges, b);
        else
            echo_steps(m, steps, from, u_step, g != NULL, du != NULL, du ? du + b * u_sample : NULL, u_step, nudges, b);
        if (g) give_gradients(m, g + b * g_sample);
        leave(m, 2, q + b * sample, p + b * sample, context);
    }
}

/* Sticky flags: overflow of q, p and G, clipped parameters; then those of cuts, and of arguments beyond a table. */
void flags(Machine *m, int64_t clear, int64_t *found) {
    if (clear) {
        m->lost_q = m->lost_p = m->lost_g = m->lost_theta = 0;
        memset(m->clipped, 0, sizeof m->clipped);
        memset(m->beyond, 0, sizeof m->beyond);
    }
    found[0] = m->lost_q != 0;
    found[1] = m->lost_p != 0;
    found[2] = m->lost_g != 0;
    found[3] = m->lost_theta != 0;
    for (int i = 0; i < CLIPPED; i++) found[4 + i] = m->clipped[i] != 0;
    for (int i = 0; i < BEYOND; i++) found[4 + CLIPPED + i] = m->beyond[i] != 0;
}

Machine *make(void) {
    Machine *m = aligned_alloc(64, (sizeof(Machine) + 63) / 64 * 64);
    if (m) {
        memset(m, 0, sizeof *m);
        constants_into(m);
    }
    return m;
}

void drop(Machine *m) { free(m); }
