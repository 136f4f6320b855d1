// Simulation model of an ECP5 pin as a plain output, written from FPGA-TN-02032 (sysI/O usage guide): a TRELLIS_IO with DIR "OUTPUT", which
// bitstreams/netlist/pins.py calls so, since the direction of a Verilog port cannot depend on a parameter.
module TRELLIS_IO_OUTPUT (
    input I,
    output B
);
    assign B = I;
endmodule
