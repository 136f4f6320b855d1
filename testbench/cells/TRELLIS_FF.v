// Simulation model of the ECP5 flip-flop, written from FPGA-DS-02012 (ECP5 family data sheet), under the name and with the parameters of
// the open tools, for the sets that yosys and nextpnr make of our circuits: rising edge, synchronous reset that goes before the enable,
// no global reset. SD "0" takes the data from M, past the look-up table, as placed netlists do. Any other parameter value stops
// elaboration at the instance of the missing module TRELLIS_FF_parameter_not_modelled. It powers up in the state that REGSET names.
module TRELLIS_FF #(
    parameter GSR = "ENABLED", CEMUX = "1", CLKMUX = "CLK", LSRMUX = "LSR", REGSET = "RESET", SRMODE = "LSR_OVER_CE", SD = "1"
) (
    input CLK, LSR, CE, DI, M,
    output reg Q
);
    generate
        if (GSR != "DISABLED" || (CEMUX != "1" && CEMUX != "CE" && CEMUX != "INV") || CLKMUX != "CLK" || LSRMUX != "LSR"
            || (REGSET != "RESET" && REGSET != "SET") || SRMODE != "LSR_OVER_CE" || (SD != "0" && SD != "1"))
            TRELLIS_FF_parameter_not_modelled stop();
    endgenerate

    localparam VALUE = REGSET == "SET";
    wire enabled = CEMUX == "1" || (CEMUX == "INV" ? !CE : CE);
    initial Q = VALUE;
    always @(posedge CLK)
        if (LSR) Q <= VALUE;
        else if (enabled) Q <= SD == "1" ? DI : M;
endmodule
