// Simulation model of the ECP5 look-up table, written from the FPGA Libraries Reference Guide and FPGA-DS-02012 (ECP5 family data sheet):
// INIT holds the truth table, D is the highest bit of the row's number. An unknown input makes the output unknown only where the two
// rows it chooses between differ, as multiplexers do.
module LUT4 #(
    parameter [15:0] INIT = 0
) (
    input A, B, C, D,
    output Z
);
    wire [7:0] eight = D ? INIT[15:8] : INIT[7:0];
    wire [3:0] four = C ? eight[7:4] : eight[3:0];
    wire [1:0] two = B ? four[3:2] : four[1:0];
    assign Z = A ? two[1] : two[0];
endmodule
