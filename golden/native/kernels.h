/* What every generated program shares: panels of weights, exact products, rounded gradient sums, wraps.
 *
 * Every value of a program is an integer below 2^53 (docs/program.md, section 2), so a double holds it exactly, and
 * every product and sum below is exact: it does not matter in which order terms are added, nor whether a product and
 * a sum are fused. What is rounded is rounded by floor(), or where a comment says so. */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if FLT_EVAL_METHOD != 0
#error "doubles must be doubles: on this processor the compiler computes with more bits"
#endif

#define EACH(size) for (int i = 0; i < (size); i++)
#define EACH_CONTEXT for (int c = 0; c < contexts; c++)
#define LIMITED(x, low, high) ((x) < (low) ? (low) : (x) > (high) ? (high) : (x))
#define INLINE static inline __attribute__((always_inline))
#define ALIGNED __attribute__((aligned(64)))

/* The widest vector of doubles that the processor has. */
#if defined(__AVX512F__)
#define LANES 8
#elif defined(__AVX__)
#define LANES 4
#else
#define LANES 2
#endif
typedef double Lanes __attribute__((vector_size(8 * LANES)));
typedef int64_t Whole __attribute__((vector_size(8 * LANES)));

/* Vectors are padded to whole lanes; a pad is 0 in every value and in every weight. */
#define PAD(n) (((n) + LANES - 1) / LANES * LANES)

INLINE Lanes lanes(const double *from) { Lanes v; memcpy(&v, from, sizeof v); return v; }
INLINE void store(double *to, Lanes v) { memcpy(to, &v, sizeof v); }
INLINE Lanes all(double x) { return x - (Lanes){0}; }

/* The signed word of `width` bits that equals x modulo 2^width. */
INLINE int32_t wrap32(int32_t x, int width) { return (int32_t)((uint32_t)x << (32 - width)) >> (32 - width); }
INLINE int64_t wrap64(int64_t x, int width) { return (int64_t)((uint64_t)x << (64 - width)) >> (64 - width); }

/* ---- Matrix products ----
 *
 * A matrix that multiplies a vector x is stored by columns in panels of up to four vectors of rows: the products of
 * one column need one broadcast of x_j and consecutive loads, and the sums of a panel stay in registers. Columns go in
 * pairs: the double of a word of at most 21 significant bits ends in 32 zeros, so the upper halves of two share one.
 * That is half of what has to be loaded, and a shift and a mask cost less than a conversion would. */
#define PANEL (4 * LANES)
#define PAIRS(columns) (((columns) + 1) / 2)

INLINE uint64_t bits_of(double x) { uint64_t bits; memcpy(&bits, &x, sizeof bits); return bits; }
INLINE uint64_t joined(double even, double odd) { return bits_of(even) >> 32 | bits_of(odd); }
INLINE void part(const uint64_t *pairs, Lanes to[2]) {
    Whole both;
    memcpy(&both, pairs, sizeof both);
    to[0] = (Lanes)(both << 32);
    to[1] = (Lanes)(both & (int64_t)(UINT64_MAX << 32));
}

/* A stored word as an operand: floor to its width. */
INLINE double operand(int64_t word, int cut) {
    return (double)(int32_t)(cut < 0 ? word * (INT64_C(1) << -cut) : word >> cut);
}

/* The operands of words, of which (i, j) lies at i down + j right, into panels. */
INLINE void pack(int rows, int columns, const int64_t *words, int down, int right, int cut, uint64_t *panels) {
    for (int first = 0; first < rows; first += PANEL) {
        const int width = PAD(rows) - first < PANEL ? PAD(rows) - first : PANEL;
        for (int j = 0; j < columns; j += 2, panels += width)
            for (int i = 0; i < width && first + i < rows; i++) {
                const int64_t *word = words + (first + i) * down + j * right;
                panels[i] = joined(operand(word[0], cut), j + 1 < columns ? operand(word[right], cut) : 0.0);
            }
    }
}

/* y[c] = panel x[c] for all contexts c at once: they share the loads of the weights. So many columns are under way
 * that a sum need not wait for the one before it. */
INLINE void panel_product(int contexts, int vectors, int columns, const uint64_t *a, const double *x, int x_pad,
                          double *y, int y_pad) {
    const int split = contexts * vectors >= 4 ? 2 : contexts * vectors >= 2 ? 4 : 8, turn = split / 2;
    const int pairs = PAIRS(columns);
    Lanes sum[8][2][4];
    for (int s = 0; s < split; s++)
        for (int c = 0; c < contexts; c++)
            for (int v = 0; v < vectors; v++) sum[s][c][v] = all(0.0);
    int j = 0;
#pragma GCC unroll 2 /* GCC leaves loops of whole vectors as they are */
    for (; j + turn <= pairs; j += turn)
        for (int s = 0; s < turn; s++)
            for (int v = 0; v < vectors; v++) {
                Lanes w[2];
                part(a + ((j + s) * vectors + v) * LANES, w);
                for (int h = 0; h < 2; h++)
                    for (int c = 0; c < contexts; c++)
                        sum[2 * s + h][c][v] += w[h] * x[c * x_pad + 2 * (j + s) + h];
            }
    for (; j < pairs; j++)
        for (int v = 0; v < vectors; v++) {
            Lanes w[2];
            part(a + (j * vectors + v) * LANES, w);
            for (int h = 0; h < 2; h++)
                for (int c = 0; c < contexts; c++) sum[h][c][v] += w[h] * x[c * x_pad + 2 * j + h];
        }
    for (int c = 0; c < contexts; c++)
        for (int v = 0; v < vectors; v++) {
            Lanes total = sum[0][c][v];
            for (int s = 1; s < split; s++) total += sum[s][c][v];
            store(y + c * y_pad + v * LANES, total);
        }
}

/* y[c] = A x[c], A (rows, columns) in panels. */
INLINE void product(int contexts, int rows, int columns, const uint64_t *a, const double *x, int x_pad, double *y,
                    int y_pad) {
    const int panel = PANEL * PAIRS(columns);
    int i = 0;
    for (; i + PANEL <= rows; i += PANEL, a += panel) panel_product(contexts, 4, columns, a, x, x_pad, y + i, y_pad);
    switch ((PAD(rows) - i) / LANES) {
    case 1: panel_product(contexts, 1, columns, a, x, x_pad, y + i, y_pad); break;
    case 2: panel_product(contexts, 2, columns, a, x, x_pad, y + i, y_pad); break;
    case 3: panel_product(contexts, 3, columns, a, x, x_pad, y + i, y_pad); break;
    case 4: panel_product(contexts, 4, columns, a, x, x_pad, y + i, y_pad); break;
    }
}

/* ---- Gradient sums ----
 *
 * G += half_up(d, CUT), d = scale ((r y)_1 - (r y)_0) exact. A double of size 1.5 2^(52 + CUT) has a last place of
 * 2^CUT: adding d + 1/2 to it rounds d / 2^CUT half up (d is an integer, so d + 1/2 never lies half way), and its bits,
 * less those of 1.5 2^(52 + CUT), are G. This is the one addition that rounds. */
#define BITS_OF_OFFSET (INT64_C(0x4338000000000000) + ((int64_t)CUT << 52))
#define HALF (CUT ? 0.5 : 0.0)

INLINE int64_t added(int64_t g, double d) {
    double sum;
    g += BITS_OF_OFFSET;
    memcpy(&sum, &g, sizeof sum);
    sum += d + HALF;
    memcpy(&g, &sum, sizeof sum);
    return g - BITS_OF_OFFSET;
}

/* The same with the wrap, and its flag: where G may leave its word. */
INLINE int64_t added_exactly(int64_t g, double d, int64_t *lost) {
    int64_t exact = g + (int64_t)floor((d + (double)((INT64_C(1) << CUT) >> 1)) * (1.0 / (INT64_C(1) << CUT)));
    g = wrap64(exact, G_BITS);
    *lost |= g ^ exact;
    return g;
}

INLINE void outer_rows(int rows, int vectors, int columns, int slots, double scale, int64_t *g,
                       const double *r, int r_slot, int r_context, const double *y, int y_slot, int y_context) {
    Whole sums[2][4];
    Lanes sum[2][4];
    for (int i = 0; i < rows; i++)
        for (int v = 0; v < vectors; v++) {
            memcpy(&sums[i][v], g + i * columns + v * LANES, sizeof(Whole));
            sum[i][v] = (Lanes)(sums[i][v] + BITS_OF_OFFSET);
        }
#pragma GCC unroll 2
    for (int k = 0; k < slots; k++, r += r_slot, y += y_slot)
        for (int v = 0; v < vectors; v++) {
            Lanes y0 = lanes(y + v * LANES), y1 = lanes(y + y_context + v * LANES);
            for (int i = 0; i < rows; i++) sum[i][v] += (r[r_context + i] * scale) * y1 + HALF - (r[i] * scale) * y0;
        }
    for (int i = 0; i < rows; i++)
        for (int v = 0; v < vectors; v++) {
            sums[i][v] = (Whole)sum[i][v] - BITS_OF_OFFSET;
            memcpy(g + i * columns + v * LANES, &sums[i][v], sizeof(Whole));
        }
}

/* G += the outer products of `slots` steps. *_slot, *_context: how far apart the values of steps and contexts lie. */
INLINE void outer(int rows, int columns, int slots, double scale, int64_t *g, const double *r, int r_slot,
                  int r_context, const double *y, int y_slot, int y_context) {
    columns = PAD(columns);
#define CASE(some, vectors)                                                                                 \
    case 4 * some + vectors:                                                                                \
        outer_rows(some, vectors, columns, slots, scale, sums, of, r_slot, r_context, with, y_slot, y_context); \
        break;
    for (int i = 0; i < rows; i += 2) {
        const int some = rows - i < 2 ? 1 : 2;
        for (int j = 0; j < columns; j += PANEL) {
            const int vectors = columns - j < PANEL ? (columns - j) / LANES : 4;
            int64_t *sums = g + i * columns + j;
            const double *of = r + i, *with = y + j;
            /* Both are known to the compiler only where they are written out. */
            switch (4 * some + vectors) {
                CASE(1, 1) CASE(1, 2) CASE(1, 3) CASE(1, 4)
                CASE(2, 1) CASE(2, 2) CASE(2, 3) CASE(2, 4)
            }
        }
    }
}
#undef CASE

/* The largest |g|. */
INLINE double largest(const int64_t *g, int64_t size) {
    int64_t low = 0, high = 0;
    for (int64_t i = 0; i < size; i++) {
        low = g[i] < low ? g[i] : low;
        high = g[i] > high ? g[i] : high;
    }
    return (double)(high > -low ? high : -low);
}

/* Whether no word of G can leave its range by `step`; `bound` is on |G| and grows until G must be looked at anew. */
INLINE int stays_inside(double *bound, double step, const int64_t *g, int64_t size) {
    const double end = (double)(INT64_C(1) << (G_BITS - 1));
    if (*bound + step >= end) *bound = largest(g, size);
    if (*bound + step >= end) {
        *bound = end;
        return 0;
    }
    *bound += step;
    return 1;
}
