// Simulation model of the ECP5 distributed memory, 16 words of four bits, written from FPGA-TN-02204 (memory usage guide), under the name
// and with the parameters of the open tools: one port writes at the rising edge, the other reads without a clock. Any other parameter
// value stops elaboration at the instance of the missing module TRELLIS_DPR16X4_parameter_not_modelled.
module TRELLIS_DPR16X4 #(
    parameter WCKMUX = "WCK", WREMUX = "WRE",
    parameter [63:0] INITVAL = 0
) (
    input [3:0] DI, WAD, RAD,
    input WCK, WRE,
    output [3:0] DO
);
    generate
        if (WCKMUX != "WCK" || WREMUX != "WRE") TRELLIS_DPR16X4_parameter_not_modelled stop();
    endgenerate

    reg [3:0] words [0:15];
    integer k;
    initial for (k = 0; k < 16; k = k + 1) words[k] = INITVAL[4 * k +: 4];
    always @(posedge WCK) if (WRE) words[WAD] <= DI;
    assign DO = words[RAD];
endmodule
