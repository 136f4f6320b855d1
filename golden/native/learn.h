/* ---- Whole samples of learning: golden.training.sequences ---- */
/* What is learnt, how it is read, and the readout. */
typedef struct {
    int64_t cost, warm_up;     /* FINAL, AVERAGED or PER_STEP; steps at the start that do not count */
    int64_t targets, outputs;  /* whether answers are targets (words of fraction w - 1) or labels; of the readout */
    int64_t log2_eps0;
    int64_t longest;           /* steps from one sequence to the next in u */
    const int64_t *steps, *u;  /* of all sequences: how long each is, and (., longest, INPUTS) */
    const int64_t *answers;    /* in the order in which samples are met */
    int64_t *weights, *bias;   /* (outputs, NEURONS) and (outputs) */
    int64_t *x, *e;            /* room for the operands and nudges of a sequence: (longest or 1, NEURONS) */
} Lesson;

/* Errors (rows, outputs) of the operands x. */
static void errors_of(const Lesson *of, int64_t rows, const int64_t *answer, int64_t *errors) {
    for (int64_t t = 0; t < rows; t++, errors += of->outputs) {
        if (of->cost == PER_STEP && t < of->warm_up) {
            memset(errors, 0, of->outputs * sizeof *errors);
            continue;
        }
        logits_of(of->weights, of->bias, of->outputs, of->x + t * NEURONS, errors);
        if (of->targets)
            errors_of_target(of->outputs, answer + t * of->outputs, errors);
        else
            errors_of_label(of->outputs, *answer, errors);
    }
}

/* Learns `count` samples, one after the other: forward, readout, nudge, twin echo, update of theta and of the readout.
 *
 * order says which sequences are met, rates with which log2 of the inverse rate. theta and the readout are changed in
 * place; errors (count, rows of the longest, outputs) is what the readout found. */
void learn(Machine *m, const Lesson *of, int64_t count, const int64_t *order, const int64_t *rates, int64_t *theta,
           int64_t *errors) {
    const int64_t outputs = of->outputs, longest = of->cost == PER_STEP ? of->longest : 1;
    const int64_t *answer = of->answers;
    for (int64_t done = 0; done < count; done++, errors += longest * outputs) {
        const int64_t steps = of->steps[order[done]], *sequence = of->u + order[done] * of->longest * INPUTS;
        const int64_t rows = of->cost == PER_STEP ? steps : 1;
        const int64_t kappa = of->cost == PER_STEP ? kappa_of(steps - of->warm_up) : 0;
        read_sequence(m, of->cost, steps, sequence, of->x);
        errors_of(of, rows, answer, errors);
        int64_t log2_eps = -nudge_of(of->weights, outputs, rows, kappa, errors, of->log2_eps0, of->e);
        echo_by_cost(m, of->cost, steps, sequence, of->e);
        const int last = descend(m, theta, rates[done], log2_eps);
        if (m->how)
            descend_readout(m, of->weights, of->bias, outputs, rows, kappa, errors, of->x, rates[done], last);
        else
            update_readout(of->weights, of->bias, outputs, rows, kappa, errors, of->x, rates[done]);
        answer += of->targets ? longest * outputs : 1;
    }
}

/* Logits (count, rows of the longest, outputs) of `count` sequences from `first` on. */
void read_out(Machine *m, const Lesson *of, int64_t first, int64_t count, int64_t *logits) {
    const int64_t outputs = of->outputs, longest = of->cost == PER_STEP ? of->longest : 1;
    for (int64_t k = first; k < first + count; k++, logits += longest * outputs) {
        const int64_t rows = of->cost == PER_STEP ? of->steps[k] : 1;
        read_sequence(m, of->cost, of->steps[k], of->u + k * of->longest * INPUTS, of->x);
        for (int64_t t = 0; t < rows; t++)
            logits_of(of->weights, of->bias, outputs, of->x + t * NEURONS, logits + t * outputs);
    }
}
