// Simulation model of the ECP5 clock buffer, written from FPGA-TN-02200 (sysCLOCK usage guide), for one that is always enabled.
module DCCA (
    input CLKI, CE,
    output CLKO
);
    assign CLKO = CLKI;
endmodule
