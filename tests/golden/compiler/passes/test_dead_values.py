from golden.compiler.passes.dead_values import dead_values
from tests.golden.compiler.passes.text import after, block


def test_text():
    before = """
        parameter k [3]
        constant C [3, 3] +0[0:3]=65536
        constant D [2, 3] +0[0:2]=65536
        x = cut q SQ(5, 13)
        k_x = mul k x
        a = matvec C x
        d = cut a SQ(5, 13)
        b = matvec D x
        K = round half_up k_x 16
        kick K
        gradient k = mul x x
        input b
        """
    found = block(
        """
        parameter k [3]
        constant D [2, 3] +0[0:2]=65536
        x = cut q SQ(5, 13)
        k_x = mul k x
        b = matvec D x
        K = round half_up k_x 16
        kick K
        gradient k = mul x x
        input b
        """
    )
    assert after(dead_values, before) == found
