// Simulation model of the ECP5 multiplier, written from FPGA-TN-02205 (sysDSP usage guide), for the parameter sets that rtl/primitives
// uses: signed 18 x 18, the three register stages on CLK0 or off, no reset, no cascade. Any other parameter value stops elaboration at
// the instance of the missing module MULT18X18D_parameter_not_modelled. Registers hold 0 at power-up.
module MULT18X18D #(
    parameter REG_INPUTA_CLK = "NONE", REG_INPUTA_CE = "CE0", REG_INPUTA_RST = "RST0",
    parameter REG_INPUTB_CLK = "NONE", REG_INPUTB_CE = "CE0", REG_INPUTB_RST = "RST0",
    parameter REG_INPUTC_CLK = "NONE", REG_INPUTC_CE = "CE0", REG_INPUTC_RST = "RST0",
    parameter REG_PIPELINE_CLK = "NONE", REG_PIPELINE_CE = "CE0", REG_PIPELINE_RST = "RST0",
    parameter REG_OUTPUT_CLK = "NONE", REG_OUTPUT_CE = "CE0", REG_OUTPUT_RST = "RST0",
    parameter CLK0_DIV = "ENABLED", CLK1_DIV = "ENABLED", CLK2_DIV = "ENABLED", CLK3_DIV = "ENABLED",
    parameter HIGHSPEED_CLK = "NONE", CAS_MATCH_REG = "FALSE", SOURCEB_MODE = "B_SHIFT", MULT_BYPASS = "DISABLED",
    parameter GSR = "DISABLED", RESETMODE = "SYNC"
) (
    input A0, A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13, A14, A15, A16, A17,
    input B0, B1, B2, B3, B4, B5, B6, B7, B8, B9, B10, B11, B12, B13, B14, B15, B16, B17,
    input SIGNEDA, SIGNEDB, SOURCEA, SOURCEB,
    input CLK0, CLK1, CLK2, CLK3, CE0, CE1, CE2, CE3, RST0, RST1, RST2, RST3,
    output P0, P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11, P12, P13, P14, P15, P16, P17,
    output P18, P19, P20, P21, P22, P23, P24, P25, P26, P27, P28, P29, P30, P31, P32, P33, P34, P35
);
    generate
        if ((REG_INPUTA_CLK != "CLK0" && REG_INPUTA_CLK != "NONE") || (REG_INPUTB_CLK != "CLK0" && REG_INPUTB_CLK != "NONE")
            || (REG_PIPELINE_CLK != "CLK0" && REG_PIPELINE_CLK != "NONE") || (REG_OUTPUT_CLK != "CLK0" && REG_OUTPUT_CLK != "NONE")
            || REG_INPUTA_CE != "CE0" || REG_INPUTB_CE != "CE0" || REG_PIPELINE_CE != "CE0" || REG_OUTPUT_CE != "CE0"
            || REG_INPUTC_CLK != "NONE" || CLK0_DIV != "ENABLED" || HIGHSPEED_CLK != "NONE" || CAS_MATCH_REG != "FALSE"
            || MULT_BYPASS != "DISABLED" || GSR != "DISABLED" || RESETMODE != "SYNC")
            MULT18X18D_parameter_not_modelled stop();
    endgenerate

    wire signed [17:0] a = {A17, A16, A15, A14, A13, A12, A11, A10, A9, A8, A7, A6, A5, A4, A3, A2, A1, A0};
    wire signed [17:0] b = {B17, B16, B15, B14, B13, B12, B11, B10, B9, B8, B7, B6, B5, B4, B3, B2, B1, B0};
    reg signed [17:0] a_input = 0, b_input = 0;
    reg signed [35:0] product_pipeline = 0, product_output = 0;
    wire signed [17:0] a_used = REG_INPUTA_CLK == "CLK0" ? a_input : a;
    wire signed [17:0] b_used = REG_INPUTB_CLK == "CLK0" ? b_input : b;
    wire signed [35:0] product = a_used * b_used;
    wire signed [35:0] product_used = REG_PIPELINE_CLK == "CLK0" ? product_pipeline : product;
    wire signed [35:0] p = REG_OUTPUT_CLK == "CLK0" ? product_output : product_used;

    always @(posedge CLK0) if (CE0) begin
        a_input <= a;
        b_input <= b;
        product_pipeline <= product;
        product_output <= product_used;
    end

    // pins whose other value is not modelled
    always @(posedge CLK0)
        if ({SIGNEDA, SIGNEDB, SOURCEA, SOURCEB, RST0} != 5'b11000) begin
            $display("ERROR: MULT18X18D is modelled for signed operands from the fabric and no reset only");
            $finish;
        end

    assign {P35, P34, P33, P32, P31, P30, P29, P28, P27, P26, P25, P24, P23, P22, P21, P20, P19, P18,
            P17, P16, P15, P14, P13, P12, P11, P10, P9, P8, P7, P6, P5, P4, P3, P2, P1, P0} = p;
endmodule
