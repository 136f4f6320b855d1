// Simulation model of the ECP5 multiplexer behind those of two slices, written from the FPGA Libraries Reference Guide.
module L6MUX21 (
    input D0, D1, SD,
    output Z
);
    assign Z = SD ? D1 : D0;
endmodule
