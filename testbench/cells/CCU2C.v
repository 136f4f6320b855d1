// Simulation model of the ECP5 carry cell, after yosys's own (techlibs/lattice/ccu2c_sim.vh) and FPGA-TN-02203 (slices in ripple mode):
// two bits, each a look-up table of four inputs; where that says 0 nothing propagates, and the table's word at C = D = 0 is generated.
// INJECT1 other than "NO" stops elaboration at the instance of the missing module CCU2C_parameter_not_modelled.
module CCU2C #(
    parameter [15:0] INIT0 = 16'h0000, INIT1 = 16'h0000,
    parameter INJECT1_0 = "YES", INJECT1_1 = "YES"
) (
    input CIN, A0, B0, C0, D0, A1, B1, C1, D1,
    output S0, S1, COUT
);
    generate
        if (INJECT1_0 != "NO" || INJECT1_1 != "NO") CCU2C_parameter_not_modelled stop();
    endgenerate

    wire propagate0 = INIT0[{D0, C0, B0, A0}], propagate1 = INIT1[{D1, C1, B1, A1}];
    wire between = propagate0 ? CIN : INIT0[{2'b00, B0, A0}];
    assign S0 = propagate0 ^ CIN;
    assign S1 = propagate1 ^ between;
    assign COUT = propagate1 ? between : INIT1[{2'b00, B1, A1}];
endmodule
