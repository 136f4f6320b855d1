// Simulation model of half an ECP5 slice without its flip-flop, as nextpnr places it, written from FPGA-DS-02012 (ECP5 family data sheet):
// a look-up table, its share of the carry chain (MODE "CCU2"), one bit of distributed memory ("DPRAM"), or the place that a write port
// takes ("RAMW_BLOCK"); and the multiplexer behind it, which in the upper half (IS_Z1) chooses between slices, in the lower one between
// the halves. Which bit of a memory's address is which pin follows Project Trellis. Any other parameter value stops elaboration at the
// instance of the missing module TRELLIS_COMB_parameter_not_modelled; memories start with zeros.
module TRELLIS_COMB #(
    parameter MODE = "LOGIC", CCU2_INJECT1 = "NO", WREMUX = "WRE", WCKMUX = "WCK",
    parameter [15:0] INITVAL = 0,
    parameter [0:0] IS_Z1 = 0
) (
    input A, B, C, D, M, FCI, F1, FXA, FXB, DI0, DI1, WD, WAD0, WAD1, WAD2, WAD3, WRE, WCK,
    output F, FCO, OFX
);
    generate
        if ((MODE != "LOGIC" && MODE != "CCU2" && MODE != "DPRAM" && MODE != "RAMW_BLOCK") || WREMUX != "WRE" || WCKMUX != "WCK"
            || (CCU2_INJECT1 != "NO" && CCU2_INJECT1 != "YES") || (MODE == "DPRAM" && INITVAL != 0))
            TRELLIS_COMB_parameter_not_modelled stop();

        if (MODE == "CCU2") begin : carry
            wire passes, made;
            LUT4 #(.INIT(INITVAL)) sum (.A(A), .B(B), .C(C), .D(D), .Z(passes));
            LUT4 #(.INIT(CCU2_INJECT1 == "YES" ? 16'd0 : INITVAL)) low (.A(A), .B(B), .C(1'b0), .D(1'b0), .Z(made));
            assign FCO = passes ? FCI : made;
            assign F = CCU2_INJECT1 == "YES" ? passes : passes ^ FCI;
        end else if (MODE == "DPRAM") begin : memory
            reg [15:0] bits = 0;
            always @(posedge WCK) if (WRE) bits[{WAD3, WAD2, WAD1, WAD0}] <= WD;
            assign F = bits[{A, C, B, D}];
            assign FCO = 0;
        end else begin : table_
            LUT4 #(.INIT(INITVAL)) lut (.A(A), .B(B), .C(C), .D(D), .Z(F));
            assign FCO = 0;
        end
    endgenerate

    assign OFX = IS_Z1 ? (M ? FXB : FXA) : (M ? F1 : F);
endmodule
