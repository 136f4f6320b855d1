from golden.compiler.passes.strength_reduction import strength_reduction
from golden.program import Program
from tests.golden.compiler.passes.cases import same
from tests.golden.compiler.passes.text import HEAD, after, block

COSINE = """
    parameter k [3]
    x = cut q SQ(5, 13)
    k_x = mul k x
    x_one = mul x one
    z = sum + k_x - x_one << 3
    zt = round floor z 11
    c = table cos zt
    k_c = mul k c
    K = round half_up k_c 20
    kick K
    gradient k = mul c x
    """
LOGISTIC = """
    parameter k [3]
    x = cut q SQ(5, 13)
    k_x = mul k x
    zt = round floor k_x 11
    l = table logistic zt
    k_l = mul k l
    K = round half_up k_l 20
    kick K
    gradient k = mul l x
    """
CONSTANTS = """
    parameter k [3]
    constant C [3, 3] +0[0:3]=32768
    constant D [3, 3] +0[0:3]=5
    constant c [3] [0:3]=65536
    x = cut q SQ(5, 13)
    a = matvec C x
    b = matvec_t D x
    e = mul c x
    F = sum + a - b + e + a + b + a
    K = round half_up F 16
    kick K
    gradient k = mul x x
    """


def test_cosine():
    found = block(
        """
        parameter k [3]
        constant c1 [3] [0:3]=102944
        x = cut q SQ(5, 13)
        k_x = mul k x
        x_one = mul x one
        z = sum + k_x - x_one << 3
        zt = round floor z 11
        c1_one = mul c1 one
        z1 = sum + k_x - x_one << 3 + c1_one
        zt1 = round floor z1 11
        c = table sin zt1
        k_c = mul k c
        K = round half_up k_c 20
        kick K
        gradient k = mul c x
        """
    )
    assert after(strength_reduction, COSINE) == found


def test_logistic():
    found = block(
        """
        parameter k [3]
        constant c [3] [0:3]=32768
        x = cut q SQ(5, 13)
        k_x = mul k x
        zt = round floor k_x 11
        k_x_scaled = scale k_x -1
        z = sum + k_x_scaled
        zt1 = round floor z 12
        t = table tanh zt1
        t_one = mul t one
        t_one_scaled = scale t_one -1
        c_one = mul c one
        y = sum + t_one_scaled + c_one << 2
        l = cut y SQ(1, 17)
        k_l = mul k l
        K = round half_up k_l 20
        kick K
        gradient k = mul l x
        """
    )
    assert after(strength_reduction, LOGISTIC) == found


def test_constants():
    found = block(
        """
        parameter k [3]
        constant C [3, 3] +0[0:3]=32768
        constant D [3, 3] +0[0:3]=5
        constant c [3] [0:3]=65536
        constant c1 [3] [0:3]=5
        x = cut q SQ(5, 13)
        x_one = mul x one
        a = scale x_one -1
        b = mul c1 x
        e = mul x one
        a_scaled = scale a 1
        F = sum + a << 2 + a_scaled << 3 + e << 3
        K = round half_up F 16
        kick K
        gradient k = mul x x
        """
    )
    assert after(strength_reduction, CONSTANTS).splitlines()[:10] == found.splitlines()[:10]


def test_bits():
    for text in (COSINE, LOGISTIC, CONSTANTS):
        program = Program.parse(HEAD + text)
        for seed in range(5):
            assert same(program, strength_reduction(program).verify(), seed)
