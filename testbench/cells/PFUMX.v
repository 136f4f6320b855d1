// Simulation model of the ECP5 multiplexer behind the two look-up tables of a slice, written from the FPGA Libraries Reference Guide.
module PFUMX (
    input ALUT, BLUT, C0,
    output Z
);
    assign Z = C0 ? ALUT : BLUT;
endmodule
