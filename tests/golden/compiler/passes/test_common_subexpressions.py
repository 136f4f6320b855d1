from golden.compiler.passes.common_subexpressions import common_subexpressions
from tests.golden.compiler.passes.text import after, block


def test_text():
    before = """
        parameter k [3]
        constant C [3, 3] +0[0:3]=65536 +1[0:2]=-65536
        constant D [3, 3] +0[0:3]=65536 +1[0:2]=-65536
        x = cut q SQ(5, 13)
        y = cut q SQ(5, 13)
        a = matvec C x
        b = matvec D y
        d = cut a SQ(5, 13)
        e = cut b SQ(5, 13)
        d_x = mul d x
        y_e = mul y e
        F = sum + d_x - y_e
        K = round half_up F 13
        kick K
        gradient k = mul e y
        """
    found = block(
        """
        parameter k [3]
        constant C [3, 3] +0[0:3]=65536 +1[0:2]=-65536
        x = cut q SQ(5, 13)
        a = matvec C x
        d = cut a SQ(5, 13)
        d_x = mul d x
        F = sum + d_x - d_x
        K = round half_up F 13
        kick K
        gradient k = mul d x
        """
    )
    assert after(common_subexpressions, before) == found
