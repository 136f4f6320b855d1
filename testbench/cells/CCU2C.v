// Simulation model of the ECP5 carry cell, two bits of a chain, written from the FPGA Libraries Reference Guide and the ripple mode of
// FPGA-DS-02012 (ECP5 family data sheet). The look-up table of a bit is its sum without carry: where it is 1 the carry passes, where it
// is 0 the lowest four rows of INIT, by A and B, are the new carry. INJECT1 "YES" takes the carry, old and new, out of the bit's sum.
module CCU2C #(
    parameter [15:0] INIT0 = 0, INIT1 = 0,
    parameter INJECT1_0 = "YES", INJECT1_1 = "YES"
) (
    input A0, B0, C0, D0, A1, B1, C1, D1, CIN,
    output S0, S1, COUT
);
    wire passes0, passes1, made0, made1;
    LUT4 #(.INIT(INIT0)) sum0 (.A(A0), .B(B0), .C(C0), .D(D0), .Z(passes0));
    LUT4 #(.INIT(INIT1)) sum1 (.A(A1), .B(B1), .C(C1), .D(D1), .Z(passes1));
    LUT4 #(.INIT(INJECT1_0 == "YES" ? 16'd0 : INIT0)) carry0 (.A(A0), .B(B0), .C(1'b0), .D(1'b0), .Z(made0));
    LUT4 #(.INIT(INJECT1_1 == "YES" ? 16'd0 : INIT1)) carry1 (.A(A1), .B(B1), .C(1'b0), .D(1'b0), .Z(made1));
    wire between = passes0 ? CIN : made0;
    assign COUT = passes1 ? between : made1;
    assign S0 = INJECT1_0 == "YES" ? passes0 : passes0 ^ CIN;
    assign S1 = INJECT1_1 == "YES" ? passes1 : passes1 ^ between;
endmodule
