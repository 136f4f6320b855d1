// Simulation model of an ECP5 pin as a plain input, written from FPGA-TN-02032 (sysI/O usage guide): a TRELLIS_IO with DIR "INPUT", which
// bitstreams/netlist/pins.py calls so, since the direction of a Verilog port cannot depend on a parameter.
module TRELLIS_IO_INPUT (
    input B,
    output O
);
    assign O = B;
endmodule
